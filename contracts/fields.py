"""The forms that a value may take: every string of an event is patterned and bounded, so no name or story fits in it.

Free text is allowed in sealed parts and nowhere else. The patterns mean the same to Rust, which pydantic uses, and to
ECMAScript, which JSON Schema uses: what pydantic accepts is what the schemas say.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, WithJsonSchema

_UUID7 = r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"

EventId = Annotated[str, StringConstraints(pattern=_UUID7, max_length=36)]
"""An event's id: UUIDv7 (RFC 9562 §5.7), lower case."""

CaseId = Annotated[str, StringConstraints(pattern=_UUID7, max_length=36)]
"""A case's id: UUIDv7, lower case."""

IncidentId = Annotated[str, StringConstraints(pattern=_UUID7, max_length=36)]
"""The id of what happened to several people at once (a raid, a bus): UUIDv7, lower case (OPSC ¶15)."""

CustodyId = Annotated[str, StringConstraints(pattern=_UUID7, max_length=36)]
"""A chain of custody: the id of the `custody.opened` that began it."""

AgencyId = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}-[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
"""An agency's id: country (or `int`), then its short name; the directory says whether it exists."""

Digest = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$", max_length=43)]
"""SHA-256 in canonical base64url without padding: 43 characters."""

Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$", max_length=2)]
"""ISO 3166-1 alpha-2, upper case."""

Province = Annotated[str, StringConstraints(pattern=r"^(0[1-9]|1[0-9]|2[0-4])$", max_length=2)]
"""One of Cambodia's 24 capital and provinces (OPSC ¶8), by its two-digit official code, 01 to 24."""

Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$", max_length=3)]
"""ISO 639 language code."""

Corridor = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}-[a-z]{2}$", max_length=5)]
"""Two countries between which people are returned, Cambodia first: `kh-th`. It has the same name in both directions."""

InstrumentId = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,8}(-[a-z0-9]{1,16}){0,5}$", max_length=40)]
"""The name of an instrument's file in contracts/guidelines/instruments."""

RuleId = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]{1,7}(-[A-Z0-9]{1,16}){1,3}$", max_length=40)]
"""A rule's stable id: `D107-48H`."""

DocumentRef = Annotated[
    str,
    StringConstraints(
        pattern=r"^([A-Z]{1,6}[-/.]?)?[0-9]{1,10}([-/.][0-9]{1,8}){0,4}([-/.][A-Z]{1,4})?$",
        max_length=48,
    ),
]
"""The number of a paper: digits, with at most six letters before and four after, so that a name does not fit."""

Month = Annotated[str, StringConstraints(pattern=r"^(19|20)[0-9]{2}-(0[1-9]|1[0-2])$", max_length=7)]
"""A month of a year, for what is known no closer or must not be told closer."""

_INSTANT = (
    r"^(199[0-9]|20[0-9]{2})-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})$"
)
_DAY = r"^(199[0-9]|20[0-9]{2})-[0-9]{2}-[0-9]{2}$"
_IS_INSTANT, _IS_DAY = re.compile(_INSTANT).fullmatch, re.compile(_DAY).fullmatch


def _read_instant(value: object) -> datetime:
    if isinstance(value, str):
        if not _IS_INSTANT(value):
            raise ValueError("not an RFC 3339 date and time with its zone")
        value = datetime.fromisoformat(value)
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise ValueError("not a date and time with its zone")
    if not 1990 <= value.year < 2100:
        raise ValueError("not a time of this era")
    return value


def _read_day(value: object) -> date:
    if isinstance(value, str):
        if not _IS_DAY(value):
            raise ValueError("not a date of the form YYYY-MM-DD")
        value = date.fromisoformat(value)
    if not isinstance(value, date) or isinstance(value, datetime) or not 1990 <= value.year < 2100:
        raise ValueError("not a date of this era")
    return value


Instant = Annotated[
    datetime,
    BeforeValidator(_read_instant),
    WithJsonSchema({"type": "string", "format": "date-time", "pattern": _INSTANT, "maxLength": 32}),
]
"""A date and time with its zone (RFC 3339), from 1990 on. Never a bare number, never without zone."""

Day = Annotated[
    date,
    BeforeValidator(_read_day),
    WithJsonSchema({"type": "string", "format": "date", "pattern": _DAY, "maxLength": 10}),
]
"""A calendar day (RFC 3339 full-date), from 1990 on."""

T = TypeVar("T")
Several = Annotated[tuple[T, ...], Field(max_length=16)]
"""Up to 16 codes."""
Some = Annotated[tuple[T, ...], Field(min_length=1, max_length=16)]
"""1 to 16 codes."""

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUE = {letter: value for value, letter in enumerate(_ALPHABET)} | {"O": 0, "I": 1, "L": 1}
_CODE_BITS = 45


def _times_x(value: int) -> int:
    """Multiply by x in the field of 32 elements, modulo x⁵ + x² + 1."""
    value <<= 1
    return value ^ 0b100101 if value & 0b100000 else value


def _remainder(values: list[int]) -> int:
    total = 0
    for value in values:
        total = _times_x(total) ^ value
    return total


def case_code(case_id: str) -> str:
    """The short code of a case, to say on the phone and write on paper: `7K3QF-9XZM4`.

    Nine characters hold the last 45 random bits of the case id, the tenth is a check character. Letters are Crockford's
    base 32 (no I, L, O, U). His own check is modulo 37 and needs ``* ~ $ =``, which nobody can say on the phone;
    instead every character has another weight in the field of 32 elements, so one wrong character and any two
    exchanged ones are always noticed.
    """
    number = int(case_id.replace("-", ""), 16)
    values = [(number >> shift) & 31 for shift in range(_CODE_BITS - 5, -1, -5)]
    text = "".join(_ALPHABET[value] for value in [*values, _times_x(_remainder(values))])
    return f"{text[:5]}-{text[5:]}"


def canonical_case_code(text: str) -> str | None:
    """A code as somebody typed or said it, as it is written; None when its check character does not hold.

    Small letters, spaces and hyphens do not matter; O is read as 0, I and L as 1.
    """
    letters = text.upper().replace("-", "").replace(" ", "")
    if len(letters) != 10 or any(letter not in _VALUE for letter in letters):
        return None
    values = [_VALUE[letter] for letter in letters]
    if _remainder(values):
        return None
    plain = "".join(_ALPHABET[value] for value in values)
    return f"{plain[:5]}-{plain[5:]}"


def check_case_code(text: str) -> bool:
    """Whether this is a case code whose check character holds, however it is written."""
    return canonical_case_code(text) is not None


def _checked_code(code: str) -> str:
    if not check_case_code(code):
        raise ValueError("the check character does not hold")
    return code


CaseCode = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$", max_length=11),
    AfterValidator(_checked_code),
]
"""A case's short code as `case_code` writes it; one whose check character does not hold is refused."""

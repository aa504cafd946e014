"""The envelope: CloudEvents 1.0 in structured JSON, read once, strictly, from exact bytes.

`read` takes any bytes at all. It either returns an `Event`, whose facts hold to their schema, or raises one of two
errors: `Malformed` (no sender can be made out, so nobody can be answered) or `Unacceptable` (an envelope, but not one
that may be used; every fault is listed by field). `compose` makes the bytes that an agency signs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails, from_json, to_json

from .events import EVENTS, EventData, EventType
from .signing import digest

MAX_BODY = 64 * 1024
"""Bytes: the largest body that the network takes."""
MAX_RECORD = 256 * 1024
"""Bytes: the largest record (body, sealed part and headers); the broker refuses more."""

_UUID7 = re.compile(r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")
_SOURCE = re.compile(r"^/(agencies|services)/([a-z0-9]+(?:-[a-z0-9]+){0,12})$")
_TYPE = re.compile(r"^safepassage\.[a-z]{1,32}\.[a-z0-9-]{1,64}\.v[1-9][0-9]{0,2}$")
_FORMS = (
    ("id", _UUID7.fullmatch),
    ("source", _SOURCE.fullmatch),
    ("type", _TYPE.fullmatch),
    ("subject", _UUID7.fullmatch),
)
_TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)$")
_MEMBERS = frozenset({"specversion", "id", "source", "type", "subject", "time", "datacontenttype", "data"})
_FIRST = datetime(1989, 12, 31, tzinfo=UTC)
_LAST = datetime(2100, 1, 2, tzinfo=UTC)
"""The era of the facts' own instants (1990 to 2099), in whatever zone: an event can be said of each of them, and a
deadline reckoned from it is an instant too."""


class EnvelopeError(ValueError):
    """These bytes are not an event that the network can take; `reason` is a code, never a part of the bytes."""

    def __init__(self, reason: str, field: str = "") -> None:
        super().__init__(f"{field}: {reason}" if field else reason)
        self.reason = reason
        self.field = field


class Malformed(EnvelopeError):
    """No envelope can be read: send one CloudEvents JSON object, UTF-8, at most 64 kB."""


class Unacceptable(EnvelopeError):
    """An envelope whose members or facts do not hold to their schema: correct the named fields and send it anew."""

    def __init__(self, header: Header, faults: tuple[tuple[str, str], ...]) -> None:
        super().__init__(faults[0][1], faults[0][0])
        self.header = header
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Header:
    """What must be readable before anyone can be answered."""

    id: str
    source: str
    type: str
    subject: str

    @property
    def actor(self) -> str:
        """The agency or service that says it: the last part of `source`."""
        return self.source.rpartition("/")[2]

    @property
    def from_service(self) -> bool:
        """True when `source` names one of the network's own services."""
        return self.source.startswith("/services/")


@dataclass(frozen=True, slots=True)
class Event:
    """One event whose envelope and facts hold to their schema. `body` is what was signed, byte for byte."""

    header: Header
    type: EventType
    time: datetime
    data: EventData
    body: bytes
    digest: str

    @property
    def id(self) -> str:
        """The event's UUIDv7."""
        return self.header.id

    @property
    def actor(self) -> str:
        """The agency or service that says it."""
        return self.header.actor

    @property
    def case(self) -> str:
        """The case id (CloudEvents `subject`)."""
        return self.header.subject

    @property
    def family(self) -> str:
        """The event family: intake, justice, referral, custody, repatriation or audit."""
        return self.type.family

    @property
    def name(self) -> str:
        """`family.name`, without prefix and version."""
        return f"{self.type.family}.{self.type.name}"


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Malformed("a member is given twice")
    return members


def _refuse_constant(_: str) -> Any:
    raise Malformed("not a JSON number")


def _members(body: bytes) -> Any:
    """What these bytes say as JSON, no member of any object given twice; raises `Malformed`."""
    try:
        # Bytes that are written back as they came hold no member twice, for the second would be missing.
        members = from_json(body, allow_inf_nan=False)
        if to_json(members) == body:
            return members
    except ValueError:
        pass
    try:
        return json.loads(body.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except EnvelopeError:
        raise
    except (ValueError, RecursionError) as error:
        raise Malformed("not UTF-8 JSON") from error


def read_header(body: bytes) -> tuple[Header, dict[str, Any]]:
    """The header and the raw members of an envelope; raises `Malformed`, whatever the bytes are."""
    if len(body) > MAX_BODY:
        raise Malformed("larger than 64 kB")
    members = _members(body)
    if not isinstance(members, dict):
        raise Malformed("not a JSON object")
    for name, is_of_form in _FORMS:
        value = members.get(name)
        if not isinstance(value, str) or len(value) > 160 or not is_of_form(value):
            raise Malformed("missing or not of its form", name)
    return Header(members["id"], members["source"], members["type"], members["subject"]), members


def read(body: bytes) -> Event:
    """The event that these bytes are; raises `Malformed` or `Unacceptable` and nothing else."""
    return interpret(body, *read_header(body))


def interpret(body: bytes, header: Header, members: Mapping[str, Any]) -> Event:
    """The event of an envelope whose header has been read; raises `Unacceptable` with every fault found."""
    faults: list[tuple[str, str]] = []
    if members.get("specversion") != "1.0":
        faults.append(("specversion", "must be 1.0"))
    if members.get("datacontenttype", "application/json") != "application/json":
        faults.append(("datacontenttype", "must be application/json"))
    if not members.keys() <= _MEMBERS:
        faults += [(_safe_name(name), "is not a member of the envelope") for name in members.keys() - _MEMBERS]
    time = _instant(members.get("time"))
    if time is None:
        faults.append(("time", "must be an RFC 3339 date and time with its zone"))
    kind = EVENTS.get(header.type)
    if kind is None:
        faults.append(("type", "is not a type of this network; 'safepassage rules need-to-know' lists them"))
    data: EventData | None = None
    if kind is not None:
        try:
            data = kind.model.model_validate_json(to_json(members.get("data")), strict=True)
        except ValidationError as error:
            faults += [
                (".".join(["data", *(_safe_name(str(part)) for part in fault["loc"])]), _fault(fault))
                for fault in error.errors(include_url=False, include_input=False)
            ]
        except ValueError:
            faults.append(("data", "is not UTF-8 text"))
    if faults or kind is None or time is None or data is None:
        raise Unacceptable(header, tuple(faults))
    return Event(header, kind, time, data, body, digest(body))


def _fault(fault: ErrorDetails) -> str:
    """What is wrong with a member, without what stands in it: that may be somebody's name."""
    match fault["type"]:
        case "missing":
            return "is missing"
        case "enum" | "literal_error":
            return f"is not one of {fault['ctx']['expected']}"
        case kind:
            return kind


def compose(
    *,
    id: str,
    source: str,
    type: str,
    subject: str,
    time: datetime,
    data: Mapping[str, Any] | EventData,
) -> bytes:
    """The bytes of an event, ready to be signed. `data` may be a model or a JSON-ready mapping."""
    facts = (
        data.model_dump(mode="json", exclude_none=True, exclude_defaults=True) if isinstance(data, EventData) else data
    )
    return to_json(
        {
            "specversion": "1.0",
            "id": id,
            "source": source,
            "type": type,
            "subject": subject,
            "time": rfc3339(time),
            "datacontenttype": "application/json",
            "data": facts,
        }
    )


def rfc3339(time: datetime) -> str:
    """A date and time with its zone, as RFC 3339 writes it; UTC as ``Z``."""
    if time.tzinfo is None:
        raise ValueError("a time needs its zone")
    return time.isoformat().replace("+00:00", "Z")


def instant(text: str) -> datetime:
    """The date and time that `rfc3339` wrote; raises `ValueError` for any other form."""
    time = _instant(text)
    if time is None:
        raise ValueError("not an RFC 3339 date and time with its zone")
    return time


def utc(time: datetime) -> datetime:
    """The same instant in UTC."""
    return time.astimezone(UTC)


def _instant(value: object) -> datetime | None:
    if not isinstance(value, str) or not _TIME.match(value):
        return None
    try:
        time = datetime.fromisoformat(value)
    except ValueError:
        return None
    return time if _FIRST <= time <= _LAST else None


def _safe_name(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_]{1,40}", name) else "…"

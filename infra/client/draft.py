"""An event as somebody writes it down before it is signed: a JSON file with type, subject, time, data and seal.

    {"type": "intake.report-received", "data": {…}, "seal": {"kind": "identity", "content": {…}, "to": ["kh-mosvy"]}}

`type` may be given without prefix and version. Without `subject` a report opens a new case; without `time` it is now.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from contracts.directory import Directory
from contracts.envelope import compose, instant
from contracts.events import EVENTS, EventType
from contracts.fields import case_code
from contracts.identifiers import new_id
from contracts.sealing import KINDS
from contracts.signing import digest
from infra.cli.errors import WrongUse, nearest

from .agency import Agency, CannotSeal, Prepared

OPENS_A_CASE = "intake.report-received"
_MEMBERS = {"type", "subject", "time", "data", "seal"}
Sealed = tuple[str, Mapping[str, Any], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be said, made whole: a type that exists, a case, a time, and data."""

    type: EventType
    subject: str
    time: datetime
    data: dict[str, Any]
    seal: Sealed | None

    @property
    def name(self) -> str:
        """`family.name`."""
        return f"{self.type.family}.{self.type.name}"

    def body(self, agency: str, now: datetime) -> bytes:
        """The event's bytes as this agency would sign them; a sealed part is stood for by an empty one's digest."""
        data = self.data | ({"sealed_digest": digest(b"")} if self.seal is not None else {})
        return compose(
            id=new_id(now),
            source=f"/agencies/{agency}",
            type=self.type.type,
            subject=self.subject,
            time=self.time,
            data=data,
        )

    def prepare(self, agency: Agency, directory: Directory, now: datetime) -> Prepared:
        """The signed and sealed record; raises `WrongUse` when an agency that it is sealed to has no key."""
        try:
            return agency.prepare(
                self.name,
                event_id=new_id(now),
                case=self.subject,
                time=self.time,
                data=self.data,
                version=self.type.version,
                sealed=self.seal,
                directory=directory,
            )
        except CannotSeal as error:
            raise WrongUse(
                f"the directory has no key to seal to {error}", "ask that agency to have its sealing key listed"
            ) from error


def read_draft(path: Path, now: datetime) -> Draft:
    """The draft in a file; raises `WrongUse`, which names types that are like one that is unknown."""
    try:
        said = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise WrongUse(f"{path} is not a JSON file ({type(error).__name__})", "see: safepassage send --help") from error
    if not isinstance(said, dict) or not isinstance(said.get("data"), dict) or said.keys() - _MEMBERS:
        raise WrongUse(
            f"{path} is not one JSON object with the members type, subject, time, data and seal",
            "leave out what the network makes itself: specversion, id and source",
        )
    kind = event_type(str(said.get("type")))
    data, subject = dict(said["data"]), said.get("subject")
    if subject is None:
        if f"{kind.family}.{kind.name}" != OPENS_A_CASE:
            raise WrongUse(f"{kind.type} belongs to a case", "give its id as 'subject': safepassage inbox shows it")
        subject = new_id(now)
        data.setdefault("code", case_code(subject))
    return Draft(kind, str(subject), _time(said.get("time"), now), data, _seal(said.get("seal")))


def event_type(name: str) -> EventType:
    """The newest version of an event type, by its full or short name; raises `WrongUse` with those that are like it."""
    found = [kind for kind in EVENTS.values() if name in (kind.type, f"{kind.family}.{kind.name}")]
    if not found:
        names = sorted({f"{kind.family}.{kind.name}" for kind in EVENTS.values()})
        raise WrongUse(
            f"'{name}' is not a type of this network", nearest(name, names, "safepassage rules need-to-know")
        )
    return max(found, key=lambda kind: kind.version)


def _time(text: object, now: datetime) -> datetime:
    if text is None:
        return now.astimezone()
    try:
        return instant(str(text))
    except ValueError as error:
        raise WrongUse(
            "'time' is not a date and time with its zone", "write it as 2009-03-04T10:15:00+07:00"
        ) from error


def _seal(said: object) -> Sealed | None:
    if said is None:
        return None
    match said:
        case {"kind": str(kind), "content": dict(content), "to": list(to), **other} if (
            kind in KINDS and to and not other
        ):
            return kind, content, tuple(map(str, to))
    raise WrongUse(
        "'seal' is not {kind, content, to}", f"kind is one of {', '.join(KINDS)}; to is a list of agencies' ids"
    )

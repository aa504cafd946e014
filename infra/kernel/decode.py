"""From a record to a submission. Any bytes at all: nothing here raises, a record that cannot be read says why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from contracts.envelope import MAX_BODY, MAX_RECORD, Event, Header, Malformed, Unacceptable, interpret, read_header
from contracts.events import unknown_members
from contracts.signing import SignatureRefused, detached_kid, digest

from .records import CLOUDEVENTS_JSON, CONTENT_TYPE, COUNTERSIGNATURE, JWS, SEALED, TRACEPARENT, Record

MAX_SEALED = 192 * 1024
MAX_HEADERS = 32
MAX_KEPT = MAX_RECORD - 16 * 1024
"""Bytes of body and headers together: with what the network adds, a delivery still has to fit into a record."""
MAX_FAULTS = 32
"""So many faults are told of one submission: the answer to it has to fit into a record too."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A record that nothing can be made of. `reason` is a sentence without any part of the record; `actor` its sender,
    where the signature makes sure of it.
    """

    record: Record
    digest: str
    reason: str
    actor: str | None = None


@dataclass(slots=True)
class Submission:
    """A record that names its sender, who is not yet made sure of. `event` is set once its facts hold to their schema.

    `unsigned` says why the signature is not the sender's; `faults` are (field, what must be) of the envelope.
    """

    record: Record
    body: bytes
    digest: str
    header: Header
    members: dict[str, Any]
    headers: dict[str, str]
    kid: str = ""
    unsigned: str | None = None
    event: Event | None = None
    faults: tuple[tuple[str, str], ...] = ()

    @property
    def jws(self) -> str:
        """The sender's detached signature."""
        return self.headers.get(JWS, "")

    @property
    def sealed(self) -> bytes | None:
        """The sealed part, when there is one."""
        sealed = self.headers.get(SEALED)
        return sealed.encode() if sealed is not None else None

    def interpret(self) -> None:
        """Hold the facts to their schema, and the record to its envelope."""
        faults: list[tuple[str, str]] = []
        if self.record.key is not None and self.record.key != self.header.subject.encode():
            faults.append(("key", "the record's key must be the subject, or absent"))
        family = self.header.type.split(".")[1]
        if not self.record.topic.startswith(f"{family}."):
            faults.append(("type", f"goes to {family}.submissions.v1"))
        try:
            event = interpret(self.body, self.header, self.members)
            faults += [(f"data.{name}", "is no member of this type") for name in _extra(event, self.members)]
            self.event = event
        except Unacceptable as error:
            faults += error.faults
        if len(faults) > MAX_FAULTS:
            more = len(faults) - MAX_FAULTS
            faults[MAX_FAULTS:] = [("data", f"has {more} more faults; mend these first")]
        self.faults = tuple(faults)


def _extra(event: Event, members: dict[str, Any]) -> list[str]:
    """Members that a reader would ignore and a hub must not hand on: whatever cannot be checked could be a name."""
    unknown = unknown_members(event.data, members["data"])
    return [name if name.isidentifier() and len(name) <= 40 and name.isascii() else "…" for name in unknown]


def decode(record: Record) -> Submission | DeadLetter:
    """The submission in a record, or the reason why there is none. Never raises."""
    body = record.value if record.value is not None else b""
    fingerprint = digest(body)
    headers, fault = _headers(record)
    if record.value is None:
        fault = "the record has no value"
    if fault is None and headers.get(CONTENT_TYPE, CLOUDEVENTS_JSON) != CLOUDEVENTS_JSON:
        fault = f"the content type must be {CLOUDEVENTS_JSON}"
    if fault is None and len(body) > MAX_BODY:
        fault = "the body is larger than 64 kB"
    if fault is None and len(body) + sum(map(len, headers.values())) > MAX_KEPT:
        fault = f"body and headers are larger than {MAX_KEPT // 1024} kB together"
    if fault is not None:
        return DeadLetter(record, fingerprint, fault)
    try:
        header, members = read_header(body)
    except Malformed as error:
        return DeadLetter(record, fingerprint, f"the body is no event: {error}")
    submission = Submission(record, body, fingerprint, header, members, headers)
    try:
        submission.kid = detached_kid(headers[JWS])
    except KeyError:
        submission.unsigned = "the header 'jws' is missing"
    except SignatureRefused as error:
        submission.unsigned = f"the header 'jws' cannot be used: {error.reason}"
    return submission


def _headers(record: Record) -> tuple[dict[str, str], str | None]:
    if len(record.headers) > MAX_HEADERS:
        return {}, f"more than {MAX_HEADERS} headers"
    headers: dict[str, str] = {}
    for name, value in record.headers:
        if value is None:
            return {}, "a header has no value"
        if name in headers:
            return {}, "a header is given twice"
        if len(value) > (MAX_SEALED if name == SEALED else 4096):
            return {}, "a header is too long"
        try:
            headers[name] = value.decode("ascii")
        except UnicodeDecodeError:
            return {}, "a header is not ASCII text"
        if "\0" in headers[name]:
            return {}, "a header holds a NUL"
    kept = {JWS, COUNTERSIGNATURE, SEALED, TRACEPARENT, CONTENT_TYPE}
    return {name: value for name, value in headers.items() if name in kept}, None

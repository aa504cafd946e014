"""What a batch does, gathered before any of it is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from contracts.envelope import Event
from contracts.messages import Acceptance, Notice, Ticked, Verdict

from .casebook import CaseRecord
from .records import ACCEPTANCE, Outgoing, Place


@dataclass(frozen=True, slots=True)
class InboxRow:
    """A verified event and what was decided on it. `body` is kept of accepted events only, while the case is open."""

    event_id: str
    digest: str
    case: str
    family: str
    name: str
    actor: str
    outcome: str
    problems: str = "[]"
    sequence: int | None = None
    accepted: datetime | None = None
    named: tuple[str, ...] = ()
    delivered: tuple[str, ...] = ()
    body: bytes | None = None
    headers: str = "{}"


@dataclass(frozen=True, slots=True)
class ParkedRow:
    """A verified event that waits for another. `headers` is JSON of its own headers (signatures, sealed part)."""

    event_id: str
    digest: str
    case: str
    family: str
    topic: str
    partition: int
    offset: int
    waiting_for: str
    until: datetime
    body: bytes
    headers: str


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A record that is to be written to Kafka, in the order of `position`."""

    position: int
    record: Outgoing


@dataclass(frozen=True, slots=True)
class Hand:
    """An accepted event on its way to one agency's mailbox, with the events it follows there."""

    agency: str
    digest: str
    body: bytes
    headers: dict[str, str]
    accepted: datetime
    follows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Accepted:
    """An accepted event on its way to its family's events topic, beside its acceptance."""

    event: Event
    headers: dict[str, str]
    message: Acceptance

    def record(self, token: str) -> Outgoing:
        """The record, with the signed acceptance."""
        headers = self.headers | {ACCEPTANCE: token}
        return Outgoing(f"{self.event.family}.events.v1", self.event.case, self.event.body, headers)


@dataclass(slots=True)
class Letter:
    """What is said about one case in one breath, written to Kafka in this order: the event, its deliveries, the answer.

    `reply_to` is the mailbox that gets the answer: none where the sender could not be made sure of. A `curt` answer
    leaves out what was wrong with a fact: its sender is shut out of the case (NET-SHUT).
    """

    case: str
    event: Accepted | None = None
    hands: list[Hand] = field(default_factory=list)
    verdict: Verdict | None = None
    reply_to: str | None = None
    ticked: Ticked | None = None
    notice: Notice | None = None
    curt: bool = False


@dataclass(slots=True)
class Effects:
    """All that one transaction writes."""

    positions: dict[Place, int] = field(default_factory=dict)
    cases: dict[str, CaseRecord] = field(default_factory=dict)
    inbox: dict[str, InboxRow] = field(default_factory=dict)
    redelivered: dict[str, tuple[str, ...]] = field(default_factory=dict)
    parked: dict[str, ParkedRow] = field(default_factory=dict)
    unparked: set[str] = field(default_factory=set)
    letters: list[Letter] = field(default_factory=list)

"""A chain of custody as it is reckoned from events: who cares, who answers, and what nobody explains."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from .guidelines.corridors import limit


@dataclass(frozen=True, slots=True)
class Span:
    """Somebody cared (`care`) or answered (`responsibility`) in [since, until), on the authority of an event.

    `party` is an agency, or the kind of caretaker to whom the person was entrusted. `until` None: it goes on.
    """

    kind: str
    party: str
    since: datetime
    until: datetime | None
    authority: str


@dataclass(frozen=True, slots=True)
class Unexplained:
    """A time that nobody explains: a `gap` (nobody says that they have the person) or an `overlap` (two say it)."""

    kind: str
    since: datetime
    until: datetime
    cause: str


@dataclass(slots=True)
class Chain:
    """The reckoning so far. `boundary` is the time of the last step that counts, never going back."""

    boundary: datetime
    carer: str
    answering: dict[str, str]
    care_by: str
    spans: list[Span] = field(default_factory=list)
    unexplained: list[Unexplained] = field(default_factory=list)
    offers: dict[str, dict[str, Any]] = field(default_factory=dict)
    since: dict[str, datetime] = field(default_factory=dict)
    care_since: datetime | None = None
    joint: timedelta = timedelta(0)
    joint_since: datetime | None = None
    disputed: tuple[datetime, str] | None = None
    claims: Collection[str] = ()
    claimed: set[str] = field(default_factory=set)

    @property
    def rightful(self) -> set[str]:
        """Those who answer by more than a claim."""
        return self.answering.keys() - self.claimed

    def claim(self, agency: str, at: datetime, by: str) -> None:
        """This one says that it answers; nobody is let go by it."""
        if agency not in self.answering:
            self.claimed.add(agency)
        self.answer({*self.answering, agency}, at, by)

    def care(self, party: str, at: datetime, by: str) -> None:
        """Care moves."""
        if self.disputed is not None:
            self.unexplained.append(Unexplained("overlap", self.disputed[0], at, self.disputed[1]))
            self.disputed = None
        if party == self.carer:
            return
        self.spans.append(Span("care", self.carer, self.care_since or at, at, self.care_by))
        self.carer, self.care_since, self.care_by = party, at, by

    def answer(self, parties: Iterable[str], at: datetime, by: str) -> None:
        """From now on these answer."""
        now = set(parties)
        self.claimed &= now | {self.carer}
        for party in sorted(self.answering.keys() - now):
            self.spans.append(Span("responsibility", party, self.since.pop(party), at, self.answering.pop(party)))
        for party in sorted(now - self.answering.keys()):
            self.answering[party], self.since[party] = by, at
        self.count_joint(at)

    def count_joint(self, at: datetime) -> None:
        """Add the time in which more than one answered, up to here; it goes on while more than one does."""
        if self.joint_since is not None:
            self.joint += at - self.joint_since
        self.joint_since = at if len(self.answering) > 1 else None

    def overdue(self, offer: dict[str, Any], until: datetime, cause: str) -> None:
        """A release that was not received in time is a gap, up to here."""
        released = offer.get("released")
        if released is not None and until - released > limit("receipt_hours", offer.get("corridor")).time:
            self.unexplained.append(Unexplained("gap", released, until, cause))

"""A simulated agency at its desk: its notes on one case, the hour, and the means to say several things at once.

Everything an agency says at one sitting goes out at one instant (a *burst*), each thing having happened a minute after
the one before. Two agencies' bursts never share an instant, so nothing in a case hangs on who is faster.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from contracts.envelope import Event
from contracts.identifiers import derived_id

from .act import Act, Notes, Sealing
from .caseload import Assumptions
from .chance import Chance
from .world import World

WRITING = timedelta(minutes=25)
"""Between what is told of and the sending of it; with it, a burst of 20 acts is told in order and in the past."""


def event_id(chance: Chance, case: str, act: Act) -> str:
    """The id of the event that an act is: the same for the same seed, case, cause and time of happening."""
    return derived_id(act.time or act.at, chance.token("event", case, act.cause))


def marker(chance: Chance, case: str) -> str:
    """What is planted in every sealed part of a case and may stand nowhere in the clear: 48 random bytes, as text."""
    return chance.token("marker", case, length=48)


@dataclass(frozen=True, slots=True)
class Heard:
    """An event as an agency's mailbox handed it over; `sealed` is what a sealed part for this agency contained."""

    id: str
    name: str
    actor: str
    time: datetime
    data: Mapping[str, Any]
    sealed: Mapping[str, Any] | None = None

    @classmethod
    def of(cls, event: Event, sealed: Mapping[str, Any] | None = None) -> Heard:
        """What a checked event says."""
        data = event.data.model_dump(mode="json", exclude_none=True)
        return cls(event.id, event.name, event.actor, event.time, data, sealed)


@dataclass(slots=True)
class Burst:
    """Several things that one agency says at one instant. `say` gives the id, so that what follows can name it."""

    desk: Desk
    at: datetime
    cause: str
    acts: list[Act] = field(default_factory=list)

    def say(
        self, name: str, data: Mapping[str, Any], sealing: Sealing | None = None, at: datetime | None = None
    ) -> str:
        """Add one event; members that are None are left out. `at` is when it happened, if not just now."""
        notes = self.desk.notes
        act = Act(
            agency=notes.agency,
            name=name,
            at=self.at,
            data={member: value for member, value in data.items() if value is not None},
            cause=f"{notes.agency} {self.cause} {len(self.acts)} {name}",
            time=at or self.at - WRITING + timedelta(minutes=len(self.acts)),
            sealing=sealing,
        )
        self.acts.append(act)
        return event_id(self.desk.chance, notes.case, act)


@dataclass(frozen=True, slots=True)
class Desk:
    """What a reaction may look at: the agency's own notes, its chance, the public directory, and nothing else."""

    chance: Chance
    world: World
    assumptions: Assumptions
    notes: Notes
    now: datetime

    @property
    def me(self) -> str:
        """This agency."""
        return self.notes.agency

    def burst(self, cause: str, low: float, high: float) -> Burst:
        """A burst `low` to `high` hours from now; `cause` is new for every burst of this agency in the case."""
        seconds = self.between(int(low * 3600), int(high * 3600), "delay", cause)
        at = (self.now + timedelta(seconds=seconds)).replace(microsecond=self._place() * 1000)
        return Burst(self, at, cause)

    def happens(self, probability: float, *cause: str) -> bool:
        """Whether something of this probability happens to this agency in this case."""
        return self.chance.happens(probability, self.notes.case, self.me, *cause)

    def between(self, low: int, high: int, *cause: str) -> int:
        """A whole number of this agency's own in this case."""
        return self.chance.between(low, high, self.notes.case, self.me, *cause)

    def choice(self, options: tuple[Any, ...], *cause: str) -> Any:
        """One of the options."""
        return self.chance.choice(options, self.notes.case, self.me, *cause)

    def known(self, name: str) -> str | None:
        """The id of the latest event of this name that this agency sent or received."""
        return self.notes.known.get(name)

    def mine(self, event: str) -> Mapping[str, Any] | None:
        """What this agency itself said in that event; None when it said no such thing."""
        return self.notes.facts.get(f"mine {event}")

    def remember(self, what: str, content: Mapping[str, Any]) -> None:
        """Keep something for later."""
        self.notes.facts[what] = content

    def recall(self, what: str) -> Mapping[str, Any]:
        """What was kept, or nothing."""
        return self.notes.facts.get(what, {})

    def _place(self) -> int:
        return sorted(self.world.agencies).index(self.me)


def short(event: str) -> str:
    """The end of an id, to tell one cause from another."""
    return event[-12:]

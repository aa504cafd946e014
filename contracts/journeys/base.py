"""What every journey is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from ..decision import Context, Deadline, Decision, Park
from ..envelope import Event

PARK_LIMIT = timedelta(minutes=15)
"""How long an event waits for what it builds on, on the case's clock, where nothing else is said."""


class Sealed(BaseModel):
    """Who sealed something beside an event, and to whom."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    by: str
    to: tuple[str, ...]


class Misdirected(BaseModel):
    """An identity that went astray: told by whom and when, to whom, and who has said what became of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    by: str
    at: datetime
    receivers: tuple[str, ...]
    acknowledged: tuple[str, ...] = ()

    @property
    def owing(self) -> tuple[str, ...]:
        """Who has not said yet what became of it."""
        return tuple(agency for agency in self.receivers if agency not in self.acknowledged)


class JourneyState(BaseModel):
    """A family's state of one case: frozen, and written as JSON between events."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    passed: tuple[tuple[str, str], ...] = ()
    """The deadlines (rule, cause) that have passed."""
    sealed: dict[str, Sealed] = {}
    """What was sealed beside events of this family, by their ids."""
    misdirected: dict[str, Misdirected] = {}
    """The identities that went astray, by the corrections that tell of them."""


S = TypeVar("S", bound=JourneyState)


@dataclass(frozen=True, slots=True)
class Journey(Generic[S]):
    """One family: its state and the pure functions over it.

    `decide(state, event, context)` never changes anything; `evolve(state, event, disputed)` is called for accepted
    events only, in the order of their sequence, and never refuses; `disputed` says that the event is a claim
    (`decision.disputed` of its breaches). `deadlines(state)` are those that run now.
    `followed` are the events of other families (`family.name`) that the guards of this one ask for.
    """

    family: str
    state: type[S]
    decide: Callable[[S, Event, Context], Decision]
    evolve: Callable[[S, Event, bool], S]
    deadlines: Callable[[S], tuple[Deadline, ...]]
    followed: frozenset[str] = frozenset()


def park(context: Context, waiting_for: str, limit: timedelta = PARK_LIMIT) -> Park | None:
    """Wait for something that should have come first, or None when the wait is over (`context.expired`)."""
    return None if context.expired else Park(waiting_for, context.accepted + limit)

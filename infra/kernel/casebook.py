"""What a service keeps of a case between two events: its own families' states and what it has seen of the others."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from pydantic_core import to_json

from contracts.decision import Deadline, Seen
from contracts.journeys import JOURNEYS, JourneyState

V = TypeVar("V")
F = TypeVar("F")
Roles = dict[str, dict[str, tuple[str, ...]]]


class Tick(NamedTuple):
    """A replay's driver moves a case's clock to an instant, once every event named in `after` has been seen here.

    `after` maps families to sequences. While a tick is `open`, the case's own events carry the clock on; otherwise it
    stands until the next tick.
    """

    to: datetime
    after: dict[str, int]
    number: int
    open: bool = False


@dataclass(slots=True)
class CaseRecord:
    """One case in one service. Changed only by the kernel, under the case's row lock.

    `clock` is the case's own clock in a replay, None otherwise; `open` what the last tick said of it; `tick` one that
    waits for events of other families. `states` and `sequences` are by own family; `seen`, `roles` and `followed` (the
    sequences taken note of) by family; `follows` names the last event that this service handed to each agency.
    """

    case: str
    clock: datetime | None = None
    states: dict[str, JourneyState] = field(default_factory=dict)
    sequences: dict[str, int] = field(default_factory=dict)
    seen: dict[str, tuple[Seen, ...]] = field(default_factory=dict)
    followed: dict[str, list[int]] = field(default_factory=dict)
    roles: Roles = field(default_factory=dict)
    follows: dict[str, str] = field(default_factory=dict)
    waiting: int = 0
    open: bool = False
    tick: Tick | None = None
    _found: dict[tuple[str, str], tuple[object, Any]] = field(default_factory=dict, repr=False, compare=False)

    def state(self, family: str) -> JourneyState:
        """The state of one of the service's own families."""
        if family not in self.states:
            self.states[family] = JOURNEYS[family].state()
        return self.states[family]

    def deadlines(self) -> list[tuple[str, Deadline]]:
        """Every deadline that runs in this service, with its family, the nearest first."""
        running = [
            (family, deadline)
            for family, state in self.states.items()
            for deadline in self._once("deadlines", family, state, JOURNEYS[family].deadlines)
        ]
        return sorted(running, key=lambda item: (item[1].due, item[0], item[1].rule, item[1].cause))

    def to_json(self) -> str:
        """The record as it is stored."""
        plain = to_json({name: getattr(self, name) for name in _PLAIN}).decode()
        states = ",".join(
            f'"{family}":{self._once("state", family, state, _state_text)}' for family, state in self.states.items()
        )
        seen = ",".join(
            f'"{family}":{self._once("seen", family, items, _seen_text)}' for family, items in self.seen.items()
        )
        return f'{{"states":{{{states}}},"seen":{{{seen}}},{plain[1:]}'

    def _once(self, what: str, family: str, value: V, find: Callable[[V], F]) -> F:
        """What follows from a value that is never changed in place: found when the value is new, and kept with it."""
        kept = self._found.get((what, family))
        if kept is None or kept[0] is not value:
            kept = self._found[what, family] = value, find(value)
        found: F = kept[1]
        return found

    @classmethod
    def from_json(cls, text: str) -> CaseRecord:
        """The record that `to_json` wrote."""
        stored: dict[str, Any] = json.loads(text)
        tick = stored["tick"]
        return cls(
            case=stored["case"],
            clock=datetime.fromisoformat(stored["clock"]) if stored["clock"] else None,
            states={family: JOURNEYS[family].state.model_validate(state) for family, state in stored["states"].items()},
            sequences=stored["sequences"],
            seen={family: tuple(_seen(item) for item in items) for family, items in stored["seen"].items()},
            followed=stored["followed"],
            roles={
                family: {role: tuple(agencies) for role, agencies in roles.items()}
                for family, roles in stored["roles"].items()
            },
            follows=stored["follows"],
            waiting=stored["waiting"],
            open=stored["open"],
            tick=Tick(datetime.fromisoformat(tick[0]), *tick[1:]) if tick else None,
        )


_PLAIN = tuple(item.name for item in fields(CaseRecord) if item.name not in ("states", "seen", "_found"))


def _state_text(state: JourneyState) -> str:
    return state.model_dump_json()


def _seen_text(items: tuple[Seen, ...]) -> str:
    return to_json(items).decode()


def _seen(item: Mapping[str, Any]) -> Seen:
    return Seen(**{**item, "time": datetime.fromisoformat(item["time"])})

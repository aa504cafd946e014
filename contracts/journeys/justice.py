"""The journey of a criminal case beside the child's. Its events come with the full law; corrections are taken now."""

from __future__ import annotations

from ..decision import Context, Deadline, Decision
from ..envelope import Event
from .base import Journey, JourneyState
from .common import passed, service_own, sort_out


class JusticeState(JourneyState):
    """Nothing yet but how many events were accepted."""

    count: int = 0


def decide(state: JusticeState, event: Event, context: Context) -> Decision:
    """What becomes of the next event of this family."""
    return sort_out(event, context, [service_own(event)])


def evolve(state: JusticeState, event: Event, disputed: bool = False) -> JusticeState:
    """The state after an accepted event."""
    if event.type.name == "deadline-passed":
        return state.model_copy(update={"passed": passed(event, state.passed)})
    return state.model_copy(update={"count": state.count + 1})


def deadlines(state: JusticeState) -> tuple[Deadline, ...]:
    """None runs."""
    return ()


JOURNEY = Journey("justice", JusticeState, decide, evolve, deadlines)

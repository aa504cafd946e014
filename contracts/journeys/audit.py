"""What the audit service says of a case: findings, and what became of them."""

from __future__ import annotations

from ..decision import Context, Deadline, Decision
from ..envelope import Event
from .base import Journey, JourneyState
from .common import passed, service_own, sort_out


class AuditState(JourneyState):
    """How many findings were raised."""

    count: int = 0


def decide(state: AuditState, event: Event, context: Context) -> Decision:
    """What becomes of the next event of this family."""
    return sort_out(event, context, [service_own(event)])


def evolve(state: AuditState, event: Event, disputed: bool = False) -> AuditState:
    """The state after an accepted event."""
    if event.type.name == "deadline-passed":
        return state.model_copy(update={"passed": passed(event, state.passed)})
    return state.model_copy(update={"count": state.count + 1})


def deadlines(state: AuditState) -> tuple[Deadline, ...]:
    """None runs."""
    return ()


JOURNEY = Journey("audit", AuditState, decide, evolve, deadlines)

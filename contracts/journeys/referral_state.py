"""What a referral's events make of its requests: HL7 FHIR Task states, who must act next, and by when."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from ..decision import Deadline
from ..envelope import Event
from ..events.referral import (
    Answered,
    CancelAnswered,
    CancelRequested,
    Closed,
    Completed,
    Corrected,
    Failed,
    Received,
    Requested,
    Started,
    Waitlisted,
)
from ..guidelines.corridors import limit
from ..guidelines.rules import network
from ..standards import TaskStatus
from ..steps import ReferralOutcome
from .base import JourneyState
from .common import passed
from .corrections import astray, noted

WAITING = (TaskStatus.REQUESTED, TaskStatus.RECEIVED, TaskStatus.ON_HOLD)
"""The receiver has not answered."""
FAILED = (TaskStatus.REJECTED, TaskStatus.FAILED, TaskStatus.CANCELLED)
"""It came to nothing: who asked asks again elsewhere, or closes."""
DONE = (*FAILED, TaskStatus.COMPLETED, TaskStatus.ENTERED_IN_ERROR)
Asked = tuple[str, datetime]
"""The event that set a turn, and an instant: by when, or since when."""


class Task(BaseModel):
    """One request. `hold`: the event that put it on a waiting list, and until when. `cancel`: the open request to
    cancel, who asked, and when. `turn`: the event since which who asked must say how it goes on, and when that was.
    `outcome`: as what it was closed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    asker: str
    to: str
    service: str
    status: TaskStatus
    answer_by: datetime
    hold: Asked | None = None
    cancel: tuple[str, str, datetime] | None = None
    turn: Asked | None = None
    replaced: bool = False
    outcome: ReferralOutcome | None = None

    @property
    def over(self) -> bool:
        """Whether nothing that its receiver says moves it any more."""
        return self.status in DONE or self.outcome is not None

    @property
    def due(self) -> datetime:
        """By when the receiver answers: as who asked has said, or as it said itself when it asked for time."""
        return self.hold[1] if self.hold is not None else self.answer_by

    def other(self, agency: str) -> str:
        """The other side of this request."""
        return self.to if agency == self.asker else self.asker


class ReferralState(JourneyState):
    """Every request of the case, by the id of its event."""

    tasks: dict[str, Task] = {}

    def unanswered(self, task: Task) -> bool:
        """Whether who asked for the service asked to cancel it too, and the time for an answer is over."""
        if task.cancel is None or task.cancel[1] != task.asker:
            return False
        return (network.ANSWER.id, task.cancel[0]) in self.passed


def evolve(state: ReferralState, event: Event, disputed: bool = False) -> ReferralState:
    """The requests after an accepted event. What somebody else says of a task than its receiver does not move it."""
    data, state = event.data, noted(state, event, disputed)
    if event.type.name == "deadline-passed":
        return _passed(state, event)
    if isinstance(data, Requested):
        task = Task(
            asker=event.actor, to=data.to, service=data.service, status=TaskStatus.REQUESTED, answer_by=data.answer_by
        )
        tasks = {**state.tasks, event.id: task}
        first = state.tasks.get(data.replaces) if data.replaces is not None else None
        if data.replaces is not None and first is not None and first.asker == event.actor:
            tasks[data.replaces] = first.model_copy(update={"replaced": True, "turn": None})
        return state.model_copy(update={"tasks": tasks})
    request = data.corrects if isinstance(data, Corrected) else getattr(data, "request", None)
    task_now = state.tasks.get(request) if request is not None else None
    if task_now is None or request is None:
        return state
    change = _step(task_now, event)
    return state.model_copy(update={"tasks": {**state.tasks, request: task_now.model_copy(update=change)}})


def _step(task: Task, event: Event) -> dict[str, object]:
    """What changes of a task."""
    data, over = event.data, {"hold": None, "cancel": None, "turn": None}
    if isinstance(data, Corrected):
        wrong = event.actor == task.asker and not task.over
        return {"status": TaskStatus.ENTERED_IN_ERROR, **over} if wrong else {}
    if isinstance(data, Closed):
        return {"outcome": data.outcome, **over}
    if isinstance(data, CancelRequested):
        return {"cancel": (event.id, event.actor, event.time)}
    if isinstance(data, CancelAnswered):
        return _cancelled(task, event, data)
    if event.actor != task.to or task.over:
        return {}
    turn = None if task.replaced else (event.id, event.time)
    match data:
        case Received():
            return {"status": TaskStatus.RECEIVED} if task.status is TaskStatus.REQUESTED else {}
        case Waitlisted():
            return {"status": TaskStatus.ON_HOLD, "hold": (event.id, data.until), "turn": None}
        case Answered():
            status = TaskStatus(data.answer.value)
            return {"status": status, "hold": None, "turn": turn if status is TaskStatus.REJECTED else None}
        case Started():
            return {"status": TaskStatus.IN_PROGRESS, "hold": None, "turn": None}
        case Completed():
            return {"status": TaskStatus.COMPLETED, **over}
        case Failed():
            return {"status": TaskStatus.FAILED, **over, "turn": turn}
    return {}


def _cancelled(task: Task, event: Event, data: CancelAnswered) -> dict[str, object]:
    """A request to cancel is answered. Where its receiver wanted to be rid of it, who asked must say how it goes on."""
    if data.answer != "cancelled":
        return {"cancel": None}
    by_receiver = task.cancel is not None and task.cancel[1] == task.to and not task.replaced
    turn = (event.id, event.time) if by_receiver else None
    return {"status": TaskStatus.CANCELLED, "hold": None, "cancel": None, "turn": turn}


def _passed(state: ReferralState, event: Event) -> ReferralState:
    """A time ran out. Where the receiver let it, who asked must say how it goes on."""
    cause, tasks = str(vars(event.data)["cause"]), dict(state.tasks)
    for request, task in state.tasks.items():
        asked = task.hold[0] if task.hold is not None else request
        if cause == asked and task.status in WAITING and not task.over and not task.replaced:
            tasks[request] = task.model_copy(update={"turn": (event.id, event.time)})
    return state.model_copy(update={"passed": passed(event, state.passed), "tasks": tasks})


def deadlines(state: ReferralState) -> tuple[Deadline, ...]:
    """What is due: answers, answers to requests to cancel, and what is to become of a request that came to nothing."""
    running = []
    for request, task in state.tasks.items():
        if task.status in WAITING and not task.over:
            asked = task.hold[0] if task.hold is not None else request
            running.append(network.net_answer_deadline(asked, task.due, task.to))
        if task.cancel is not None:
            cancel, asked_by, asked_at = task.cancel
            by = asked_at + limit("cancel_answer_hours").time
            running.append(network.net_answer_deadline(cancel, by, task.other(asked_by)))
        if task.turn is not None:
            cause, since = task.turn
            running.append(network.net_answer_deadline(cause, since + limit("decision_hours").time, task.asker))
    running += astray(state)
    return tuple(item for item in running if (item.rule, item.cause) not in state.passed)

"""Referrals, driven at random: no fact is lost, each end stays apart from the others, and no loop stays open."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.decision import Accept, Decision, Refuse
from contracts.events import Kind
from contracts.journeys.referral_state import DONE, FAILED, WAITING, Task
from tests.unit.contracts.casework import ELDERLY, FORCES, POLICE, SHELTER, Case, breaches
from tests.unit.contracts.rules.test_xb_need import ASKING

NOBODY = "01890a5d-ac96-774b-bcce-b302099a8057"
CLAIM = ("NET-PARTY", "dispute")
AGENCIES = (POLICE, SHELTER, FORCES, ELDERLY)
OUTCOMES = ("undelivered", "expired", "rejected", "failed", "cancelled", "closed-elsewhere")
REFUSING = {"answer": "rejected", "capacity": "no-capacity", "reason": "no-capacity"}
SAYINGS: dict[str, list[dict[str, Any]]] = {
    "requested": [ASKING, ASKING | {"replaces": "request"}, ASKING | {"to": ELDERLY, "replaces": "request"}],
    "received": [{}],
    "waitlisted": [{"capacity": "waitlist", "until": 2}, {"capacity": "waitlist", "until": 200}],
    "answered": [{"answer": "accepted", "capacity": "capacity"}, REFUSING],
    "started": [{}],
    "completed": [{}],
    "failed": [{"reason": "no-show"}],
    "cancel-requested": [{"reason": "unsafe"}],
    "cancel-answered": [{"cancel": "cancel", "answer": "cancelled"}, {"cancel": "cancel", "answer": "refused"}],
    "closed": [{"to": SHELTER, "outcome": outcome} for outcome in OUTCOMES],
    "corrected": [{"corrects": "request", "reason": "entered-in-error"}],
}
STEPS = st.sampled_from(list(SAYINGS)).flatmap(
    lambda name: st.tuples(
        st.just(name), st.sampled_from(AGENCIES), st.sampled_from(SAYINGS[name]), st.sampled_from([0.5, 30, 400])
    )
)
MOVES = {
    "requested": {"received", "on-hold", "accepted", "rejected", "in-progress", "completed", "failed", "cancelled"},
    "received": {"on-hold", "accepted", "rejected", "in-progress", "completed", "failed", "cancelled"},
    "on-hold": {"accepted", "rejected", "in-progress", "completed", "failed", "cancelled"},
    "accepted": {"in-progress", "completed", "failed", "cancelled"},
    "in-progress": {"completed", "failed", "cancelled"},
}
"""What a task's state may become (HL7 FHIR Task); what is in error may be said of any that has not ended."""


def resolved(case: Case, name: str, data: dict[str, Any], hours: float) -> dict[str, Any]:
    requests = [event.id for event in case.events if event.name == "referral.requested"]
    cancels = [event.id for event in case.events if event.name == "referral.cancel-requested"]
    latest = {"request": (requests or [NOBODY])[-1], "cancel": (cancels or [NOBODY])[-1]}
    said = {key: latest.get(str(value), value) for key, value in data.items()}
    if "until" in said:
        said["until"] = case.at(hours + data["until"] - 1).isoformat()
    return said if name in ("requested", "corrected") else {"request": latest["request"], **said}


@settings(max_examples=300, deadline=None)
@given(st.lists(STEPS, max_size=14))
def test_whatever_is_said_of_requests_the_rules_hold(steps: list[tuple[str, str, dict[str, Any], float]]) -> None:
    case, hours = Case(), 0.0
    case.says(POLICE, "referral.requested", hours, ASKING)
    for name, actor, data, wait in steps:
        hours += wait
        case.wait("referral", hours)
        before = case.state("referral")
        event = case.event(actor, f"referral.{name}", hours, resolved(case, name, data, hours))
        decision = case.judge(event, expired=True)
        state = case.state("referral")
        assert type(state).model_validate_json(state.model_dump_json()) == state
        if event.type.kind is Kind.FACT:
            assert isinstance(decision, Accept)
            assert case.events[-1] is event
        if isinstance(decision, Refuse):
            assert state == before
        for request, task in before.tasks.items():
            moved(task, state.tasks[request], name, actor, claim=CLAIM in marks(decision))
        running = [(deadline.rule, deadline.cause) for deadline in case.deadlines("referral")]
        assert len(set(running)) == len(running)
        assert not [request for request, task in state.tasks.items() if lies_with_nobody(case, request, task)]
    closes(case, hours)


def marks(decision: Decision) -> set[tuple[str, str]]:
    """The breaches of what was accepted."""
    return breaches(decision) if isinstance(decision, Accept) else set()


def moved(old: Task, new: Task, name: str, actor: str, *, claim: bool) -> None:
    """A task moves as the table says, by whose turn it is, and an end stays the end that it was."""
    if claim:
        assert new == old
    if old.outcome is not None:
        assert (new.outcome, new.status) == (old.outcome, old.status)
    if old.status in DONE:
        assert new.status == old.status
    elif new.status != old.status:
        assert new.status in MOVES[old.status] or (name, actor) == ("corrected", old.asker)
        assert new.status not in ("accepted", "rejected", "received", "on-hold") or actor == old.to
    if new.outcome != old.outcome:
        assert (name, actor) == ("closed", old.asker)
        assert new.outcome is not None
        if new.outcome.value in {status.value for status in FAILED}:
            assert new.outcome.value == old.status.value


def lies_with_nobody(case: Case, request: str, task: Task) -> bool:
    """Whether nobody is to act next: the receiver is to answer, or who asked is to say how it goes on, or was told."""
    known = {cause for _, cause in case.state("referral").passed} | {item.cause for item in case.deadlines("referral")}
    if task.status in WAITING and not task.over:
        return (task.hold[0] if task.hold is not None else request) not in known
    if task.status in FAILED and task.outcome is None and not task.replaced:
        as_wished = task.status == "cancelled" and task.turn is None
        return not as_wished and (task.turn is None or task.turn[0] not in known)
    return False


def closes(case: Case, hours: float) -> None:
    """From wherever a request has come to, there is a way to its end, and then nothing is due."""
    for request in case.state("referral").tasks:
        hours += 1
        case.wait("referral", hours)
        task = case.state("referral").tasks[request]
        named = {"request": request, "to": task.to}
        if task.status in WAITING and not task.over:
            case.says(task.asker, "referral.closed", hours, {**named, "outcome": "closed-elsewhere"})
        elif task.status in FAILED and task.outcome is None:
            case.says(task.asker, "referral.closed", hours, {**named, "outcome": task.status.value})
        elif not task.over:
            said = {"request": request, "reason": "unsafe"}
            case.judge(case.event(task.to, "referral.failed", hours, said), expired=True)
            case.says(task.asker, "referral.closed", hours, {**named, "outcome": "failed"})
    assert all(task.over for task in case.state("referral").tasks.values())
    assert all(task.turn is None and task.hold is None for task in case.state("referral").tasks.values())

"""Referral: asked, answered by the one asked, served to the end or not; what a stranger says moves nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from contracts.guidelines import limit
from tests.unit.contracts.casework import FORCES, POLICE, SHELTER, Case, refused, waits_for
from tests.unit.contracts.rules.test_xb_need import ASKING, disclosing


def asked() -> tuple[Case, str]:
    case = Case()
    return case, case.says(POLICE, "referral.requested", 1, ASKING)


def accepting(request: str) -> dict[str, Any]:
    return {"request": request, "answer": "accepted", "capacity": "capacity"}


def status(case: Case, request: str) -> str:
    return str(case.state("referral").tasks[request].status)


def test_from_the_request_to_its_completion() -> None:
    case, request = asked()
    assert [(item.owed_by, item.due.hour, item.verified) for item in case.deadlines("referral")] == [
        (SHELTER, 8, False)
    ]
    case.says(SHELTER, "referral.answered", 2, accepting(request))
    assert case.deadlines("referral") == ()
    case.says(POLICE, "referral.identity-disclosed", 3, disclosing(request, SHELTER))
    case.says(SHELTER, "referral.started", 4, {"request": request})
    assert status(case, request) == "in-progress"
    case.says(SHELTER, "referral.completed", 400, {"request": request, "supports": ["SocialCare"]})
    assert status(case, request) == "completed"


def test_a_second_request_never_takes_the_place_of_the_first() -> None:
    case, first = asked()
    second = case.says(POLICE, "referral.requested", 2, ASKING | {"replaces": first})
    case.says(SHELTER, "referral.answered", 3, accepting(second))
    assert (status(case, first), status(case, second)) == ("requested", "accepted")


def test_only_the_one_asked_answers_once_and_says_why_not() -> None:
    case, request = asked()
    assert refused(case.tries(FORCES, "referral.answered", 2, accepting(request))) == {"NET-PARTY"}
    silent = accepting(request) | {"answer": "rejected"}
    assert refused(case.tries(SHELTER, "referral.answered", 2, silent)) == {"NET-PARTY"}
    case.says(SHELTER, "referral.answered", 2, silent | {"reason": "no-capacity"})
    assert refused(case.tries(SHELTER, "referral.answered", 3, accepting(request))) == {"NET-PARTY"}


def test_an_answer_waits_for_its_request_and_an_act_for_its_answer() -> None:
    case = Case()
    request = case.event(POLICE, "referral.requested", 1, ASKING)
    answer = case.event(SHELTER, "referral.answered", 2, accepting(request.id))
    started = case.event(SHELTER, "referral.started", 3, {"request": request.id})
    assert waits_for(case.judge(answer)) == "referral.requested"
    case.judge(request)
    assert waits_for(case.judge(started)) == "referral.answered"
    case.judge(answer)
    case.judge(started)
    assert status(case, request.id) == "in-progress"


def test_a_service_that_nobody_accepted_is_a_fact_unproven() -> None:
    case, request = asked()
    case.says(SHELTER, "referral.started", 3, {"request": request}, ("NET-ORDER", "unproven"))
    assert status(case, request) == "in-progress"


@pytest.mark.parametrize("name", ["referral.started", "referral.completed", "referral.failed"])
def test_what_a_stranger_says_of_a_task_is_disputed_and_moves_nothing(name: str) -> None:
    case, request = asked()
    case.says(SHELTER, "referral.answered", 2, accepting(request))
    said = {"request": request} | ({"reason": "no-show"} if name.endswith("failed") else {})
    case.says(FORCES, name, 3, said, ("NET-PARTY", "dispute"))
    assert status(case, request) == "accepted"


def test_an_end_stays_the_end() -> None:
    case, request = asked()
    case.says(SHELTER, "referral.answered", 2, accepting(request))
    case.says(SHELTER, "referral.failed", 3, {"request": request, "reason": "no-show"})
    case.says(SHELTER, "referral.completed", 4, {"request": request}, ("NET-PARTY", "breach"))
    assert status(case, request) == "failed"


def test_either_side_asks_to_cancel_and_the_other_answers() -> None:
    for one, other in ((POLICE, SHELTER), (SHELTER, POLICE)):
        case, request = asked()
        case.says(SHELTER, "referral.answered", 2, accepting(request))
        stop = {"request": request, "reason": "no-longer-needed"}
        assert refused(case.tries(FORCES, "referral.cancel-requested", 3, stop)) == {"NET-PARTY"}
        cancel = case.says(one, "referral.cancel-requested", 3, stop)
        (deadline,) = case.deadlines("referral")
        assert (deadline.cause, deadline.owed_by) == (cancel, other)
        assert deadline.due == case.at(3) + limit("cancel_answer_hours").time
        answer = {"request": request, "cancel": cancel, "answer": "cancelled"}
        assert refused(case.tries(one, "referral.cancel-answered", 4, answer)) == {"NET-PARTY"}
        case.says(other, "referral.cancel-answered", 4, answer)
        assert status(case, request) == "cancelled"


def test_a_refused_cancel_lets_it_go_on() -> None:
    case, request = asked()
    case.says(SHELTER, "referral.answered", 2, accepting(request))
    cancel = case.says(POLICE, "referral.cancel-requested", 3, {"request": request, "reason": "unsafe"})
    case.says(SHELTER, "referral.cancel-answered", 4, {"request": request, "cancel": cancel, "answer": "refused"})
    assert status(case, request) == "accepted"
    assert case.deadlines("referral") == ()


def test_an_answer_when_due_is_in_time_and_a_second_later_is_marked() -> None:
    """An answer is never too late to be taken: the mark stays."""
    for seconds, marks in ((0, ()), (1, (("NET-ANSWER", "breach"),))):
        case, request = asked()
        hours = (case.deadlines("referral")[0].due - case.start) / timedelta(hours=1)
        case.says(SHELTER, "referral.answered", hours + seconds / 3600, accepting(request), *marks)


def test_a_deadline_passes_once() -> None:
    case, request = asked()
    case.passes("referral", case.deadlines("referral")[0])
    assert request not in {item.cause for item in case.deadlines("referral")}


def test_one_cancel_is_open_at_a_time_and_the_answer_names_it() -> None:
    case, request = asked()
    case.says(SHELTER, "referral.answered", 2, accepting(request))
    stop = {"request": request, "reason": "unsafe"}
    cancel = case.says(POLICE, "referral.cancel-requested", 3, stop)
    assert refused(case.tries(SHELTER, "referral.cancel-requested", 4, stop)) == {"NET-PARTY"}
    other = {"request": request, "cancel": request, "answer": "cancelled"}
    assert refused(case.tries(SHELTER, "referral.cancel-answered", 4, other)) == {"NET-ORDER"}
    case.says(SHELTER, "referral.cancel-answered", 5, other | {"cancel": cancel})
    assert refused(case.tries(POLICE, "referral.cancel-requested", 6, stop)) == {"NET-PARTY"}

"""How a referral ends: it waits, it comes to nothing in one of seven ways that stay apart, and no loop stays open."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from contracts.decision import Accept
from contracts.guidelines import limit
from tests.unit.contracts.casework import ELDERLY, FORCES, POLICE, SHELTER, Case, refused, waits_for
from tests.unit.contracts.rules.test_xb_need import ASKING, disclosing
from tests.unit.contracts.test_journeys_referral import accepting, asked, status

ENOUGH = 24 * 30
"""Hours after which everything that was due in these cases has passed."""


def closing(request: str, outcome: str, **more: str) -> dict[str, Any]:
    return {"request": request, "to": SHELTER, "outcome": outcome, **more}


def turn(case: Case) -> list[tuple[str, float]]:
    """Whose turn it is, and by which hour."""
    return [(str(item.owed_by), (item.due - case.start) / timedelta(hours=1)) for item in case.deadlines("referral")]


DECIDE = limit("decision_hours").time / timedelta(hours=1)


def test_a_request_arrives_and_waits_and_is_answered() -> None:
    case, request = asked()
    case.says(SHELTER, "referral.received", 2, {"request": request})
    assert status(case, request) == "received"
    due = case.deadlines("referral")
    until = case.at(200).isoformat()
    held = case.says(SHELTER, "referral.waitlisted", 3, {"request": request, "capacity": "waitlist", "until": until})
    assert status(case, request) == "on-hold"
    (waiting,) = case.deadlines("referral")
    assert (waiting.cause, waiting.owed_by, waiting.due) == (held, SHELTER, case.at(200))
    assert due[0].cause == request
    longer = {"request": request, "capacity": "additional-assessment-required", "until": case.at(250).isoformat()}
    case.says(SHELTER, "referral.waitlisted", 100, longer)
    assert turn(case) == [(SHELTER, 250)]
    case.says(SHELTER, "referral.answered", 250, accepting(request))
    assert (status(case, request), turn(case)) == ("accepted", [])


def test_who_waits_is_told_until_when_and_by_the_receiver_alone() -> None:
    case, request = asked()
    held = {"request": request, "capacity": "waitlist", "until": case.at(4).isoformat()}
    assert refused(case.tries(FORCES, "referral.waitlisted", 3, held)) == {"NET-PARTY"}
    assert refused(case.tries(SHELTER, "referral.waitlisted", 4, held)) == {"NET-ANSWER"}
    case.says(SHELTER, "referral.waitlisted", 3.99, held)
    late = case.tries(SHELTER, "referral.answered", 4.5, accepting(request))
    assert isinstance(late, Accept)
    assert {(mark.rule, mark.code) for mark in late.breaches} == {("NET-ANSWER", "breach")}
    assert refused(case.tries(SHELTER, "referral.waitlisted", 5, held | {"until": case.at(90).isoformat()})) == {
        "NET-PARTY"
    }


@pytest.mark.parametrize("name", ["referral.received", "referral.waitlisted", "referral.closed"])
def test_every_step_waits_for_its_request(name: str) -> None:
    case = Case()
    request = case.event(POLICE, "referral.requested", 1, ASKING)
    more = {
        "referral.waitlisted": {"capacity": "waitlist", "until": case.at(90).isoformat()},
        "referral.closed": {"to": SHELTER, "outcome": "undelivered"},
    }.get(name, {})
    actor = POLICE if name == "referral.closed" else SHELTER
    assert waits_for(case.tries(actor, name, 2, {"request": request.id, **more})) == "referral.requested"


def test_what_arrived_twice_or_at_a_stranger_moves_nothing() -> None:
    case, request = asked()
    case.says(FORCES, "referral.received", 2, {"request": request}, ("NET-PARTY", "dispute"))
    assert status(case, request) == "requested"
    case.says(SHELTER, "referral.answered", 3, accepting(request))
    case.says(SHELTER, "referral.received", 4, {"request": request})
    assert status(case, request) == "accepted"


def ended(how: str) -> tuple[Case, str]:
    """A request that came to nothing this way."""
    case, request = asked()
    if how == "rejected":
        said = accepting(request) | {"answer": "rejected", "capacity": "no-capacity", "reason": "no-capacity"}
        case.says(SHELTER, "referral.answered", 2, said)
    elif how != "expired":
        case.says(SHELTER, "referral.answered", 2, accepting(request))
    if how == "failed":
        case.says(SHELTER, "referral.failed", 3, {"request": request, "reason": "no-show"})
    if how == "cancelled":
        stop = {"request": request, "reason": "provider-shut", "to": POLICE}
        cancel = case.says(SHELTER, "referral.cancel-requested", 3, stop)
        case.says(POLICE, "referral.cancel-answered", 4, {"request": request, "cancel": cancel, "answer": "cancelled"})
    if how == "expired":
        case.wait("referral", 24.5)
    return case, request


@pytest.mark.parametrize("how", ["rejected", "failed", "cancelled", "expired"])
def test_what_came_to_nothing_is_the_turn_of_who_asked_until_it_is_closed(how: str) -> None:
    case, request = ended(how)
    (whose, by) = turn(case)[0]
    assert (whose, len(turn(case))) == (POLICE, 1)
    assert by > DECIDE
    for other in {"rejected", "failed", "cancelled"} - {how}:
        assert refused(case.tries(POLICE, "referral.closed", 30, closing(request, other))) == {"NET-ORDER"}
    assert refused(case.tries(SHELTER, "referral.closed", 30, closing(request, how))) == {"NET-PARTY"}
    assert refused(case.tries(POLICE, "referral.closed", 30, closing(request, how) | {"to": FORCES})) == {"NET-PARTY"}
    case.says(POLICE, "referral.closed", 30, closing(request, how))
    assert turn(case) == []
    assert case.state("referral").tasks[request].outcome == how
    assert refused(case.tries(POLICE, "referral.closed", 31, closing(request, how))) == {"NET-PARTY"}


@pytest.mark.parametrize("how", ["rejected", "failed", "cancelled", "expired"])
def test_or_until_it_asks_another_in_its_place(how: str) -> None:
    case, request = ended(how)
    case.says(POLICE, "referral.requested", 30, ASKING | {"to": ELDERLY, "replaces": request})
    assert [whose for whose, _ in turn(case)] == [ELDERLY]
    assert case.state("referral").tasks[request].replaced


def test_another_agencys_request_takes_the_place_of_none() -> None:
    case, request = ended("rejected")
    case.says(FORCES, "referral.requested", 30, ASKING | {"replaces": request})
    assert POLICE in {whose for whose, _ in turn(case)}
    nobody = ASKING | {"replaces": case.id}
    assert waits_for(case.tries(POLICE, "referral.requested", 31, nobody)) == "referral.requested"


def test_who_asked_and_lets_it_lie_is_found_and_it_may_still_close() -> None:
    case, request = ended("failed")
    case.wait("referral", ENOUGH)
    assert turn(case) == []
    assert case.events[-1].type.name == "deadline-passed"
    assert case.events[-1].data.model_dump()["owed_by"] == POLICE
    case.says(POLICE, "referral.closed", ENOUGH + 1, closing(request, "failed"))


def test_expired_is_what_is_over_and_not_a_second_before() -> None:
    for seconds, right in ((0, False), (1, True)):
        case, request = asked()
        due = (case.deadlines("referral")[0].due - case.start) / timedelta(hours=1)
        decision = case.tries(POLICE, "referral.closed", due + seconds / 3600, closing(request, "expired"))
        assert isinstance(decision, Accept) if right else refused(decision) == {"NET-ORDER"}


def test_who_closes_what_another_left_unanswered_is_not_late_itself() -> None:
    case, request = asked()
    case.says(POLICE, "referral.closed", 30, closing(request, "expired"))
    case, request = ended("failed")
    case.says(POLICE, "referral.closed", 4 + DECIDE, closing(request, "failed"), ("NET-ANSWER", "breach"))


def test_a_waiting_list_is_expired_after_its_own_time() -> None:
    case, request = asked()
    held = {"request": request, "capacity": "waitlist", "until": case.at(100).isoformat()}
    case.says(SHELTER, "referral.waitlisted", 2, held)
    assert refused(case.tries(POLICE, "referral.closed", 100, closing(request, "expired"))) == {"NET-ORDER"}
    case.wait("referral", 101)
    assert [whose for whose, _ in turn(case)] == [POLICE]
    case.says(POLICE, "referral.closed", 101, closing(request, "expired"))
    assert turn(case) == []


def test_undelivered_is_what_nobody_has() -> None:
    case, request = asked()
    other = case.says(POLICE, "referral.requested", 1.5, ASKING)
    case.says(SHELTER, "referral.received", 2, {"request": request})
    assert refused(case.tries(POLICE, "referral.closed", 3, closing(request, "undelivered"))) == {"NET-ORDER"}
    case.says(POLICE, "referral.closed", 3, closing(other, "undelivered"))
    case.says(SHELTER, "referral.received", 4, {"request": other})
    assert case.state("referral").tasks[other].outcome == "undelivered"
    assert refused(case.tries(SHELTER, "referral.answered", 5, accepting(other))) == {"NET-PARTY"}


def test_closed_elsewhere_names_where_and_an_accepted_one_is_cancelled_first() -> None:
    case, request = asked()
    other = case.says(POLICE, "referral.requested", 1.5, ASKING | {"to": ELDERLY})
    where = closing(request, "closed-elsewhere", elsewhere=other)
    unknown = closing(request, "closed-elsewhere", elsewhere=case.id)
    assert waits_for(case.tries(POLICE, "referral.closed", 2, unknown)) == "referral.requested"
    itself = closing(request, "closed-elsewhere", elsewhere=request)
    assert refused(case.tries(POLICE, "referral.closed", 2, itself, expired=True)) == {"NET-ORDER"}
    case.says(SHELTER, "referral.answered", 2, accepting(request))
    assert refused(case.tries(POLICE, "referral.closed", 3, where)) == {"NET-ORDER"}
    # Who has been asked to cancel and says nothing holds nobody for ever.
    stop = {"request": request, "reason": "no-longer-needed", "to": SHELTER}
    case.says(POLICE, "referral.cancel-requested", 3, stop)
    assert refused(case.tries(POLICE, "referral.closed", 4, where)) == {"NET-ORDER"}
    case.wait("referral", ENOUGH)
    case.says(POLICE, "referral.closed", ENOUGH, where)
    case.says(SHELTER, "referral.started", ENOUGH + 1, {"request": request}, ("NET-PARTY", "breach"))
    assert status(case, request) == "accepted"
    assert refused(case.tries(POLICE, "referral.identity-disclosed", ENOUGH + 2, disclosing(request, SHELTER))) == {
        "XB-NEED"
    }


def test_its_receiver_cannot_be_rid_of_it_by_asking_to_cancel() -> None:
    case, request = asked()
    case.says(SHELTER, "referral.answered", 2, accepting(request))
    case.says(SHELTER, "referral.cancel-requested", 3, {"request": request, "reason": "provider-shut"})
    case.wait("referral", ENOUGH)
    assert refused(case.tries(POLICE, "referral.closed", ENOUGH, closing(request, "closed-elsewhere"))) == {"NET-ORDER"}


def test_what_was_cancelled_as_its_asker_wished_is_closed_with_that() -> None:
    case, request = asked()
    case.says(SHELTER, "referral.answered", 2, accepting(request))
    stop = {"request": request, "reason": "no-longer-needed"}
    cancel = case.says(POLICE, "referral.cancel-requested", 3, stop)
    case.says(SHELTER, "referral.cancel-answered", 4, {"request": request, "cancel": cancel, "answer": "cancelled"})
    assert turn(case) == []


def test_who_is_told_of_a_cancel_is_the_other_side() -> None:
    case, request = asked()
    stop = {"request": request, "reason": "no-longer-needed"}
    assert refused(case.tries(POLICE, "referral.cancel-requested", 2, stop | {"to": FORCES})) == {"NET-PARTY"}
    assert refused(case.tries(POLICE, "referral.cancel-requested", 2, stop | {"to": POLICE})) == {"NET-PARTY"}
    case.says(POLICE, "referral.cancel-requested", 2, stop | {"to": SHELTER})


def test_a_request_made_in_error_is_over_and_no_other_way() -> None:
    case, request = asked()
    wrong = {"corrects": request, "reason": "entered-in-error"}
    case.says(POLICE, "referral.corrected", 2, wrong)
    assert (status(case, request), turn(case)) == ("entered-in-error", [])
    assert refused(case.tries(SHELTER, "referral.answered", 3, accepting(request))) == {"NET-PARTY"}
    assert refused(case.tries(POLICE, "referral.closed", 30, closing(request, "expired"))) == {"NET-PARTY"}


def test_what_is_done_stays_done() -> None:
    case, request = asked()
    case.says(SHELTER, "referral.answered", 2, accepting(request))
    case.says(SHELTER, "referral.completed", 3, {"request": request})
    for outcome in ("expired", "undelivered", "rejected", "failed", "cancelled", "closed-elsewhere"):
        assert refused(case.tries(POLICE, "referral.closed", 30, closing(request, outcome))) == {"NET-PARTY"}
    case.says(POLICE, "referral.corrected", 31, {"corrects": request, "reason": "entered-in-error"})
    assert status(case, request) == "completed"

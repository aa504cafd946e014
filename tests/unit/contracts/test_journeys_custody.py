"""Custody: who cares and who answers, whatever is said in whatever order and by whomever."""

from __future__ import annotations

from datetime import timedelta

import pytest

from contracts.decision import Accept
from contracts.journeys.custody import CustodyState
from tests.unit.contracts.casework import (
    EXTERNAL,
    FORCES,
    HEALTH,
    MINISTRY,
    POLICE,
    PROVINCE,
    SHELTER,
    Case,
    breaches,
    refused,
    waits_for,
)


def holders(case: Case) -> tuple[str | None, tuple[str, ...]]:
    """Who cares, and who answers."""
    state: CustodyState = case.state("custody")
    return state.carer, state.responsible


def test_a_child_goes_from_hand_to_hand_and_home() -> None:
    case = Case()
    custody = case.opened()
    case.handover(POLICE, SHELTER, 4)
    assert holders(case) == (SHELTER, (SHELTER,))
    case.handover(SHELTER, PROVINCE, 100, "office")
    assessed = case.says(PROVINCE, "repatriation.family-assessed", 190, {"outcome": "safe", "caretaker": "kin"})
    entrusted = {"custody": custody, "to_kind": "kin", "assessment": assessed}
    case.says(PROVINCE, "custody.entrusted", 200, entrusted)
    assert holders(case) == ("kin", (PROVINCE,))
    case.says(PROVINCE, "custody.ended", 900, {"custody": custody, "reason": "follow-up-done"})
    state = case.state("custody")
    assert state.ended
    assert case.deadlines("custody") == ()
    assert [(item.carer, item.responsible, item.since) for item in state.holdings] == [
        (POLICE, (POLICE,), case.at(1)),
        (SHELTER, (SHELTER,), case.at(5.5)),
        (PROVINCE, (PROVINCE,), case.at(101.5)),
        ("kin", (PROVINCE,), case.at(200)),
    ]


def test_a_state_is_the_same_after_it_was_stored() -> None:
    case = Case()
    case.opened()
    case.handover(POLICE, SHELTER, 4)
    state = case.state("custody")
    assert CustodyState.model_validate_json(state.model_dump_json()) == state


def test_an_opening_waits_for_its_report_and_is_a_fact_without_it() -> None:
    case = Case()
    report = "0190d7a0-0000-7000-8000-000000000001"
    data = {"holder": POLICE, "person": "child", "place_kind": "office", "from_report": report}
    assert waits_for(case.tries(POLICE, "custody.opened", 1, data)) == "intake.report-received"
    assert breaches(case.tries(POLICE, "custody.opened", 1, data, expired=True)) == {("NET-ORDER", "unproven")}
    assert holders(case) == (POLICE, (POLICE,))


def test_who_received_before_it_was_told_who_opened_keeps_the_child() -> None:
    """The shelter's receipt had waited to its limit; then the police, who were offline, say that they had opened."""
    case = Case()
    report = case.report()
    strange = "0190d7a0-0000-7000-8000-000000000001"
    receipt = {"custody": strange, "handover": strange, "from_agency": POLICE, "condition": "well"}
    case.says(SHELTER, "custody.handover-received", 4, receipt | {"place_kind": "shelter"}, ("NET-ORDER", "unproven"))
    assert holders(case) == (SHELTER, (SHELTER,))
    opening = {"holder": POLICE, "person": "child", "place_kind": "police-post", "from_report": report}
    case.says(POLICE, "custody.opened", 1, opening)
    assert holders(case) == (SHELTER, (POLICE, SHELTER))


def test_a_step_waits_for_its_chain_and_its_offer() -> None:
    case = Case()
    strange = "0190d7a0-0000-7000-8000-000000000001"
    step = {"custody": strange, "handover": strange, "to": SHELTER, "condition": "well"}
    assert waits_for(case.tries(POLICE, "custody.handover-released", 1, step)) == "custody.handover-offered"
    case.opened()
    accepting = case.step(strange)
    assert waits_for(case.tries(SHELTER, "custody.handover-accepted", 2, accepting)) == "custody.handover-offered"
    assert refused(case.tries(SHELTER, "custody.handover-accepted", 2, accepting, expired=True)) == {"NET-ORDER"}


def test_an_offer_is_answered_once_by_the_one_it_names() -> None:
    case = Case()
    case.opened()
    offer = case.offered(POLICE, SHELTER, 2)
    declining = case.step(offer, reason="no-capacity")
    assert refused(case.tries(HEALTH, "custody.handover-declined", 3, declining)) == {"CUS-HOLDER"}
    case.says(SHELTER, "custody.handover-declined", 3, declining)
    assert refused(case.tries(SHELTER, "custody.handover-accepted", 4, case.step(offer))) == {"NET-PARTY"}


def test_an_offer_that_is_not_answered_is_due() -> None:
    case = Case()
    case.opened(place="office")
    offer = case.offered(POLICE, SHELTER, 2, answer_by=case.at(14).isoformat())
    (deadline,) = case.deadlines("custody")
    assert (deadline.rule, deadline.cause, deadline.due, deadline.owed_by) == (
        "NET-ANSWER",
        offer,
        case.at(14),
        SHELTER,
    )
    assert breaches(case.passes("custody", deadline)) == set()
    assert case.deadlines("custody") == ()


def test_a_handover_that_fails_leaves_care_where_it_is() -> None:
    case = Case()
    case.opened(place="office")
    offer = case.offered(POLICE, SHELTER, 2)
    case.says(SHELTER, "custody.handover-accepted", 3, case.step(offer))
    case.releases(POLICE, SHELTER, offer, 4)
    case.says(POLICE, "custody.handover-failed", 6, case.step(offer, reason="no-show"))
    assert holders(case) == (POLICE, (POLICE,))
    assert case.deadlines("custody") == ()


def test_a_stranger_cannot_make_a_handover_fail() -> None:
    case = Case()
    case.opened(place="office")
    offer = case.offered(POLICE, SHELTER, 2)
    case.releases(POLICE, SHELTER, offer, 4)
    failed = case.step(offer, reason="no-show")
    case.says(HEALTH, "custody.handover-failed", 5, failed, ("CUS-HOLDER", "dispute"))
    assert [deadline.rule for deadline in case.deadlines("custody")] == ["CUS-GAP"]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("custody.ended", {"reason": "duplicate"}),
        ("custody.died", {"cause": "illness", "place_kind": "hospital"}),
        ("custody.missing-reported", {"how": "ran-away"}),
    ],
)
def test_what_a_stranger_says_of_a_child_is_disputed_and_ends_nothing(name: str, data: dict[str, str]) -> None:
    case = Case()
    custody = case.opened()
    case.says(HEALTH, name, 2, {"custody": custody, **data}, ("CUS-HOLDER", "dispute"))
    state = case.state("custody")
    assert (state.ended, state.missing) == (False, False)
    assert holders(case) == (POLICE, (POLICE,))
    case.offered(POLICE, SHELTER, 3)


def test_a_child_that_a_stranger_placed_is_where_it_is_and_both_answer() -> None:
    case = Case()
    custody = case.opened()
    placed = {"custody": custody, "to": HEALTH, "place_kind": "hospital", "reason": "medical-emergency"}
    case.says(FORCES, "custody.emergency-placed", 2, placed, ("CUS-HOLDER", "dispute"))
    assert holders(case) == (HEALTH, (POLICE, HEALTH))


def test_the_carer_places_a_child_in_an_emergency_and_goes_on_answering() -> None:
    case = Case()
    custody = case.opened()
    placed = {"custody": custody, "to": HEALTH, "place_kind": "hospital", "reason": "medical-emergency"}
    case.says(POLICE, "custody.emergency-placed", 2, placed)
    assert holders(case) == (HEALTH, (POLICE,))


def test_the_referral_authority_takes_over_and_so_does_a_court_and_nobody_else() -> None:
    taken = {"from_agency": POLICE, "to": SHELTER, "reason": "abuse", "place_kind": "shelter"}
    for actor, more, second, rightful in (
        (MINISTRY, {"ordered_by": "referral-authority"}, None, True),
        (FORCES, {"ordered_by": "court", "paper": "12/09"}, MINISTRY, True),
        (FORCES, {"ordered_by": "court", "paper": "12/09"}, None, False),
        (FORCES, {"ordered_by": "court", "paper": "12/09"}, HEALTH, False),
        (FORCES, {"ordered_by": "court"}, MINISTRY, False),
        (FORCES, {"ordered_by": "referral-authority", "paper": "12/09"}, MINISTRY, False),
    ):
        case = Case()
        custody = case.opened()
        event = case.event(actor, "custody.taken-over", 2, {"custody": custody, **taken, **more})
        marks = breaches(case.judge(event, countersigner=second))
        assert marks == (set() if rightful else {("CUS-TAKEOVER", "dispute")})
        assert holders(case) == (SHELTER, (SHELTER,) if rightful else (POLICE, SHELTER))


def test_a_missing_child_is_found_by_whoever_finds_it() -> None:
    case = Case()
    custody = case.opened()
    case.handover(POLICE, SHELTER, 4)
    case.says(SHELTER, "custody.missing-reported", 20, {"custody": custody, "how": "ran-away"})
    assert case.state("custody").missing
    found = {"custody": custody, "place_kind": "police-post", "condition": "well"}
    case.says(FORCES, "custody.found", 30, found)
    assert holders(case) == (FORCES, (SHELTER,))
    assert not case.state("custody").missing
    assert [deadline.rule for deadline in case.deadlines("custody")] == ["D107-48H"]


def test_an_adult_ends_accompaniment_by_their_own_word_through_anybody() -> None:
    case = Case()
    custody = case.opened(person="adult", place="shelter")
    case.says(HEALTH, "custody.ended", 2, {"custody": custody, "reason": "own-word"})
    assert case.state("custody").ended
    child = Case()
    custody = child.opened()
    ended = {"custody": custody, "reason": "own-word"}
    child.says(HEALTH, "custody.ended", 2, ended, ("CUS-HOLDER", "dispute"))
    assert not child.state("custody").ended


def test_nothing_is_offered_once_the_chain_has_ended() -> None:
    case = Case()
    custody = case.opened()
    case.says(POLICE, "custody.ended", 2, {"custody": custody, "reason": "duplicate"})
    data = case.offer(POLICE, SHELTER, 3, emergency_reason="disaster")
    assert "CUS-ONE" in refused(case.tries(POLICE, "custody.handover-offered", 3, data))


def test_nobody_speaks_in_a_members_name() -> None:
    """A fact too: who may say it is a matter of identity."""
    case = Case()
    case.opened()
    offer = case.offered(POLICE, SHELTER, 2)
    forged = case.step(offer) | {"on_behalf_of": SHELTER}
    assert refused(case.tries(FORCES, "custody.handover-accepted", 3, forged)) == {"NET-SPEAKER"}
    receipt = forged | {"from_agency": POLICE, "condition": "well", "place_kind": "shelter"}
    assert refused(case.tries(FORCES, "custody.handover-received", 3, receipt)) == {"NET-SPEAKER"}


def test_an_external_agency_is_attested_one_sided_and_holds_in_its_own_name() -> None:
    adult = Case()
    adult.opened(person="adult", place="office")
    offer = adult.offered(POLICE, EXTERNAL, 2)
    attested = {"on_behalf_of": EXTERNAL, "paper": "7/09"}
    adult.says(POLICE, "custody.handover-accepted", 3, adult.step(offer) | attested)
    adult.releases(POLICE, EXTERNAL, offer, 4)
    adult.receives(POLICE, POLICE, offer, 5, "hospital", ("CUS-GAP", "one-sided"), **attested)
    assert holders(adult) == (EXTERNAL, (EXTERNAL,))
    onward = adult.offer(EXTERNAL, MINISTRY, 8) | attested
    adult.says(POLICE, "custody.handover-offered", 8, onward)


def test_only_the_service_lets_a_deadline_pass() -> None:
    """An agency that could say it would be rid of what it owes."""
    case = Case()
    case.opened()
    (deadline,) = case.deadlines("custody")
    data = {"rule": deadline.rule, "cause": deadline.cause, "due": deadline.due.isoformat()}
    for source, actor in (("agencies", POLICE), ("services", "intake"), ("agencies", "referral")):
        event = case.event(actor, "custody.deadline-passed", 2, data, source=source)
        assert refused(case.judge(event)) == {"NET-SERVICE"}
    assert case.deadlines("custody") == (deadline,)
    assert isinstance(case.passes("custody", deadline), Accept)
    assert case.deadlines("custody") == ()


def test_a_service_says_nothing_of_what_agencies_do() -> None:
    case = Case()
    custody = case.opened()
    event = case.event("referral", "custody.ended", 2, {"custody": custody, "reason": "duplicate"}, source="services")
    assert refused(case.judge(event)) == {"NET-SERVICE"}


def test_what_comes_after_its_deadline_never_clears_it_unseen() -> None:
    """The service was down while the 48 hours ended: the receipt itself shows it, unless the deadline was called."""
    case = Case()
    case.opened()
    offer = case.offered(POLICE, SHELTER, 40)
    case.says(SHELTER, "custody.handover-accepted", 41, case.step(offer))
    case.releases(POLICE, SHELTER, offer, 48.5)
    case.receives(SHELTER, POLICE, offer, 49.1, "shelter", ("D107-48H", "breach"))
    called = Case()
    called.opened()
    offer = called.offered(POLICE, SHELTER, 40)
    called.says(SHELTER, "custody.handover-accepted", 41, called.step(offer))
    called.passes("custody", called.deadlines("custody")[0])
    called.releases(POLICE, SHELTER, offer, 49.5)
    called.receives(SHELTER, POLICE, offer, 50)


def test_a_late_report_is_marked_and_never_dropped() -> None:
    case = Case()
    custody = case.opened()
    event = case.event(POLICE, "custody.missing-reported", 2, {"custody": custody, "how": "ran-away"})
    assert breaches(case.judge(event, later=timedelta(hours=24, seconds=1))) == {("CUS-TIME", "late")}
    assert case.state("custody").missing

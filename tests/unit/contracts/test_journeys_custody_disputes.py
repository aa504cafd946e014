"""Custody in dispute: who resolves it and how, offers that are over, and steps that are taken back."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.decision import Accept
from contracts.journeys.custody import CustodyState
from tests.unit.contracts.casework import (
    FORCES,
    HEALTH,
    MINISTRY,
    POLICE,
    PROVINCE,
    SHELTER,
    THAI,
    Case,
    refused,
    waits_for,
)
from tests.unit.contracts.test_claims import told
from tests.unit.contracts.test_custody_table import kept, spans, table

NOBODY = "01890a5d-ac96-774b-bcce-b302099a8057"
CLAIM = ("CUS-HOLDER", "dispute")


def holders(case: Case) -> tuple[str | None, tuple[str, ...], tuple[str, ...]]:
    """Who cares, who answers, and who of them by a claim alone."""
    state: CustodyState = case.state("custody")
    return state.carer, state.responsible, state.claimed


def agrees(case: Case) -> bool:
    """Whether the auditor's table says what the service's state says."""
    expected, found = kept(case.state("custody").holdings, None), table(case)
    return all(spans(found, kind) == expected[kind] for kind in ("care", "responsibility"))


def claimed() -> Case:
    """A shelter has a child, and a clinic that nobody knows of says that it has it."""
    case = Case()
    custody = case.opened()
    case.handover(POLICE, SHELTER, 2)
    placed = {"custody": custody, "to": HEALTH, "place_kind": "hospital", "reason": "place-unsafe"}
    case.says(HEALTH, "custody.emergency-placed", 6, placed, CLAIM)
    return case


def resolving(case: Case, responsible: str, carer: str | None, **data: Any) -> dict[str, Any]:
    said = {"custody": case.state("custody").opened, "responsible": responsible, "carer": carer}
    return said | {"place_kind": "shelter", "basis": ["both-sides-heard"]} | data


@pytest.mark.parametrize(
    ("responsible", "carer"), [(SHELTER, SHELTER), (SHELTER, HEALTH), (HEALTH, HEALTH), (HEALTH, SHELTER)]
)
def test_the_authority_says_who_answers_and_who_cares(responsible: str, carer: str) -> None:
    case = claimed()
    assert holders(case) == (HEALTH, (SHELTER, HEALTH), (HEALTH,))
    case.says(MINISTRY, "custody.dispute-resolved", 10, resolving(case, responsible, carer))
    assert holders(case) == (carer, (responsible,), ())
    assert agrees(case)
    assert table(case).joint_minutes == 4 * 60
    assert responsible in told(case, "custody.died")
    onward = case.offer(responsible, PROVINCE, 11)
    assert isinstance(case.tries(responsible, "custody.handover-offered", 11, onward), Accept)


@pytest.mark.parametrize("actor", [SHELTER, HEALTH, FORCES, THAI])
def test_nobody_else_resolves_it(actor: str) -> None:
    case = claimed()
    said = resolving(case, SHELTER, SHELTER)
    assert refused(case.tries(actor, "custody.dispute-resolved", 10, said)) == {"CUS-MOVE"}
    assert holders(case) == (HEALTH, (SHELTER, HEALTH), (HEALTH,))


@pytest.mark.parametrize(("responsible", "carer"), [(PROVINCE, SHELTER), (SHELTER, PROVINCE), (SHELTER, None)])
def test_it_names_those_who_are_there_already(responsible: str, carer: str | None) -> None:
    case = claimed()
    said = resolving(case, responsible, carer)
    assert refused(case.tries(MINISTRY, "custody.dispute-resolved", 10, said)) == {"CUS-MOVE"}


def test_where_nothing_is_in_dispute_nobody_is_moved_by_it() -> None:
    case = Case()
    case.opened()
    said = resolving(case, POLICE, POLICE)
    assert refused(case.tries(MINISTRY, "custody.dispute-resolved", 2, said)) == {"CUS-MOVE"}


def test_a_child_that_lives_with_its_family_stays_there_while_it_is_said_who_answers() -> None:
    case = Case()
    custody = case.opened(MINISTRY, place="office")
    assessed = case.says(MINISTRY, "repatriation.family-assessed", 2, {"outcome": "safe", "caretaker": "kin"})
    said = {"custody": custody, "to_kind": "kin", "assessment": assessed}
    case.says(MINISTRY, "custody.entrusted", 3, said)
    case.says(PROVINCE, "custody.entrusted", 4, said, CLAIM)
    assert holders(case) == ("kin", (MINISTRY, PROVINCE), (PROVINCE,))
    decided = resolving(case, PROVINCE, None, place_kind="family-home", about=custody)
    case.says(MINISTRY, "custody.dispute-resolved", 5, decided)
    assert holders(case) == ("kin", (PROVINCE,), ())
    assert agrees(case)


def test_a_receipt_without_a_release_is_joint_until_it_is_resolved() -> None:
    case = Case()
    case.opened(place="office")
    offer = case.offered(POLICE, SHELTER, 2)
    case.receives(SHELTER, POLICE, offer, 3)
    assert [item.rule for item in case.deadlines("custody")] == ["CUS-MOVE"]
    case.says(MINISTRY, "custody.dispute-resolved", 5, resolving(case, SHELTER, SHELTER))
    assert holders(case) == (SHELTER, (SHELTER,), ())
    assert case.deadlines("custody") == ()
    assert agrees(case)


def test_a_release_that_never_arrived_can_be_resolved_once_it_is_overdue() -> None:
    case = Case()
    case.opened(place="office")
    offer = case.offered(POLICE, SHELTER, 2)
    case.releases(POLICE, SHELTER, offer, 3)
    said = resolving(case, POLICE, POLICE, place_kind="office")
    assert refused(case.tries(MINISTRY, "custody.dispute-resolved", 4, said)) == {"CUS-MOVE"}
    case.wait("custody", 40)
    case.says(MINISTRY, "custody.dispute-resolved", 40, said)
    assert case.state("custody").handovers[offer].status == "failed"
    assert [(gap.since, gap.until) for gap in table(case).gaps] == [(case.at(3), case.at(40))]
    case.receives(SHELTER, POLICE, offer, 50)
    assert holders(case) == (SHELTER, (POLICE, SHELTER), ())
    assert agrees(case)


def test_a_child_is_not_resolved_into_a_detention_facility() -> None:
    case = claimed()
    said = resolving(case, SHELTER, SHELTER, place_kind="detention-facility")
    assert refused(case.tries(MINISTRY, "custody.dispute-resolved", 10, said)) == {"D107-DETENTION"}


def test_who_receives_after_the_handover_was_said_to_have_failed_answers_jointly() -> None:
    """The giver has taken its release back: it answers until it says otherwise."""
    case = Case()
    case.opened(place="office")
    offer = case.offered(POLICE, SHELTER, 2)
    case.releases(POLICE, SHELTER, offer, 3)
    case.says(POLICE, "custody.handover-failed", 4, case.step(offer, reason="no-show"))
    case.receives(SHELTER, POLICE, offer, 5)
    assert holders(case) == (SHELTER, (POLICE, SHELTER), ())
    assert agrees(case)
    case.releases(POLICE, SHELTER, offer, 6)
    assert holders(case) == (SHELTER, (SHELTER,), ())


# -- offers that are over ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("hours", "rules"), [(14, set()), (14 + 1 / 3600, {"NET-ANSWER"})])
def test_an_offer_is_accepted_in_time_or_made_anew(hours: float, rules: set[str]) -> None:
    case = Case()
    case.opened(place="office")
    offer = case.offered(POLICE, SHELTER, 2, answer_by=case.at(14).isoformat())
    decision = case.tries(SHELTER, "custody.handover-accepted", hours, case.step(offer))
    assert (set() if isinstance(decision, Accept) else refused(decision)) == rules
    case.handover(POLICE, SHELTER, 20)
    assert holders(case) == (SHELTER, (SHELTER,), ())


def test_who_declines_late_says_so_all_the_same_and_a_late_receipt_is_a_fact() -> None:
    case = Case()
    case.opened(place="office")
    offer = case.offered(POLICE, SHELTER, 2, answer_by=case.at(14).isoformat())
    other = case.offered(POLICE, PROVINCE, 2, answer_by=case.at(14).isoformat())
    case.wait("custody", 20)
    case.says(SHELTER, "custody.handover-declined", 20, case.step(offer, reason="no-capacity"))
    case.releases(POLICE, PROVINCE, other, 21)
    case.receives(PROVINCE, POLICE, other, 22, "office")
    assert holders(case) == (PROVINCE, (PROVINCE,), ())


def test_an_offer_of_one_that_no_longer_answers_is_over() -> None:
    case = Case()
    case.opened(place="office")
    left = case.offered(POLICE, PROVINCE, 2)
    case.handover(POLICE, SHELTER, 3)
    assert refused(case.tries(PROVINCE, "custody.handover-accepted", 6, case.step(left))) == {"CUS-HOLDER"}
    case.says(PROVINCE, "custody.handover-declined", 7, case.step(left, reason="duplicate"))


# -- steps that are taken back -----------------------------------------------------------------------------------


def corrected(case: Case, actor: str, hours: float, event: str, *marks: tuple[str, str]) -> None:
    said = {"corrects": event, "reason": "entered-in-error"}
    case.says(actor, "custody.corrected", hours, said, *marks)


def test_a_receipt_entered_in_error_goes_back_to_who_had_the_child() -> None:
    case = Case()
    custody = case.opened()
    offer = case.offered(POLICE, SHELTER, 4)
    case.says(SHELTER, "custody.handover-accepted", 5, case.step(offer))
    case.releases(POLICE, SHELTER, offer, 6)
    receipt = case.receives(SHELTER, POLICE, offer, 7)
    before = case.state("custody")
    corrected(case, SHELTER, 8, receipt)
    state = case.state("custody")
    assert holders(case) == (POLICE, (POLICE,), ())
    assert (state.place_kind, state.police_since, state.boundary) == ("police-post", case.at(1), case.at(8))
    assert state.holdings[:-1] == before.holdings
    assert state.handovers[offer].unreceived
    assert {item.rule for item in case.deadlines("custody")} == {"D107-48H", "CUS-GAP"}
    assert state.opened == custody
    case.receives(SHELTER, POLICE, offer, 9)
    assert holders(case) == (SHELTER, (SHELTER,), ())


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("custody.ended", {"reason": "duplicate"}),
        ("custody.died", {"cause": "illness", "place_kind": "hospital"}),
        ("custody.missing-reported", {"how": "unknown"}),
    ],
)
def test_what_ended_or_lost_the_wrong_child_is_taken_back(name: str, data: dict[str, str]) -> None:
    case = Case()
    custody = case.opened(place="office")
    wrong = case.says(POLICE, name, 4, {"custody": custody} | data)
    corrected(case, HEALTH, 5, wrong, ("NET-PARTY", "dispute"))
    assert case.state("custody").ended or case.state("custody").missing
    corrected(case, POLICE, 6, wrong)
    assert not case.state("custody").ended
    assert not case.state("custody").missing
    case.handover(POLICE, SHELTER, 7)
    corrected(case, POLICE, 10, wrong)
    assert holders(case) == (SHELTER, (SHELTER,), ())


def test_an_offer_is_withdrawn_by_a_correction() -> None:
    case = Case()
    case.opened(place="office")
    offer = case.offered(POLICE, SHELTER, 4, answer_by=case.at(14).isoformat(), emergency_reason="disaster")
    corrected(case, POLICE, 5, offer)
    assert case.deadlines("custody") == ()
    assert refused(case.tries(SHELTER, "custody.handover-accepted", 6, case.step(offer))) == {"NET-PARTY"}


def test_what_others_have_built_on_is_corrected_in_the_record_alone() -> None:
    case = Case()
    case.opened(place="office")
    offer = case.handover(POLICE, SHELTER, 4)
    receipt = next(event.id for event in case.events if event.name == "custody.handover-received")
    case.handover(SHELTER, PROVINCE, 10, "office")
    corrected(case, SHELTER, 20, receipt)
    corrected(case, POLICE, 20, offer)
    assert holders(case) == (PROVINCE, (PROVINCE,), ())


def test_a_correction_waits_for_what_it_corrects() -> None:
    case = Case()
    case.opened(place="office")
    said = {"corrects": NOBODY, "reason": "wrong-case"}
    assert waits_for(case.tries(POLICE, "custody.corrected", 4, said)) == "the event that it corrects"
    corrected(case, POLICE, 4, NOBODY, ("NET-ORDER", "unproven"))


def test_a_state_with_all_of_it_is_the_same_after_it_was_stored() -> None:
    case = claimed()
    case.offered(SHELTER, PROVINCE, 7, emergency_reason="disaster")
    state = case.state("custody")
    assert state.undo is not None
    assert CustodyState.model_validate_json(state.model_dump_json()) == state


def test_a_family_that_a_stranger_says_has_the_child_owes_nothing() -> None:
    """Whose turn it is is an agency: where a family is said to have the child at a police post, who answers for it."""
    case = Case()
    chain = case.opened()
    claim = case.event(FORCES, "custody.entrusted", 2, {"custody": chain, "to_kind": "parent"})
    assert isinstance(case.judge(claim, expired=True), Accept)
    assert case.state("custody").carer == "parent"
    owed = {item.rule: item.owed_by for item in case.deadlines("custody")}
    assert owed["D107-48H"] == POLICE

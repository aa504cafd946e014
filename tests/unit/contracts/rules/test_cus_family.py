"""CUS-FAMILY: a child goes to its family where that was found safe, and no exploitation by family is unresolved."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.decision import Accept, Decision
from tests.unit.contracts.casework import MINISTRY, PROVINCE, SHELTER, Case, breaches, refused, waits_for

SAFE = {"outcome": "safe", "caretaker": "kin"}
NOT_ASSESSED, NOT_SAFE = ("CUS-FAMILY", "unproven"), ("CUS-FAMILY", "breach")


def sheltered(person: str = "child") -> Case:
    """The province cares for somebody."""
    case = Case()
    case.opened(PROVINCE, person=person, place="office")
    return case


def assessed(case: Case, hours: float = 2, **data: Any) -> str:
    return case.says(PROVINCE, "repatriation.family-assessed", hours, SAFE | data)


def entrusting(case: Case, hours: float = 10, **data: Any) -> Decision:
    said = {"custody": case.state("custody").opened, "to_kind": "kin"} | data
    return case.tries(PROVINCE, "custody.entrusted", hours, said, expired=True)


def offering(case: Case, hours: float = 10, **data: Any) -> set[str]:
    offer = case.offer(PROVINCE, MINISTRY, hours, purpose="reintegration", place_kind="office") | data
    decision = case.tries(PROVINCE, "custody.handover-offered", hours, offer, expired=True)
    return set() if isinstance(decision, Accept) else refused(decision)


@pytest.mark.parametrize(
    ("found", "marks"),
    [
        ({}, set()),
        ({"outcome": "safe-with-support"}, set()),
        ({"outcome": "unsafe"}, {NOT_SAFE}),
        ({"outcome": "not-found"}, {NOT_SAFE}),
        ({"caretaker": "parent"}, {NOT_SAFE}),
        ({"caretaker": "foster"}, {NOT_SAFE}),
        ({"risks": ["debt"]}, set()),
        ({"risks": ["debt", "family-involved"]}, {NOT_SAFE}),
    ],
)
def test_the_assessment_by_which_a_child_goes_to_its_kin(found: dict[str, Any], marks: set[tuple[str, str]]) -> None:
    case = sheltered()
    assert breaches(entrusting(case, assessment=assessed(case, **found))) == marks
    assert (case.state("custody").carer, case.state("custody").responsible) == ("kin", (PROVINCE,))


def test_without_an_assessment_it_is_a_fact_and_a_breach() -> None:
    for to in ("kin", "parent"):
        case = sheltered()
        assert breaches(entrusting(case, to_kind=to)) == {NOT_ASSESSED}
        assert case.state("custody").carer == to


@pytest.mark.parametrize(("person", "to"), [("child", "group-home"), ("child", "foster"), ("adult", "kin")])
def test_other_homes_and_adults_need_none(person: str, to: str) -> None:
    case = sheltered(person)
    assert breaches(entrusting(case, to_kind=to)) == set()


def test_an_assessment_on_its_way_is_waited_for_and_one_that_never_comes_makes_no_claim_of_it() -> None:
    case = sheltered()
    coming = case.event(PROVINCE, "repatriation.family-assessed", 2, SAFE)
    said = {"custody": case.state("custody").opened, "to_kind": "kin", "assessment": coming.id}
    waiting = case.event(PROVINCE, "custody.entrusted", 10, said)
    assert waits_for(case.judge(waiting)) == "repatriation.family-assessed"
    assert breaches(case.judge(waiting, expired=True)) == {NOT_ASSESSED}
    assert case.claims == set()


def test_an_offer_on_the_way_to_a_family_rests_on_a_safe_assessment() -> None:
    case = sheltered()
    assert offering(case) == {"CUS-FAMILY"}
    assert offering(case, assessment=assessed(case, outcome="unsafe")) == {"CUS-FAMILY"}
    assert offering(case, assessment="0190d7a0-0000-7000-8000-000000000001") == {"CUS-FAMILY"}
    assert offering(case, assessment=assessed(case, caretaker="parent")) == set()


@pytest.mark.parametrize(
    ("person", "data"),
    [
        ("child", {"place_kind": "group-home"}),
        ("child", {"place_kind": "foster-home"}),
        ("child", {"purpose": "shelter"}),
        ("adult", {}),
    ],
)
def test_an_offer_that_leads_elsewhere_needs_none(person: str, data: dict[str, Any]) -> None:
    assert offering(sheltered(person), **data) == set()


def involved(case: Case, hours: float, relationship: str | None = "Familial", name: str = "screening-recorded") -> None:
    said = {"status": "ActualVictimOfTrafficking", "organization": "NGO", "relationship": relationship}
    more = {"person": "child"} if name == "screening-recorded" else {}
    case.says(MINISTRY, f"intake.{name}", hours, said | more)


@pytest.mark.parametrize("name", ["screening-recorded", "identification-decided"])
def test_who_was_exploited_by_family_goes_to_none_until_that_is_resolved(name: str) -> None:
    case = sheltered()
    assessment = assessed(case)
    involved(case, 3, name=name)
    assert offering(case, assessment=assessment) == {"CUS-FAMILY"}
    assert breaches(entrusting(case, assessment=assessment)) == {NOT_SAFE}
    case.determined(11, MINISTRY, solution="kin", family_assessment=assessment, reason="child-wishes-it")
    assert offering(case, 12, assessment=assessment) == set()
    assert breaches(entrusting(case, 13, assessment=assessment)) == set()


def test_best_interests_of_before_it_was_known_resolve_nothing_nor_do_those_on_another_assessment() -> None:
    case = sheltered()
    first, second = assessed(case, 2), assessed(case, 3)
    case.determined(4, MINISTRY, solution="kin", family_assessment=first, reason="child-wishes-it")
    involved(case, 5)
    assert offering(case, assessment=first) == {"CUS-FAMILY"}
    case.determined(6, MINISTRY, solution="kin", family_assessment=second, reason="child-wishes-it")
    assert offering(case, assessment=first) == {"CUS-FAMILY"}
    assert offering(case, 11, assessment=second) == set()


@pytest.mark.parametrize(
    ("name", "relationship", "resolved"),
    [
        ("identification-decided", "Acquainted", True),
        ("identification-decided", None, False),
        ("screening-recorded", "Acquainted", False),
    ],
)
def test_a_later_identification_resolves_it_and_a_screening_does_not(
    name: str, relationship: str | None, resolved: bool
) -> None:
    case = sheltered()
    assessment = assessed(case)
    involved(case, 3)
    involved(case, 4, relationship, name)
    assert offering(case, assessment=assessment) == (set() if resolved else {"CUS-FAMILY"})


def test_another_relationship_blocks_nothing_and_an_older_denial_does_not_undo_a_later_word() -> None:
    case = sheltered()
    assessment = assessed(case)
    involved(case, 3, "Acquainted", "identification-decided")
    assert offering(case, assessment=assessment) == set()
    involved(case, 4)
    assert offering(case, 11, assessment=assessment) == {"CUS-FAMILY"}
    assert SHELTER not in case.state("custody").responsible

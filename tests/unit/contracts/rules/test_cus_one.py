"""CUS-ONE: one chain a case, one who answers and one who cares, until it ends."""

from __future__ import annotations

from contracts.guidelines.rules.cus_one import cus_one
from tests.unit.contracts.casework import FORCES, POLICE, Case, refused


def test_the_first_opening_is_accepted_and_a_second_one_is_a_dispute_with_two_to_answer() -> None:
    case = Case()
    case.opened()
    report = case.events[0].id
    again = {"holder": FORCES, "person": "child", "place_kind": "office", "from_report": report}
    case.says(FORCES, "custody.opened", 3, again, ("CUS-ONE", "dispute"))
    assert case.state("custody").carer == FORCES
    assert case.state("custody").responsible == (POLICE, FORCES)


def test_a_step_of_another_chain_is_refused_and_a_fact_of_it_unproven() -> None:
    case = Case()
    case.opened()
    other = {"custody": case.events[0].id}
    offer = case.offer(POLICE, FORCES, 2, emergency_reason="disaster") | other
    assert refused(case.tries(POLICE, "custody.handover-offered", 2, offer)) == {"CUS-ONE"}
    missing = other | {"how": "ran-away"}
    case.says(POLICE, "custody.missing-reported", 3, missing, ("CUS-ONE", "unproven"))


def test_boundaries() -> None:
    assert cus_one(None, False, None) is None
    assert cus_one("a", False, "a") is None
    for chain, ended, named in (("a", False, None), ("a", False, "b"), ("a", True, "a")):
        assert cus_one(chain, ended, named) is not None

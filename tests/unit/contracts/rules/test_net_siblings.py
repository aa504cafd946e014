"""NET-SIBLINGS: brothers and sisters are cared for together, or the reason is said."""

from __future__ import annotations

from contracts.identifiers import derived_id
from tests.unit.contracts.casework import MINISTRY, POLICE, START, Case, refused

BROTHER, SISTER = derived_id(START, "brother"), derived_id(START, "sister")
CARE = {"guardian": "provider", "legal_status": "national", "charge": False}


def linked(*basis: str, other: str = BROTHER) -> dict[str, object]:
    return {"other_case": other, "confidence": "certain", "basis": list(basis)}


def two() -> Case:
    case = Case()
    case.report()
    case.says(MINISTRY, "intake.cases-linked", 1, linked("sibling", "same-incident"))
    return case


def test_an_only_child_is_asked_for_no_reason() -> None:
    case = Case()
    case.report()
    case.says(MINISTRY, "intake.interim-care-arranged", 1, CARE)
    case.says(MINISTRY, "intake.cases-linked", 2, linked("same-incident"))
    case.says(MINISTRY, "intake.interim-care-arranged", 3, CARE)


def test_care_for_one_alone_needs_a_reason() -> None:
    case = two()
    assert refused(case.tries(MINISTRY, "intake.interim-care-arranged", 2, CARE)) == {"NET-SIBLINGS"}
    case.says(MINISTRY, "intake.interim-care-arranged", 3, CARE | {"with_siblings": True})
    case.says(MINISTRY, "intake.interim-care-arranged", 4, CARE | {"siblings_apart": "not-safe-together"})


def test_a_sibling_is_another_person_and_a_link_that_does_not_hold_asks_nothing() -> None:
    case = two()
    case.says(MINISTRY, "intake.cases-linked", 2, linked("same-document", other=SISTER))
    assert (case.state("intake").siblings, case.state("intake").linked) == ((BROTHER,), (SISTER,))
    case.says(MINISTRY, "intake.cases-linked", 3, linked("sibling", other=SISTER))
    case.says(MINISTRY, "intake.cases-unlinked", 4, {"other_case": BROTHER, "reason": "not-related"})
    assert case.state("intake").siblings == (SISTER,)
    assert refused(case.tries(MINISTRY, "intake.interim-care-arranged", 5, CARE)) == {"NET-SIBLINGS"}
    case.says(MINISTRY, "intake.cases-unlinked", 6, {"other_case": SISTER, "reason": "not-related"})
    assert case.state("intake").linked == ()
    case.says(MINISTRY, "intake.interim-care-arranged", 7, CARE)


def test_a_grown_up_is_cared_for_where_they_wish() -> None:
    case = two()
    case.says(POLICE, "intake.age-determined", 2, {"result": "adult", "evidence": ["family-book"]})
    case.says(MINISTRY, "intake.interim-care-arranged", 3, CARE | {"person": "adult"})

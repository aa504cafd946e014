"""D107-AGE: uncertain age is a child's; evidence, the strongest first, establishes an adult, and nothing less does."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from contracts.codes import AgeEvidence
from contracts.decision import Accept
from contracts.guidelines.rules.d107_age import WEAK, d107_age_established, d107_age_evidence
from contracts.journeys.intake_state import is_adult
from tests.unit.contracts.casework import MINISTRY, POLICE, SHELTER, Case, breaches, refused, waits_for

MARK = ("D107-AGE", "breach")
BEFORE, ON = datetime(2007, 12, 19, 8, tzinfo=UTC), datetime(2007, 12, 20, 8, tzinfo=UTC)
SCREENED = {"status": "PossibleVictimOfTrafficking", "organization": "Police", "person": "adult"}
DECIDED = {"status": "ActualVictimOfTrafficking", "organization": "Police", "person": "adult"}
CARE = {"guardian": "provider", "legal_status": "national", "charge": False, "person": "adult"}
STRONG = [item for item in AgeEvidence if item not in WEAK]
PROPOSALS = [("intake.identification-decided", DECIDED), ("intake.interim-care-arranged", CARE)]


def aged(case: Case, hours: float, result: str, *evidence: str, **data: Any) -> str:
    return case.says(POLICE, "intake.age-determined", hours, {"result": result, "evidence": list(evidence), **data})


@pytest.mark.parametrize("person", ["child", "unknown", "adult"])
@pytest.mark.parametrize(("name", "data"), PROPOSALS)
def test_nothing_for_adults_is_proposed_until_the_age_is_established(
    person: str, name: str, data: dict[str, Any]
) -> None:
    case = Case()
    case.report(person=person)
    assert waits_for(case.tries(MINISTRY, name, 1, data)) == "intake.age-determined"
    assert refused(case.tries(MINISTRY, name, 1, data, expired=True)) == {"D107-AGE"}
    aged(case, 2, "uncertain", "teeth-or-bone-examination")
    assert refused(case.tries(MINISTRY, name, 3, data)) == {"D107-AGE"}
    aged(case, 4, "adult", "identity-card")
    case.says(MINISTRY, name, 5, data)


@pytest.mark.parametrize(("name", "data"), PROPOSALS)
def test_what_says_child_or_nothing_is_never_asked_for_evidence(name: str, data: dict[str, Any]) -> None:
    case = Case()
    case.report()
    case.says(MINISTRY, name, 1, data | {"person": "child"})
    case.says(MINISTRY, name, 2, {key: value for key, value in data.items() if key != "person"})


def test_a_determination_that_is_on_its_way_is_waited_for() -> None:
    case = Case()
    case.report(person="adult")
    age = case.event(POLICE, "intake.age-determined", 1, {"result": "adult", "evidence": ["identity-card"]})
    screening = case.event(POLICE, "intake.screening-recorded", 2, SCREENED)
    assert waits_for(case.judge(screening)) == "intake.age-determined"
    case.judge(age)
    assert breaches(case.judge(screening)) == set()


def test_a_screening_as_an_adult_has_happened_and_is_a_breach() -> None:
    case = Case()
    case.report(person="adult")
    case.says(POLICE, "intake.screening-recorded", 1, SCREENED, MARK)
    aged(case, 2, "adult", "family-book")
    case.says(POLICE, "intake.screening-recorded", 3, SCREENED)
    case.says(POLICE, "intake.screening-recorded", 4, SCREENED | {"person": "child"})


@pytest.mark.parametrize(("start", "marks"), [(BEFORE, set()), (ON, {MARK})])
def test_it_holds_from_the_day_of_the_decision(start: datetime, marks: set[tuple[str, str]]) -> None:
    case = Case(start)
    case.report()
    assert breaches(case.tries(POLICE, "intake.screening-recorded", 1, SCREENED, expired=True)) == marks
    decided = case.tries(MINISTRY, "intake.identification-decided", 2, DECIDED, expired=True)
    assert isinstance(decided, Accept) == (not marks)
    weak = case.tries(POLICE, "intake.age-determined", 3, {"result": "adult", "evidence": ["physical-appearance"]})
    assert isinstance(weak, Accept) == (not marks)


@pytest.mark.parametrize("evidence", [(), *((item,) for item in WEAK), tuple(WEAK)])
def test_an_impression_makes_nobody_an_adult(evidence: tuple[str, ...]) -> None:
    case = Case()
    case.report(person="unknown")
    data = {"result": "adult", "evidence": list(evidence)}
    assert refused(case.tries(POLICE, "intake.age-determined", 1, data)) == {"D107-AGE"}
    aged(case, 2, "child", *evidence)
    aged(case, 3, "uncertain", *evidence)
    assert case.state("intake").age == "uncertain"


@pytest.mark.parametrize("evidence", STRONG)
def test_a_document_or_an_examination_does_and_an_impression_beside_it_takes_nothing_away(evidence: str) -> None:
    case = Case()
    case.report(person="unknown")
    aged(case, 1, "adult", "physical-appearance", evidence)
    assert is_adult(case.state("intake"), case.at(1).date())


@pytest.mark.parametrize("shown", AgeEvidence)
@pytest.mark.parametrize("now", STRONG)
def test_what_had_shown_a_child_is_outweighed_by_nothing_weaker(shown: AgeEvidence, now: AgeEvidence) -> None:
    order = [*STRONG, *(item for item in AgeEvidence if item in WEAK)]
    problem = d107_age_evidence("adult", [now], [shown], date(2009, 1, 1))
    assert (problem is not None) == (order.index(now) > order.index(shown))


def test_a_child_by_its_birth_certificate_is_no_adult_by_its_teeth_until_that_is_corrected() -> None:
    case = Case()
    case.report()
    shown = aged(case, 1, "child", "birth-certificate")
    teeth = {"result": "adult", "evidence": ["teeth-or-bone-examination"]}
    assert refused(case.tries(POLICE, "intake.age-determined", 2, teeth)) == {"D107-AGE"}
    wrong = {"corrects": shown, "reason": "wrong-code"}
    case.says(SHELTER, "intake.corrected", 3, wrong, ("NET-PARTY", "dispute"))
    assert refused(case.tries(POLICE, "intake.age-determined", 4, teeth)) == {"D107-AGE"}
    case.says(POLICE, "intake.corrected", 5, wrong)
    assert (case.state("intake").age, case.state("intake").child_since) == (None, case.at(0))
    aged(case, 6, "adult", "teeth-or-bone-examination")


def test_who_is_found_to_be_a_child_has_child_duties_from_then_and_findings_before() -> None:
    case = Case()
    report = case.report(person="adult")
    screening = case.says(POLICE, "intake.screening-recorded", 1, SCREENED, MARK)
    adult = aged(case, 2, "adult", "identity-card")
    case.says(MINISTRY, "intake.identification-decided", 3, DECIDED)
    assert (case.state("intake").child_since, case.state("intake").best_interests_reopened) == (None, None)
    found = case.tries(POLICE, "intake.age-determined", 9, {"result": "child", "evidence": ["birth-certificate"]})
    assert breaches(found) == {MARK}
    state = case.state("intake")
    assert state.child_since == case.at(9)
    assert state.questioned == (report, screening, adult)
    assert state.best_interests_reopened == case.events[-1].id
    assert refused(case.tries(MINISTRY, "intake.interim-care-arranged", 10, CARE)) == {"D107-AGE"}
    aged(case, 11, "child", "birth-certificate")  # said again: nothing new is found


def test_who_was_always_protected_as_a_child_is_found_to_be_one_without_a_finding() -> None:
    case = Case()
    case.report(person="unknown")
    aged(case, 5, "child", "physical-appearance")
    state = case.state("intake")
    assert (state.child_since, state.questioned, state.best_interests_reopened) == (case.at(0), (), None)


def test_doubt_about_an_adult_makes_them_a_child_again() -> None:
    case = Case()
    case.report(person="adult")
    adult = aged(case, 1, "adult", "identity-card")
    assert case.state("intake").child_since is None
    aged(case, 2, "uncertain", "medical-certificate")
    assert case.state("intake").child_since == case.at(2)
    case.says(POLICE, "intake.corrected", 3, {"corrects": adult, "reason": "wrong-code"})
    assert case.state("intake").age == "uncertain"


def test_a_corrected_determination_leaves_the_presumption() -> None:
    case = Case()
    case.report(person="unknown")
    adult = aged(case, 1, "adult", "identity-card")
    case.says(POLICE, "intake.corrected", 2, {"corrects": adult, "reason": "wrong-code"})
    state = case.state("intake")
    assert (state.age, state.child_since, state.adult_steps) == (None, case.at(2), ())


@pytest.mark.parametrize(
    ("on", "adult"), [(date(2009, 3, 1), False), (date(2009, 3, 31), False), (date(2009, 4, 1), True)]
)
def test_a_child_is_an_adult_when_its_month_is_over(on: date, adult: bool) -> None:
    assert d107_age_established("child", "2009-03", on) is adult
    assert not d107_age_established("child", None, on)
    assert not d107_age_established("uncertain", "2009-03", on)


def test_turning_eighteen_takes_nothing_back() -> None:
    case = Case()
    case.report()
    aged(case, 1, "child", "birth-certificate", adult_from="2009-03")
    assert refused(case.tries(MINISTRY, "intake.identification-decided", 2, DECIDED)) == {"D107-AGE"}
    child = DECIDED | {"person": "child"}
    case.says(MINISTRY, "intake.identification-decided", 3, child)
    april = 24 * 30
    case.says(MINISTRY, "intake.identification-decided", april, DECIDED)
    case.says(MINISTRY, "intake.interim-care-arranged", april + 1, CARE)
    state = case.state("intake")
    assert (state.questioned, state.adult_steps, state.best_interests_reopened) == ((), (), None)

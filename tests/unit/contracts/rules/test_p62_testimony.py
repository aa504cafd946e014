"""P62-TESTIMONY: a child is heard from behind a screen, by TV link or by a recording; anything else is a breach."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from contracts import steps_justice
from contracts.journeys import JOURNEYS
from tests.unit.contracts.casework import COURT, POLICE, THAI_POLICE, Case, breaches, waits_for

MARK = ("P62-TESTIMONY", "breach")
BEFORE, ON = datetime(2008, 10, 5, 8, tzinfo=UTC), datetime(2008, 10, 6, 8, tzinfo=UTC)
PROTECTED = ("court-screen", "tv-link", "recording")
OPEN = {"how": "open-court"}
ADULT = OPEN | {"person": "adult"}
WAITED = {("D107-AGE", "breach"), MARK}


def at_court(start: datetime = ON, person: str = "child") -> Case:
    case = Case(start)
    case.report(person=person)
    case.says(POLICE, "justice.investigation-opened", 1, {})
    return case


@pytest.mark.parametrize("how", list(steps_justice.Testimony))
def test_a_child_is_heard_in_one_of_three_ways(how: str) -> None:
    expected = set() if how in PROTECTED else {MARK}
    assert breaches(at_court().tries(COURT, "justice.testimony-given", 2, {"how": how})) == expected
    assert len(set(PROTECTED) & set(steps_justice.Testimony)) == 3


@pytest.mark.parametrize(("start", "expected"), [(BEFORE, set()), (ON, {MARK})])
def test_it_holds_from_the_day_of_the_prakas(start: datetime, expected: set[tuple[str, str]]) -> None:
    assert breaches(at_court(start).tries(COURT, "justice.testimony-given", 2, OPEN)) == expected


def test_it_binds_cambodias_courts() -> None:
    assert breaches(at_court().tries(THAI_POLICE, "justice.testimony-given", 2, OPEN)) == set()


def test_an_adult_may_be_heard_in_court() -> None:
    case = at_court(person="adult")
    case.says(POLICE, "intake.age-determined", 1, {"result": "adult", "evidence": ["identity-card"]})
    assert breaches(case.tries(COURT, "justice.testimony-given", 2, ADULT)) == set()


def test_whoever_is_not_established_as_an_adult_is_heard_as_a_child() -> None:
    case = at_court(person="adult")
    given = case.event(COURT, "justice.testimony-given", 2, ADULT)
    assert waits_for(case.judge(given)) == "intake.age-determined"
    assert breaches(case.judge(given, expired=True)) == WAITED
    screened = case.tries(COURT, "justice.testimony-given", 3, ADULT | {"how": "tv-link"}, expired=True)
    assert breaches(screened) == {("D107-AGE", "breach")}


def test_a_child_is_an_adult_in_court_once_its_month_is_over() -> None:
    case = at_court()
    child = {"result": "child", "evidence": ["birth-certificate"], "adult_from": "2008-10"}
    case.says(POLICE, "intake.age-determined", 1, child)
    assert breaches(case.tries(COURT, "justice.testimony-given", 24 * 25, ADULT, expired=True)) == WAITED
    assert breaches(case.tries(COURT, "justice.testimony-given", 24 * 26, ADULT)) == set()


def test_measures_are_those_of_the_prakas_and_somebody_beside_the_child() -> None:
    case = at_court()
    case.says(COURT, "justice.protective-measures-taken", 2, {"measures": ["tv-link", "support-person"]})
    case.says(COURT, "justice.protective-measures-taken", 3, {"measures": ["tv-link", "recording"]})
    assert case.state("justice").measures == ("tv-link", "support-person", "recording")
    assert set(steps_justice.Measure) == {*PROTECTED, "support-person"}


def test_no_other_family_waits_for_justice() -> None:
    followed = {name for family, own in JOURNEYS.items() if family != "audit" for name in own.followed}
    assert not any(name.startswith("justice.") for name in followed)

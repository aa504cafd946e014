"""D107-48H: no child at a police post over 48 hours, all consecutive posts and forces together."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.unit.contracts.casework import FORCES, POLICE, SHELTER, Case


def to_the_shelter(case: Case, giver: str, left: float, *marks: tuple[str, str]) -> None:
    offer = case.offered(giver, SHELTER, left - 3)
    case.says(SHELTER, "custody.handover-accepted", left - 2, case.step(offer))
    case.releases(giver, SHELTER, offer, left - 1)
    case.receives(SHELTER, giver, offer, left, "shelter", *marks)


def test_the_count_begins_on_arrival_and_ends_elsewhere() -> None:
    case = Case()
    custody = case.opened(hours=1)
    (deadline,) = case.deadlines("custody")
    assert (deadline.rule, deadline.cause, deadline.owed_by) == ("D107-48H", custody, POLICE)
    assert (deadline.due, deadline.verified) == (case.at(49), True)
    to_the_shelter(case, POLICE, 40)
    assert case.deadlines("custody") == ()


@pytest.mark.parametrize(("left", "marks"), [(49, ()), (49 + 1 / 3600, (("D107-48H", "breach"),))])
def test_48_hours_to_the_second(left: float, marks: tuple[tuple[str, str], ...]) -> None:
    case = Case()
    case.opened(hours=1)
    to_the_shelter(case, POLICE, left, *marks)


def test_the_post_of_another_force_goes_on_with_the_same_count() -> None:
    case = Case()
    custody = case.opened(hours=1)
    case.handover(POLICE, FORCES, 20, "police-post")
    (deadline,) = case.deadlines("custody")
    assert (deadline.cause, deadline.due, deadline.owed_by) == (custody, case.at(49), FORCES)
    to_the_shelter(case, FORCES, 50, ("D107-48H", "breach"))


def test_a_stay_that_began_before_custody_was_opened_counts_from_the_report() -> None:
    for left, marks in ((48, ()), (48 + 1 / 3600, (("D107-48H", "breach"),))):
        case = Case()
        report = case.report(post=True)
        opening = {"holder": POLICE, "person": "child", "place_kind": "police-post", "from_report": report}
        case.says(POLICE, "custody.opened", 10, opening)
        to_the_shelter(case, POLICE, left, *marks)


def test_a_second_stay_begins_anew() -> None:
    case = Case()
    custody = case.opened(hours=1)
    to_the_shelter(case, POLICE, 20)
    found = {"custody": custody, "place_kind": "police-post", "condition": "well"}
    case.says(SHELTER, "custody.missing-reported", 30, {"custody": custody, "how": "ran-away"})
    case.says(FORCES, "custody.found", 60, found)
    assert [deadline.due for deadline in case.deadlines("custody")] == [case.at(108)]


def test_an_adult_and_any_other_place_are_not_counted() -> None:
    for person, place in (("adult", "police-post"), ("child", "office")):
        case = Case()
        case.opened(person=person, place=place)
        assert case.deadlines("custody") == ()


def test_it_holds_from_the_day_of_the_decision() -> None:
    for day, running in ((19, 0), (20, 1)):
        case = Case(datetime(2007, 12, day, 8, tzinfo=UTC))
        case.opened()
        assert len(case.deadlines("custody")) == running


def test_a_stay_is_found_once() -> None:
    """Once the deadline was called, leaving says it no second time; and an end of custody ends the count."""
    case = Case()
    report = case.report(post=True)
    opening = {"holder": POLICE, "person": "child", "place_kind": "police-post", "from_report": report}
    case.says(POLICE, "custody.opened", 1, opening)
    case.wait("custody", 50)
    to_the_shelter(case, POLICE, 60)
    ended = Case()
    custody = ended.opened(hours=1)
    ended.says(POLICE, "custody.ended", 2, {"custody": custody, "reason": "duplicate"})
    assert ended.deadlines("custody") == ()

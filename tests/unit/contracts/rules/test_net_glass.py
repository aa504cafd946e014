"""NET-GLASS: in an emergency an agency opens the facts of a case at once, and a second one judges it within a day."""

from __future__ import annotations

from datetime import timedelta

import pytest

from contracts import need
from contracts.events import EVENTS
from tests.unit.contracts.casework import (
    COUNCIL,
    HEALTH,
    MINISTRY,
    POLICE,
    PROVINCE,
    SHELTER,
    START,
    Case,
    breaches,
    directory,
    refused,
    waits_for,
)

NAMES = sorted(f"{kind.family}.{kind.name}" for kind in EVENTS.values())
OPEN = {"intake", "referral", "custody", "repatriation"}
SHUT = {
    "intake.shut-out-ordered",
    "intake.shut-out-lifted",
    "intake.match-asked",
    "intake.match-answered",
    "referral.identity-disclosed",
}
BREAKING = {"reason": "medical-emergency", "reviewer": MINISTRY}
DISPUTE = ("NET-GLASS", "dispute")


def told(case: Case, name: str) -> set[str]:
    return set(need.audience(name, (), case.roles, directory(), START.date()))


def held() -> Case:
    """A shelter holds the child; a hospital has nothing to do with it."""
    case = Case()
    case.opened(place="office")
    case.handover(POLICE, SHELTER, 2)
    return case


def broken(case: Case, hours: float = 10, actor: str = HEALTH) -> str:
    return case.says(actor, "intake.glass-broken", hours, BREAKING)


def review(case: Case, glass: str, said: str, hours: float, *marks: tuple[str, str]) -> None:
    data = {"glass": glass, "agency": HEALTH, "review": said}
    event = case.event(MINISTRY, "intake.glass-reviewed", hours, data)
    assert breaches(case.judge(event)) == set(marks)


@pytest.mark.parametrize("name", NAMES)
def test_it_opens_the_facts_of_care_at_once_and_nothing_of_justice_or_of_what_is_sealed(name: str) -> None:
    case = held()
    assert HEALTH not in told(case, name)
    broken(case)
    assert (HEALTH in told(case, name)) == (name.partition(".")[0] in OPEN and name not in SHUT)


def test_the_second_agency_and_oversight_are_told() -> None:
    case = held()
    event = case.event(HEALTH, "intake.glass-broken", 10, BREAKING)
    case.judge(event)
    assert event.type.named(event.data) == (MINISTRY,)
    assert COUNCIL in told(case, event.name)


def test_it_is_judged_within_twenty_four_hours_and_else_the_deadline_passes() -> None:
    case = held()
    glass = broken(case)
    (due,) = [item for item in case.deadlines("intake") if item.rule == "NET-GLASS"]
    assert (due.cause, due.due, due.owed_by) == (glass, case.at(34), MINISTRY)
    assert breaches(case.passes("intake", due)) == set()
    assert case.deadlines("intake") == ()
    assert HEALTH in told(case, "custody.died")


@pytest.mark.parametrize(("hours", "marks"), [(34, ()), (34 + 1 / 60, (("NET-GLASS", "breach"),))])
def test_a_judgement_on_the_hour_is_in_time(hours: float, marks: tuple[tuple[str, str], ...]) -> None:
    case = held()
    review(case, broken(case), "upheld", hours, *marks)
    assert case.deadlines("intake") == ()
    assert HEALTH in told(case, "custody.died")


def test_what_is_condemned_is_a_finding_and_closes_the_case_to_the_agency() -> None:
    case = held()
    review(case, broken(case), "condemned", 12, ("NET-GLASS", "breach"))
    assert HEALTH not in told(case, "custody.died")
    case.says(HEALTH, "intake.glass-broken", 13, BREAKING, DISPUTE)
    assert HEALTH not in told(case, "custody.died")
    assert case.deadlines("intake") == ()


@pytest.mark.parametrize(
    ("actor", "reviewer"), [(COUNCIL, MINISTRY), (HEALTH, HEALTH), (HEALTH, POLICE), (MINISTRY, MINISTRY)]
)
def test_who_protects_nobody_or_is_to_judge_itself_opens_nothing(actor: str, reviewer: str) -> None:
    case = held()
    before = case.roles
    case.says(actor, "intake.glass-broken", 10, BREAKING | {"reviewer": reviewer}, DISPUTE)
    assert case.roles == before
    assert case.deadlines("intake") == ()


def test_it_is_judged_by_the_one_that_was_named_once_and_of_the_one_that_did_it() -> None:
    case = held()
    said = {"glass": broken(case), "agency": HEALTH, "review": "upheld"}
    assert refused(case.tries(COUNCIL, "intake.glass-reviewed", 11, said)) == {"NET-PARTY"}
    other = said | {"agency": PROVINCE}
    assert refused(case.tries(MINISTRY, "intake.glass-reviewed", 11, other)) == {"NET-GLASS"}
    review(case, said["glass"], "upheld", 12)
    assert refused(case.tries(MINISTRY, "intake.glass-reviewed", 13, said)) == {"NET-GLASS"}
    unknown = said | {"glass": case.events[0].id}
    assert waits_for(case.tries(MINISTRY, "intake.glass-reviewed", 13, unknown)) == "intake.glass-broken"


def test_who_is_shut_out_breaks_the_glass_and_sees_nothing() -> None:
    free, shut = held(), held()
    shut.says(MINISTRY, "intake.shut-out-ordered", 9, {"agency": HEALTH, "reason": "accused"})
    said = [case.judge(case.event(HEALTH, "intake.glass-broken", 10, BREAKING)) for case in (free, shut)]
    assert said[0] == said[1]
    assert HEALTH in told(free, "custody.died")
    assert HEALTH not in told(shut, "custody.died")


def test_an_emergency_opens_a_closed_case_too_and_one_that_nobody_has_reported_waits() -> None:
    case = held()
    case.closes(9)
    broken(case)
    assert HEALTH in told(case, "custody.died")
    early = Case()
    event = early.event(HEALTH, "intake.glass-broken", 1, BREAKING)
    assert waits_for(early.judge(event)) == "intake.report-received"
    assert breaches(early.judge(event, expired=True, later=timedelta(minutes=16))) == {("NET-ORDER", "unproven")}
    assert early.roles == {}

"""C009-FOLLOWUP: visits are due; a return and a case close after them, or by an exit that a second agency signs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contracts.codes import Exit
from contracts.decision import Accept, Decision
from contracts.guidelines import limit
from contracts.guidelines.corridors import Limit
from contracts.guidelines.rules import c009_followup
from contracts.guidelines.rules.c009_followup import EXITS, c009_followup_closes, c009_followup_done
from tests.unit.contracts.casework import (
    HEALTH,
    MINISTRY,
    POLICE,
    PROVINCE,
    SHELTER,
    START,
    Case,
    breaches,
    refused,
    waits_for,
)
from tests.unit.contracts.returning import ARRIVED, DAY, GRACE, MONTH, VISIT, planned, visits

AT = 50.0
"""When the plan is made, in hours."""
BREACH = ("C009-FOLLOWUP", "breach")


def with_plan(start: datetime = START, **data: Any) -> tuple[Case, str]:
    """A reported child of no corridor, with a plan of two monthly visits by its province."""
    case = Case(start)
    case.report(post=False)
    return case, planned(case, AT, **data)


def closing(
    case: Case,
    way: str,
    hours: float,
    actor: str = PROVINCE,
    *,
    signed: str | None = None,
    expired: bool = True,
    **data: Any,
) -> Decision:
    event = case.event(actor, "repatriation.closed", hours, {"exit": way} | data)
    return case.judge(event, countersigner=signed, expired=expired)


def case_closing(
    case: Case, way: str, hours: float, actor: str = MINISTRY, *, signed: str | None = None, **data: Any
) -> Decision:
    event = case.event(actor, "intake.case-closed", hours, {"exit": way, "status": "Closed"} | data)
    return case.judge(event, countersigner=signed, expired=True)


# ── visits are due ──


def test_each_visit_is_due_a_month_after_the_last_with_a_grace() -> None:
    case, plan = with_plan()
    (owed,) = case.deadlines("repatriation")
    assert (owed.rule, owed.cause, owed.owed_by, owed.verified) == ("C009-FOLLOWUP", plan, PROVINCE, False)
    assert owed.due == case.at(AT + MONTH + GRACE)
    assert timedelta(hours=GRACE) == limit("visit_grace_hours").time
    made = visits(case, plan, AT + MONTH, 1)
    (owed,) = case.deadlines("repatriation")
    assert (owed.cause, owed.due) == (made, case.at(AT + 2 * MONTH + GRACE))
    visits(case, plan, AT + 2 * MONTH, 1)
    assert case.deadlines("repatriation") == ()


@pytest.mark.parametrize("every", [1, 3])
def test_how_often_is_the_plans(every: int) -> None:
    case, _ = with_plan(visit_every=every, follow_up=6)
    assert [item.due for item in case.deadlines("repatriation")] == [case.at(AT + every * MONTH + GRACE)]


@pytest.mark.parametrize(("seconds", "marks"), [(0, ()), (1, (BREACH,))])
def test_a_visit_past_its_grace_is_marked(seconds: int, marks: tuple[tuple[str, str], ...]) -> None:
    case, plan = with_plan()
    hours = AT + MONTH + GRACE + seconds / 3600
    case.says(PROVINCE, "repatriation.follow-up-made", hours, VISIT | {"plan": plan}, *marks)


def test_a_visit_that_passed_is_said_once_and_the_next_one_is_due_all_the_same() -> None:
    case, plan = with_plan()
    case.passes("repatriation", case.deadlines("repatriation")[0])
    assert case.deadlines("repatriation") == ()
    case.says(PROVINCE, "repatriation.follow-up-made", AT + 2 * MONTH, VISIT | {"plan": plan})
    assert len(case.deadlines("repatriation")) == 1


@pytest.mark.parametrize(("day", "bites"), [(27, False), (28, True)])
def test_visits_are_due_by_plans_from_the_day_of_the_circular(day: int, bites: bool) -> None:
    case, _ = with_plan(datetime(2007, 9, day, 8, tzinfo=UTC) - timedelta(hours=AT))
    assert bool(case.deadlines("repatriation")) is bites


# ── follow-up is done ──


@pytest.mark.parametrize(("last", "done"), [(AT + 2 * MONTH - GRACE - 1 / 3600, False), (AT + 2 * MONTH - GRACE, True)])
def test_the_last_visit_comes_no_earlier_than_the_grace_before_the_end(last: float, done: bool) -> None:
    case, plan = with_plan()
    visits(case, plan, AT + MONTH, 1)
    visits(case, plan, last, 1)
    decision = closing(case, "follow-up-done", last + 1, plan=plan)
    assert isinstance(decision, Accept) is done
    assert done or refused(decision) == {"C009-FOLLOWUP"}


def test_as_many_visits_as_the_plan_has_time_for() -> None:
    case, plan = with_plan()
    case.says(PROVINCE, "repatriation.follow-up-made", AT + 2 * MONTH, VISIT | {"plan": plan}, BREACH)
    assert refused(closing(case, "follow-up-done", AT + 2 * MONTH + 1)) == {"C009-FOLLOWUP"}
    visits(case, plan, AT + 2 * MONTH + DAY, 1)
    assert isinstance(closing(case, "follow-up-done", AT + 2 * MONTH + 2 * DAY), Accept)


def test_a_time_that_does_not_come_out_even_has_one_more_visit() -> None:
    case, plan = with_plan(visit_every=2, follow_up=3)
    visits(case, plan, AT + 2 * MONTH, 1)
    made = visits(case, plan, AT + 3 * MONTH, 1)
    assert isinstance(closing(case, "follow-up-done", AT + 3 * MONTH + 1, follow_up=made), Accept)
    case, plan = with_plan(visit_every=2, follow_up=3)
    case.says(PROVINCE, "repatriation.follow-up-made", AT + 3 * MONTH, VISIT | {"plan": plan}, BREACH)
    assert refused(closing(case, "follow-up-done", AT + 3 * MONTH + 1)) == {"C009-FOLLOWUP"}


@pytest.mark.parametrize(
    "last", [{"contact": "phone"}, {"outcome": "concern"}, {"outcome": "danger"}, {"outcome": "not-found"}]
)
def test_the_last_one_is_a_visit_that_found_the_person_well(last: dict[str, str]) -> None:
    case, plan = with_plan()
    visits(case, plan, AT + MONTH, 1)
    case.says(PROVINCE, "repatriation.follow-up-made", AT + 2 * MONTH, VISIT | {"plan": plan} | last)
    assert refused(closing(case, "follow-up-done", AT + 2 * MONTH + 1)) == {"C009-FOLLOWUP"}
    visits(case, plan, AT + 2 * MONTH + DAY, 1)
    assert isinstance(closing(case, "follow-up-done", AT + 2 * MONTH + 2 * DAY), Accept)


@pytest.mark.parametrize(("outcome", "counts"), [("concern", True), ("not-found", False), ("refused", False)])
def test_a_visit_counts_when_it_reached_the_person(outcome: str, counts: bool) -> None:
    case, plan = with_plan()
    case.says(PROVINCE, "repatriation.follow-up-made", AT + MONTH, VISIT | {"plan": plan, "outcome": outcome})
    visits(case, plan, AT + 2 * MONTH, 1)
    assert isinstance(closing(case, "follow-up-done", AT + 2 * MONTH + 1), Accept) is counts


def test_a_corridor_may_ask_for_longer_than_a_plan() -> None:
    case = Case()
    case.says(PROVINCE, "repatriation.received", 1, ARRIVED | {"unannounced": True})
    plan = planned(case, AT, follow_up=1)
    assert limit("follow_up_months", "kh-th").time > limit("follow_up_months").time
    visits(case, plan, AT + MONTH, 1)
    assert refused(closing(case, "follow-up-done", AT + MONTH + 1)) == {"C009-FOLLOWUP"}
    visits(case, plan, AT + 2 * MONTH, 1)
    assert isinstance(closing(case, "follow-up-done", AT + 2 * MONTH + 1), Accept)


def test_without_a_plan_nothing_is_done() -> None:
    case = Case()
    case.says(MINISTRY, "repatriation.follow-up-made", 1, VISIT)
    assert refused(closing(case, "follow-up-done", 2, MINISTRY)) == {"C009-FOLLOWUP"}


@pytest.mark.parametrize(("day", "bites"), [(27, False), (28, True)])
def test_before_the_circular_a_return_closes_without(day: int, bites: bool) -> None:
    case, _ = with_plan(datetime(2007, 9, day, 8, tzinfo=UTC) - timedelta(hours=AT + 1))
    assert isinstance(closing(case, "follow-up-done", AT + 1), Accept) is not bites


# ── exits ──


@pytest.mark.parametrize("way", [item.value for item in Exit])
def test_an_exit_needs_a_second_agency_and_nothing_else_is_one(way: str) -> None:
    case, _ = with_plan()
    assert refused(closing(case, way, 60)) == {"C009-FOLLOWUP"}
    assert refused(closing(case, way, 60, signed=PROVINCE)) == {"C009-FOLLOWUP"}
    assert case.deadlines("repatriation") != ()
    decision = closing(case, way, 60, signed=MINISTRY)
    assert (case.deadlines("repatriation") == ()) is isinstance(decision, Accept)
    assert isinstance(decision, Accept) is (Exit(way) in EXITS)


def test_the_exits_are_those_of_the_table() -> None:
    assert {item.value for item in EXITS} == {
        "died",
        "untraceable",
        "family-refuses-visits",
        "adult-declines",
        "duplicate",
        "taken-over-abroad",
    }


def adult() -> Case:
    """A reported woman; nothing was planned."""
    case = Case()
    case.report(post=False, person="adult")
    return case


def test_an_adults_own_word_ends_it_with_a_plan_or_without() -> None:
    case = adult()
    assert refused(closing(case, "follow-up-done", 1, MINISTRY)) == {"C009-FOLLOWUP"}
    assert isinstance(closing(case, "own-word", 2, MINISTRY), Accept)
    case = adult()
    planned(case, 2, placement="self", lead=MINISTRY)
    assert isinstance(closing(case, "own-word", 3, MINISTRY), Accept)


def test_an_adult_without_a_plan_is_reached_once() -> None:
    case = adult()
    case.says(MINISTRY, "repatriation.best-interests-determined", 2, {"solution": "kin", "person": "adult"})
    case.says(MINISTRY, "repatriation.follow-up-made", 3, {"contact": "phone", "outcome": "not-found"})
    assert refused(closing(case, "follow-up-done", 4, MINISTRY)) == {"C009-FOLLOWUP"}
    case.says(MINISTRY, "repatriation.follow-up-made", 5, {"contact": "phone", "outcome": "well"})
    assert isinstance(closing(case, "follow-up-done", 6, MINISTRY), Accept)


def test_a_second_report_makes_no_adult() -> None:
    case = Case()
    case.report(post=False)
    twin = adult().events[0].data.model_dump(mode="json", exclude_none=True)
    case.says(HEALTH, "intake.report-received", 1, twin, ("NET-ORDER", "dispute"))
    assert refused(closing(case, "own-word", 2, MINISTRY)) == {"C009-FOLLOWUP"}


# ── who closes ──


def test_the_lead_closes_and_nobody_else() -> None:
    case, plan = with_plan()
    last = visits(case, plan, AT + MONTH, 2)
    after = AT + 2 * MONTH + 1
    data = {"plan": plan, "follow_up": last}
    for other in (MINISTRY, HEALTH, POLICE):
        assert refused(closing(case, "follow-up-done", after, other, expired=False, **data)) == {"NET-PARTY"}
    assert isinstance(closing(case, "follow-up-done", after, expired=False, **data), Accept)


def test_where_nobody_leads_one_that_took_the_person_on_closes() -> None:
    case = Case()
    case.opened(POLICE, place="office")
    case.handover(POLICE, PROVINCE, 2, "office")
    stranger = case.event(HEALTH, "repatriation.closed", 9, {"exit": "died"})
    assert waits_for(case.judge(stranger, countersigner=MINISTRY)) == "custody.handover-accepted"
    assert refused(case.judge(stranger, countersigner=MINISTRY, expired=True)) == {"NET-PARTY"}
    assert isinstance(closing(case, "died", 10, signed=POLICE), Accept)


def test_one_to_whom_the_authority_gave_the_person_closes_too() -> None:
    case = Case()
    custody = case.opened(POLICE, place="office")
    over = {"custody": custody, "from_agency": POLICE, "to": SHELTER, "reason": "abuse", "place_kind": "shelter"}
    case.says(MINISTRY, "custody.taken-over", 2, over | {"ordered_by": "referral-authority"})
    assert isinstance(closing(case, "died", 10, SHELTER, signed=POLICE), Accept)
    claimed = case.tries(HEALTH, "custody.taken-over", 11, over | {"to": HEALTH, "ordered_by": "court"})
    assert ("CUS-TAKEOVER", "dispute") in breaches(claimed)
    assert refused(case_closing(case, "died", 12, HEALTH, signed=MINISTRY)) == {"NET-PARTY"}


# ── the case ──


def finished() -> tuple[Case, str]:
    """A case whose return was closed after its follow-up; the closure's id."""
    case, plan = with_plan()
    last = visits(case, plan, AT + MONTH, 2)
    done = {"exit": "follow-up-done", "plan": plan, "follow_up": last}
    return case, case.says(PROVINCE, "repatriation.closed", AT + 2 * MONTH + 1, done)


def test_a_case_closes_after_the_closing_of_its_return() -> None:
    case, closure = finished()
    after = AT + 2 * MONTH + 2
    assert refused(case_closing(case, "follow-up-done", after, PROVINCE)) == {"C009-FOLLOWUP", "NET-PARTY"}
    assert refused(case_closing(case, "died", after, PROVINCE, closure=closure)) == {"C009-FOLLOWUP"}
    assert refused(case_closing(case, "follow-up-done", after, HEALTH, closure=closure)) == {"NET-PARTY"}
    assert breaches(case_closing(case, "follow-up-done", after, PROVINCE, closure=closure)) == set()


def test_a_case_that_follow_up_did_not_end_closes_by_the_same_exit_as_its_return_did() -> None:
    case, plan = with_plan()
    event = case.event(PROVINCE, "repatriation.closed", 60, {"exit": "untraceable", "plan": plan})
    assert breaches(case.judge(event, countersigner=MINISTRY)) == set()
    assert refused(case_closing(case, "follow-up-done", 61, PROVINCE, closure=event.id)) == {"C009-FOLLOWUP"}
    assert breaches(case_closing(case, "untraceable", 61, PROVINCE, closure=event.id)) == set()


@pytest.mark.parametrize("way", [item.value for item in Exit])
def test_a_case_without_a_return_needs_an_exit_and_a_second_agency(way: str) -> None:
    case = Case()
    case.report(post=False)
    assert refused(case_closing(case, way, 60)) == {"C009-FOLLOWUP"}
    assert refused(case_closing(case, way, 60, signed=MINISTRY)) == {"C009-FOLLOWUP"}
    assert isinstance(case_closing(case, way, 60, signed=POLICE), Accept) is (Exit(way) in EXITS)


def test_who_is_identified_as_no_victim_is_served_and_let_go() -> None:
    case = Case()
    case.report(post=False)
    decided = {"status": "NotAVictimOfTrafficking", "organization": "Police"}
    case.says(POLICE, "intake.identification-decided", 1, decided)
    assert refused(case_closing(case, "follow-up-done", 2)) == {"C009-FOLLOWUP"}
    assert breaches(case_closing(case, "not-a-victim-served", 2)) == set()


def test_an_adults_case_ends_by_their_own_word_unless_they_were_found_to_be_a_child() -> None:
    case = Case()
    case.report(post=False, person="adult")
    evidence = {"result": "child", "evidence": ["birth-certificate"]}
    child = Case()
    child.report(post=False, person="adult")
    child.tries(POLICE, "intake.age-determined", 1, evidence)
    assert refused(case_closing(child, "own-word", 2)) == {"C009-FOLLOWUP"}
    assert breaches(case_closing(case, "own-word", 2)) == set()


def test_who_opened_custody_on_the_cases_report_may_close_it_and_no_other() -> None:
    case = Case()
    case.opened(POLICE, place="office")
    assert refused(case_closing(case, "died", 3, HEALTH, signed=MINISTRY)) == {"NET-PARTY"}
    assert breaches(case_closing(case, "died", 3, POLICE, signed=MINISTRY)) == set()


@pytest.mark.parametrize(("day", "bites"), [(27, False), (28, True)])
def test_before_the_circular_a_case_closes_without(day: int, bites: bool) -> None:
    case = Case(datetime(2007, 9, day, 8, tzinfo=UTC))
    case.report(post=False)
    assert isinstance(case_closing(case, "follow-up-done", 1), Accept) is not bites


def test_a_follow_up_shorter_than_between_two_visits_needs_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(c009_followup, "limit", lambda name, corridor: limit(name)._replace(time=timedelta(0)))
    end = START + timedelta(days=30)
    assert c009_followup_done(1, end, START, 6, 1, "kh-th")
    assert not c009_followup_done(0, end, START, 6, 1, "kh-th")


def test_a_return_is_followed_up_by_its_own_corridors_times(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, str | None]] = []

    def listening(name: str, corridor: str | None = None) -> Limit:
        asked.append((name, corridor))
        return limit(name, corridor)

    monkeypatch.setattr(c009_followup, "limit", listening)
    c009_followup_done(9, START, START, 1, 1, "kh-vn")
    c009_followup.c009_followup_visit("cause", START, 1, PROVINCE, START.date(), "kh-vn")
    assert asked == [("follow_up_months", "kh-vn"), ("visit_grace_hours", "kh-vn"), ("visit_grace_hours", "kh-vn")]


@pytest.mark.parametrize(
    ("way", "said"),
    [
        (Exit.FOLLOW_UP_DONE, "follow-up is not done"),
        (Exit.DIED, "this exit needs a second agency"),
        (Exit.OWN_WORD, "a child's case does not end so"),
    ],
)
def test_each_way_that_is_refused_says_why(way: Exit, said: str) -> None:
    problem = c009_followup_closes(way, START.date(), done=False, countersigned=False, adult=False, no_victim=False)
    assert problem is not None
    assert problem.message == said

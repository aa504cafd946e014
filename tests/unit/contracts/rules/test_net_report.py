"""NET-REPORT: a report says what its channel needs; it is a fact, so what is missing is a mark and no refusal."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from contracts.fields import case_code
from tests.unit.contracts.casework import POLICE, PROVINCE, Case, breaches

MARK, LATE = ("NET-REPORT", "breach"), ("CUS-TIME", "late")


def said(case: Case, channel: str, **more: Any) -> dict[str, Any]:
    known = {"channel": channel, "code": case_code(case.id), "found_country": "KH", "person": "unknown"}
    return known | {"at_police_post": False} | more


def marks(channel: str, *, later: float = 0, **more: Any) -> set[tuple[str, str]]:
    """What is marked on a report that is sent so many hours after it happened."""
    case = Case()
    event = case.event(PROVINCE, "intake.report-received", 0, said(case, channel, **more))
    found = breaches(case.judge(event, later=timedelta(hours=later, minutes=1)))
    assert case.state("intake").report == event.id
    return found


def clock(hours: float) -> str:
    return Case().at(hours).isoformat()


@pytest.mark.parametrize("channel", ["hotline", "police-rescue", "border", "walk-in", "outreach", "carried-over"])
def test_most_channels_need_nothing_more(channel: str) -> None:
    assert marks(channel) == set()


@pytest.mark.parametrize("channel", ["returned-from-abroad", "deported-unannounced"])
def test_who_comes_back_comes_from_a_country(channel: str) -> None:
    assert marks(channel) == {MARK}
    assert marks(channel, from_country="TH") == set()


def test_a_paper_form_entered_late_keeps_its_own_time_and_says_how_sure_it_is() -> None:
    form = {"paper": "12/09", "entered_at": clock(70), "time_precision": "day"}
    assert marks("paper-form", later=71, **form) == {LATE}
    assert marks("paper-form", later=1, **form | {"entered_at": clock(1)}) == set()


@pytest.mark.parametrize("form", [{}, {"paper": "12/09"}, {"entered_at": "2009-03-02T08:00:30Z"}])
def test_a_paper_form_without_its_number_or_hour_of_entry_is_marked(form: dict[str, str]) -> None:
    assert marks("paper-form", **form) == {MARK}


@pytest.mark.parametrize(("entered", "expected"), [(0, set()), (5, set()), (-1, {MARK}), (5.1, set()), (5.4, {MARK})])
def test_a_form_is_entered_between_what_happened_and_its_sending(
    entered: float, expected: set[tuple[str, str]]
) -> None:
    assert marks("paper-form", later=5, paper="12/09", entered_at=clock(entered)) == expected
    assert marks("hotline", later=5, entered_at=clock(entered)) == expected


def test_a_call_at_two_in_the_morning_opens_a_case_like_any_other() -> None:
    case = Case()
    call = case.event(POLICE, "intake.report-received", -6, said(case, "hotline", urgency="stat"))
    assert call.time.hour == 2
    assert breaches(case.judge(call)) == set()
    assert case.state("intake").child_since == call.time

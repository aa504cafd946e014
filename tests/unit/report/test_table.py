"""The report for people: known figures beside recorded ones."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from click.testing import CliRunner

from contracts.fields import case_code
from infra.cli.output import Output
from infra.report.table import bars, compared, met, show

PUBLISHED = {
    "year": 2009,
    "source": "OPSC ¶110",
    "repatriated": {"total": 992, "children": 515, "by_country": {"TH": 215, "VN": 773, "MY": 4}},
    "in_country": {"total": 469},
    "shown": {"reintegrated": 1474},
}
REPORT: dict[str, Any] = {
    "repatriated": {
        "total": 992,
        "by_country": {"MY": 4, "TH": 215, "VN": 773},
        "children": 515,
        "adults": 477,
        "under_way": 12,
    },
    "in_country": 469,
    "cases": 1473,
    "events": {
        "accepted": 40000,
        "refused": 900,
        "duplicate": 500,
        "parked": 30,
        "late": 410,
        "dead_lettered": 450,
        "unanswered": 0,
        "deadlines_passed": 12,
        "findings": 40,
    },
    "refused_by_rule": {"CUS-HOLDER": 700},
    "faults": {"doubled": {"sent": 500, "share": 0.0125, "outcomes": {"duplicate": 500}}},
    "custody": {"person_minutes": 10, "joint_minutes": 3, "gaps": 0, "overlaps": 0},
    "accompaniment": {"person_minutes": 7, "gaps": 0, "overlaps": 0},
    "mailboxes": {"deliveries": 1, "answers": 2, "receipts": 3},
    "steps": [
        {"step": "report → home", "count": 9, "median_hours": 480.0, "p95_hours": 960.0},
        {"step": "released → received", "count": 9, "median_hours": 1.5, "p95_hours": 2.0},
    ],
    "log": {"size": 41000, "root": "ab" * 32},
    "seconds": 80.0,
    "events_per_second": 512.5,
}


def _changed(**figures: Any) -> dict[str, Any]:
    report = copy.deepcopy(REPORT)
    for name, value in figures.items():
        where, _, what = name.partition("__")
        report[where] = {**report[where], what: value} if what else value
    return report


def test_known_figures_stand_beside_recorded_ones() -> None:
    rows = compared(REPORT, PUBLISHED)
    assert ("repatriated to Cambodia", "992", "992", "✓") in rows
    assert ("  of them adults", "477", "477", "✓") in rows
    assert {mark for *_, mark in rows} == {"✓"}
    assert met(REPORT, PUBLISHED)


@pytest.mark.parametrize(
    "change",
    [
        {"repatriated__children": 514},
        {"repatriated__by_country": {"TH": 215, "VN": 772, "MY": 4, "LA": 1}},
        {"in_country": 468},
        {"events__unanswered": 1},
        {"custody__gaps": 1},
        {"accompaniment__gaps": 1},
        {"custody__overlaps": 1},
    ],
)
def test_any_difference_shows(change: dict[str, Any]) -> None:
    assert not met(_changed(**change), PUBLISHED)


def test_a_country_that_nobody_knew_of_has_its_row() -> None:
    rows = compared(_changed(repatriated__by_country={"TH": 215, "VN": 773, "MY": 3, "LA": 1}), PUBLISHED)
    assert ("  from Lao PDR", "0", "1", "✗ differs") in rows


def test_bars_are_as_long_as_their_medians() -> None:
    long, short = bars(REPORT["steps"])
    assert long.count("█") == 40
    assert short.count("█") == 1
    assert "20.0 d (40.0 d)" in long
    assert bars([]) == ["  none"]


def test_the_whole_report_says_how_to_go_on() -> None:
    runner, case = CliRunner(), "01203c5e-7c00-7000-8000-000000000001"
    with runner.isolation() as (out, *_):
        show(Output(), REPORT, PUBLISHED, case)
        text = out.getvalue().decode()
    for words in (
        "CUS-HOLDER",
        "doubled",
        "1.2%",
        "duplicate 500",
        f"safepassage trace {case_code(case)}",
        "reintegrated 1,474",
        "12 returns",
    ):
        assert words in text
    assert "┃" not in text

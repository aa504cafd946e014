"""Drafts of events, and trying them without a network."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from contracts.envelope import read
from contracts.events.intake import ReportReceived
from contracts.fields import case_code
from infra.cli.errors import WrongUse
from infra.client.commands import check
from infra.client.draft import event_type, read_draft

NOW = datetime(2009, 3, 4, 3, tzinfo=UTC)
REPORT = {"channel": "hotline", "found_country": "KH", "person": "unknown", "at_police_post": False, "province": "12"}


def _file(folder: Path, **said: Any) -> Path:
    path = folder / "event.json"
    path.write_text(json.dumps(said))
    return path


def test_a_report_opens_a_case_with_its_code(tmp_path: Path) -> None:
    draft = read_draft(_file(tmp_path, type="intake.report-received", data=REPORT), NOW)
    event = read(draft.body("kh-moi-ahtjp", NOW))
    assert isinstance(event.data, ReportReceived)
    assert event.data.code == case_code(event.case)
    assert (event.actor, event.time) == ("kh-moi-ahtjp", NOW)


def test_two_reports_are_two_cases(tmp_path: Path) -> None:
    path = _file(tmp_path, type="intake.report-received", data=REPORT)
    assert read_draft(path, NOW).subject != read_draft(path, NOW).subject


def test_any_other_event_belongs_to_a_case(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="belongs to a case"):
        read_draft(_file(tmp_path, type="custody.died", data={}), NOW)


def test_an_unknown_type_is_answered_with_the_ones_like_it(tmp_path: Path) -> None:
    with pytest.raises(WrongUse) as error:
        read_draft(_file(tmp_path, type="custody.handover-relesed", data={}), NOW)
    assert error.value.remedy.startswith("did you mean custody.handover-released")
    assert "intake.report-received" not in error.value.remedy


def test_a_type_may_be_given_in_full() -> None:
    assert event_type("safepassage.custody.opened.v1") is event_type("custody.opened")


@pytest.mark.parametrize(
    "said",
    [
        {"type": "intake.report-received"},
        {"type": "intake.report-received", "data": []},
        {"type": "intake.report-received", "data": {}, "source": "/agencies/kh-mosvy"},
        {"type": "intake.report-received", "data": REPORT, "time": "yesterday"},
        {"type": "intake.report-received", "data": REPORT, "time": "2009-03-04T10:00:00"},
        {"type": "intake.report-received", "data": REPORT, "seal": {"kind": "secret", "content": {}, "to": ["kh-x"]}},
        {"type": "intake.report-received", "data": REPORT, "seal": {"kind": "identity", "content": {}, "to": []}},
    ],
)
def test_what_cannot_be_used_is_wrong_use(tmp_path: Path, said: dict[str, Any]) -> None:
    with pytest.raises(WrongUse):
        read_draft(_file(tmp_path, **said), NOW)


def _check(folder: Path, path: Path) -> tuple[int, dict[str, Any]]:
    arguments = [str(path), "--as", "kh-moi-ahtjp", "--data", str(folder), "--json"]
    result = CliRunner().invoke(check, arguments)
    return result.exit_code, json.loads(result.stdout)


def test_without_a_network_the_form_is_checked(tmp_path: Path) -> None:
    code, said = _check(tmp_path, _file(tmp_path, type="intake.report-received", data=REPORT))
    assert (code, said) == (0, {"checked": ["schema"], "decision": None, "problems": []})


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({**REPORT, "person": "somebody"}, "data.person"),
        ({**REPORT, "name": "x"}, "data.name"),
        ({"channel": "hotline"}, "data.found_country"),
    ],
)
def test_a_wrong_form_names_the_field_and_ends_with_1(tmp_path: Path, data: dict[str, Any], field: str) -> None:
    code, said = _check(tmp_path, _file(tmp_path, type="intake.report-received", data=data))
    assert code == 1
    assert field in [problem["field"] for problem in said["problems"]]


def test_an_unknown_type_ends_with_2(tmp_path: Path) -> None:
    code, said = _check(tmp_path, _file(tmp_path, type="intake.rescued", data={}))
    assert (code, said["error"]["code"]) == (2, "wrong-use")

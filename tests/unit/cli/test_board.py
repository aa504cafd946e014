"""The board of a corridor: whose turn it is, from the states that the repatriation service keeps."""

from __future__ import annotations

import inspect
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from contracts.directory import AgencyEntry, Directory, MandateEntry
from contracts.envelope import compose, read
from contracts.events import EVENTS
from contracts.identifiers import derived_id
from contracts.journeys import JOURNEYS, repatriation_turn
from infra.kernel.casebook import CaseRecord
from services.repatriation.board import NEXT, board, may_read
from services.repatriation.commands import board as command
from services.repatriation.commands import cells

START = datetime(2009, 3, 2, 8, tzinfo=UTC)
NOW = START + timedelta(days=3)


def _directory() -> Directory:
    agencies = {"kh-mosvy": "KH", "th-msdhs": "TH", "vn-social": "VN", "kh-cncc": "KH", "th-rtp": "TH"}
    roles = {"kh-mosvy": "repatriation-authority", "kh-cncc": "oversight", "vn-social": "repatriation-authority"}
    return Directory(
        agencies={
            name: AgencyEntry(agency=name, names={}, country=country, state=True) for name, country in agencies.items()
        },
        mandates={
            name: (MandateEntry.model_validate({"agency": name, "role": role, "effective_from": "2009-01-01"}),)
            for name, role in roles.items()
        },
    )


class _Case:
    def __init__(self, name: str) -> None:
        self.record = CaseRecord(derived_id(START, name))

    def tell(self, agency: str, name: str, hours: float, data: dict[str, object]) -> str:
        time = START + timedelta(hours=hours)
        body = compose(
            id=derived_id(time, self.record.case, name),
            source=f"/agencies/{agency}",
            type=f"safepassage.repatriation.{name}.v1",
            subject=self.record.case,
            time=time,
            data=data,
        )
        event = read(body)
        self.record.states["repatriation"] = JOURNEYS["repatriation"].evolve(self.record.state("repatriation"), event)
        return event.id

    def request(self, hours: float = 0, other: str = "TH", answer_by: str | None = None) -> str:
        asker = {"TH": "th-msdhs", "VN": "vn-social"}[other]
        data: dict[str, object] = {
            "to": "kh-mosvy",
            "from_country": other,
            "to_country": "KH",
            "corridor": f"kh-{other.lower()}",
            "channel": "instrument",
            "person": "child",
            "instrument": f"kh-{other.lower()}",
        }
        return self.tell(asker, "requested", hours, data | ({"answer_by": answer_by} if answer_by else {}))


def test_a_request_is_the_counterparts_turn_until_it_is_answered() -> None:
    case = _Case("a")
    request = case.request(answer_by="2009-03-20T08:00:00Z")
    (row,) = [row.as_json() for row in board([case.record], "kh-th", _directory(), NOW)]
    assert (row["whose_turn"], row["step"], row["due"]) == ("kh-mosvy", "counterpart-answered", "2009-03-20T08:00:00Z")
    assert (row["verified"], row["overdue"]) == (False, False)
    case.tell("kh-mosvy", "counterpart-answered", 5, {"request": request, "answer": "accepted"})
    (row,) = [row.as_json() for row in board([case.record], "kh-th", _directory(), NOW)]
    assert row["step"] == "travel-document-issued"
    assert row["since"] == "2009-03-02T13:00:00Z"


def test_only_open_returns_of_the_corridor_are_on_its_board() -> None:
    thai, viet, closed, nothing = _Case("a"), _Case("b"), _Case("c"), CaseRecord(derived_id(START, "d"))
    for case, country in ((thai, "TH"), (viet, "VN"), (closed, "TH")):
        case.request(other=country)
    closed.tell("kh-mosvy", "closed", 9, {"exit": "follow-up-done"})
    records = [thai.record, viet.record, closed.record, nothing]
    assert [row.case for row in board(records, "kh-th", _directory(), NOW)] == [thai.record.case]
    assert [row.case for row in board(records, "kh-vn", _directory(), NOW)] == [viet.record.case]


def test_a_tracing_request_is_on_the_board_of_the_two_countries() -> None:
    case = _Case("a")
    tracing = {"to": "kh-mosvy", "country": "KH", "tasks": ["family"], "answer_by": "2009-03-09T08:00:00Z"}
    case.tell("th-msdhs", "tracing-requested", 0, tracing)
    assert [row.turn.step for row in board([case.record], "kh-th", _directory(), NOW)] == ["tracing-answered"]


def test_who_came_unannounced_is_on_the_board_of_the_corridor() -> None:
    case = _Case("a")
    arrived: dict[str, object] = {"from_country": "TH", "place_kind": "border-post", "condition": "well"}
    case.tell("kh-mosvy", "received", 0, arrived)
    assert [row.turn.step for row in board([case.record], "kh-th", _directory(), NOW)] == ["reintegration-planned"]


def test_every_step_that_somebody_can_owe_is_said_in_words() -> None:
    source = inspect.getsource(repatriation_turn)
    names = {kind.name for kind in EVENTS.values() if kind.family == "repatriation"}
    assert {name for name in names if f'"{name}"' in source} - {"deadline-passed"} <= NEXT.keys()


def test_what_is_due_first_comes_first_and_a_replayed_case_is_late_by_its_own_clock() -> None:
    late, early = _Case("late"), _Case("early")
    late.request(answer_by="2009-03-20T08:00:00Z")
    early.request(answer_by="2009-03-04T08:00:00Z")
    rows = board([late.record, early.record], "kh-th", _directory(), NOW)
    assert [(row.case, row.overdue) for row in rows] == [(early.record.case, True), (late.record.case, False)]
    early.record.clock = START
    assert not any(row.overdue for row in board([early.record], "kh-th", _directory(), NOW, replay=True))
    assert all(row.overdue for row in board([early.record], "kh-th", _directory(), NOW))


def test_a_state_that_was_stored_gives_the_same_row() -> None:
    case = _Case("a")
    case.request()
    stored = CaseRecord.from_json(case.record.to_json())
    assert board([stored], "kh-th", _directory(), NOW) == board([case.record], "kh-th", _directory(), NOW)


def test_a_time_that_no_source_states_says_so() -> None:
    case = _Case("a")
    case.request(answer_by="2009-03-04T15:30:00+07:00")
    (row,) = [row.as_json() for row in board([case.record], "kh-th", _directory(), NOW)]
    text = cells(row)
    assert text[1] == "kh-mosvy"
    assert "2009-03-04 15:30 +07:00" in text[3]
    assert "no source states this time" in text[3]
    assert text[3].endswith("OVERDUE")


@pytest.mark.parametrize(
    ("agency", "corridor", "allowed"),
    [
        ("kh-mosvy", "kh-th", True),
        ("kh-cncc", "kh-vn", True),
        ("vn-social", "kh-vn", True),
        ("vn-social", "kh-th", False),
        ("th-rtp", "kh-th", False),
        ("nobody", "kh-th", False),
    ],
)
def test_who_may_read_the_board(agency: str, corridor: str, allowed: bool) -> None:
    assert may_read(_directory(), agency, corridor, NOW.date()) is allowed


def test_a_mandate_that_has_not_begun_opens_nothing() -> None:
    assert not may_read(_directory(), "kh-mosvy", "kh-th", datetime(2008, 12, 31, tzinfo=UTC).date())


@pytest.mark.parametrize("corridor", ["th-kh", "kh-kh", "kh", "thailand"])
def test_what_is_no_corridor_of_cambodia_is_wrong_use(corridor: str, tmp_path: Path) -> None:
    result = CliRunner().invoke(command, ["--corridor", corridor, "--data", str(tmp_path)])
    assert result.exit_code == 2
    assert "Cambodia first: kh-th" in result.stderr

"""XB-CORRIDOR: a return follows the instrument of its corridor that covers the person on that day, or the embassies."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from contracts.codes import Person
from contracts.decision import Accept
from contracts.guidelines import corridor, corridor_id
from contracts.guidelines.rules.xb_corridor import xb_corridor, xb_corridor_assistance
from contracts.standards import Gender
from tests.unit.contracts.casework import (
    EMBASSY,
    MALAY,
    MALAY_EMBASSY,
    MINISTRY,
    POLICE,
    THAI,
    TRANSIT,
    VIET,
    Case,
    refused,
    waits_for,
)

CHILD, ADULT = Person.CHILD, Person.ADULT


@pytest.mark.parametrize(
    ("country", "on", "person", "gender", "instrument"),
    [
        ("TH", date(2003, 5, 30), CHILD, None, None),
        ("TH", date(2003, 5, 31), CHILD, None, "kh-th"),
        ("TH", date(2009, 6, 1), ADULT, Gender.FEMININE, "kh-th"),
        ("TH", date(2009, 6, 1), ADULT, Gender.MASCULINE, "commit"),
        ("TH", date(2009, 6, 1), ADULT, None, "commit"),
        ("TH", date(2004, 10, 30), ADULT, Gender.MASCULINE, None),
        ("TH", date(2004, 10, 31), ADULT, Gender.MASCULINE, "commit"),
        ("VN", date(2005, 10, 30), CHILD, None, "commit"),
        ("VN", date(2005, 10, 31), CHILD, None, "kh-vn"),
        ("VN", date(2009, 12, 2), CHILD, None, "kh-vn"),
        ("VN", date(2009, 12, 3), CHILD, None, "kh-vn-sop"),
        ("MY", date(2010, 6, 1), CHILD, None, None),
    ],
)
def test_the_instrument_of_a_day_and_a_person(
    country: str, on: date, person: Person, gender: Gender | None, instrument: str | None
) -> None:
    """A month counts from its last day; the same in both directions."""
    for one, other in ((country, "KH"), ("KH", country)):
        way = corridor(one, other, person, on, gender)
        assert way is not None
        assert way.instrument == instrument
        assert way.channel == ("diplomatic" if instrument is None else "instrument")


def test_a_corridor_has_one_name_in_both_directions_and_cambodia_at_one_end() -> None:
    assert corridor_id("TH", "KH") == corridor_id("KH", "TH") == "kh-th"
    assert corridor_id("TH", "VN") is corridor_id("KH", "KH") is None


def request(actor: str, to: str, country: str, **data: str) -> tuple[str, str, dict[str, str]]:
    said = {"to": to, "from_country": country, "to_country": "KH", "corridor": f"kh-{country.lower()}"}
    return actor, "repatriation.requested", said | {"person": "child", "channel": "instrument"} | data


@pytest.mark.parametrize(
    ("start", "asked", "rules"),
    [
        (datetime(2009, 6, 1, tzinfo=UTC), request(THAI, MINISTRY, "TH", instrument="kh-th"), set()),
        (datetime(2009, 6, 1, tzinfo=UTC), request(THAI, MINISTRY, "TH", instrument="commit"), {"XB-CORRIDOR"}),
        (datetime(2009, 6, 1, tzinfo=UTC), request(THAI, MINISTRY, "TH"), {"XB-CORRIDOR"}),
        (datetime(2009, 6, 1, tzinfo=UTC), request(THAI, MINISTRY, "TH", channel="diplomatic"), {"XB-CORRIDOR"}),
        (
            datetime(2009, 6, 1, tzinfo=UTC),
            request(THAI, MINISTRY, "TH", instrument="kh-th", corridor="kh-vn"),
            {"XB-CORRIDOR"},
        ),
        (datetime(2003, 5, 29, tzinfo=UTC), request(THAI, MINISTRY, "TH", instrument="kh-th"), {"XB-CORRIDOR"}),
        (datetime(2009, 12, 4, tzinfo=UTC), request(VIET, MINISTRY, "VN", instrument="kh-vn"), {"XB-CORRIDOR"}),
        (datetime(2009, 12, 4, tzinfo=UTC), request(VIET, MINISTRY, "VN", instrument="kh-vn-sop"), set()),
        (datetime(2009, 6, 1, tzinfo=UTC), request(MALAY_EMBASSY, EMBASSY, "MY", channel="diplomatic"), set()),
        (
            datetime(2009, 6, 1, tzinfo=UTC),
            request(MALAY_EMBASSY, EMBASSY, "MY", channel="diplomatic", instrument="commit"),
            {"XB-CORRIDOR"},
        ),
    ],
)
def test_requests(start: datetime, asked: tuple[str, str, dict[str, str]], rules: set[str]) -> None:
    actor, name, data = asked
    decision = Case(start).told().tries(actor, name, 2, data)
    assert (set() if isinstance(decision, Accept) else refused(decision)) == rules


def test_a_handover_across_a_border_rests_on_an_accepted_return_of_its_corridor() -> None:
    case = Case()
    case.opened(THAI, place="shelter")
    actor, name, data = request(THAI, MINISTRY, "TH", instrument="kh-th")
    asked = case.told().says(actor, name, 20, data)
    right = {"corridor": "kh-th", "repatriation": asked, "determination": case.determined(25)}
    for wrong in ({}, {"corridor": "kh-th"}, {"corridor": "kh-vn", "repatriation": asked}):
        offer = case.offer(THAI, TRANSIT, 30, **wrong)
        assert refused(case.tries(THAI, "custody.handover-offered", 30, offer, expired=True)) >= {"XB-CORRIDOR"}
    offer = case.offer(THAI, TRANSIT, 30, **right)
    assert waits_for(case.tries(THAI, "custody.handover-offered", 30, offer)) == "repatriation.counterpart-answered"
    answer = {"request": asked, "answer": "accepted"}
    case.says(MINISTRY, "repatriation.counterpart-answered", 40, answer)
    case.handover(THAI, TRANSIT, 50, "transit-centre", **right)
    assert case.state("custody").carer == TRANSIT


def test_within_a_country_no_corridor_is_asked_for() -> None:
    case = Case()
    case.opened(MINISTRY, place="office")
    case.offered(MINISTRY, TRANSIT, 2)
    abroad = Case()
    abroad.opened(MALAY, place="shelter")
    offer = abroad.offer(MALAY, MALAY_EMBASSY, 2)
    abroad.says(MALAY, "custody.handover-offered", 2, offer)
    assert POLICE not in abroad.state("custody").responsible


@pytest.mark.parametrize(
    ("treaty", "remedy"),
    [
        ("asean-mla", "use the instrument asean-mla, or the diplomatic channel and name it"),
        (None, "use the diplomatic channel and name it"),
    ],
)
def test_help_by_another_way_is_told_the_ways_that_are_open(treaty: str | None, remedy: str) -> None:
    problem = xb_corridor_assistance("KH", "TH", treaty, "instrument", "kh-th")
    assert problem is not None
    assert problem.remedy == remedy


@pytest.mark.parametrize(
    ("country", "remedy"),
    [("TH", "use the instrument kh-th and name it"), ("MY", "use the diplomatic channel and name it")],
)
def test_a_return_by_another_way_is_told_the_one_that_is_open(country: str, remedy: str) -> None:
    way = corridor(country, "KH", CHILD, date(2009, 6, 1))
    assert way is not None
    problem = xb_corridor(way, way.id, "instrument", "kh-vn")
    assert problem is not None
    assert problem.remedy == remedy

"""The instruments as they are known: their days, their parties, what they bring; amendments; where two overlap."""

from __future__ import annotations

import sys
from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from contracts import guidelines
from contracts.guidelines.instruments import Area, Instrument, InstrumentDeadline, InstrumentUnknown, bringing
from contracts.guidelines.overlap import Ground, ground, shortest
from contracts.guidelines.rules import RULES
from contracts.rulebook import rulebook
from infra.simulation.world import pins

MEKONG = {"KH", "CN", "LA", "MM", "TH", "VN"}
ASEAN = {"KH", "BN", "ID", "LA", "MM", "MY", "PH", "SG", "TH", "VN"}
D107 = {
    f"D107-{name}"
    for name in "AGE 48H DETENTION SAFE CONFIDENTIAL RISK INFORMED VIEWS BEST STATUS".split()  # noqa: SIM905
}
ACROSS = {"XB-CORRIDOR", "XB-COUNTERPART"}
KNOWN: dict[str, tuple[str | None, str, set[str], set[str]]] = {
    "acts-regional": (None, "guidance", set(), set()),
    "asean-mla": ("2010-01-26", "in-force", ASEAN, {"XB-CORRIDOR"}),
    "commit": ("2004-10", "in-force", MEKONG, ACROSS),
    "kh-agreement-2007": ("2007-02-06", "in-force", {"KH"}, {"A2007-MEMBER", "A2007-RECEIPT"}),
    "kh-alternative-care": ("2006-04-26", "in-force", {"KH"}, {"ACP-FAMILY"}),
    "kh-circular-009": ("2007-09-28", "in-force", {"KH"}, {"C009-FOLLOWUP"}),
    "kh-decision-107": ("2007-12-20", "in-force", {"KH"}, D107),
    "kh-minimum-standards": ("2009-08-31", "in-force", {"KH"}, set()),
    "kh-prakas-62": ("2008-10-06", "in-force", {"KH"}, {"P62-TESTIMONY"}),
    "kh-th": ("2003-05", "in-force", {"KH", "TH"}, ACROSS),
    "kh-th-criminal-justice": ("2006", "draft", {"KH", "TH"}, {"XB-NEED", "XB-MODIFY", "A2007-RECEIPT"}),
    "kh-vn": ("2005-10", "in-force", {"KH", "VN"}, ACROSS),
    "kh-vn-sop": ("2009-12-03", "in-force", {"KH", "VN"}, ACROSS),
}
"""Each text: its day as it is known, its status, its parties, and the rules that it brings."""
AREAS = [
    "scope",
    "principles of cooperation",
    "confidentiality of information and intelligence",
    "standards and procedures for prosecution",
    "cooperation between criminal justice and victim support agencies in cross-border cases",
    "capacity building",
    "requirements to modify the guidelines",
]


def test_there_are_these_thirteen_and_no_others() -> None:
    assert set(guidelines.instruments()) == set(KNOWN)
    assert len(KNOWN) == 13


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_a_text_says_its_day_its_status_its_parties_and_what_it_brings(name: str) -> None:
    text, (day, status, parties, rules) = guidelines.instrument(name), KNOWN[name]
    assert (text.id, text.in_force, text.status) == (name, day, status)
    assert (set(text.parties), set(text.rules)) == (parties, rules)
    assert text.citation
    assert text.precision == (None if day is None else ("year", "month", "day")[day.count("-")])


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_what_a_text_brings_is_a_rule_of_the_network(name: str) -> None:
    text = guidelines.instrument(name)
    assert {*text.rules, *(item.rule for item in text.deadline)} <= set(rulebook())
    assert {item.rule for item in text.deadline} <= set(text.rules)


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("kh-th", date(2003, 5, 31)),
        ("commit", date(2004, 10, 31)),
        ("kh-vn", date(2005, 10, 31)),
        ("kh-vn-sop", date(2009, 12, 3)),
        ("asean-mla", date(2010, 1, 26)),
    ],
)
def test_a_date_known_by_its_month_counts_from_the_months_last_day(name: str, first: date) -> None:
    assert guidelines.in_force(name, first)
    assert not guidelines.in_force(name, date.fromordinal(first.toordinal() - 1))


@pytest.mark.parametrize("name", ["acts-regional", "kh-th-criminal-justice"])
def test_a_draft_and_a_guidance_never_bind(name: str) -> None:
    assert not guidelines.in_force(name, date(2099, 1, 1))
    assert not guidelines.instrument(name).binds(date(2099, 1, 1))


def test_a_month_that_ends_in_february_counts_to_its_own_last_day() -> None:
    assert made(in_force="2004-02", precision="month").since == date(2004, 2, 29)
    assert made(in_force="2004", precision="year").since == date(2004, 12, 31)


@pytest.mark.parametrize(
    ("day", "precision"), [("2004-02-01", "month"), ("2004", "day"), ("2004-02", None), (None, "day")]
)
def test_a_date_that_is_not_as_precise_as_it_says_is_refused(day: str | None, precision: str | None) -> None:
    with pytest.raises(ValidationError):
        made(in_force=day, precision=precision)


# -- the seven areas of the criminal-justice guidelines --------------------------------------------------------------


def test_each_of_the_seven_areas_is_kept_by_rules_or_is_not_for_software_and_says_why() -> None:
    areas = guidelines.instrument("kh-th-criminal-justice").area
    assert [area.number for area in areas] == [1, 2, 3, 4, 5, 6, 7]
    assert [area.title for area in areas] == AREAS
    for area in areas:
        assert set(area.rules) <= set(rulebook())
        assert bool(area.rules) is (area.not_for_software is None)
    assert [area.number for area in areas if area.not_for_software] == [6]


def test_what_the_guidelines_bring_is_in_one_of_their_areas() -> None:
    text = guidelines.instrument("kh-th-criminal-justice")
    assert set(text.rules) <= {rule for area in text.area for rule in area.rules}


@pytest.mark.parametrize("said", [{}, {"rules": ("XB-NEED",), "not_for_software": "why"}])
def test_an_area_is_the_one_or_the_other(said: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Area(number=1, title="scope", **said)


# -- a text that is amended ------------------------------------------------------------------------------------------


def made(**said: Any) -> Instrument:
    known: dict[str, Any] = {
        "id": "kh-x",
        "title": "X",
        "kind": "decision",
        "status": "in-force",
        "in_force": "2007-12-20",
        "precision": "day",
        "parties": ("KH",),
        "covers": ("children",),
        "citation": "the text",
        "rules": ("D107-48H", "D107-RISK"),
        "deadline": (hours(48),),
    }
    return Instrument.model_validate(known | said)


def hours(allowed: int, *, verified: bool = True, name: str = "police-post") -> InstrumentDeadline:
    return InstrumentDeadline(name=name, rule="D107-48H", hours=allowed, verified=verified, source="s")


def version(day: str, **said: Any) -> dict[str, Any]:
    precision = ("year", "month", "day")[day.count("-")]
    return {"in_force": day, "precision": precision, "citation": f"of {day}", "signatories": ("KH",), **said}


AMENDED = made(
    version=(
        version("2012-06", rules=("D107-48H",)),
        version("2010-01-01", deadline=(hours(24),), covers=("children", "women")),
    )
)


@pytest.mark.parametrize(
    ("day", "allowed", "covers", "rules", "citation"),
    [
        (date(2009, 12, 31), 48, ("children",), 2, "the text"),
        (date(2010, 1, 1), 24, ("children", "women"), 2, "of 2010-01-01"),
        (date(2012, 6, 29), 24, ("children", "women"), 2, "of 2010-01-01"),
        (date(2012, 6, 30), 24, ("children", "women"), 1, "of 2012-06"),
    ],
)
def test_a_text_reads_on_a_day_as_it_was_last_amended_by_then(
    day: date, allowed: int, covers: tuple[str, ...], rules: int, citation: str
) -> None:
    now = AMENDED.at(day)
    assert [item.hours for item in now.deadline] == [allowed]
    assert (now.covers, len(now.rules), now.citation) == (covers, rules, citation)
    assert (now.since, now.binds(day)) == (date(2007, 12, 20), True)


def test_a_text_without_amendments_is_itself_on_every_day() -> None:
    text = guidelines.instrument("kh-decision-107")
    assert text.at(date(2001, 1, 1)) is text
    assert not text.binds(date(2001, 1, 1))


@pytest.mark.parametrize("missing", ["in_force", "citation", "signatories"])
def test_an_amendment_without_day_citation_or_signatories_is_refused(missing: str) -> None:
    said = version("2010-01-01")
    del said[missing]
    with pytest.raises(ValidationError):
        made(version=(said,))
    with pytest.raises(ValidationError):
        made(version=(version("2010-01-01", signatories=(), citation=""),))


def test_a_case_of_before_the_amendment_keeps_the_old_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[Instrument.__module__], "instruments", lambda: {"kh-x": AMENDED})
    bringing.cache_clear()
    try:
        assert [bool(bringing("D107-RISK", date(year, 1, 1))) for year in (2007, 2008, 2013)] == [False, True, False]
        assert [ground("D107-48H", date(year, 1, 1)).deadlines[0].hours for year in (2009, 2011)] == [48, 24]
        rule = RULES["D107-48H"]
        assert [rule.time("police-post", date(year, 1, 1)).hours for year in (2009, 2011)] == [48, 24]
        with pytest.raises(InstrumentUnknown):
            rule.time("bus-stop", date(2009, 1, 1))
    finally:
        bringing.cache_clear()


# -- where texts overlap ---------------------------------------------------------------------------------------------


def test_where_two_texts_bring_a_rule_both_are_cited_and_the_shorter_time_holds() -> None:
    other = made(id="kh-y", citation="another text", covers=("women",), deadline=(hours(24), hours(9, name="bus")))
    both = Ground("D107-48H", (made(), other))
    assert both.citation == "kh-x (the text); kh-y (another text)"
    assert [(item.name, item.hours) for item in both.deadlines] == [("bus", 9), ("police-post", 24)]
    assert both.covers == {"children", "women"}


def test_of_equal_times_the_one_that_a_source_states_holds() -> None:
    assert shortest([hours(24, verified=False), hours(24), hours(48)]) == hours(24)


def test_a_time_for_another_rule_says_nothing_of_this_one() -> None:
    assert Ground("D107-RISK", (made(),)).deadlines == ()


def test_a_return_between_cambodia_and_viet_nam_rests_on_every_text_in_force() -> None:
    assert [text.id for text in ground("XB-CORRIDOR", date(2003, 4, 30)).texts] == []
    assert [text.id for text in ground("XB-CORRIDOR", date(2003, 5, 31)).texts] == ["kh-th"]
    found = ground("XB-CORRIDOR", date(2010, 1, 1))
    assert [text.id for text in found.texts] == ["kh-th", "commit", "kh-vn", "kh-vn-sop"]
    assert all(text.id in found.citation for text in found.texts)
    assert "men" in found.covers


def test_a_draft_carries_nothing() -> None:
    assert [text.id for text in ground("A2007-RECEIPT", date(2010, 1, 1)).texts] == ["kh-agreement-2007"]
    assert ground("XB-MODIFY", date(2010, 1, 1)).texts == ()


def test_every_text_that_has_a_day_is_pinned_in_the_directory_with_who_signed_it() -> None:
    pinned = {item.instrument: item for item in pins()}
    assert set(pinned) == {name for name, known in KNOWN.items() if known[0] is not None}
    assert all(set(item.signatories) == KNOWN[name][2] for name, item in pinned.items())

"""The auditor's table holds the services to their word: same spans from the events alone, and nothing unexplained."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.custody_table import CustodyTable, custody_table
from contracts.decision import Accept
from contracts.guidelines import limit
from contracts.journeys.custody import Holding
from tests.unit.contracts.casework import FORCES, HEALTH, MINISTRY, POLICE, PROVINCE, SHELTER, START, Case

AGENCIES = (POLICE, FORCES, MINISTRY, SHELTER, PROVINCE, HEALTH)
UNTIL = START + timedelta(days=400)


def table(case: Case, until: datetime = UNTIL) -> CustodyTable:
    found = custody_table(case.events, until, case.claims)
    assert found is not None
    return found


def spans(found: CustodyTable, kind: str) -> set[tuple[str, datetime, datetime | None]]:
    """Who, from when to when; what lasted no time is left out."""
    return {
        (span.party, span.since, span.until) for span in found.spans if span.kind == kind and span.since != span.until
    }


def kept(
    holdings: tuple[Holding, ...], ended: datetime | None
) -> dict[str, set[tuple[str, datetime, datetime | None]]]:
    """The same from a service's state: neighbours of one party joined."""
    ends = [*(holding.since for holding in holdings[1:]), ended]
    runs: dict[str, list[tuple[str, datetime, datetime | None]]] = {"care": [], "responsibility": []}
    for holding, end in zip(holdings, ends, strict=True):
        for kind, parties in (("care", (holding.carer,)), ("responsibility", holding.responsible)):
            for party in parties:
                last = next((run for run in reversed(runs[kind]) if run[0] == party and run[2] == holding.since), None)
                if last is not None:
                    runs[kind].remove(last)
                runs[kind].append((party, last[1] if last is not None else holding.since, end))
    return {kind: {run for run in found if run[1] != run[2]} for kind, found in runs.items()}


STEP = st.tuples(
    st.sampled_from(["handover", "unreleased", "overtaken", "failed", "emergency", "entrust", "lost", "taken-over"]),
    st.sampled_from(AGENCIES),
    st.floats(min_value=0.1, max_value=20).map(lambda hours: round(hours, 2)),
)


def play(case: Case, steps: list[tuple[str, str, float]]) -> float:
    """Legal steps, each from whoever answers; returns the hours that they took."""
    custody, now = case.opened(place="office", person="adult"), 1.0
    for step, to, wait in steps:
        now += wait
        case.wait("custody", now + 2)
        state = case.state("custody")
        giver = state.responsible[0]
        if step == "taken-over" or (len(state.responsible) > 1 and step != "emergency"):
            to = to if to != giver else next(agency for agency in AGENCIES if agency != giver)
            taken = {"from_agency": giver, "to": to, "reason": "neglect", "ordered_by": "referral-authority"}
            case.says(MINISTRY, "custody.taken-over", now, {"custody": custody, "place_kind": "office", **taken})
        elif step == "emergency":
            placed = {"custody": custody, "to": to, "place_kind": "hospital", "reason": "disaster"}
            case.says(giver, "custody.emergency-placed", now, placed)
        elif step == "entrust":
            case.says(giver, "custody.entrusted", now, {"custody": custody, "to_kind": "self"})
        elif step == "lost":
            case.says(giver, "custody.missing-reported", now, {"custody": custody, "how": "unknown"})
            found = {"custody": custody, "place_kind": "street", "condition": "well"}
            case.says(to, "custody.found", now + 1, found)
            now += 1
        elif to != giver:
            now = _hand_over(case, step, giver, to, now)
    return now


def _hand_over(case: Case, step: str, giver: str, to: str, now: float) -> float:
    offer = case.offered(giver, to, now)
    case.says(to, "custody.handover-accepted", now + 0.5, case.step(offer))
    if step == "handover":
        _releases(case, giver, to, offer, now + 1)
    if step == "failed":
        _releases(case, giver, to, offer, now + 1)
        case.says(giver, "custody.handover-failed", now + 2, case.step(offer, reason="no-show"))
    else:
        case.receives(to, giver, offer, now + 2)
    if step == "overtaken":
        _releases(case, giver, to, offer, now + 1.5)
    return now + 2


def _releases(case: Case, giver: str, to: str, offer: str, hours: float) -> None:
    """A release, marked or not: it may settle, too late, what an earlier handover left open."""
    said = case.step(offer, to=to, condition="well")
    assert isinstance(case.tries(giver, "custody.handover-released", hours, said), Accept)


@settings(max_examples=150, deadline=None)
@given(st.lists(STEP, max_size=8), st.booleans())
def test_the_table_agrees_with_the_state_of_the_service(steps: list[tuple[str, str, float]], ends: bool) -> None:
    case = Case()
    now = play(case, steps) + 1
    case.wait("custody", now)
    if ends:
        case.says(POLICE, "custody.ended", now, {"custody": case.state("custody").opened, "reason": "own-word"})
    found = table(case)
    assert found.ended == (case.at(now) if ends else None)
    expected = kept(case.state("custody").holdings, found.ended)
    assert spans(found, "care") == expected["care"]
    assert spans(found, "responsibility") == expected["responsibility"]
    assert found.gaps == found.overlaps == ()


@settings(max_examples=100, deadline=None)
@given(st.lists(STEP, max_size=8))
def test_at_every_instant_somebody_cares_and_somebody_answers(steps: list[tuple[str, str, float]]) -> None:
    """CUS-ONE: care is one unbroken line; whoever answers, the line of those who do has no hole either."""
    case = Case()
    play(case, steps)
    found = table(case)
    care = sorted((span.since, span.until or UNTIL) for span in found.spans if span.kind == "care")
    assert care[0][0] == case.at(1)
    assert care[-1][1] == UNTIL
    assert all(end == begin for (_, end), (begin, _) in pairwise(care))
    reached = case.at(1)
    answering = sorted((span.since, span.until or UNTIL) for span in found.spans if span.kind == "responsibility")
    for since, until in answering:
        assert since <= reached
        reached = max(reached, until)
    assert reached == UNTIL
    alone = found.person_minutes * 60
    counted = sum((min(until, UNTIL) - since).total_seconds() for since, until in answering)
    assert abs(counted - alone - found.joint_minutes * 60) < 120 or len(case.state("custody").responsible) > 2


def test_a_release_that_nobody_received_is_a_gap_from_the_release_on() -> None:
    case = Case()
    custody = case.opened(place="office")
    offer = case.offered(POLICE, SHELTER, 2)
    case.releases(POLICE, SHELTER, offer, 4)
    in_time = case.at(4) + limit("receipt_hours").time
    assert table(case, in_time).gaps == ()
    (gap,) = table(case, in_time + timedelta(seconds=1)).gaps
    assert (gap.since, gap.until, gap.cause) == (case.at(4), in_time + timedelta(seconds=1), offer)
    case.wait("custody", 500)
    case.says(POLICE, "custody.ended", 500, {"custody": custody, "reason": "untraceable"})
    assert [(gap.since, gap.until) for gap in table(case).gaps] == [(case.at(4), case.at(500))]


def test_a_child_that_nobody_took_in_time_is_a_gap_and_an_adult_is_not() -> None:
    allowed = limit("report_to_custody_hours").time
    for person, gaps in (("child", 1), ("unknown", 1), ("adult", 0)):
        case = Case()
        case.report(person=person)
        assert table(case, case.start + allowed).gaps == ()
        assert len(table(case, case.start + allowed + timedelta(seconds=1)).gaps) == gaps
    for hours, gaps in ((24, 0), (24.001, 1)):
        case = Case()
        case.opened(hours=hours, place="office")
        assert len(table(case).gaps) == gaps


def test_two_that_say_they_have_the_child_are_an_overlap_until_it_is_resolved() -> None:
    case = Case()
    custody = case.opened(place="office")
    opening = {"holder": FORCES, "person": "child", "place_kind": "office", "from_report": case.events[0].id}
    case.says(FORCES, "custody.opened", 5, opening, ("CUS-ONE", "dispute"))
    (overlap,) = table(case).overlaps
    assert (overlap.since, overlap.until) == (case.at(5), UNTIL)
    taken = {"from_agency": FORCES, "to": SHELTER, "reason": "neglect", "ordered_by": "referral-authority"}
    case.says(MINISTRY, "custody.taken-over", 9, {"custody": custody, "place_kind": "shelter", **taken})
    found = table(case)
    assert [(item.since, item.until) for item in found.overlaps] == [(case.at(5), case.at(9))]
    assert found.joint_minutes == 240


def test_minutes_of_an_adult_are_accompaniment() -> None:
    case = Case()
    custody = case.opened(person="adult", place="office")
    case.says(POLICE, "custody.ended", 3, {"custody": custody, "reason": "own-word"})
    found = table(case)
    assert (found.child, found.person_minutes, found.joint_minutes) == (False, 120, 0)


def test_a_strangers_word_ends_nothing() -> None:
    case = Case()
    custody = case.opened(place="office")
    case.says(HEALTH, "custody.ended", 3, {"custody": custody, "reason": "duplicate"}, ("CUS-HOLDER", "dispute"))
    assert table(case).ended is None


def test_a_case_without_a_report_or_a_chain_has_no_table() -> None:
    assert custody_table([], UNTIL) is None

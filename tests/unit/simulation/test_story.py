"""Whole cases, from report to closure, judged by the journeys: the agencies' story is one that the rules accept."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from infra.simulation.act import Fault
from infra.simulation.caseload import small
from infra.simulation.chance import Chance
from infra.simulation.faults import Rates
from tests.unit.simulation.walk import Walk, Walked


def walked(walk: Walk) -> list[Walked]:
    """Every case of a caseload."""
    return [walk.walk(plan) for plan in walk.plans()]


@pytest.fixture(scope="module")
def undisturbed() -> list[Walked]:
    """A caseload of every kind, without a fault."""
    return walked(Walk(small({"TH": 8, "VN": 10, "MY": 4}, 14, 10), Chance.of("undisturbed")))


@pytest.fixture(scope="module")
def disturbed() -> list[Walked]:
    """The same kinds of case, with everything going wrong far more often than it should."""
    walk = Walk(
        small({"TH": 8, "VN": 10, "MY": 4}, 14, 10),
        Chance.of("disturbed"),
        Rates(extra=0.05, late=0.5, out_of_order=0.6, against_a_rule=0.6),
    )
    return walked(walk)


def test_every_case_reaches_its_end_without_a_refusal(undisturbed: list[Walked]) -> None:
    """No agency waits for ever, and none says what the rules do not allow."""
    for case in undisturbed:
        assert [(act.agency, act.name, refuse.problems) for act, refuse in case.refusals] == []
        assert case.names["intake.case-closed"] == case.names["repatriation.closed"] == case.names["custody.ended"] == 1


def test_facts_of_the_story_break_no_rule(undisturbed: list[Walked]) -> None:
    """Nothing but what is meant to happen is found: a stay at a police post over 48 hours is a deadline, not a mark."""
    assert [(case.plan.country, *breach) for case in undisturbed for breach in case.breaches] == []


def test_everyone_who_came_back_was_received_across_the_border_within_the_year(undisturbed: list[Walked]) -> None:
    """The figures of 2009 are of returns, so the return itself has to fall in 2009."""
    for case in undisturbed:
        received = [event for event in case.accepted if event.name == "repatriation.received"]
        assert len(received) == (case.plan.kind == "repatriation")
        assert all(event.time.year == 2009 for event in received)
        assert case.accepted[-1].time - case.plan.start < timedelta(days=150)


def test_cases_are_as_rich_as_their_kind_asks(undisturbed: list[Walked]) -> None:
    """A child's return has many hands, an adult's fewer; none has so few that a step was left out."""
    for case in undisturbed:
        size = len(case.accepted)
        if case.plan.kind == "in-country":
            assert 19 <= size <= 44
        elif case.plan.child:
            assert 34 <= size <= 50
        else:
            assert 15 <= size <= 27


def test_handovers_have_a_release_and_a_receipt_by_two_agencies(undisturbed: list[Walked]) -> None:
    """A2007-RECEIPT: as many receipts as releases, each by another agency than the release."""
    for case in undisturbed:
        released = {
            event.data.model_dump()["handover"]: event.actor
            for event in case.accepted
            if event.name == "custody.handover-released"
        }
        received = {
            event.data.model_dump()["handover"]: event.actor
            for event in case.accepted
            if event.name == "custody.handover-received"
        }
        assert released.keys() == received.keys()
        assert all(released[handover] != received[handover] for handover in released)


def test_bursts_of_two_agencies_never_share_an_instant(undisturbed: list[Walked]) -> None:
    """So the order of what they say does not hang on which of them is faster."""
    for case in undisturbed:
        at: dict[object, set[str]] = {}
        for act, _ in case.acts:
            at.setdefault(act.at, set()).add(act.agency)
        assert all(len(agencies) == 1 for agencies in at.values())


def test_sealed_parts_alone_hold_the_marker(undisturbed: list[Walked]) -> None:
    """What is planted in an identity is in no clear byte of any event."""
    for case in undisturbed:
        markers = {act.sealing.content["marker"] for act, _ in case.acts if act.sealing is not None}
        assert len(markers) == 1
        clear = b"".join(event.body for event in case.accepted).decode()
        marker = markers.pop()
        assert not any(marker[start : start + 8] in clear for start in range(len(marker) - 7))


def test_with_faults_the_story_goes_on_and_only_what_was_planted_is_refused(disturbed: list[Walked]) -> None:
    """Every proposal against a rule is refused; no other act is; every case still ends."""
    planted: Counter[str] = Counter()
    for case in disturbed:
        assert {act.fault for act, _ in case.refusals} <= {Fault.AGAINST_A_RULE}
        outcomes = [outcome for act, outcome in case.acts if act.fault is Fault.AGAINST_A_RULE]
        assert set(outcomes) <= {"refused"}
        assert case.names["intake.case-closed"] == 1
        planted.update(problem.rule for _, refuse in case.refusals for problem in refuse.problems)
    assert len(planted) >= 4


def test_who_is_kept_at_a_post_too_long_lets_the_deadline_pass() -> None:
    """D107-48H fires for a girl, not for a woman, and the case goes on to its end all the same."""
    caseload = small({}, 0, 4)
    caseload = replace(caseload, assumptions=replace(caseload.assumptions, past_48_hours=1.0, girls_in_country=0.5))
    for case in walked(Walk(caseload, Chance.of("48 hours"))):
        passed = [event.data.model_dump()["rule"] for event in case.accepted if event.type.name == "deadline-passed"]
        assert passed == (["D107-48H"] if case.plan.child else [])
        assert case.names["intake.case-closed"] == 1


def test_a_shelter_without_room_and_a_handover_that_fails_are_followed_by_another_try() -> None:
    """Each turn for the worse occurs, and none leaves anybody at the post."""
    caseload = small({}, 0, 8)
    caseload = replace(caseload, assumptions=replace(caseload.assumptions, no_room=0.7, handover_fails=1.0))
    together: Counter[str] = Counter()
    for case in walked(Walk(caseload, Chance.of("no room"))):
        assert case.refusals == []
        assert case.names["custody.handover-received"] == case.names["intake.case-closed"] == 1
        assert case.names["custody.handover-failed"] == 1
        together += case.names
    assert together["referral.requested"] > 8
    assert together["custody.handover-declined"] == together["referral.failed"] > 0


def test_a_man_comes_back_by_the_instrument_that_covers_him() -> None:
    """The bilateral instruments cover women and children (XB-CORRIDOR): a man has another."""
    caseload = small({"VN": 12, "MY": 2}, 0, 0)
    ways = {
        (case.plan.country, case.plan.gender.value, event.data.model_dump()["instrument"])
        for case in walked(Walk(caseload, Chance.of("men")))
        for event in case.accepted
        if event.name == "repatriation.requested"
    }
    assert {("VN", "Masculine", "commit"), ("VN", "Feminine", "kh-vn")} <= ways
    assert {instrument for country, _, instrument in ways if country == "MY"} == {None}


def test_the_same_seed_tells_the_same_story() -> None:
    """Ids, times and facts of every accepted event are the same in two runs, and others with another seed."""
    caseload = small({"TH": 1, "VN": 1}, 1, 1)

    def bodies(seed: str) -> list[tuple[str, str]]:
        return [(event.id, event.name) for case in walked(Walk(caseload, Chance.of(seed))) for event in case.accepted]

    assert bodies("one") == bodies("one")
    assert not {event for event, _ in bodies("one")} & {event for event, _ in bodies("two")}


def test_an_agency_that_says_nothing_leaves_its_cases_open() -> None:
    """What is withheld is missed: nobody else makes up for it."""
    caseload = small({"VN": 2}, 2, 0, withhold=frozenset({"kh-transit-bavet"}))
    for case in walked(Walk(caseload, Chance.of("withheld"))):
        assert case.names["repatriation.travel-scheduled"] == 1
        assert case.names["custody.handover-received"] == case.names["intake.case-closed"] == 0

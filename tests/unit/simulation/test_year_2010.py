"""The caseload of 2010 (OPSC ¶111): its plans, and the whole of it from report to the year's end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise

import pytest

from contracts.events.repatriation import Requested
from contracts.messages import Acceptance
from infra.report.lines import Logged
from infra.report.people import found_and_served, returned, sent_home, under_way
from infra.report.year import by_year, carried_over
from infra.simulation.caseload import Caseload, load, published, years
from infra.simulation.chance import Chance
from infra.simulation.routes import ROUTES
from infra.simulation.turn_of_year import Opening, Whole, in_part
from tests.unit.simulation.walk import Walk, Walked

STEPS = {"family_tracings": 237, "family_assessments": 165, "reintegrations": 212, "follow_ups": 595, "closed": 614}


@pytest.fixture(scope="module")
def caseload() -> Caseload:
    """The published one."""
    return load(2010)


@pytest.fixture(scope="module")
def whole(caseload: Caseload) -> list[Walked]:
    """Every case of the year, judged by the journeys."""
    walk = Walk(caseload, Chance.of("2010"))
    return [walk.walk(plan) for plan in walk.plans()]


def told(cases: list[Walked]) -> Iterator[list[Logged]]:
    """What the report counts: each case's events, up to where the replay leaves it."""
    for case in cases:
        until = case.plan.until
        yield [
            Logged(event, Acceptance.model_construct(sequence=number))
            for number, event in enumerate(case.accepted)
            if until is None or event.time < until
        ]


@pytest.mark.parametrize("seed", ["2010", "another"])
def test_the_published_totals_of_2010_are_planned_exactly(caseload: Caseload, seed: str) -> None:
    plans = caseload.plans(Chance.of(seed))
    abroad = Counter(plan.country for plan in plans if plan.kind == "repatriation")
    assert abroad == {"TH": 256, "VN": 544, "MY": 9, "TL": 5, "IN": 9, "ZA": 1, "ID": 5}
    assert abroad.total() == 829
    kinds = Counter(plan.kind for plan in plans)
    assert (kinds["in-country"], kinds["sent-home"], kinds["carried-over"]) == (730, 5, 523)
    assert {(plan.gender.value, plan.child) for plan in plans if plan.kind == "sent-home"} == {("Feminine", True)}
    assert len({plan.case for plan in plans}) == len(plans)
    assert {plan.start.year for plan in plans if plan.kind != "carried-over"} == {2010}
    assert {plan.start.year for plan in plans if plan.kind == "carried-over"} == {2009}


def test_the_whole_year_comes_to_the_published_figures(whole: list[Walked]) -> None:
    """OPSC ¶111, counted by the report's own functions from what the network accepted, and nothing refused."""
    assert [(act.agency, act.name, refuse) for case in whole for act, refuse in case.refusals] == []
    assert [(case.plan.kind, *breach) for case in whole for breach in case.breaches] == []
    cases = list(told(whole))
    people = [person for case in cases if (person := returned(case)) is not None]
    assert Counter(person.country for person in people) == published(2010)["repatriated"]["by_country"]
    assert sum(map(found_and_served, cases)) == 730
    assert Counter(filter(None, map(sent_home, cases))) == {"VN": 5}
    assert not any(map(under_way, cases))
    years_shown = by_year([[item.event for item in case] for case in cases])
    assert {step: found["recorded"] for step, found in years_shown["2010"].items()} == STEPS
    assert published(2010)["steps"] == STEPS


def test_the_opening_caseload_is_told_apart(whole: list[Walked]) -> None:
    """It begins in 2009, is labelled by its channel, and does in the year what its plan says and no more."""
    old = [case for case in whole if carried_over(case.accepted)]
    assert {case.plan.kind for case in old} == {"carried-over"}
    assert len(old) == 523
    shown = by_year([case.accepted for case in old])["2010"]
    of_it = {step: found["carried_over"] for step, found in shown.items()}
    assert of_it == {step: found["recorded"] for step, found in shown.items()}
    assert of_it == {
        "family_tracings": 107,
        "family_assessments": 35,
        "reintegrations": 82,
        "follow_ups": 225,
        "closed": 334,
    }
    assert {case.accepted[0].time.year for case in old} == {2009}


def test_who_comes_from_a_country_without_an_instrument_comes_by_the_diplomatic_channel(whole: list[Walked]) -> None:
    """Timor-Leste, India, South Africa, Indonesia, as Malaysia: embassy asks foreign affairs (XB-CORRIDOR)."""
    asked = {
        (case.plan.country, data.channel.value, data.instrument, event.actor, data.to)
        for case in whole
        for event in case.accepted
        if isinstance(data := event.data, Requested) and case.plan.country in ("MY", "TL", "IN", "ZA", "ID")
    }
    assert asked == {
        (country, "diplomatic", None, f"{country.lower()}-mofa", "kh-mfaic")
        for country in ("MY", "TL", "IN", "ZA", "ID")
    }


def test_girls_go_home_to_viet_nam_by_the_procedures_of_december_2009(whole: list[Walked]) -> None:
    girls = [case for case in whole if case.plan.kind == "sent-home"]
    for case in girls:
        names = [event.name for event in case.accepted]
        assert names.index("repatriation.tracing-answered") < names.index("repatriation.requested")
        assert case.names["repatriation.received"] == case.names["intake.case-closed"] == 1
        (request,) = [event.data for event in case.accepted if isinstance(event.data, Requested)]
        assert (request.corridor, request.instrument, request.to_country) == ("kh-vn", "kh-vn-sop", "VN")


def test_the_year_is_a_datum() -> None:
    """A year is a file; 2009 has neither an opening caseload nor cases that it leaves to the next year."""
    assert years() == (2009, 2010)
    first = load(2009)
    assert (first.year, first.opening, first.whole, dict(first.sent_home)) == (2009, (), None, {})
    assert load(2010).horizon > load(2010).plans(Chance.of(1))[-1].start
    assert ROUTES.keys() == published(2010)["repatriated"]["by_country"].keys()


def test_opening_steps_follow_one_another_and_whole_cases_must_be_there(caseload: Caseload) -> None:
    with pytest.raises(ValueError, match="do not follow"):
        Opening(1, ("traced", "followed"))
    plans = [plan for plan in caseload.plans(Chance.of(1)) if plan.kind == "in-country"]
    with pytest.raises(ValueError, match="cannot be chosen"):
        in_part(plans, Whole(0, 0, len(plans)), Chance.of(1))


def test_the_same_seed_plans_the_same_year(caseload: Caseload) -> None:
    one, other = (caseload.plans(Chance.of(7)) for _ in range(2))
    assert one == other
    starts: list[datetime] = [plan.start for plan in one]
    assert all(first <= second for first, second in pairwise(starts))

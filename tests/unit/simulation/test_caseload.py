"""Plans add up to the published figures, exactly, whatever the seed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from contracts.fields import case_code
from infra.simulation.caseload import CaseloadRefused, ends, load, small
from infra.simulation.chance import Chance
from infra.simulation.world import REVOKED_KEY, SeededKeys, world


@pytest.mark.parametrize("seed", ["2009", "another"])
def test_the_published_totals_of_2009_are_met_exactly(seed: str) -> None:
    """OPSC ¶110: 992 repatriated (Thailand 215, Viet Nam 773, Malaysia 4), 515 of them children; 469 in the country."""
    plans = [plan for plan in load().plans(Chance.of(seed)) if plan.until is None]
    abroad = [plan for plan in plans if plan.kind == "repatriation"]
    assert Counter(plan.country for plan in abroad) == {"TH": 215, "VN": 773, "MY": 4}
    assert sum(plan.child for plan in abroad) == 515
    within = [plan for plan in plans if plan.kind == "in-country"]
    assert len(within) == 469
    assert {plan.gender.value for plan in within} == {"Feminine"}
    assert load().shown == {"reintegrated": 1474, "cases_closed": 516}


def test_every_case_has_its_own_id_and_code_and_begins_in_2009() -> None:
    """No two cases could be taken for one another, on the wire or on the phone."""
    plans = load().plans(Chance.of(1))
    assert len({plan.case for plan in plans}) == len({case_code(plan.case) for plan in plans}) == 1473
    assert {plan.start.year for plan in plans} == {2009}
    assert all((plan.found_province is not None) == (plan.kind == "in-country") for plan in plans)


def test_people_found_together_share_incident_country_and_hour() -> None:
    """A group has one incident, and nobody else is in it."""
    plans = [plan for plan in load().plans(Chance.of(1)) if plan.incident is not None]
    groups: dict[str, set[tuple[object, ...]]] = {}
    for plan in plans:
        groups.setdefault(str(plan.incident), set()).add((plan.country, plan.start, plan.found_province))
    assert groups
    assert all(len(members) == 1 for members in groups.values())
    assert min(Counter(plan.incident for plan in plans).values()) > 1


def test_the_same_seed_gives_the_same_plans_and_another_seed_others() -> None:
    """Two clones with one seed replay one caseload."""
    caseload = small({"TH": 3, "VN": 2}, 2, 3)
    assert caseload.plans(Chance.of(7)) == caseload.plans(Chance.of(7))
    assert not {plan.case for plan in caseload.plans(Chance.of(7))} & {
        plan.case for plan in caseload.plans(Chance.of(8))
    }


def test_another_caseload_has_its_own_totals() -> None:
    """What a test replays is not 2009 again."""
    plans = small({"MY": 1, "VN": 2}, 1, 3).plans(Chance.of(1))
    assert Counter(plan.country for plan in plans) == {"MY": 1, "VN": 2, "KH": 3}
    assert sum(plan.child for plan in plans if plan.kind == "repatriation") == 1


def test_returns_under_way_begin_late_and_are_left_at_the_years_end() -> None:
    """They come on top of the published figures, soon enough to have begun and too late for anyone to be home."""
    plans = small({"TH": 2}, 1, 1, under_way=3).plans(Chance.of(1))
    late = [plan for plan in plans if plan.until is not None]
    assert len(plans) == 6
    assert len(late) == 3
    for plan in late:
        assert plan.until == datetime(2010, 1, 1, tzinfo=timezone(timedelta(hours=7)))
        assert timedelta(days=4) <= plan.until - plan.start <= timedelta(days=9)
    assert ends(plans) == {plan.case: plan.until for plan in late}


@pytest.mark.parametrize(
    ("by_country", "children", "in_country"), [({"TH": 2}, 3, 0), ({"TH": -1}, 0, 1), ({"LA": 1}, 0, 0)]
)
def test_figures_that_no_caseload_can_meet_are_refused(
    by_country: dict[str, int], children: int, in_country: int
) -> None:
    """More children than people, fewer than nobody, a country without a simulated counterpart."""
    with pytest.raises(CaseloadRefused):
        small(by_country, children, in_country)


def test_what_no_source_states_can_be_changed_in_one_place() -> None:
    """The share of girls within the country is an assumption of the caseload, not of the code."""
    caseload = small({}, 0, 10)
    all_girls = replace(caseload, assumptions=replace(caseload.assumptions, girls_in_country=1.0))
    assert sum(plan.child for plan in all_girls.plans(Chance.of(1))) == 10
    assert sum(plan.child for plan in caseload.plans(Chance.of(1))) == 4


def test_chance_depends_on_the_cause_alone() -> None:
    """A draw does not move because others were made before it, and joined causes are not one cause."""
    chance = Chance.of(1)
    first = chance.bytes("a", "b")
    chance.between(1, 1000, "something else")
    assert chance.bytes("a", "b") == first
    assert len({first, chance.bytes("ab"), chance.bytes("a", "b", ""), Chance.of(2).bytes("a", "b")}) == 4
    assert chance.bytes("a", "b", length=100)[:32] == first
    assert len(chance.pick(5, 9, "x")) == 5
    assert {chance.between(3, 5, str(n)) for n in range(50)} == {3, 4, 5}
    with pytest.raises(ValueError, match="nothing lies between"):
        chance.between(2, 1)
    with pytest.raises(ValueError, match="cannot be chosen"):
        chance.pick(3, 2, "x")


def test_the_world_lists_who_the_year_needs() -> None:
    """24 provincial departments, shelters with an agreement, counterparts of seven countries, and one revoked key."""
    known = world()
    assert sum(agency.startswith("kh-dosvy-") for agency in known.agencies) == len(known.provinces) == 24
    assert {known.shelters_for(province)[0] for province in known.provinces} == set(known.shelters_for("12"))
    assert {"TH", "VN", "MY", "TL", "IN", "ZA", "ID"} <= {agency.country for agency in known.agencies.values()}
    said = known.statements(SeededKeys(Chance.of(1)))
    kids = [statement.kid for statement in said if statement.kind == "key"]
    assert len(kids) == len(set(kids)) == 2 * len(known.agencies) + 4 + 1
    assert [statement.kid for statement in said if statement.kind == "revocation"] == [REVOKED_KEY]

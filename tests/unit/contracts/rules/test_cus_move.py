"""CUS-MOVE: care moves with the receipt; responsibility with it when there is a release, else both answer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from contracts.guidelines import limit
from contracts.guidelines.corridors import Limit
from contracts.guidelines.rules import cus_move as module
from contracts.guidelines.rules.cus_move import cus_move, cus_move_settled
from tests.unit.contracts.casework import MINISTRY, POLICE, SHELTER, START, Case


def accepted_offer() -> tuple[Case, str]:
    case = Case()
    case.opened(place="office")
    offer = case.offered(POLICE, SHELTER, 2)
    case.says(SHELTER, "custody.handover-accepted", 3, case.step(offer))
    return case, offer


def test_with_a_release_the_receiver_answers_alone_at_once() -> None:
    case, offer = accepted_offer()
    case.releases(POLICE, SHELTER, offer, 4)
    assert case.state("custody").responsible == (POLICE,)
    case.receives(SHELTER, POLICE, offer, 5)
    assert (case.state("custody").carer, case.state("custody").responsible) == (SHELTER, (SHELTER,))


def test_without_one_both_answer_until_it_comes() -> None:
    case, offer = accepted_offer()
    case.receives(SHELTER, POLICE, offer, 5)
    assert (case.state("custody").carer, case.state("custody").responsible) == (SHELTER, (POLICE, SHELTER))
    case.releases(POLICE, SHELTER, offer, 9)
    assert case.state("custody").responsible == (SHELTER,)
    assert case.state("custody").holdings[-1].since == case.at(9)
    assert case.deadlines("custody") == ()


def test_a_release_that_was_only_overtaken_settles_it_as_if_it_had_come_first() -> None:
    case, offer = accepted_offer()
    case.receives(SHELTER, POLICE, offer, 5)
    case.releases(POLICE, SHELTER, offer, 4.5)
    assert case.state("custody").responsible == (SHELTER,)
    assert case.state("custody").holdings[-1].since == case.at(5)


def test_a_release_that_does_not_come_is_due_from_the_giver() -> None:
    case, offer = accepted_offer()
    case.receives(SHELTER, POLICE, offer, 5)
    (deadline,) = case.deadlines("custody")
    assert (deadline.rule, deadline.owed_by, deadline.verified) == ("CUS-MOVE", POLICE, False)
    assert deadline.due == case.at(5) + limit("release_hours").time
    case.passes("custody", deadline)
    assert case.state("custody").responsible == (POLICE, SHELTER)


def test_a_takeover_resolves_it_and_nothing_is_due_any_more() -> None:
    case, offer = accepted_offer()
    case.receives(SHELTER, POLICE, offer, 5)
    taken = {"from_agency": POLICE, "to": SHELTER, "reason": "neglect", "ordered_by": "referral-authority"}
    taken |= {"custody": case.state("custody").opened, "place_kind": "shelter"}
    case.says(MINISTRY, "custody.taken-over", 6, taken)
    assert case.state("custody").responsible == (SHELTER,)
    assert case.deadlines("custody") == ()


def test_a_release_exactly_when_due_is_in_time_and_a_second_later_is_not() -> None:
    hours = limit("release_hours").time / timedelta(hours=1)
    case, offer = accepted_offer()
    case.receives(SHELTER, POLICE, offer, 5)
    case.releases(POLICE, SHELTER, offer, 5 + hours)
    case, offer = accepted_offer()
    case.receives(SHELTER, POLICE, offer, 5)
    case.releases(POLICE, SHELTER, offer, 5 + hours + 1 / 3600, ("CUS-MOVE", "breach"))


def test_boundaries() -> None:
    assert cus_move(("a",), "a", "b", released=True) == ("b",)
    assert cus_move(("a",), "a", "b", released=False) == ("a", "b")
    assert cus_move(("a",), "c", "b", released=True) == ("a", "b")
    assert cus_move(("a", "b"), "a", "b", released=False) == ("a", "b")
    assert cus_move_settled(("a", "b"), "a", "b") == ("b",)
    assert cus_move_settled(("a", "c", "b"), "a", "b") == ("c", "b")
    assert cus_move_settled(("a",), "a", "b") == ("a",)


def test_the_time_is_that_of_the_corridor(monkeypatch: pytest.MonkeyPatch) -> None:
    def of_corridor(name: str, corridor: str | None = None) -> Limit:
        return {("release_hours", "kh-vn"): Limit(timedelta(hours=7), verified=True)}[name, corridor]

    monkeypatch.setattr(module, "limit", of_corridor)
    deadline = module.cus_move_deadline("offer", START, SHELTER, "kh-vn")
    assert (deadline.due, deadline.verified) == (START + timedelta(hours=7), True)

"""A2007-MEMBER: a child is offered to a non-state provider only while its agreement covers child shelter."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from contracts.decision import Accept
from tests.unit.contracts.casework import ELDERLY, POLICE, PROVINCE, SHELTER, Case, refused


def offering(to: str, start: datetime, person: str = "child") -> set[str]:
    case = Case(start)
    case.opened(person=person, place="office")
    data = case.offer(POLICE, to, 2, emergency_reason="disaster")
    decision = case.tries(POLICE, "custody.handover-offered", 2, data)
    return set() if isinstance(decision, Accept) else refused(decision)


@pytest.mark.parametrize(
    ("to", "day", "person", "rules"),
    [
        (SHELTER, (2009, 3, 2), "child", set()),
        (ELDERLY, (2009, 3, 2), "child", {"A2007-MEMBER"}),
        (ELDERLY, (2009, 3, 2), "adult", set()),
        (PROVINCE, (2009, 3, 2), "child", set()),
        (SHELTER, (2009, 12, 31), "child", set()),
        (SHELTER, (2010, 1, 1), "child", {"A2007-MEMBER"}),
        (SHELTER, (2008, 12, 31), "child", {"A2007-MEMBER"}),
        (ELDERLY, (2007, 2, 5), "child", set()),
        (ELDERLY, (2007, 2, 6), "child", {"A2007-MEMBER"}),
    ],
)
def test_offers(to: str, day: tuple[int, int, int], person: str, rules: set[str]) -> None:
    """The agreement of ministries and providers is of 6 February 2007; the shelter's own covers 2009."""
    assert offering(to, datetime(*day, 8, tzinfo=UTC), person) == rules


def test_a_child_that_has_been_received_by_such_a_provider_is_there() -> None:
    """The rule is about offers: what happened to a child is recorded."""
    case = Case()
    custody = case.opened(place="office")
    placed = {"custody": custody, "to": ELDERLY, "place_kind": "shelter", "reason": "disaster"}
    case.says(POLICE, "custody.emergency-placed", 2, placed)
    assert case.state("custody").carer == ELDERLY

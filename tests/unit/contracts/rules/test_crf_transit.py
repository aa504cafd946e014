"""CRF-TRANSIT: a recommendation, so it refuses nothing; what a child did not have before its return is on record."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.guidelines.rules.crf_transit import RULE
from tests.unit.contracts.casework import THAI, TRANSIT, Case, breaches
from tests.unit.contracts.returning import ARRIVED, accepted
from tests.unit.contracts.rules.test_xb_counterpart import TRAVEL, WAITING

BREACH = ("CRF-TRANSIT", "breach")
CROSSING = {"from_country": "TH", "to_country": "KH", "crossing": "poipet"}


def test_a_child_that_waited_in_a_centre_is_returned_without_a_mark() -> None:
    case = Case()
    asked = {"request": accepted(case)}
    case.says(THAI, "repatriation.transit-entered", 40, WAITING | asked)
    case.says(THAI, "repatriation.border-crossed", 90, CROSSING | asked)
    case.says(TRANSIT, "repatriation.received", 91, ARRIVED | asked)


@pytest.mark.parametrize("missing", sorted(WAITING))
def test_each_thing_that_a_centre_lacks_is_a_breach(missing: str) -> None:
    case = Case()
    stay: dict[str, Any] = WAITING | {missing: False, "request": accepted(case)}
    case.says(THAI, "repatriation.transit-entered", 40, stay, BREACH)


def test_a_child_that_did_not_wait_is_returned_with_a_mark_on_each_side() -> None:
    case = Case()
    asked = {"request": accepted(case)}
    case.says(THAI, "repatriation.travel-scheduled", 40, TRAVEL | asked | {"to": TRANSIT})
    case.says(THAI, "repatriation.border-crossed", 90, CROSSING | asked, BREACH)
    case.says(TRANSIT, "repatriation.received", 91, ARRIVED | asked, BREACH)


def test_a_stay_for_another_return_is_not_this_ones() -> None:
    case = Case()
    first = accepted(case)
    case.says(THAI, "repatriation.transit-entered", 40, WAITING | {"request": first})
    second = accepted(case, 50)
    case.says(THAI, "repatriation.border-crossed", 90, CROSSING | {"request": second}, BREACH)


def test_an_adult_may_wait_elsewhere() -> None:
    case = Case()
    asked = {"request": accepted(case, person="adult", gender="Feminine")}
    case.says(THAI, "repatriation.transit-entered", 40, dict.fromkeys(WAITING, False) | asked)
    case.says(THAI, "repatriation.border-crossed", 90, CROSSING | asked)


def test_of_an_unannounced_return_no_stay_is_asked() -> None:
    case = Case()
    assert breaches(case.tries(TRANSIT, "repatriation.received", 1, ARRIVED | {"unannounced": True})) == set()


def test_it_is_a_recommendation() -> None:
    assert (RULE.basis, RULE.effect, RULE.policy) == ("recommendation", "breach", False)

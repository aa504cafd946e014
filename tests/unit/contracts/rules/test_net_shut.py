"""NET-SHUT: an accused agency is shut out of a case by an authority's order, and nothing that it is handed shows it."""

from __future__ import annotations

from typing import Any

import pytest

from contracts import need
from contracts.events import EVENTS
from tests.unit.contracts.casework import (
    COUNCIL,
    COURT,
    HEALTH,
    MINISTRY,
    POLICE,
    PROVINCE,
    SHELTER,
    START,
    THAI,
    Case,
    breaches,
    directory,
    refused,
    waits_for,
)

ORDERS = {"intake.shut-out-ordered", "intake.shut-out-lifted"}
NAMES = sorted(f"{kind.family}.{kind.name}" for kind in EVENTS.values())


def told(case: Case, name: str, *named: str) -> set[str]:
    return set(need.audience(name, named, case.roles, directory(), START.date()))


def held() -> Case:
    """A shelter holds the child."""
    case = Case()
    case.opened(place="office")
    case.handover(POLICE, SHELTER, 2)
    return case


def order(case: Case, by: str = MINISTRY, agency: str = SHELTER, **data: Any) -> str:
    return case.says(by, "intake.shut-out-ordered", 10, {"agency": agency, "reason": "accused"} | data)


@pytest.mark.parametrize("authority", [MINISTRY, COUNCIL])
def test_from_the_order_on_the_agency_is_handed_nothing_of_the_case_named_or_not(authority: str) -> None:
    case = held()
    assert SHELTER in told(case, "custody.died")
    order(case, authority)
    for name in NAMES:
        assert SHELTER not in told(case, name, SHELTER), name
    assert POLICE in told(case, "custody.died")


def test_the_order_is_told_to_those_it_names_and_to_oversight_and_never_to_the_one_it_speaks_of() -> None:
    case = held()
    event = case.event(
        MINISTRY, "intake.shut-out-ordered", 10, {"agency": SHELTER, "reason": "leak", "tells": [POLICE]}
    )
    assert breaches(case.judge(event)) == set()
    named = event.type.named(event.data)
    assert named == (POLICE,)
    assert told(case, event.name, *named) == {POLICE, COUNCIL}


def test_an_accused_authority_is_shut_out_by_the_other_one() -> None:
    case = held()
    order(case, COUNCIL, MINISTRY)
    assert MINISTRY not in told(case, "intake.glass-broken", MINISTRY)
    lifting = {"order": case.events[-1].id, "agency": MINISTRY, "reason": "cleared"}
    assert refused(case.tries(MINISTRY, "intake.shut-out-lifted", 11, lifting)) == {"NET-SHUT"}


@pytest.mark.parametrize("actor", [POLICE, PROVINCE, SHELTER, COURT, THAI, HEALTH])
def test_somebody_without_the_authority_orders_nothing(actor: str) -> None:
    case = held()
    before = case.roles
    wish = {"agency": POLICE if actor == SHELTER else SHELTER, "reason": "accused"}
    assert refused(case.tries(actor, "intake.shut-out-ordered", 10, wish)) == {"NET-SHUT"}
    assert case.roles == before


def test_the_shut_out_agency_is_refused_in_the_same_words_whether_there_is_an_order_or_none() -> None:
    free, shut = held(), held()
    made = order(shut)
    said = {"order": made, "agency": SHELTER, "reason": "cleared"}
    assert free.tries(SHELTER, "intake.shut-out-lifted", 11, said) == shut.tries(
        SHELTER, "intake.shut-out-lifted", 11, said
    )
    wish = {"agency": SHELTER, "reason": "accused"}
    assert free.tries(SHELTER, "intake.shut-out-ordered", 11, wish) == shut.tries(
        SHELTER, "intake.shut-out-ordered", 11, wish
    )


@pytest.mark.parametrize("name", ["custody.missing-reported", "custody.found"])
def test_what_it_says_later_is_recorded_and_judged_as_if_nothing_had_been_ordered(name: str) -> None:
    free, shut = held(), held()
    order(shut)
    facts = {"custody.missing-reported": {"how": "unknown"}, "custody.found": {"place_kind": "street"}}[name]
    said = [
        case.tries(SHELTER, name, 12, {"custody": case.state("custody").opened, "condition": "well"} | facts)
        for case in (free, shut)
    ]
    assert said[0] == said[1]
    assert need.shut_out(free.roles) == set()
    assert need.shut_out(shut.roles) == {SHELTER}


def test_a_role_that_comes_later_opens_nothing() -> None:
    case = held()
    order(case, agency=PROVINCE)
    case.handover(SHELTER, PROVINCE, 20, "office")
    assert PROVINCE in case.roles["custody"]["holder"]
    assert PROVINCE not in told(case, "custody.died", PROVINCE)


def test_when_it_is_lifted_the_agency_gets_what_its_roles_give_and_still_no_order() -> None:
    case = held()
    made = order(case)
    case.says(COUNCIL, "intake.shut-out-lifted", 11, {"order": made, "agency": SHELTER, "reason": "cleared"})
    assert SHELTER in told(case, "custody.died")
    assert SHELTER in told(case, "custody.handover-offered", SHELTER)
    for name in ORDERS:
        assert SHELTER not in told(case, name, SHELTER)
    assert need.shut_out(case.roles) == set()


def test_an_order_does_not_tell_the_one_it_is_about() -> None:
    wish = {"agency": SHELTER, "reason": "accused", "tells": [POLICE, SHELTER]}
    assert refused(held().tries(MINISTRY, "intake.shut-out-ordered", 10, wish)) == {"NET-SHUT"}
    case = held()
    lifting = {"order": order(case), "agency": SHELTER, "reason": "cleared", "tells": [SHELTER]}
    assert refused(case.tries(MINISTRY, "intake.shut-out-lifted", 11, lifting)) == {"NET-SHUT"}


def test_an_order_stands_once_and_is_lifted_once_by_name() -> None:
    case = held()
    made = order(case)
    again = {"agency": SHELTER, "reason": "leak"}
    assert refused(case.tries(COUNCIL, "intake.shut-out-ordered", 11, again)) == {"NET-SHUT"}
    lifting = {"order": made, "agency": SHELTER, "reason": "staff-removed"}
    wrong = lifting | {"agency": POLICE}
    assert refused(case.tries(MINISTRY, "intake.shut-out-lifted", 12, wrong)) == {"NET-SHUT"}
    case.says(MINISTRY, "intake.shut-out-lifted", 12, lifting)
    assert refused(case.tries(MINISTRY, "intake.shut-out-lifted", 13, lifting)) == {"NET-SHUT"}
    case.says(COUNCIL, "intake.shut-out-ordered", 14, again)
    assert need.shut_out(case.roles) == {SHELTER}


def test_what_lifts_an_order_waits_for_it_and_an_order_for_the_report() -> None:
    case = held()
    unknown = {"order": case.events[0].id, "agency": SHELTER, "reason": "cleared"}
    assert waits_for(case.tries(MINISTRY, "intake.shut-out-lifted", 11, unknown)) == "intake.shut-out-ordered"
    wish = {"agency": SHELTER, "reason": "accused"}
    assert waits_for(Case().tries(MINISTRY, "intake.shut-out-ordered", 1, wish)) == "intake.report-received"


def test_a_closed_case_can_be_shut_to_an_agency_too() -> None:
    case = held()
    case.says(SHELTER, "custody.ended", 9, {"custody": case.state("custody").opened, "reason": "duplicate"})
    case.closes(9.5)
    order(case)
    assert need.shut_out(case.roles) == {SHELTER}

"""Need to know: who is handed which event, by the role that they have, however families interleave."""

from __future__ import annotations

import json
from itertools import permutations

import pytest

from contracts import need
from contracts.events import EVENTS
from tests.unit.contracts.casework import (
    BAR,
    COUNCIL,
    ELDERLY,
    FORCES,
    HEALTH,
    MINISTRY,
    POLICE,
    PROVINCE,
    SHELTER,
    START,
    THAI,
    TRANSIT,
    Case,
    directory,
)
from tests.unit.contracts.rules.test_xb_counterpart import RETURN
from tests.unit.contracts.rules.test_xb_need import ASKING, TRACING

NAMES = {f"{kind.family}.{kind.name}" for kind in EVENTS.values()}
JUSTICE = {name for name in NAMES if name.startswith("justice.")}
NOTICE = "justice.testimony-scheduled"


def roles(case: Case) -> need.Roles:
    """The roles after everything that was accepted."""
    return case.roles


def told(case: Case, name: str, *named: str) -> set[str]:
    """Who is handed an event of this name."""
    return set(need.audience(name, named, roles(case), directory(), START.date()))


def in_country() -> Case:
    """Police, a shelter that accepted and took the child in."""
    case = Case()
    case.opened(place="office")
    request = case.says(POLICE, "referral.requested", 2, ASKING)
    case.says(SHELTER, "referral.answered", 3, {"request": request, "answer": "accepted", "capacity": "capacity"})
    case.handover(POLICE, SHELTER, 4)
    return case


def test_the_table_names_events_and_roles_that_exist() -> None:
    table = need.table()
    assert table.keys() <= NAMES
    assert need.ROLE_EVENTS <= NAMES
    given = {"intake.reporter", "referral.asker", "referral.provider", "custody.holder", "custody.offered"}
    given |= {f"repatriation.{role}" for role in ("asking", "asked", "travel", "lead")} | {"directory.oversight"}
    given |= {"justice.authority", "justice.lawyer"}
    assert {entry.partition(":")[0] for entries in table.values() for entry in entries} <= given


def test_nothing_but_a_role_event_changes_roles() -> None:
    case = in_country()
    known: need.Roles = {}
    for event in case.events:
        after = need.fold(known, event, ())
        assert after == known or event.name in need.ROLE_EVENTS
        known = after


def test_folding_gives_a_new_mapping_that_can_be_stored() -> None:
    case = in_country()
    before = roles(case)
    text = json.dumps(before)
    need.fold(before, case.events[0], ())
    assert json.dumps(before) == text


def test_roles_do_not_depend_on_how_families_interleave() -> None:
    case = in_country()
    case.told().says(THAI, "repatriation.requested", 20, RETURN | {"to": MINISTRY})
    case.says(THAI, "repatriation.tracing-requested", 21, TRACING)
    families = {family: [e for e in case.events if e.family == family] for family in {e.family for e in case.events}}
    found = set()
    for order in permutations(families):
        known: need.Roles = {}
        for event in (event for family in order for event in families[family]):
            known = need.fold(known, event, ())
        found.add(json.dumps(known, sort_keys=True))
    assert len(found) == 1


def test_who_asked_learns_the_answer_and_a_stranger_nothing() -> None:
    case = in_country()
    assert told(case, "referral.answered") == {POLICE}
    assert told(case, "intake.risk-assessed") == {POLICE, SHELTER}
    for name in sorted(NAMES):
        assert HEALTH not in told(case, name)
        assert FORCES not in told(case, name)


def test_the_one_that_gave_a_child_on_sees_that_it_arrived_and_then_no_more() -> None:
    case = in_country()
    assert told(case, "custody.entrusted") == {POLICE, SHELTER}
    case.handover(SHELTER, PROVINCE, 100, "office")
    assert told(case, "custody.entrusted") == {SHELTER, PROVINCE}


def test_both_sides_of_a_return_are_told() -> None:
    case = Case()
    case.told().says(THAI, "repatriation.requested", 20, RETURN | {"to": MINISTRY})
    assert told(case, "repatriation.counterpart-answered") == {THAI}
    assert told(case, "repatriation.travel-document-issued") == {THAI, MINISTRY}


def test_the_parties_that_an_event_names_always_get_it_and_unlisted_agencies_never() -> None:
    for name in sorted(NAMES):
        assert told(Case(), name, TRANSIT) >= {TRANSIT}
        assert "kh-nobody" not in told(Case(), name, "kh-nobody")


@pytest.mark.parametrize("name", sorted(name for name in JUSTICE if name != NOTICE))
def test_nothing_of_the_criminal_side_reaches_who_cares_or_answers(name: str) -> None:
    assert told(in_country(), name) <= {COUNCIL}


def test_those_who_care_are_told_that_somebody_is_to_testify_and_justice_hears_of_itself() -> None:
    case = in_country()
    assert told(case, NOTICE) == {SHELTER}
    case.handover(SHELTER, PROVINCE, 100, "office")
    assert told(case, NOTICE) == {PROVINCE}
    case.says(FORCES, "justice.complaint-filed", 110, {"offences": ["trafficking"], "complainant": "victim"})
    case.says(BAR, "justice.legal-aid-appointed", 111, {"provider": ELDERLY})
    assert told(case, NOTICE) == {PROVINCE, FORCES, ELDERLY}
    assert told(case, "justice.verdict-given") == {FORCES, ELDERLY}
    assert told(case, "justice.assistance-answered") == {FORCES}
    for name in sorted(JUSTICE - {NOTICE}):
        assert told(case, name) <= {FORCES, ELDERLY, COUNCIL}


def test_who_may_not_speak_for_justice_gets_no_role_by_it() -> None:
    case = in_country()
    filed = {"offences": ["trafficking"], "complainant": "agency"}
    case.says(HEALTH, "justice.complaint-filed", 110, filed, ("NET-MANDATE", "dispute"))
    assert told(case, "justice.verdict-given") == set()


def test_a_typical_event_has_few_receivers() -> None:
    case = in_country()
    case.told().says(THAI, "repatriation.requested", 20, RETURN | {"to": MINISTRY})
    assert max(len(told(case, name)) for name in NAMES) <= 4
    assert sum(len(told(case, name)) for name in NAMES) / len(NAMES) < 2

"""Whoever knows a case's id may say anything of it: a claim is recorded, and gains its sender nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts import need
from contracts.fields import case_code
from tests.unit.contracts.casework import (
    COUNCIL,
    EXTERNAL,
    FORCES,
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
)
from tests.unit.contracts.rules.test_xb_need import ASKING, TRACING
from tests.unit.contracts.test_custody_table import kept, spans, table

NOBODY = "01890a5d-ac96-774b-bcce-b302099a8057"
DISPUTE, UNPROVEN = ("CUS-HOLDER", "dispute"), ("NET-ORDER", "unproven")


def told(case: Case, name: str) -> set[str]:
    """Who is handed an event of this name, but for oversight."""
    return set(need.audience(name, (), case.roles, directory(), START.date())) - {COUNCIL}


def claims(case: Case) -> dict[str, tuple[dict[str, Any], tuple[tuple[str, str], ...]]]:
    """Everything by which HEALTH, a stranger to the case, may say that it has the child; and how that is marked."""
    custody = case.state("custody").opened
    offer, giver = list(case.state("custody").handovers.items())[-1][0], case.state("custody").rightful[0]
    opening = {"holder": HEALTH, "person": "child", "place_kind": "hospital", "condition": "well"}
    taken = {"custody": custody, "from_agency": POLICE, "place_kind": "hospital", "condition": "well"}
    return {
        "custody.opened": (opening | {"from_report": NOBODY}, (UNPROVEN, ("CUS-ONE", "dispute"))),
        "custody.handover-received": (taken | {"handover": NOBODY}, (UNPROVEN,)),
        "custody.handover-received of another's offer": (taken | {"handover": offer, "from_agency": giver}, (DISPUTE,)),
        "custody.taken-over": (
            taken | {"to": HEALTH, "reason": "abuse", "ordered_by": "court", "paper": "12/09"},
            (("CUS-TAKEOVER", "dispute"),),
        ),
        "custody.emergency-placed": (
            {"custody": custody, "to": HEALTH, "place_kind": "hospital", "reason": "place-unsafe"},
            (DISPUTE,),
        ),
        "custody.entrusted": ({"custody": custody, "to_kind": "kin"}, (DISPUTE, ("CUS-FAMILY", "unproven"))),
        "custody.found": ({"custody": custody, "place_kind": "hospital", "condition": "well"}, (UNPROVEN,)),
    }


def held() -> Case:
    """A shelter holds a child that it offers on to its province."""
    case = Case()
    case.opened()
    case.handover(POLICE, SHELTER, 2)
    case.offered(SHELTER, PROVINCE, 5)
    return case


@pytest.mark.parametrize("name", claims(held()))
def test_a_claim_gains_no_role_lets_nobody_go_and_ends_nothing(name: str) -> None:
    case = held()
    data, marks = claims(case)[name]
    before = case.roles
    case.says(HEALTH, name.split()[0], 6, data, *marks)
    state = case.state("custody")
    assert case.roles == before
    assert SHELTER in state.rightful
    assert HEALTH not in state.rightful
    custody = {"custody": state.opened}
    case.says(HEALTH, "custody.ended", 7, custody | {"reason": "duplicate"}, DISPUTE)
    case.says(HEALTH, "custody.died", 7, custody | {"cause": "illness", "place_kind": "hospital"}, DISPUTE)
    assert not case.state("custody").ended
    assert refused(case.tries(HEALTH, "custody.handover-offered", 8, case.offer(HEALTH, FORCES, 8))) == {"CUS-HOLDER"}


@pytest.mark.parametrize("name", claims(held()))
def test_who_holds_by_right_goes_on_and_its_handover_ends_the_claim(name: str) -> None:
    case = held()
    data, marks = claims(case)[name]
    case.says(HEALTH, name.split()[0], 6, data, *marks)
    offer = list(case.state("custody").handovers)[-1]
    case.says(PROVINCE, "custody.handover-accepted", 7, case.step(offer))
    case.releases(SHELTER, PROVINCE, offer, 8)
    case.receives(PROVINCE, SHELTER, offer, 9, "office")
    state = case.state("custody")
    assert (state.carer, state.responsible, state.claimed) == (PROVINCE, (PROVINCE,), ())


def test_a_claim_of_having_the_child_elsewhere_stops_no_clock() -> None:
    case = Case()
    custody = case.opened()
    running = case.deadlines("custody")
    placed = {"custody": custody, "to": HEALTH, "place_kind": "hospital", "reason": "place-unsafe"}
    case.says(HEALTH, "custody.emergency-placed", 6, placed, DISPUTE)
    assert [(item.rule, item.due) for item in case.deadlines("custody")] == [(it.rule, it.due) for it in running]


@pytest.mark.parametrize("name", claims(held()))
def test_a_claim_of_what_is_to_come_is_refused(name: str) -> None:
    case = held()
    before = case.state("custody")
    event = case.event(HEALTH, name.split()[0], 6, claims(case)[name][0])
    assert refused(case.judge(event, later=-timedelta(hours=1), expired=True)) == {"CUS-TIME"}
    assert case.state("custody") == before


def test_who_may_not_release_begins_no_handover() -> None:
    case = held()
    known = case.state("custody").handovers
    release = case.step(NOBODY, to=FORCES, condition="well")
    case.says(HEALTH, "custody.handover-released", 6, release, UNPROVEN)
    assert case.state("custody").handovers == known
    assert [item.owed_by for item in case.deadlines("custody")] == []


def test_a_claimant_gives_the_child_back_to_who_holds_by_right() -> None:
    case = held()
    data, marks = claims(case)["custody.emergency-placed"]
    case.says(HEALTH, "custody.emergency-placed", 6, data, *marks)
    offer = case.offered(HEALTH, SHELTER, 7)
    case.says(SHELTER, "custody.handover-accepted", 7.5, case.step(offer))
    case.releases(HEALTH, SHELTER, offer, 8)
    case.receives(SHELTER, HEALTH, offer, 9)
    assert (case.state("custody").carer, case.state("custody").responsible) == (SHELTER, (SHELTER,))


def test_a_release_by_who_holds_by_right_makes_a_claim_good() -> None:
    case = held()
    data, marks = claims(case)["custody.handover-received"]
    case.says(HEALTH, "custody.handover-received", 6, data | {"from_agency": SHELTER}, *marks)
    case.says(SHELTER, "custody.handover-released", 7, case.step(NOBODY, to=HEALTH, condition="well"), UNPROVEN)
    state = case.state("custody")
    assert (state.carer, state.responsible, state.claimed) == (HEALTH, (HEALTH,), ())


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from([*claims(held()), "handover", "found"]), max_size=8))
def test_the_auditors_table_and_the_service_agree_on_claims_too(steps: list[str]) -> None:
    case, hours = held(), 10.0
    for step in steps:
        hours += 4
        case.wait("custody", hours)
        (giver, *_) = case.state("custody").rightful
        if step == "handover":
            case.handover(giver, SHELTER if giver == PROVINCE else PROVINCE, hours)
        elif step == "found":
            custody = {"custody": case.state("custody").opened}
            case.tries(giver, "custody.missing-reported", hours, custody | {"how": "unknown"})
            case.tries(HEALTH, "custody.found", hours + 1, custody | {"place_kind": "street", "condition": "well"})
        else:
            case.tries(HEALTH, step.split()[0], hours, claims(case)[step][0], expired=True)
    expected = kept(case.state("custody").holdings, None)
    assert spans(table(case), "care") == expected["care"]
    assert spans(table(case), "responsibility") == expected["responsibility"]


def test_nobody_comes_along_and_speaks_for_one_that_cannot_sign() -> None:
    case = Case()
    case.opened(person="adult", place="office")
    offer = case.offered(POLICE, EXTERNAL, 2)
    attested = {"on_behalf_of": EXTERNAL, "paper": "7/09"}
    case.says(POLICE, "custody.handover-accepted", 3, case.step(offer) | attested)
    case.releases(POLICE, EXTERNAL, offer, 4)
    received = case.step(offer, from_agency=POLICE, condition="well", place_kind="hospital") | attested
    before = case.roles
    case.says(HEALTH, "custody.handover-received", 5, received, ("CUS-GAP", "one-sided"), DISPUTE)
    assert case.roles == before
    case.receives(POLICE, POLICE, offer, 6, "hospital", ("CUS-GAP", "one-sided"), **attested)
    onward = case.offer(EXTERNAL, HEALTH, 8) | attested
    assert refused(case.tries(HEALTH, "custody.handover-offered", 8, onward)) == {"CUS-HOLDER"}
    over = {"custody": case.state("custody").opened, "reason": "duplicate"} | attested
    case.says(HEALTH, "custody.ended", 7, over, DISPUTE)
    release = case.step(offer, to=HEALTH, condition="well") | attested
    case.tries(HEALTH, "custody.handover-released", 7, release)
    assert not case.state("custody").ended
    assert case.state("custody").rightful == (EXTERNAL,)
    assert spans(table(case), "care") == kept(case.state("custody").holdings, None)["care"]
    case.says(POLICE, "custody.handover-offered", 8, onward)


def test_a_chain_opened_on_a_report_of_the_case_takes_the_place_of_one_that_was_not() -> None:
    case = Case()
    report = case.report(post=False)
    opening = {"holder": HEALTH, "person": "child", "place_kind": "hospital", "from_report": NOBODY}
    stolen = case.says(HEALTH, "custody.opened", 1, opening, UNPROVEN)
    placed = {"custody": stolen, "to": FORCES, "place_kind": "office", "reason": "place-unsafe"}
    case.says(HEALTH, "custody.emergency-placed", 2, placed, ("XB-NEED", "unproven"))
    assert told(case, "custody.died") == set()
    own = case.says(POLICE, "custody.opened", 3, opening | {"holder": POLICE, "from_report": report})
    state = case.state("custody")
    assert (state.opened, state.carer, state.rightful) == (own, POLICE, (POLICE,))
    assert told(case, "custody.died") == {POLICE}


def test_a_chain_whose_report_comes_later_is_as_good_as_any() -> None:
    case = Case()
    report = case.event(POLICE, "intake.report-received", 0, _report(case))
    opening = {"holder": POLICE, "person": "child", "place_kind": "office", "from_report": report.id}
    case.says(POLICE, "custody.opened", 1, opening, UNPROVEN)
    assert case.roles == {}
    assert breaches(case.judge(report)) == set()
    case.offered(POLICE, SHELTER, 2)
    assert told(case, "custody.died") == {POLICE}


def test_a_second_report_does_not_make_its_sender_a_party() -> None:
    case = Case()
    case.report(POLICE)
    case.says(HEALTH, "intake.report-received", 1, _report(case), ("NET-ORDER", "dispute"))
    assert told(case, "intake.age-determined") == {POLICE}


def test_only_an_authority_asks_another_country_who_somebody_is() -> None:
    case = Case()
    asked = TRACING | {"to": THAI, "country": "TH"}
    assert refused(case.tries(SHELTER, "repatriation.tracing-requested", 1, asked)) == {"XB-COUNTERPART"}
    case.says(MINISTRY, "repatriation.tracing-requested", 1, asked)


def test_nobody_floods_a_case_with_questions() -> None:
    case = Case()
    ask = ASKING
    for _ in range(100):
        case.says(HEALTH, "referral.requested", 1, ask)
    assert refused(case.tries(HEALTH, "referral.requested", 1, ask)) == {"NET-MANY"}
    case.says(POLICE, "referral.requested", 1, ask)


def _report(case: Case) -> dict[str, Any]:
    known = {"channel": "hotline", "code": case_code(case.id), "found_country": "KH", "person": "child"}
    return known | {"at_police_post": False}

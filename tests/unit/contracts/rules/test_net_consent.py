"""NET-CONSENT: who may consent; and who had received under a consent taken back, each of them, says what it did."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.decision import Accept, Decision
from contracts.guidelines.rules.net_consent import net_consent_debt
from contracts.journeys.intake import unacknowledged
from tests.unit.contracts.casework import (
    FORCES,
    HEALTH,
    MINISTRY,
    POLICE,
    PROVINCE,
    SHELTER,
    START,
    Case,
    breaches,
    refused,
    waits_for,
)

HOURS = 72
SCREENED = {"status": "PossibleVictimOfTrafficking", "organization": "Police", "person": "child"}
DECIDED = {"status": "ActualVictimOfTrafficking", "organization": "Police"}
DISPUTE = ("NET-PARTY", "dispute")


def giving(giver: str) -> dict[str, Any]:
    return {"scope": ["identity-sharing", "services"], "given_by": giver}


def given(case: Case, giver: str = "child", hours: float = 1) -> str:
    return case.says(MINISTRY, "intake.consent-given", hours, giving(giver))


def withdrawing(consent: str, *receivers: str, by: str = "child") -> dict[str, Any]:
    return {"consent": consent, "withdrawn_by": by, "receivers": list(receivers)}


def acknowledge(case: Case, agency: str, withdrawal: str, hours: float, to: str = MINISTRY) -> Decision:
    data = {"withdrawal": withdrawal, "to": to, "done": "deleted"}
    return case.tries(agency, "intake.withdrawal-acknowledged", hours, data)


def opened(person: str = "child") -> Case:
    case = Case()
    case.report(person=person)
    return case


def grown() -> Case:
    case = opened("adult")
    case.says(POLICE, "intake.age-determined", 0.5, {"result": "adult", "evidence": ["identity-card"]})
    return case


@pytest.mark.parametrize("giver", ["child", "parent", "guardian", "representative"])
def test_a_child_or_who_acts_for_it_consents(giver: str) -> None:
    case = opened()
    event = given(case, giver)
    consent = case.state("intake").consents[event]
    assert (consent.given_by, consent.by, consent.status) == (giver, MINISTRY, "given")
    assert consent.scope == ("identity-sharing", "services")


@pytest.mark.parametrize(
    ("giver", "child", "adult"),
    [
        ("self", {"D107-AGE"}, set()),
        ("representative", set(), set()),
        ("child", set(), {"NET-CONSENT"}),
        ("parent", set(), {"NET-CONSENT"}),
        ("guardian", set(), {"NET-CONSENT"}),
    ],
)
def test_an_adult_speaks_for_themself_and_nobody_does_who_is_not_known_to_be_one(
    giver: str, child: set[str], adult: set[str]
) -> None:
    for case, expected in ((opened("unknown"), child), (grown(), adult)):
        decision = case.tries(MINISTRY, "intake.consent-given", 1, giving(giver), expired=True)
        assert isinstance(decision, Accept) if not expected else refused(decision) == expected


@pytest.mark.parametrize(
    ("name", "data"), [("intake.screening-recorded", SCREENED), ("intake.identification-decided", DECIDED)]
)
def test_a_parent_of_a_suspect_family_consents_to_nothing(name: str, data: dict[str, Any]) -> None:
    case = opened()
    parents, childs = given(case, "parent"), given(case, "child")
    case.says(POLICE, name, 2, data | {"relationship": "Familial"})
    assert refused(case.tries(MINISTRY, "intake.consent-given", 3, giving("parent"))) == {"NET-CONSENT"}
    consents = case.state("intake").consents
    assert (consents[parents].status, consents[childs].status) == ("lapsed", "given")
    for giver in ("child", "guardian", "representative"):
        given(case, giver, 4)
    case.says(POLICE, "intake.screening-recorded", 5, SCREENED | {"relationship": "Acquainted"})
    assert refused(case.tries(MINISTRY, "intake.consent-given", 6, giving("parent"))) == {"NET-CONSENT"}
    case.says(POLICE, "intake.identification-decided", 7, DECIDED)
    assert refused(case.tries(MINISTRY, "intake.consent-given", 8, giving("parent"))) == {"NET-CONSENT"}
    case.says(POLICE, "intake.identification-decided", 9, DECIDED | {"relationship": "Acquainted"})
    given(case, "parent", 10)


def test_nor_does_such_a_parent_take_one_back() -> None:
    case = opened()
    consent = given(case, "guardian")
    case.says(POLICE, "intake.screening-recorded", 2, SCREENED | {"relationship": "Familial"})
    taken = case.tries(SHELTER, "intake.consent-withdrawn", 3, withdrawing(consent, POLICE, by="parent"))
    assert breaches(taken) == {("NET-CONSENT", "breach")}
    assert case.state("intake").consents[consent].status == "given"
    assert case.deadlines("intake") == ()
    case.says(SHELTER, "intake.consent-withdrawn", 4, withdrawing(consent, POLICE, by="guardian"))
    assert case.state("intake").consents[consent].status == "withdrawn"


def test_every_agency_that_had_received_is_asked_and_the_one_that_says_nothing_is_seen() -> None:
    case = opened()
    consent = given(case)
    withdrawal = case.says(
        MINISTRY, "intake.consent-withdrawn", 10, withdrawing(consent, SHELTER, HEALTH, PROVINCE, MINISTRY, HEALTH)
    )
    running = case.deadlines("intake")
    assert {item.owed_by for item in running} == {SHELTER, HEALTH, PROVINCE}
    assert {(item.rule, item.due, item.verified) for item in running} == {("NET-CONSENT", case.at(10 + HOURS), False)}
    assert len({item.cause for item in running}) == 3
    assert breaches(acknowledge(case, SHELTER, withdrawal, 20)) == set()
    assert unacknowledged(case.state("intake").withdrawals) == {withdrawal: (HEALTH, PROVINCE)}
    assert breaches(acknowledge(case, HEALTH, withdrawal, 10 + HOURS)) == set()
    (last,) = case.deadlines("intake")
    assert last.owed_by == PROVINCE
    case.wait("intake", 11 + HOURS)
    assert case.deadlines("intake") == ()
    assert case.events[-1].type.name == "deadline-passed"
    assert unacknowledged(case.state("intake").withdrawals) == {withdrawal: (PROVINCE,)}
    assert breaches(acknowledge(case, PROVINCE, withdrawal, 200)) == set()
    assert unacknowledged(case.state("intake").withdrawals) == {}


@pytest.mark.parametrize(("hours", "marks"), [(HOURS, set()), (HOURS + 1, {("NET-CONSENT", "breach")})])
def test_an_acknowledgement_in_the_last_hour_is_in_time(hours: int, marks: set[tuple[str, str]]) -> None:
    case = opened()
    withdrawal = case.says(MINISTRY, "intake.consent-withdrawn", 2, withdrawing(given(case), SHELTER))
    assert breaches(acknowledge(case, SHELTER, withdrawal, 2 + hours)) == marks


def test_who_had_not_received_acknowledges_nothing() -> None:
    case = opened()
    withdrawal = case.says(MINISTRY, "intake.consent-withdrawn", 2, withdrawing(given(case), SHELTER))
    assert breaches(acknowledge(case, FORCES, withdrawal, 3)) == {DISPUTE}
    assert breaches(acknowledge(case, MINISTRY, withdrawal, 3)) == {DISPUTE}
    assert unacknowledged(case.state("intake").withdrawals) == {withdrawal: (SHELTER,)}
    assert breaches(acknowledge(case, SHELTER, withdrawal, 4, to=FORCES)) == {("NET-PARTY", "breach")}
    assert breaches(acknowledge(case, SHELTER, withdrawal, 5)) == {("NET-PARTY", "breach")}
    assert case.state("intake").withdrawals[withdrawal].acknowledged == (SHELTER,)


def test_a_consent_is_waited_for_and_what_never_comes_is_a_claim() -> None:
    case = opened()
    unknown = case.event(MINISTRY, "intake.consent-given", 1, giving("child"))
    taken = case.event(MINISTRY, "intake.consent-withdrawn", 2, withdrawing(unknown.id, SHELTER))
    assert waits_for(case.judge(taken)) == "intake.consent-given"
    assert waits_for(acknowledge(case, SHELTER, taken.id, 3)) == "intake.consent-withdrawn"
    assert breaches(case.judge(taken, expired=True)) == {("NET-ORDER", "unproven")}
    assert case.state("intake").withdrawals == {}


def test_a_consent_is_taken_back_in_a_closed_case_too() -> None:
    case = opened()
    consent = given(case)
    case.closes(3)
    withdrawal = case.says(MINISTRY, "intake.consent-withdrawn", 4, withdrawing(consent, SHELTER))
    assert len(case.deadlines("intake")) == 1
    assert breaches(acknowledge(case, SHELTER, withdrawal, 5)) == set()
    assert refused(case.tries(MINISTRY, "intake.consent-given", 6, giving("child"))) == {"NET-ORDER"}


def test_a_consent_that_was_entered_in_error_is_corrected_by_its_sender() -> None:
    case = opened()
    consent = given(case)
    wrong = {"corrects": consent, "reason": "entered-in-error"}
    case.says(SHELTER, "intake.corrected", 2, wrong, DISPUTE)
    assert case.state("intake").consents[consent].status == "given"
    case.says(MINISTRY, "intake.corrected", 3, wrong)
    assert case.state("intake").consents[consent].status == "corrected"


def test_each_withdrawal_and_each_agency_has_a_debt_of_its_own() -> None:
    debts = {net_consent_debt(withdrawal, START, agency) for withdrawal in ("w1", "w2") for agency in (SHELTER, POLICE)}
    assert len(debts) == 4

"""What is kept back: from an agency that is shut out, everything; from one that an event does not name, the sealed."""

from __future__ import annotations

from typing import Any

from contracts.fields import case_code
from contracts.identifiers import new_id
from contracts.messages import Answer, Delivery, Verdict
from infra.kernel.records import DELIVERY, KIND, SEALED
from tests.unit.kernel.desk import POLICE, SHELTER, START, Desk

MINISTRY, HEALTH = "kh-mosvy", "kh-moh"
BY = {"reason": "accused"}


def mailbox(desk: Desk, agency: str, kind: str) -> list[Any]:
    """What went to an agency's mailbox."""
    return [
        item
        for item in desk.tables.outbox.values()
        if item.topic == f"mailbox.{agency}.v1" and item.headers.get(KIND) == kind
    ]


def report(case: str) -> dict[str, Any]:
    known = {"channel": "hotline", "code": case_code(case), "found_country": "KH", "person": "child"}
    return known | {"at_police_post": False}


async def test_the_mailbox_of_the_shut_out_agency_has_nothing_of_the_case_and_no_gap() -> None:
    desk, case, other = Desk("intake"), new_id(START), new_id(START)
    ordering = desk.record(MINISTRY, "intake.shut-out-ordered", case, {"agency": SHELTER, "tells": [POLICE]} | BY)
    care = {"guardian": "provider", "legal_status": "national", "charge": False, "guardian_agency": SHELTER}
    said = await desk.outcomes(
        desk.record(POLICE, "intake.report-received", case, report(case)),
        desk.record(POLICE, "intake.report-received", other, report(other)),
        ordering,
        desk.record(POLICE, "intake.interim-care-arranged", case, care),
        desk.record(POLICE, "intake.interim-care-arranged", other, care),
    )
    assert said == ["accepted"] * 5
    assert len(mailbox(desk, POLICE, "delivery")) == 1
    (only,) = mailbox(desk, SHELTER, "delivery")
    delivery = Delivery.unverified(only.headers[DELIVERY])
    assert (only.key, delivery.number, delivery.follows) == (other, 1, ())


async def test_what_it_sends_is_recorded_and_answered_without_details() -> None:
    answers = {}
    for shut in (False, True):
        desk, case = Desk("intake"), new_id(START)
        records = [desk.record(POLICE, "intake.report-received", case, report(case))]
        if shut:
            records.append(desk.record(MINISTRY, "intake.shut-out-ordered", case, {"agency": SHELTER} | BY))
        records.append(desk.record(SHELTER, "intake.report-received", case, report(case)))
        assert (await desk.outcomes(*records))[-1] == "accepted"
        (answer,) = mailbox(desk, SHELTER, "answer")
        answers[shut] = Answer.unverified(answer.value.decode())
        verdicts = [it for it in desk.tables.outbox.values() if it.headers.get(KIND) == "verdict"]
        assert [mark.rule for mark in Verdict.unverified(verdicts[-1].value.decode()).breaches] == ["NET-ORDER"]
    assert [mark.rule for mark in answers[False].breaches] == ["NET-ORDER"]
    assert answers[True].breaches == ()
    assert answers[True].outcome == "accepted"


async def test_what_is_sealed_goes_to_those_named_and_not_beside_the_facts_to_others() -> None:
    desk, case = Desk("intake"), new_id(START)
    care = {"guardian": "provider", "legal_status": "national", "charge": False, "guardian_agency": SHELTER}
    notes = ("care-notes", {"allergies": ["penicillin"]}, (SHELTER,))
    said = await desk.outcomes(
        desk.record(POLICE, "intake.report-received", case, report(case)),
        desk.record(HEALTH, "intake.glass-broken", case, {"reason": "medical-emergency", "reviewer": MINISTRY}),
        desk.record(POLICE, "intake.interim-care-arranged", case, care, sealed=notes, directory=desk.hand.directory),
    )
    assert said == ["accepted"] * 3
    (named,), opened = mailbox(desk, SHELTER, "delivery"), mailbox(desk, HEALTH, "delivery")
    assert SEALED in named.headers
    assert named.value in [item.value for item in opened]
    assert not any(SEALED in item.headers for item in opened)

"""What the audit makes of the other services' topics: nothing accepted is lost, and nothing is believed unchecked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from contracts.directory import RevocationEntry, entry
from contracts.envelope import read
from contracts.identifiers import new_id
from contracts.messages import Acceptance, Verdict
from infra.kernel.following import AHEAD, SLACK
from infra.kernel.records import ACCEPTANCE, COUNTERSIGNATURE
from infra.simulation.world import service_kid, world
from tests.unit.audit.office import Audit, accepted, request, resigned, without
from tests.unit.kernel.desk import LONG_AGO, POLICE, SHELTER, START, Desk, countersigned


@pytest.mark.parametrize("kid", [service_kid("referral"), world().agencies[POLICE].signing_kid])
async def test_what_the_directory_does_not_tell_yet_is_waited_for(kid: str) -> None:
    audit = Audit()
    whole = audit.keyring.directory
    audit.keyring.directory, audit.keyring.coming = without(whole, kid), [without(whole, kid), whole]
    events, answers = await accepted(request())
    await audit.reads(*events, *answers)
    assert audit.keyring.waits == 2
    assert len(audit.logged()) == len(audit.books.outcomes) == 1


@pytest.mark.parametrize("stamped", [True, False])
async def test_an_acceptance_by_an_entry_that_was_not_read_is_waited_for_long(stamped: bool) -> None:
    audit = Audit()
    whole = audit.keyring.directory
    lags = replace(whole, sequence=whole.sequence - 1, head_at=START + AHEAD)
    audit.keyring.directory, audit.keyring.coming = lags, [replace(lags), replace(lags), whole]
    events, _ = await accepted(request())
    await audit.reads(*(event if stamped else replace(event, timestamp=0) for event in events))
    assert (audit.keyring.waits, len(audit.logged())) == (3, 1)
    assert audit.findings() == [], "judged by the directory that it names"


async def test_an_entry_that_there_will_never_be_stops_nobody_for_ever() -> None:
    audit = Audit()
    whole = audit.keyring.directory
    audit.keyring.directory = replace(whole, sequence=whole.sequence - 1, head_at=START + 2 * AHEAD)
    (event,), _ = await accepted(request())
    await audit.reads(event)
    assert (audit.keyring.waits, audit.logged()) == (0, [])


async def test_what_a_newer_head_does_not_tell_either_is_nobodys() -> None:
    audit = Audit()
    later = START + timedelta(seconds=2) + SLACK
    audit.keyring.directory = replace(without(audit.keyring.directory, service_kid("referral")), head_at=later)
    events, answers = await accepted(request())
    await audit.reads(*events, *answers)
    assert (audit.keyring.waits, audit.logged(), audit.books.outcomes) == (0, [], {})


@pytest.mark.parametrize(("ago", "believed"), [(timedelta(minutes=1), False), (-timedelta(minutes=1), True)])
async def test_a_service_signs_with_a_key_that_is_valid_then(ago: timedelta, believed: bool) -> None:
    audit = Audit()
    revoked = entry(
        audit.keyring.directory, RevocationEntry(kid=service_kid("referral"), revoked_at=START - ago), START
    )
    events, answers = await accepted(request())
    audit.keyring.directory = replace(
        audit.keyring.directory.extend(revoked, revoked.body()), sequence=audit.keyring.directory.sequence
    )
    await audit.reads(*events, *answers)
    assert len(audit.logged()) == len(audit.books.outcomes) == believed


async def test_a_service_answers_for_its_own_families_alone() -> None:
    audit = Audit()
    _, (answer,) = await accepted(request())
    await audit.reads(replace(answer, topic="intake.answers.v1"))
    named = resigned(Verdict.unverified((answer.value or b"").decode()), "referral", service="intake")
    await audit.reads(replace(answer, value=named))
    assert audit.books.outcomes == {}


@pytest.mark.parametrize(
    ("signer", "said"), [("intake", {}), ("referral", {"service": "intake"}), ("referral", {"directory": -1})]
)
async def test_a_service_accepts_for_its_own_families_alone(signer: str, said: dict[str, Any]) -> None:
    audit = Audit()
    (event,), _ = await accepted(request())
    headers: dict[str, bytes | None] = dict(event.headers)
    acceptance = Acceptance.unverified(event.header(ACCEPTANCE) or "")
    for by, changed in ((signer, said), ("referral", {})):
        assert audit.logged() == []
        headers[ACCEPTANCE] = resigned(acceptance, by, **changed)
        await audit.reads(replace(event, headers=tuple(headers.items())))
    assert len(audit.logged()) == 1, "the right one is believed"


async def test_a_second_signature_that_the_service_only_claims_is_not_believed() -> None:
    audit = Audit()
    (event,), _ = await accepted(countersigned(request(time=LONG_AGO), SHELTER))
    headers = tuple(item for item in event.headers if item[0] != COUNTERSIGNATURE)
    await audit.reads(replace(event, headers=headers))
    assert audit.logged() == []
    await audit.reads(event)
    assert len(audit.logged()) == 1
    assert audit.findings() == [], "judged by the same two signatures"


@pytest.mark.parametrize("one_id", [True, False])
@pytest.mark.parametrize("together", [True, False])
async def test_two_events_under_one_sequence_are_both_logged_and_found(together: bool, one_id: bool) -> None:
    audit, taken = Audit(), new_id(START)
    (first,), _ = await accepted(request(event_id=taken))
    (second,), _ = await accepted(
        request(event_id=taken if one_id else new_id(START), time=START - timedelta(minutes=3))
    )
    await audit.reads(*([first, second, first] if together else [first]))
    if not together:
        assert audit.findings() == []
        await audit.reads(first)
        assert audit.findings() == [], "written once more by a relay"
        await audit.reads(second)
        await audit.reads(second, first)
    ids = [read(record.value or b"").id for record in (first, second)]
    assert audit.logged() == ids
    assert audit.findings() == [("AUDIT-SEQUENCE", "disagreement", ids[1])]


async def test_an_id_with_other_facts_is_found_once() -> None:
    audit, desk, taken = Audit(), Desk("referral"), new_id(START)
    other = request(event_id=taken, time=START - timedelta(minutes=3))
    events, answers = await accepted(request(event_id=taken), other, desk=desk)
    await audit.reads(*events, *answers)
    assert audit.findings() == [("EVENT-ID", "breach", taken)]
    await audit.reads(*answers)
    assert audit.findings() == [("EVENT-ID", "breach", taken)]
    assert ACCEPTANCE in dict(events[0].headers)

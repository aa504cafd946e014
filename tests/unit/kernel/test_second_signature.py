"""What a second agency signs, and how much of one agency's waits in a case: the kernel's side."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from contracts.identifiers import new_id
from contracts.messages import Acceptance, Verdict
from infra.client.agency import Agency
from infra.kernel.ports import Unavailable
from infra.kernel.records import ACCEPTANCE, COUNTERSIGNATURE, KIND, Record
from infra.kernel.submission import MANY
from infra.simulation.world import world
from tests.unit.kernel.desk import KEYS, LONG_AGO, POLICE, REQUEST, SHELTER, START, Desk, countersigned

CASE = new_id(START)


def verdicts(desk: Desk) -> list[Verdict]:
    """What was answered, in order."""
    said = [item for item in desk.tables.outbox.values() if item.headers.get(KIND) == "verdict"]
    return [Verdict.unverified(item.value.decode()) for item in said]


def acceptances(desk: Desk) -> list[str | None]:
    """Who signed beside the source of each event that was accepted."""
    tokens = [item.headers[ACCEPTANCE] for item in desk.tables.outbox.values() if ACCEPTANCE in item.headers]
    return [Acceptance.unverified(token).countersigner for token in tokens]


async def test_an_old_proposal_needs_a_second_agency_and_its_acceptance_names_it() -> None:
    desk = Desk("referral")
    alone = desk.record(POLICE, "referral.requested", CASE, REQUEST, time=LONG_AGO)
    both = desk.record(POLICE, "referral.requested", CASE, REQUEST, time=LONG_AGO)
    both = countersigned(both, SHELTER)
    await desk.kernel.batch([alone, both])
    assert [verdict.outcome for verdict in verdicts(desk)] == ["refused", "accepted"]
    assert acceptances(desk) == [SHELTER]


@pytest.mark.parametrize(("agency", "spoiled"), [(SHELTER, True), (POLICE, False)])
async def test_a_second_signature_that_does_not_hold_is_refused(agency: str, spoiled: bool) -> None:
    desk = Desk("referral")
    record = desk.record(POLICE, "referral.requested", CASE, REQUEST)
    good = desk.record(POLICE, "referral.requested", CASE, REQUEST)
    await desk.kernel.batch([countersigned(record, agency, spoiled=spoiled), good])
    refused, accepted = verdicts(desk)
    assert (refused.outcome, [problem.field for problem in refused.problems]) == ("refused", [COUNTERSIGNATURE])
    assert accepted.outcome == "accepted"


async def test_so_much_of_one_agency_waits_in_a_case_and_no_more() -> None:
    desk = Desk("referral")
    orphan = {"request": new_id(START), "answer": "accepted", "capacity": "capacity"}
    records = [desk.record(SHELTER, "referral.answered", CASE, orphan) for _ in range(MANY + 1)]
    other = desk.record(POLICE, "referral.answered", CASE, orphan)
    await desk.kernel.batch([*records, other])
    outcomes = [verdict.outcome for verdict in verdicts(desk)]
    assert outcomes == ["parked"] * MANY + ["refused", "parked"]
    (problem,) = verdicts(desk)[MANY].problems
    assert (problem.rule, "referral.requested" in problem.remedy) == ("NET-WAITING", True)
    await desk.kernel.batch([replace(records[-1], offset=99)])
    assert verdicts(desk)[-1].outcome == "refused", "it may come again: it is no duplicate"


@pytest.mark.parametrize("fails", [0, 1, 2])
async def test_whose_name_was_used_is_told_once_however_often_the_database_fails(fails: int) -> None:
    desk = Desk("referral")
    forger = Agency(POLICE, KEYS.signer(world().agencies[SHELTER].signing_kid))
    batch = []
    for number in range(3):
        made = forger.prepare("referral.requested", case=CASE, data=REQUEST, event_id=new_id(START), time=START)
        batch.append(Record(made.topic, 0, number, made.key.encode(), made.body, tuple(made.headers)))
    whole, left = desk.kernel.store.transaction, [fails]

    @asynccontextmanager
    async def failing() -> AsyncIterator[Any]:
        async with whole() as transaction:
            yield transaction
            left[0] -= 1
            if left[0] >= 0:
                raise Unavailable from OSError()

    desk.kernel.store.transaction = failing  # type: ignore[method-assign]
    await desk.kernel.batch(batch)
    await desk.kernel.batch([replace(record, offset=record.offset + 10) for record in batch])
    kinds = [item.headers.get(KIND) for item in desk.tables.outbox.values()]
    assert kinds.count("notice") == 1
    assert kinds.count("verdict") == 6

"""A network goes on with a replay's data: the cases of the year that was played rest, and what is new is dealt with."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from contracts.fields import case_code
from contracts.identifiers import new_id
from infra.client.http import Service
from infra.network import Network
from infra.simulation.caseload import small
from infra.simulation.chance import Chance
from infra.simulation.replay import members, replay, write_credentials

from .asking import auditor, logged, outcome, sent

SEED = 6
"""Two returns under way: in one of them both a referral's and a tracing's answer is owed, in the other a tracing's."""
POLICE = "kh-moi-ahtjp"
PASSED = ".deadline-passed"


async def test_what_was_due_in_a_replay_rests_until_somebody_speaks_of_the_case(tmp_path: Path) -> None:
    chance = Chance.of(SEED)
    async with Network(tmp_path, members(chance), replay=True) as network:
        write_credentials(network, chance)
        await replay(network, chance, small({}, 0, 0, under_way=2), faults=False)
        async with auditor(tmp_path) as audit:
            before = await logged(audit)
            owed = {case: await open_families(audit, case) for case in {item.event.case for item in before}}
    assert not [item for item in before if item.event.name.endswith(PASSED)]
    rests, spoken = sorted(owed, key=lambda case: -len(owed[case]))
    assert (owed[rests], owed[spoken]) == ({"referral", "repatriation"}, {"repatriation"})

    async with Network(tmp_path, members(chance)) as network, auditor(tmp_path) as audit:
        write_credentials(network, chance)
        now = datetime.now(UTC)
        fresh = new_id(now)
        facts = {"channel": "hotline", "code": case_code(fresh), "found_country": "KH", "person": "adult"}
        place = await sent(tmp_path, POLICE, "intake.report-received", fresh, facts | {"at_police_post": False})
        assert await outcome(audit, place) == "accepted"
        # Somebody speaks of one of the two cases: what was owed in it is late by the wall clock, and in the other not.
        asked = next(
            item for item in before if item.event.case == spoken and item.event.name == "repatriation.tracing-requested"
        )
        low = {"level": "low"}
        place = await sent(tmp_path, asked.event.actor, "repatriation.risk-assessed", spoken, low)
        assert await outcome(audit, place) == "accepted"
        for _ in range(40):
            passed = [item.event.case for item in await logged(audit) if item.event.name.endswith(PASSED)]
            if passed:
                break
            await asyncio.sleep(0.25)
        assert passed == [spoken]
        assert await open_families(audit, rests) == owed[rests]


async def open_families(audit: Service, case: str) -> set[str]:
    """The families in which something is owed in a case; all of it was due long ago."""
    deadlines = (await audit.get(f"/v1/cases/{case}"))["deadlines"]
    assert all(datetime.fromisoformat(item["due"]).year == 2010 for item in deadlines)
    return {item["family"] for item in deadlines}

"""A finding lives on a live network: raised, answered by whom it is about, judged by another, and seen in the trace."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from contracts.fields import case_code
from contracts.identifiers import new_id
from infra.client.http import Service
from infra.network import Network
from infra.simulation.chance import Chance
from infra.simulation.replay import members, write_credentials
from services.audit.trace import Trace

from .asking import AUDITOR, auditor, logged, outcome, sent

POLICE, SHELTER = "kh-moi-ahtjp", "kh-ngo-shelter-capital"


async def test_a_finding_is_answered_and_judged_over_kafka(tmp_path: Path) -> None:
    chance = Chance.of("findings")
    async with Network(tmp_path, members(chance)) as network:
        write_credentials(network, chance)
        async with auditor(tmp_path) as audit:
            case = new_id(datetime.now(UTC))
            facts = {"channel": "hotline", "code": case_code(case), "found_country": "KH", "person": "child"}
            report = facts | {"at_police_post": False}
            assert await outcome(
                audit, await sent(tmp_path, POLICE, "intake.report-received", case, report, ago=72)
            ) == ("accepted")
            (found,) = await findings(audit, case)
            assert (found["rule"], found["owner"], found["turn"], found["state"]) == (
                "CUS-TIME",
                POLICE,
                POLICE,
                "raised",
            )

            reply = {"finding": found["id"], "reply": "explained", "grounds": ["network-down"]}
            judged = {"finding": found["id"], "outcome": "upheld", "to": POLICE}
            for agency, name, said, answer in (
                (SHELTER, "finding-answered", reply, "refused"),
                (AUDITOR, "finding-resolved", judged, "refused"),
                (POLICE, "finding-answered", reply, "accepted"),
                (POLICE, "finding-resolved", judged | {"to": None}, "refused"),
                (AUDITOR, "finding-resolved", judged, "accepted"),
            ):
                facts = {key: value for key, value in said.items() if value is not None}
                assert await outcome(audit, await sent(tmp_path, agency, f"audit.{name}", case, facts)) == answer, name
            (found,) = await findings(audit, case)
            assert (found["state"], found["reply"], found["outcome"], found["judged_by"]) == (
                "resolved",
                "explained",
                "upheld",
                AUDITOR,
            )


async def findings(audit: Service, case: str) -> tuple[Any, ...]:
    """The findings of a case, once the audit has read everything."""
    await logged(audit)
    return Trace.of(await audit.get(f"/v1/cases/{case}"), datetime.now(UTC)).findings

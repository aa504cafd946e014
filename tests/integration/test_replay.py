"""Replays on real servers: another caseload, the same one under blows, and one in which an agency keeps silent."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from infra.kafka.topology import SERVICES
from infra.network import Network
from infra.report.collect import collect
from infra.report.table import compared, met
from infra.simulation.caseload import Caseload, small
from infra.simulation.chance import Chance
from infra.simulation.driver import Driver
from infra.simulation.replay import members, replay, write_credentials

SEED = "another year"
COUNTRIES, CHILDREN, IN_COUNTRY = {"TH": 2, "VN": 3, "MY": 1}, 3, 2
KNOWN = {
    "year": 2009,
    "repatriated": {"total": sum(COUNTRIES.values()), "children": CHILDREN, "by_country": COUNTRIES},
    "in_country": {"total": IN_COUNTRY},
}
SILENT = "vn-social"
"""It opens the custody of a child found in Viet Nam, so without its word nobody is known to have had the child."""


def caseload(withhold: frozenset[str] = frozenset()) -> Caseload:
    """Another one than the published: other totals."""
    return small(COUNTRIES, CHILDREN, IN_COUNTRY, withhold)


async def run(directory: Path, cases: Caseload, copies: int = 1, *, kill: bool = False) -> Mapping[str, Any]:
    """One replay on a network of its own; with `kill`, a copy of each service is killed on the way. Its report."""
    chance = Chance.of(SEED)
    async with Network(directory, members(chance), replay=True, copies=copies) as network:
        write_credentials(network, chance)

        marks = {30 * number: asyncio.Event() for number in range(1, len(SERVICES) + 1)}

        def progress(done: int, total: int, accepted: int) -> None:
            for count, mark in marks.items():
                if accepted >= count:
                    mark.set()

        async def blows(_: Driver) -> None:
            for mark, service in zip(marks.values(), SERVICES, strict=True):
                await mark.wait()
                await network.restart(service)

        outcome = await replay(network, chance, cases, progress=progress, beside=blows if kill else None)
        reader = await collect(network.directory, journal=outcome.journal)
        return reader.report(outcome.seconds)


@pytest.fixture(scope="module")
async def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """The report of the caseload, replayed by one copy of each service."""
    return await run(tmp_path_factory.mktemp("undisturbed"), caseload())


async def test_another_caseload_gives_other_totals(undisturbed: Mapping[str, Any]) -> None:
    assert met(undisturbed, KNOWN), compared(undisturbed, KNOWN)
    assert undisturbed["events"]["accepted"] == undisturbed["mailboxes"]["receipts"] > 150
    assert undisturbed["events"]["not_logged"] == 0
    assert {kind for kind, found in undisturbed["faults"].items() if found["sent"]} >= {"doubled", "wrongly-signed"}


async def test_two_copies_and_a_kill_of_each_service_change_nothing(
    undisturbed: Mapping[str, Any], tmp_path: Path
) -> None:
    disturbed = await run(tmp_path, caseload(), 2, kill=True)
    assert met(disturbed, KNOWN), compared(disturbed, KNOWN)
    assert disturbed["sets"] == undisturbed["sets"]
    counts = ("accepted", "refused", "dead_lettered", "unanswered", "not_logged", "deadlines_passed", "findings")
    assert {name: disturbed["events"][name] for name in counts} == {
        name: undisturbed["events"][name] for name in counts
    }


async def test_what_an_agency_withholds_is_missing_from_the_report(
    undisturbed: Mapping[str, Any], tmp_path: Path
) -> None:
    lacking = await run(tmp_path, caseload(frozenset({SILENT})))
    assert not met(lacking, KNOWN)
    assert lacking["custody"]["gaps"] + lacking["accompaniment"]["gaps"] > 0
    assert lacking["events"]["unanswered"] == 0
    assert lacking["sets"]["accepted"] != undisturbed["sets"]["accepted"]

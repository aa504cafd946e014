"""Seeded runs of the whole network in memory, disturbed and not: the same outcome, nothing lost, nothing twice."""

from __future__ import annotations

import os
from collections import Counter
from random import Random

import pytest

from infra.simulation.caseload import small
from infra.simulation.run import Disturbance, differences, simulate
from services.audit.books import MemoryBooks

from .offices import offices

RUNS = int(os.environ.get("SAFEPASSAGE_RUNS", "500"))
"""How many seeds. A failing seed and the commit make the run again: SAFEPASSAGE_SEED=seed pytest tests/simulation."""
CASELOADS = (
    {"by_country": {"TH": 1}, "children": 1, "in_country": 0},
    {"by_country": {"VN": 1}, "children": 0, "in_country": 1},
    {"by_country": {}, "children": 0, "in_country": 2},
    {"by_country": {"MY": 1}, "children": 1, "in_country": 0, "under_way": 1},
)
BLOCKS = 20
FAULTS = ("crash", "crash in a transaction", "redelivery", "failed write", "write reported as failed")


@pytest.mark.parametrize("block", range(BLOCKS))
def test_whatever_happens_the_outcome_is_the_same(block: int) -> None:
    only = os.environ.get("SAFEPASSAGE_SEED")
    seeds = [int(only)] if only is not None else range(block * RUNS // BLOCKS, (block + 1) * RUNS // BLOCKS)
    happened: Counter[str] = Counter()
    failed = {seed: found for seed in seeds if (found := violations(seed, happened))}
    assert not failed
    # A single run may be spared one of them; among so many a fault that never comes is one that is not made.
    assert len(seeds) < 10 or min(happened[fault] for fault in FAULTS) > 0, happened


def violations(seed: int, happened: Counter[str]) -> list[str]:
    chance = Random(seed)
    caseload = small(**CASELOADS[seed % len(CASELOADS)])
    books = MemoryBooks()
    calm = simulate(seed, caseload, Disturbance(), offices(MemoryBooks()))
    disturbed = simulate(seed, caseload, Disturbance.of(chance), offices(books))
    happened.update(disturbed.happened)
    found = differences(calm, disturbed)
    found += ["a calm run was disturbed"] if sum(calm.happened.values()) else []
    if books.waiting:
        found.append("the audit could not judge everything")
    disagreed = [item for item, _ in books.log.records.values() if b'"disagreement"' in item.body]
    if disagreed:
        found.append(f"{len(disagreed)} judgements of the audit disagree")
    return found

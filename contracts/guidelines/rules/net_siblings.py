"""NET-SIBLINGS: brothers and sisters who were found together are not parted without a reason."""

from __future__ import annotations

from collections.abc import Collection

from ...decision import Problem
from ._rule import Rule

RULE = Rule(
    "NET-SIBLINGS",
    "Brothers and sisters are cared for together, or a reason says why they are not.",
    "network, after the policy on alternative care; OPSC ¶28, ¶89",
    "inferred",
    "refuse",
    policy=True,
)


def net_siblings(siblings: Collection[str], together: bool, reason: str | None) -> Problem | None:
    """Care that is arranged for a child. `siblings` are the cases that are linked to its own as brothers or sisters."""
    if not siblings or together or reason is not None:
        return None
    return RULE.problem(
        "data.with_siblings",
        "this child has brothers or sisters in care, and nothing says why they are parted",
        "arrange care with_siblings, or give the reason in siblings_apart",
    )

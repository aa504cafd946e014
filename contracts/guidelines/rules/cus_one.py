"""CUS-ONE: at any instant until closure exactly one responsible agency and one carer."""

from __future__ import annotations

from ...decision import Problem
from ._rule import Rule

RULE = Rule(
    "CUS-ONE",
    "At any instant until closure exactly one agency answers for a person, and one cares for them.",
    "network, after OPSC ¶12",
    "inferred",
    "invariant",
)


def cus_one(chain: str | None, ended: bool, named: str | None) -> Problem | None:
    """A step belongs to the one chain of its case. `named` is the chain that it names; None opens one."""
    if named is None and chain is not None:
        return RULE.problem(
            "data.holder",
            "somebody has opened custody of this person already",
            "receive the person by a handover",
            "dispute",
        )
    if named is not None and named != chain:
        return RULE.problem(
            "data.custody",
            "this chain of custody is not the case's",
            "name the event that opened the chain",
            "unproven",
        )
    if named is not None and ended:
        return RULE.problem("data.custody", "this chain of custody has ended", "open a new case, linked to this one")
    return None

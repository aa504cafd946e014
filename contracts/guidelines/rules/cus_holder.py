"""CUS-HOLDER: only the responsible agency offers and releases, only the named receiver accepts and receives."""

from __future__ import annotations

from collections.abc import Collection

from ...decision import Problem
from ._rule import Rule

RULE = Rule(
    id="CUS-HOLDER",
    asks="only the responsible agency offers and releases; only the receiver that the offer names accepts and receives",
    source="network: CUS-HOLDER",
    basis="policy",
    effect="refuse proposals; a fact from another party is a dispute",
)


def cus_holder(speaker: str, entitled: Collection[str], act: str) -> Problem | None:
    """`speaker` does something to a person that only the `entitled` agencies may do; `act` says what, in a verb."""
    if speaker in entitled:
        return None
    who = ", ".join(sorted(entitled)) or "no agency at present"
    return RULE.problem(
        "source",
        f"{speaker} may not {act} this person: {who} may",
        f"have this said by {who}, or ask it for a handover",
    )

"""XB-NEED: an agency sees a case only for a role it has in it, and an identity only after it has accepted.

Two doors are open before that: an accepted tracing task unlocks a tracing set, and a report may seal the place of
rescue to the competent responder at once. Who is handed which event is the table need_to_know.toml.
"""

from __future__ import annotations

from collections.abc import Collection

from ...codes import SealedKind
from ...decision import Problem
from ._rule import Rule

RULE = Rule(
    id="XB-NEED",
    asks="an agency sees a case only for a role it has in it, from when it needs it; an identity after it has accepted",
    source="UNIAP area 3",
    basis="title",
    effect="policy: delivery; refuse",
)


def xb_need(sealed_digest: str | None) -> Problem | None:
    """Something that only asks carries no sealed part: nobody has accepted yet."""
    if sealed_digest is None:
        return None
    return RULE.problem(
        "data.sealed_digest",
        "a request or an offer may not carry an identity",
        "send it without a sealed part; disclose the identity once the receiver has accepted",
    )


def disclosure(accepted: bool, receiver: str | None, to: str) -> Problem | None:
    """An identity goes to the receiver of the request, and only once that has accepted."""
    if accepted and receiver == to:
        return None
    if receiver != to:
        return RULE.problem("data.to", f"{to} is not the one that was asked", f"seal it to {receiver} and name that")
    return RULE.problem("data.request", f"{to} has not accepted", "wait until the receiver has accepted")


def door(kinds: Collection[SealedKind], allowed: Collection[SealedKind]) -> Problem | None:
    """Through a door no more goes than it is for."""
    if all(kind in allowed for kind in kinds):
        return None
    return RULE.problem(
        "data.kinds", f"only {', '.join(sorted(allowed))} may be disclosed here", "leave out everything else"
    )

"""XB-NEED: identity only to the one that accepted, and only after it has; through a door, no more than it is for."""

from __future__ import annotations

from collections.abc import Collection

from ...decision import Breach, Problem
from ._rule import Rule

RULE = Rule(
    "XB-NEED",
    "An agency sees a case only for a role it has in it; identity only after it has accepted.",
    "UNIAP area 3",
    "title",
    "refuse; delivery",
    policy=True,
)


def xb_need_unsealed(sealed: str | None) -> Problem | None:
    """A request or an offer carries no identity: that follows acceptance."""
    if sealed is None:
        return None
    return RULE.problem(
        "data.sealed_digest", "a request carries no identity", "disclose it after the receiver has accepted"
    )


def xb_need_reported(reported: bool) -> Breach | None:
    """A chain rests on a report that its case has: who opened one by another id may not have been told of the case."""
    return None if reported else Breach(RULE.id, "unproven", "the report that this chain names has not been accepted")


def xb_need_door(kinds: Collection[str]) -> Problem | None:
    """An accepted tracing task unlocks a tracing set, and nothing else."""
    if set(kinds) <= {"tracing-set"}:
        return None
    return RULE.problem(
        "data.kinds", "a tracing task unlocks a tracing set alone", "disclose the tracing set, and nothing beside it"
    )


def xb_need_rescue(sealed: str | None, kind: str | None, *, group: bool, competent: bool) -> Breach | None:
    """To a report the place of rescue, the reporter or a manifest is sealed, to a competent responder alone."""
    kinds = ("rescue-location", "reporter", "manifest") if group else ("rescue-location", "reporter")
    if sealed is None or (kind in kinds and competent):
        return None
    return Breach(
        RULE.id,
        "breach",
        "with a report the place of rescue, the reporter or the manifest of an incident is sealed, "
        "to a competent responder, and nothing else",
    )


def xb_need_disclosed(actor: str, asker: str | None, to: str, accepted_by: str | None) -> Problem | None:
    """An identity goes from the one who asked to the one who accepted."""
    if accepted_by is not None and to == accepted_by and actor == asker:
        return None
    return RULE.problem(
        "data.to",
        "identity is disclosed by the one who asked, to the one who accepted, and not before",
        "wait for the acceptance of the request, and disclose to that agency",
    )


def xb_need_match(authority: bool) -> Problem | None:
    """Whether somebody is known already is asked of the referral authority alone, and the query is sealed to it."""
    if authority:
        return None
    return RULE.problem(
        "data.to", "this agency keeps no register to match against", "ask the referral authority of the country"
    )

"""NET-MISDIRECTED: an identity that went to the wrong agency is told of; who got it says what became of it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from ...decision import Breach, Deadline, Problem
from ...guidelines.corridors import limit
from ...identifiers import derived_id
from ._rule import Rule

RULE = Rule(
    "NET-MISDIRECTED",
    "Who sent an identity to an agency that it was not for tells it, and that agency says what became of it.",
    "network, after Decision 107, OPSC ¶113.2",
    "network",
    "breach; deadline",
    policy=True,
)


def net_misdirected(went_to: Collection[str], told: Collection[str]) -> Problem | Breach:
    """That an identity went astray is a finding; who is told of it is among those to whom it was sealed."""
    if told and set(told) <= set(went_to):
        return Breach(RULE.id, "breach", "an identity went to an agency that it was not for")
    return RULE.problem(
        "data.receivers",
        "these are not the agencies to which that event was sealed",
        "name those of its receivers that were not to have it",
        "dispute",
    )


def net_misdirected_deadline(correction: str, at: datetime, agency: str) -> Deadline:
    """By when an agency says what became of it. Each has a deadline of its own; no source states a time."""
    allowed = limit("acknowledgement_hours")
    cause = derived_id(at, correction, agency)
    return Deadline(RULE.id, cause, at + allowed.time, agency, verified=allowed.verified)

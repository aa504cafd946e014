"""CRF-TRANSIT: before its return a child waits in a temporary centre, apart from prisoners, cared for."""

from __future__ import annotations

from ...decision import Breach
from ._rule import Rule

RULE = Rule(
    "CRF-TRANSIT",
    "Before its return a child waits in a temporary centre, apart from prisoners, with health care and counselling.",
    "CRF, recommendations on repatriation",
    "recommendation",
    "breach",
)


def crf_transit(child: bool, apart_from_prisoners: bool, health_care: bool, counselling: bool) -> Breach | None:
    """A stay in a centre: what a child finds there."""
    if not child or (apart_from_prisoners and health_care and counselling):
        return None
    return Breach(RULE.id, "breach", "a child waits apart from prisoners, with health care and counselling")


def crf_transit_waited(child: bool, waited: bool) -> Breach | None:
    """A child is brought across a border, or received from beyond it, on a return that was asked for."""
    if not child or waited:
        return None
    return Breach(RULE.id, "breach", "no stay in a temporary centre before this return is on record")

"""XB-CORRIDOR: a cross-border step follows the instrument of its corridor that covers the person on that day."""

from __future__ import annotations

from ...decision import Problem
from ...guidelines.corridors import Corridor
from ._rule import Rule

RULE = Rule(
    "XB-CORRIDOR",
    "A cross-border step follows the instrument of its corridor that covers the person; without one, the embassies.",
    "OPSC ¶99, ¶122",
    "text",
    "refuse",
)


def xb_corridor(way: Corridor | None, named: str, channel: str, instrument: str | None) -> Problem | None:
    """`way` is the guidelines' corridor for the person on that day; the rest is what the event says."""
    if way is None or named != way.id:
        return RULE.problem("data.corridor", "this is not the corridor of these countries", "name the right corridor")
    if channel != way.channel or instrument != way.instrument:
        wanted = f"the instrument {way.instrument}" if way.instrument is not None else "the diplomatic channel"
        return RULE.problem(
            "data.instrument", "no such way was open for this person on that day", f"use {wanted} and name it"
        )
    return None

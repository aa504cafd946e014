"""XB-CORRIDOR: a cross-border step follows the instrument of its corridor that covers the person on that day."""

from __future__ import annotations

from ...decision import Problem
from ...guidelines.corridors import Corridor, corridor_id
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


def xb_corridor_assistance(
    own: str, there: str, treaty: str | None, channel: str, instrument: str | None
) -> Problem | None:
    """Help between two countries' justice: by the `treaty` in force between them that day, where there is one.

    The diplomatic channel is open always: a treaty may be used, and before it is in force nothing else can be.
    """
    if corridor_id(own, there) is None:
        return RULE.problem("data.to", "this is not an agency of another country here", "ask one of that country")
    by_embassy = channel == "diplomatic" and instrument is None
    if by_embassy or (channel == "instrument" and treaty is not None and instrument == treaty):
        return None
    way = f"the instrument {treaty}, or the diplomatic channel" if treaty is not None else "the diplomatic channel"
    return RULE.problem(
        "data.instrument", "no such way was open between these countries on that day", f"use {way} and name it"
    )

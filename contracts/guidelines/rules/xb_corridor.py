"""XB-CORRIDOR: a step across a border follows the instrument of its corridor that covers the person on that day."""

from __future__ import annotations

from ...decision import Problem
from ...steps import Channel
from ..corridors import Corridor
from ._rule import Rule

RULE = Rule(
    id="XB-CORRIDOR",
    asks="a step across a border follows the instrument of its corridor that covers the person on that day; where there "
    "is none, the diplomatic channel",
    source="OPSC ¶99, ¶122",
    basis="text",
    effect="refuse the wrong channel",
)


def xb_corridor(named: str, channel: Channel, instrument: str | None, way: Corridor | None) -> Problem | None:
    """A return names a corridor, a channel and an instrument; `way` is the one that the law has for this person."""
    if way is None:
        return RULE.problem("data.corridor", "neither country is Cambodia", "name the two countries of the return")
    if named != way.id:
        return RULE.problem("data.corridor", f"{named} is not the corridor of these two", f"name {way.id}")
    if channel is way.channel and instrument == way.instrument:
        return None
    if way.instrument is None:
        return RULE.problem(
            "data.channel",
            f"no instrument in force on {way.id} covers this person on that day",
            "use the diplomatic channel, and name no instrument",
        )
    return RULE.problem(
        "data.instrument",
        f"on {way.id} this person is returned under {way.instrument} on that day",
        f"use the channel 'instrument' and name {way.instrument}; for an adult give the gender, on which it may depend",
    )


def handover_corridor(named: str | None, corridor: str | None, asked: str | None) -> Problem | None:
    """A handover across a border names the corridor of its two countries, which the request for return has named."""
    if corridor is not None and named == corridor and asked in (None, corridor):
        return None
    return RULE.problem(
        "data.corridor",
        f"this handover crosses a border: its corridor is {corridor or 'none of this network'}, not {named or 'named'}",
        f"name {corridor or 'a corridor'} and the repatriation.requested of the same corridor",
    )

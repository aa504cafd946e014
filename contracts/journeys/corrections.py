"""What every family has in common of corrections: an identity that went to an agency that it was not for.

The correction names those who got it; each is told, and says what it did with it, in the same family (NET-MISDIRECTED).
What else a correction changes is its family's own.
"""

from __future__ import annotations

from typing import TypeVar

from ..codes import CorrectionReason
from ..decision import Breach, Context, Deadline, Park, Problem
from ..envelope import Event
from ..events._base import Correction, Deletion
from ..guidelines.rules import net_misdirected, network
from .base import JourneyState, Misdirected, Sealed
from .common import awaits

Found = list[Park | Problem | Breach | None]
S = TypeVar("S", bound=JourneyState)


def correcting(state: JourneyState, event: Event, context: Context) -> Found:
    """What is asked of a correction that tells of a misdirected identity, and of the answers to it."""
    data = event.data
    if isinstance(data, Correction) and data.reason is CorrectionReason.MISDIRECTED_IDENTITY:
        sealed = state.sealed.get(data.corrects)
        waiting = awaits(context, sealed is not None, "the event that it corrects", "data.corrects")
        if sealed is None:
            return [waiting]
        return [
            network.net_party(event.actor, sealed.by),
            net_misdirected.net_misdirected(sealed.to, data.receivers),
        ]
    if isinstance(data, Deletion):
        known = state.misdirected.get(data.correction)
        waiting = awaits(context, known is not None, f"{event.family}.corrected", "data.correction")
        if known is None:
            return [waiting]
        return [
            network.net_party(event.actor, event.actor if event.actor in known.receivers else None),
            network.net_asker(data.to, known.by),
            network.net_once(event.actor in known.acknowledged),
        ]
    return []


def noted(state: S, event: Event, disputed: bool) -> S:
    """The state after an accepted event, as far as sealed parts and their going astray are concerned."""
    data = event.data
    if disputed or event.header.from_service:
        return state
    if data.sealed_digest is not None:
        sealed = Sealed(by=event.actor, to=event.type.named(data))
        state = state.model_copy(update={"sealed": {**state.sealed, event.id: sealed}})
    if isinstance(data, Correction) and data.reason is CorrectionReason.MISDIRECTED_IDENTITY:
        if data.corrects not in state.sealed:
            return state
        astray = Misdirected(by=event.actor, at=event.time, receivers=data.receivers)
        return state.model_copy(update={"misdirected": {**state.misdirected, event.id: astray}})
    if isinstance(data, Deletion) and data.correction in state.misdirected:
        known = state.misdirected[data.correction]
        if event.actor in known.owing:
            done = known.model_copy(update={"acknowledged": (*known.acknowledged, event.actor)})
            return state.model_copy(update={"misdirected": {**state.misdirected, data.correction: done}})
    return state


def astray(state: JourneyState) -> list[Deadline]:
    """What those who got an identity that was not for them still have to say."""
    return [
        net_misdirected.net_misdirected_deadline(correction, known.at, agency)
        for correction, known in state.misdirected.items()
        for agency in known.owing
    ]

"""Intake: who is shut out of a case by order, and who opens one at once in an emergency."""

from __future__ import annotations

from ..fields import EventId, Several
from ..steps_access import GlassReason, GlassReview, LiftReason, ShutOutReason
from ._base import EventData, Kind, Named, SpokenOf, event


@event("intake.shut-out-ordered", kind=Kind.PROPOSAL)
class ShutOutOrdered(EventData):
    """An authority shuts an accused `agency` out of this case: from now on it is delivered nothing of it (NET-SHUT).

    An office is shut out by the id under which it takes part. The agency is spoken of, and never told; `tells` are
    those who have to know.
    """

    agency: SpokenOf
    reason: ShutOutReason
    tells: Several[Named] = ()


@event("intake.shut-out-lifted", kind=Kind.PROPOSAL)
class ShutOutLifted(EventData):
    """An authority lets the `agency` of an `order` back in: what its roles give it, it is handed then (NET-SHUT)."""

    order: EventId
    agency: SpokenOf
    reason: LiftReason
    tells: Several[Named] = ()


@event("intake.glass-broken", kind=Kind.FACT)
class GlassBroken(EventData):
    """An agency without a role opens the facts of a case at once; `reviewer` judges it within 24 hours (NET-GLASS)."""

    reason: GlassReason
    reviewer: Named


@event("intake.glass-reviewed", kind=Kind.PROPOSAL)
class GlassReviewed(EventData):
    """The reviewer upholds what `agency` did by `glass`, or condemns it, which closes the case to it (NET-GLASS)."""

    glass: EventId
    agency: Named
    review: GlassReview

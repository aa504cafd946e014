"""Referral: an agency asks another for a service, and the loop closes: HL7 FHIR Task states, cancelling as in IHE 360X.

Every later event names its `request`, the event id of `referral.requested`, so that a second referral never takes the
place of a first.
"""

from __future__ import annotations

from ..codes import DeclineReason, Need, Person, SealedKind
from ..fields import Day, Digest, EventId, Instant, Several, Some
from ..standards import Gender, SupportType, Urgency
from ..steps import Answer as AnswerCode
from ..steps import CancelAnswer, Capacity, ReferralOutcome, Service, Unfinished
from ._base import Correction, Deadline, Deletion, EventData, Kind, Named, event


class _Step(EventData):
    request: EventId


@event("referral.requested", kind=Kind.PROPOSAL)
class Requested(EventData):
    """An agency asks `to` for a service by `answer_by`. It carries no identity: that follows acceptance (XB-NEED).

    `replaces` names an earlier request that came to nothing.
    """

    to: Named
    service: Service
    urgency: Urgency
    answer_by: Instant
    person: Person
    gender: Gender | None = None
    needs: Several[Need] = ()
    replaces: EventId | None = None


@event("referral.received", kind=Kind.FACT)
class Received(_Step):
    """The request lies on the receiver's desk (Task received): nobody has answered yet; said by the receiver."""


@event("referral.waitlisted", kind=Kind.PROPOSAL)
class Waitlisted(_Step):
    """The receiver cannot say yes or no yet (Task on-hold), and will `until` then; said by the receiver alone.

    `capacity` says why: it has no room now, or needs another assessment first.
    """

    capacity: Capacity
    until: Instant


@event("referral.answered", kind=Kind.PROPOSAL)
class Answered(_Step):
    """The receiver accepts or rejects, with its capacity and the reason of a rejection; said by the receiver alone."""

    answer: AnswerCode
    capacity: Capacity
    reason: DeclineReason | None = None
    available_on: Day | None = None


@event("referral.identity-disclosed", kind=Kind.PROPOSAL)
class IdentityDisclosed(_Step):
    """The sealed part that travels with this event is for `to`, which accepted the request (XB-NEED, UNIAP area 3).

    `request` is a referral's, or that of `repatriation.tracing-requested` when a tracing set is disclosed for an
    accepted tracing task, or the `intake.glass-broken` of an agency that cannot wait. A proposal, because the network
    must be able not to deliver it.
    """

    sealed_digest: Digest
    to: Named
    kinds: Some[SealedKind]


@event("referral.started", kind=Kind.FACT)
class Started(_Step):
    """The service has begun (Task in-progress); said by the receiver."""


@event("referral.completed", kind=Kind.FACT)
class Completed(_Step):
    """The service has been given, and what support it was (HTCDS 2.0 support types); said by the receiver."""

    supports: Several[SupportType] = ()


@event("referral.failed", kind=Kind.FACT)
class Failed(_Step):
    """The accepted service could not be given, and why; said by the receiver."""

    reason: Unfinished


@event("referral.cancel-requested", kind=Kind.PROPOSAL)
class CancelRequested(_Step):
    """Either side asks to cancel, and why; the other answers (IHE 360X). `to` is that other side: where a request has
    not been accepted yet, only who is named here is told.
    """

    reason: Unfinished
    to: Named | None = None


@event("referral.cancel-answered", kind=Kind.PROPOSAL)
class CancelAnswered(_Step):
    """The other side answers the `cancel`: cancelled, or it goes on (IHE 360X)."""

    cancel: EventId
    answer: CancelAnswer


@event("referral.closed", kind=Kind.PROPOSAL)
class Closed(_Step):
    """Who asked says that it asks no more, and what became of the request; `to` is the agency that was asked.

    A request that came to nothing is asked again elsewhere (`replaces`) or closed so: no loop stays open. `elsewhere`
    names the request by which the need is met instead.
    """

    to: Named
    outcome: ReferralOutcome
    elsewhere: EventId | None = None


@event("referral.corrected", kind=Kind.FACT)
class Corrected(Correction):
    """An earlier event of this family was wrong; said by the agency that sent it."""


@event("referral.deletion-acknowledged", kind=Kind.FACT)
class DeletionAcknowledged(Deletion):
    """An identity that came with an event of this family and was not for this agency has been dealt with."""


@event("referral.deadline-passed", kind=Kind.FACT)
class DeadlinePassed(Deadline):
    """A request or a cancel was not answered in time; said by the service."""

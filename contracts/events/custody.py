"""Custody: who cares for somebody and who answers for them, from hand to hand.

One chain a case, begun by `opened`; its id is that event's. A handover goes offer, acceptance, release, receipt, and
every step names the offer. For an adult the same chain is accompaniment.
"""

from __future__ import annotations

from ..codes import (
    Belonging,
    Caretaker,
    Condition,
    DeathCause,
    DeclineReason,
    DocumentKind,
    EmergencyReason,
    Escort,
    Exit,
    HandoverFailure,
    Missing,
    Need,
    OrderedBy,
    Person,
    PlaceKind,
    Purpose,
    ResolvedBy,
    TakeoverReason,
)
from ..fields import Corridor, CustodyId, EventId, Instant, Several, Some
from ..steps import SolutionReason
from ._base import Correction, Deadline, Deletion, EventData, Kind, Named, SpokenOf, event


class _Step(EventData):
    custody: CustodyId


class _HandoverStep(_Step):
    handover: EventId


@event("custody.opened", kind=Kind.FACT)
class Opened(EventData):
    """An agency has a person in its care, and answers for them, since the event's time; said by that agency.

    The chain's id is this event's (CUS-ONE). A `place_kind` of police-post starts the count of D107-48H.
    """

    holder: Named
    person: Person
    place_kind: PlaceKind
    from_report: EventId
    condition: Condition = Condition.NOT_ASSESSED
    needs: Several[Need] = ()


@event("custody.handover-offered", kind=Kind.PROPOSAL)
class HandoverOffered(_Step):
    """The responsible agency offers a person to another, with what the other must be ready for (CUS-HOLDER).

    `risk_assessment` names the `intake.risk-assessed` that came first, else `emergency_reason` says why it could not
    (D107-RISK). `corridor`, `repatriation` (the `repatriation.requested` that the counterpart accepted) and
    `determination` (best interests, D107-BEST) belong to a handover across a border. `assessment` names the
    `repatriation.family-assessed` of a child on its way to a family (CUS-FAMILY). `until` is when a temporary placement
    ends and the person is back (NET-TEMPORARY). An offer that is not answered by `answer_by` is over (NET-ANSWER).
    """

    to: Named
    purpose: Purpose
    place_kind: PlaceKind
    needs: Several[Need] = ()
    escort: Escort = Escort.NONE
    documents: Several[DocumentKind] = ()
    belongings: Several[Belonging] = ()
    answer_by: Instant | None = None
    risk_assessment: EventId | None = None
    emergency_reason: EmergencyReason | None = None
    corridor: Corridor | None = None
    repatriation: EventId | None = None
    determination: EventId | None = None
    assessment: EventId | None = None
    until: Instant | None = None


@event("custody.handover-accepted", kind=Kind.PROPOSAL)
class HandoverAccepted(_HandoverStep):
    """The agency named in the offer will take the person (CUS-HOLDER); said by that agency."""

    expected_at: Instant | None = None


@event("custody.handover-declined", kind=Kind.PROPOSAL)
class HandoverDeclined(_HandoverStep):
    """The agency named in the offer will not take the person, and why; said by that agency."""

    reason: DeclineReason


@event("custody.handover-released", kind=Kind.FACT)
class HandoverReleased(_HandoverStep):
    """The holder gave the person into the hands of `to`, as they were and with what they carried (A2007-RECEIPT)."""

    to: Named
    condition: Condition
    needs: Several[Need] = ()
    documents: Several[DocumentKind] = ()
    belongings: Several[Belonging] = ()


@event("custody.handover-received", kind=Kind.FACT)
class HandoverReceived(_HandoverStep):
    """The receiver took the person from `from_agency`: care moves at once (CUS-MOVE, A2007-RECEIPT)."""

    from_agency: Named
    condition: Condition
    place_kind: PlaceKind
    needs: Several[Need] = ()
    documents: Several[DocumentKind] = ()
    belongings: Several[Belonging] = ()


@event("custody.handover-failed", kind=Kind.FACT)
class HandoverFailed(_HandoverStep):
    """An agreed handover did not come about; said by either side. Care stays where it is."""

    reason: HandoverFailure


@event("custody.emergency-placed", kind=Kind.FACT)
class EmergencyPlaced(_Step):
    """The carer brought the person to a safe place before anyone could accept (D107-SAFE, D107-RISK).

    `to` is the agency that keeps them there; it may be the carer itself, at another place.
    """

    to: Named
    place_kind: PlaceKind
    reason: EmergencyReason
    condition: Condition = Condition.NOT_ASSESSED
    needs: Several[Need] = ()


@event("custody.emergency-assessed", kind=Kind.FACT)
class EmergencyAssessed(_Step):
    """The risk of a move that an emergency had put before its assessment is assessed now (D107-RISK).

    `move` is the offer or the placement; `assessment` the `intake.risk-assessed` that names it in its `offer`.
    """

    move: EventId
    assessment: EventId


@event("custody.entrusted", kind=Kind.FACT)
class Entrusted(_Step):
    """The person now lives with family, kin, a foster or a group home; an adult, on their own (CUS-ONE, CUS-FAMILY).

    Care moves to them; the responsible agency stays. `assessment` names the `repatriation.family-assessed` that found
    it safe; `reason` says why it is not the family (ACP-FAMILY).
    """

    to_kind: Caretaker
    assessment: EventId | None = None
    reason: SolutionReason | None = None
    condition: Condition = Condition.NOT_ASSESSED


@event("custody.missing-reported", kind=Kind.FACT)
class MissingReported(_Step):
    """The person is not where they are cared for, since the event's time; said by one who cares or answers."""

    how: Missing
    last_seen: PlaceKind = PlaceKind.UNKNOWN


@event("custody.found", kind=Kind.FACT)
class Found(_Step):
    """A missing person is found. `carer` is the agency that has them now; without it, the one that says so."""

    place_kind: PlaceKind
    condition: Condition
    carer: Named | None = None


@event("custody.taken-over", kind=Kind.FACT)
class TakenOver(_Step):
    """The referral authority or a court took the person from a holder that endangers them, at once (CUS-TAKEOVER).

    `to` cares and answers from the event's time on. `paper` gives the number of a court's order.
    `from_agency` is not told where the person is now.
    """

    from_agency: SpokenOf
    to: Named
    reason: TakeoverReason
    ordered_by: OrderedBy
    place_kind: PlaceKind
    condition: Condition = Condition.NOT_ASSESSED


@event("custody.dispute-resolved", kind=Kind.PROPOSAL)
class DisputeResolved(_Step):
    """The referral authority decides who answers and who cares from the event's time on (CUS-MOVE, CUS-ONE).

    Both are of those who answer or claim to; anybody else comes in by a handover or a take-over. No `carer`: the
    person stays with the family or home that has them. `about` names the event that was disputed.
    """

    responsible: Named
    carer: Named | None = None
    place_kind: PlaceKind
    basis: Some[ResolvedBy]
    about: EventId | None = None


@event("custody.died", kind=Kind.FACT)
class Died(_Step):
    """The person died; said by the carer. `paper` gives the number of the certificate."""

    cause: DeathCause
    place_kind: PlaceKind


@event("custody.ended", kind=Kind.FACT)
class Ended(_Step):
    """No agency cares or answers any more, and why (CUS-ONE). An adult's own word ends accompaniment at any time.

    `closure` names the `repatriation.closed` or `intake.case-closed` on which it rests.
    """

    reason: Exit
    closure: EventId | None = None


@event("custody.corrected", kind=Kind.FACT)
class Corrected(Correction):
    """An earlier event of this family was wrong; said by the agency that sent it.

    The last step that moved the person, ended the chain or reported them missing is taken back by it, and so is an
    offer that nobody has acted on; of what others have built on, the record alone is corrected.
    """


@event("custody.deletion-acknowledged", kind=Kind.FACT)
class DeletionAcknowledged(Deletion):
    """An identity that came with an event of this family and was not for this agency has been dealt with."""


@event("custody.deadline-passed", kind=Kind.FACT)
class DeadlinePassed(Deadline):
    """Something due in this family did not happen in time; said by the service (CUS-GAP, D107-48H, D107-SAFE)."""

"""Audit: what the audit service finds when it judges everything again, and what becomes of each finding.

Every later event names its `finding`, the event id of `audit.finding-raised`.
"""

from __future__ import annotations

from ..fields import Digest, EventId, RuleId, Several
from ..steps import Family, Finding
from ..steps_audit import FindingGround, FindingOutcome, FindingReply, ReopenReason
from ._base import Correction, Deadline, EventData, Kind, Named, event


@event("audit.finding-raised", kind=Kind.FACT)
class FindingRaised(EventData):
    """Something is not as a rule asks; said by the audit service. `owner` is the agency that must answer it, and
    `oversight` the one that judges what it answered.

    `cause` and `cause_digest` name the event that shows it and `of_family` that event's family. `disagreement`: a
    service decided otherwise than its own inputs say. `missing`: what was announced has not come.
    """

    rule: RuleId
    code: Finding
    cause: EventId
    cause_digest: Digest
    of_family: Family
    owner: Named | None = None
    oversight: Named | None = None


@event("audit.finding-answered", kind=Kind.PROPOSAL)
class FindingAnswered(EventData):
    """The agency that a finding is about says its side (right of reply). `evidence` are events of the case."""

    finding: EventId
    reply: FindingReply
    grounds: Several[FindingGround] = ()
    evidence: Several[EventId] = ()


@event("audit.finding-resolved", kind=Kind.PROPOSAL)
class FindingResolved(EventData):
    """An agency with oversight says what became of a finding; `to` is the one that it is about."""

    finding: EventId
    outcome: FindingOutcome
    to: Named | None = None


@event("audit.finding-reopened", kind=Kind.PROPOSAL)
class FindingReopened(EventData):
    """A finding that was resolved is looked at again: its owner answers anew. `to` is that owner; who asks for it may
    be the owner itself.
    """

    finding: EventId
    reason: ReopenReason
    to: Named | None = None
    evidence: Several[EventId] = ()


@event("audit.corrected", kind=Kind.FACT)
class Corrected(Correction):
    """An earlier answer or judgement was wrong; said by the agency that sent it."""


@event("audit.deadline-passed", kind=Kind.FACT)
class DeadlinePassed(Deadline):
    """Something due to the audit service did not come in time; said by that service."""

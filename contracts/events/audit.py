"""Audit: what the audit service finds when it judges everything again."""

from __future__ import annotations

from ..fields import Digest, EventId, RuleId
from ..steps import Family, Finding
from ._base import Correction, Deadline, EventData, Kind, Named, event


@event("audit.finding-raised", kind=Kind.FACT)
class FindingRaised(EventData):
    """Something is not as a rule asks; said by the audit service. `owner` is the agency that must answer it.

    `cause` and `cause_digest` name the event that shows it and `of_family` that event's family. `disagreement`: a
    service decided otherwise than its own inputs say. `missing`: what was announced has not come.
    """

    rule: RuleId
    code: Finding
    cause: EventId
    cause_digest: Digest
    of_family: Family
    owner: Named | None = None


@event("audit.corrected", kind=Kind.FACT)
class Corrected(Correction):
    """An earlier finding was wrong; said by the audit service."""


@event("audit.deadline-passed", kind=Kind.FACT)
class DeadlinePassed(Deadline):
    """Something due to the audit service did not come in time; said by that service."""

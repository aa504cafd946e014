"""Justice: what the criminal side tells of a case, in parallel; the child's case never waits on it.

Kinds, ways and outcomes alone: nothing names or describes a suspect. Who cares for the child learns from here when it
is to testify, and nothing else (XB-NEED).
"""

from __future__ import annotations

from ..codes import DeclineReason, Person
from ..fields import EventId, Instant, InstrumentId, Several, Some
from ..steps import Channel
from ..steps_justice import Assistance, AssistanceAnswer, Complainant, Measure, Offence, Testimony, Verdict
from ._base import Correction, Deadline, Deletion, EventData, Kind, Named, event


@event("justice.complaint-filed", kind=Kind.FACT)
class ComplaintFiled(EventData):
    """A complaint was brought; said by the agency of criminal justice that took it down."""

    offences: Some[Offence]
    complainant: Complainant


@event("justice.investigation-opened", kind=Kind.FACT)
class InvestigationOpened(EventData):
    """An investigation was opened, on the `complaint` that it names or by the office itself; or opened again."""

    complaint: EventId | None = None


@event("justice.protective-measures-taken", kind=Kind.FACT)
class ProtectiveMeasuresTaken(EventData):
    """What has been arranged so that a child is heard without harm (P62-TESTIMONY, OPSC ¶42, ¶106)."""

    measures: Some[Measure]


@event("justice.legal-aid-appointed", kind=Kind.FACT)
class LegalAidAppointed(EventData):
    """Somebody of `provider` stands by the victim as a lawyer; said by the Bar, or by who gives legal aid."""

    provider: Named


@event("justice.testimony-scheduled", kind=Kind.PROPOSAL)
class TestimonyScheduled(EventData):
    """A person is to testify, at an hour: a notice to those who care for them, who bring them and stand by them."""

    testimony_at: Instant
    how: Testimony | None = None
    measures: Several[Measure] = ()


@event("justice.testimony-given", kind=Kind.FACT)
class TestimonyGiven(EventData):
    """A `person` testified, and how (P62-TESTIMONY, OPSC ¶42, ¶106). `scheduled` names the appointment, if any."""

    how: Testimony
    person: Person = Person.CHILD
    support_person: bool = False
    scheduled: EventId | None = None


@event("justice.verdict-given", kind=Kind.FACT)
class VerdictGiven(EventData):
    """Proceedings have ended, and how; `compensation` says whether the victim was awarded any."""

    outcome: Verdict
    compensation: bool | None = None


@event("justice.assistance-requested", kind=Kind.PROPOSAL)
class AssistanceRequested(EventData):
    """The justice of one country asks that of another for help: by a treaty in force between them, or the embassies.

    `answer_by` is when the answer is due; without it the time of the network runs (XB-CORRIDOR, OPSC ¶24c).
    """

    to: Named
    kinds: Some[Assistance]
    channel: Channel
    instrument: InstrumentId | None = None
    answer_by: Instant | None = None


@event("justice.assistance-answered", kind=Kind.PROPOSAL)
class AssistanceAnswered(EventData):
    """The other country's justice grants a `request` for assistance or declines it; said by the one that was asked."""

    request: EventId
    answer: AssistanceAnswer
    reason: DeclineReason | None = None


@event("justice.corrected", kind=Kind.FACT)
class Corrected(Correction):
    """An earlier event of this family was wrong; said by the agency that sent it."""


@event("justice.deletion-acknowledged", kind=Kind.FACT)
class DeletionAcknowledged(Deletion):
    """An identity that came with an event of this family and was not for this agency has been dealt with."""


@event("justice.deadline-passed", kind=Kind.FACT)
class DeadlinePassed(Deadline):
    """Something due in this family did not happen in time; said by the service."""

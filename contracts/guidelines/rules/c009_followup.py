"""C009-FOLLOWUP: who was reintegrated is visited; a case closes after that, or by an exit that two agencies sign."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from ...codes import Exit
from ...decision import Deadline, Problem
from ...steps import Contact, FollowUpOutcome
from ..corridors import MONTH, limit
from ._rule import Rule

RULE = Rule(
    "C009-FOLLOWUP",
    "A reintegrated child is visited and monitored; a case closes after it, or by an exit with a countersignature.",
    "Circular 009; OPSC ¶24(r), ¶111",
    "title",
    "deadline; refuse",
    policy=True,
    instrument="kh-circular-009",
)
EXITS = frozenset(
    {
        Exit.DIED,
        Exit.UNTRACEABLE,
        Exit.FAMILY_REFUSES,
        Exit.ADULT_DECLINES,
        Exit.DUPLICATE,
        Exit.TAKEN_OVER_ABROAD,
    }
)
"""How a case may close before follow-up is done; a second agency signs each of them."""


def c009_followup_counts(outcome: FollowUpOutcome) -> bool:
    """Whether a follow-up is one: the person was reached, however they are."""
    return outcome not in (FollowUpOutcome.NOT_FOUND, FollowUpOutcome.REFUSED)


def c009_followup_ends(contact: Contact, outcome: FollowUpOutcome) -> bool:
    """Whether a follow-up may be the last one: somebody went there and found the person well."""
    return contact is Contact.VISIT and outcome is FollowUpOutcome.WELL


def c009_followup_visit(
    cause: str, since: datetime, every: int, lead: str, planned: date, corridor: str | None
) -> Deadline | None:
    """The next visit of a plan. `since` and `cause` are the last one, or the plan; `every` is in months of 30 days."""
    if not RULE.bites(planned):
        return None
    grace = limit("visit_grace_hours", corridor)
    return Deadline(RULE.id, cause, since + every * MONTH + grace.time, lead, grace.verified)


def c009_followup_span(months: int, corridor: str | None) -> timedelta:
    """How long somebody is followed up: as the plan says, and no shorter than is usual on the corridor."""
    return max(months * MONTH, limit("follow_up_months", corridor).time)


def c009_followup_done(
    visits: int, last: datetime | None, planned: datetime, every: int, months: int, corridor: str | None
) -> bool:
    """Whether follow-up is at its end. `visits` is how many reached the person, `last` the latest that may end it.

    As many visits as the time has room for (`every` and `months` are the plan's), the last of them no earlier than the
    grace before its end.
    """
    span = c009_followup_span(months, corridor)
    enough = visits >= max(1, -(-span // (every * MONTH)))
    return enough and last is not None and last >= planned + span - limit("visit_grace_hours", corridor).time


def c009_followup_closes(
    way: Exit, on: date, *, done: bool, countersigned: bool, adult: bool, no_victim: bool
) -> Problem | None:
    """The closing of a return or of a case, by the exit `way`.

    An adult's own word ends everything (the rule is on children), and who was identified as no victim of trafficking is
    not monitored as one.
    """
    free = (adult and way is Exit.OWN_WORD) or (no_victim and way is Exit.NOT_A_VICTIM_SERVED)
    if free or not RULE.bites(on) or (way is Exit.FOLLOW_UP_DONE and done) or (way in EXITS and countersigned):
        return None
    if way is Exit.FOLLOW_UP_DONE:
        return RULE.problem(
            "data.exit",
            "follow-up is not done",
            "visit as often and as long as plan and corridor ask, until a visit finds the person well; or name an exit "
            "that a second agency signs",
        )
    if way in EXITS:
        return RULE.problem(
            "data.exit", "this exit needs a second agency", "have it sign the same bytes (header countersignature)"
        )
    return RULE.problem("data.exit", "a child's case does not end so", "follow up, or name an exit of C009-FOLLOWUP")

"""D107-VIEWS: a child is heard before a solution is determined; who cannot be heard yet is spoken for until it is."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from ...decision import Deadline, Problem
from ...steps import Guardian, Hearing, NotHeard
from ._rule import Rule

RULE = Rule(
    "D107-VIEWS",
    "A child's views are heard and weighed before a solution is decided; who cannot be heard has a representative and "
    "a day to be heard again.",
    "Decision 107; OPSC ¶113.4",
    "text",
    "refuse",
    instrument="kh-decision-107",
)


def d107_views(child: bool, heard: bool, on: date) -> Problem | None:
    """A determination. `heard`: a hearing was accepted that is whole (`d107_views_whole`)."""
    if not child or heard or not RULE.bites(on):
        return None
    return RULE.problem(
        "data.views",
        "the child's views have not been heard",
        "hear the child; or say in repatriation.views-heard why it cannot be heard, who represents it, and when it is "
        "heard again",
    )


def d107_views_whole(
    hearing: Hearing, reason: NotHeard | None, representative: Guardian | None, again: date | None, on: date
) -> bool:
    """Whether a hearing counts: the child was heard, or there is a reason, a representative and a later day."""
    if hearing is Hearing.HEARD:
        return True
    return reason is not None and representative is not None and again is not None and again > on


def d107_views_hearing(child: bool, whole: bool, on: date) -> Problem | None:
    """A hearing that did not come about says all that is needed to make up for it."""
    if not child or whole or not RULE.bites(on):
        return None
    return RULE.problem(
        "data.hear_again_on",
        "this child was not heard, and a reason, a representative or a later day to be heard is missing",
        "give 'not_heard', 'representative' and 'hear_again_on'",
    )


def d107_views_again(cause: str, at: datetime, again: date, owed_by: str) -> Deadline | None:
    """The end of the day on which a child is to be heard again, in the zone of the hearing. The day is the agency's."""
    if not RULE.bites(at.date()):
        return None
    end = datetime.combine(again, time(), at.tzinfo) + timedelta(days=1)
    return Deadline(RULE.id, cause, end, owed_by, verified=False)

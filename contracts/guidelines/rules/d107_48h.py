"""D107-48H: a child is not kept at a police post over 48 hours."""

from __future__ import annotations

from datetime import datetime, timedelta

from ...codes import Person
from ...decision import Deadline, Problem
from ..instruments import allowed
from ._rule import Rule

RULE = Rule(
    id="D107-48H",
    asks="a child is not kept at a police post over 48 hours, counted from the arrival at any post, on through "
    "consecutive posts and forces",
    source="OPSC ¶113.2",
    basis="text",
    effect="deadline; breach",
    instrument="kh-decision-107",
)
_PRECISION = {"minute": timedelta(), "day": timedelta(days=1), "month": timedelta(days=31)}


def arrival(time: datetime, precision: str) -> datetime:
    """When a stay surely had begun: of one known by its day or month only, the end of that."""
    return time + _PRECISION[precision]


def d107_48h(person: Person, since: datetime | None, cause: str | None, carer: str | None) -> Deadline | None:
    """By when a child must have left the posts; `cause` is the event that began the stay. None where none runs."""
    if since is None or cause is None or person is not Person.CHILD or not RULE.bites(since.date()):
        return None
    permitted = allowed("kh-decision-107", "police-post")
    return Deadline(RULE.id, cause, since + timedelta(hours=permitted.hours), carer, permitted.verified)


def overstayed(person: Person, since: datetime | None, left: datetime) -> Problem | None:
    """A child left the posts after more than 48 hours."""
    deadline = d107_48h(person, since, "", None)
    if deadline is None or left <= deadline.due:
        return None
    return RULE.problem(
        "time",
        "the child was kept at a police post over 48 hours",
        "bring a child to a safe place within 48 hours; a shelter or social affairs can be asked at any hour",
    )

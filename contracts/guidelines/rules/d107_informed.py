"""D107-INFORMED: no return of a child is asked for before the child was told what a return is."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from ...decision import Problem
from ...steps import Topic
from ._rule import Rule

RULE = Rule(
    "D107-INFORMED",
    "A child is told of its rights, of services, of family reunification and of the repatriation process.",
    "Decision 107; OPSC ¶113.3",
    "text",
    "refuse",
    instrument="kh-decision-107",
)


def d107_informed(child: bool, told: bool, on: date) -> Problem | None:
    """A request for return. `told`: an accepted `intake.child-informed` of before covers the repatriation process."""
    if not child or told or not RULE.bites(on):
        return None
    return RULE.problem(
        "data.informed",
        "the child has not been told of the repatriation process",
        "tell the child, send intake.child-informed with topic repatriation-process, and name it here",
    )


def d107_informed_covers(topics: Collection[str]) -> bool:
    """Whether what a child was told of covers the repatriation process."""
    return Topic.REPATRIATION_PROCESS in topics

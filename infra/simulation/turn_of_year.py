"""What a year has of its neighbours: cases that are carried over into it, and cases that it leaves to the next one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone

from contracts.identifiers import derived_id
from contracts.standards import Gender

from .chance import Chance
from .plan import Plan
from .world import world

STEPS = ("traced", "assessed", "reintegrated", "followed", "closed")
"""What is done for somebody after reception, in this order."""
EARLY_ENOUGH = (9, 1)
"""Month and day before which a case begins that comes to its end within the year."""
_END = frozenset({"repatriation.follow-up-made", "repatriation.closed", "intake.case-closed"})
_SETTLED = _END | {"repatriation.reintegration-planned", "custody.entrusted"}
_SERVED = _SETTLED | {"custody.ended", "referral.completed", "repatriation.family-assessed"}
_PHNOM_PENH = timezone(timedelta(hours=7))


@dataclass(frozen=True, slots=True)
class Opening:
    """So many cases are carried over, and each does these steps in the year: neighbours in `STEPS`."""

    cases: int
    steps: tuple[str, ...]

    def __post_init__(self) -> None:
        first = STEPS.index(self.steps[0])
        if self.steps != STEPS[first : first + len(self.steps)]:
            raise ValueError(f"the steps {', '.join(self.steps)} do not follow one another")


@dataclass(frozen=True, slots=True)
class Whole:
    """How many of the year's own cases go their whole way within it."""

    children: int
    adults: int
    in_country: int


def in_part(plans: Sequence[Plan], whole: Whole, chance: Chance) -> list[Plan]:
    """The same plans; those that are not among the whole ones stay open when the year ends.

    Who is whole was found early enough in the year. Raises `ValueError` when there are not so many of them.
    """
    parts: tuple[tuple[int, frozenset[str], Callable[[Plan], bool]], ...] = (
        (whole.children, _SETTLED | {"custody.ended"}, lambda plan: plan.kind == "repatriation" and plan.child),
        (whole.adults, _END, lambda plan: plan.kind == "repatriation" and not plan.child),
        # A girl's whole way has an assessment of her family, a woman's has none: these are women.
        (whole.in_country, _SERVED, lambda plan: plan.kind == "in-country" and not plan.child),
        (0, _SERVED, lambda plan: plan.kind == "in-country" and plan.child),
    )
    changed: list[Plan] = []
    for count, left, belongs in parts:
        members = [plan for plan in plans if belongs(plan)]
        early = [plan for plan in members if (plan.start.month, plan.start.day) < EARLY_ENOUGH]
        chosen = {early[index].case for index in chance.pick(count, len(early), "whole")}
        changed += [plan if plan.case in chosen else _open(plan, left) for plan in members]
    return changed


def carried_over(opening: Sequence[Opening], year: int, chance: Chance) -> list[Plan]:
    """Plans of children whose cases began in the last months of the year before."""
    kinds = [item.steps for item in opening for _ in range(item.cases)]
    plans: list[Plan] = []
    for index, steps in enumerate(kinds):
        cause = f"carried over {index}"
        minutes = chance.between(0, 45 * 24 * 60, "start", cause)
        start = datetime(year - 1, 10, 1, 8, tzinfo=_PHNOM_PENH) + timedelta(minutes=minutes)
        plan = Plan(
            case=derived_id(start, chance.token("case", cause)),
            kind="carried-over",
            country="KH",
            child=True,
            gender=chance.choice((Gender.FEMININE, Gender.MASCULINE), "gender", cause),
            home_province=chance.choice(world().provinces, "home", cause),
            found_province=None,
            start=start,
            steps=steps,
        )
        plans.append(plan if "closed" in steps else replace(plan, until=_end(year)))
    return plans


def _open(plan: Plan, left: frozenset[str]) -> Plan:
    return replace(plan, left=left, until=_end(plan.start.year))


def _end(year: int) -> datetime:
    return datetime(year + 1, 1, 1, tzinfo=UTC) - timedelta(hours=7)

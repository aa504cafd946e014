"""What was done in a calendar year, from the accepted events of each case; and of it in cases carried over.

A year is Cambodia's, and what counts is when a thing happened. What agencies of other countries do is not counted: the
published totals are of Cambodia's social affairs and those who work with it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta, timezone

from contracts.codes import ReportChannel
from contracts.envelope import Event
from contracts.events.intake import ReportReceived
from contracts.events.referral import Requested
from contracts.steps import Service

STEPS = ("family_tracings", "family_assessments", "reintegrations", "follow_ups", "closed")
"""As a publication of the year names them."""
_NAMED = {
    "repatriation.family-assessed": "family_assessments",
    "custody.entrusted": "reintegrations",
    "repatriation.follow-up-made": "follow_ups",
    "intake.case-closed": "closed",
}
_PHNOM_PENH = timezone(timedelta(hours=7))


def carried_over(case: Iterable[Event]) -> bool:
    """Whether a case was open before the network had it."""
    return any(isinstance(it.data, ReportReceived) and it.data.channel is ReportChannel.CARRIED_OVER for it in case)


def done(case: Sequence[Event]) -> dict[int, Counter[str]]:
    """How often each of `STEPS` was done in one case, by year."""
    tracings = {
        event.id for event in case if isinstance(event.data, Requested) and event.data.service is Service.FAMILY_TRACING
    }
    years: dict[int, Counter[str]] = defaultdict(Counter)
    for event in case:
        step = _NAMED.get(event.name)
        if event.name == "referral.completed" and getattr(event.data, "request", None) in tracings:
            step = "family_tracings"
        if step is not None and not event.header.from_service and event.actor.startswith(("kh-", "int-")):
            years[event.time.astimezone(_PHNOM_PENH).year][step] += 1
    return years


def by_year(cases: Iterable[Sequence[Event]]) -> dict[str, dict[str, dict[str, int]]]:
    """Year → step → how often in all (`recorded`), and how often in cases carried over (`carried_over`)."""
    recorded: dict[int, Counter[str]] = defaultdict(Counter)
    earlier: dict[int, Counter[str]] = defaultdict(Counter)
    for case in cases:
        old = carried_over(case)
        for year, steps in done(case).items():
            recorded[year] += steps
            if old:
                earlier[year] += steps
    return {
        str(year): {step: {"recorded": recorded[year][step], "carried_over": earlier[year][step]} for step in STEPS}
        for year in sorted(recorded)
    }

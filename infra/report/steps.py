"""How long the steps of cases took, between two events that belong together, by the time at which each happened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from .lines import Logged

CASE = ""
"""The key of events of which a case has one."""


@dataclass(frozen=True, slots=True)
class Mark:
    """An event that begins or ends a step: its name, the facts it must have, and what ties the two ends together.

    `key` is a field of its data, or ``id``, or `CASE`.
    """

    name: str
    key: str = CASE
    facts: Mapping[str, str] = field(default_factory=dict)

    def tie(self, event: Logged) -> str | None:
        """What ties this event to the other end; None when it is not such an event."""
        if event.event.name != self.name:
            return None
        data = event.event.data
        if any(getattr(data, name, None) != value for name, value in self.facts.items()):
            return None
        if self.key == "id":
            return event.event.id
        value: Any = getattr(data, self.key) if self.key else CASE
        return None if value is None else str(value)


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a case, from one event to another."""

    title: str
    start: Mark
    end: Mark


STEPS = (
    Step("report → in somebody's care", Mark("intake.report-received", "id"), Mark("custody.opened", "from_report")),
    Step("service asked → answered", Mark("referral.requested", "id"), Mark("referral.answered", "request")),
    Step(
        "handover offered → accepted",
        Mark("custody.handover-offered", "id"),
        Mark("custody.handover-accepted", "handover"),
    ),
    Step(
        "released → received",
        Mark("custody.handover-released", "handover"),
        Mark("custody.handover-received", "handover"),
    ),
    Step(
        "tracing asked → result",
        Mark("repatriation.tracing-requested", "id"),
        Mark("repatriation.tracing-answered", "request", {"answer": "result"}),
    ),
    Step(
        "return asked → accepted",
        Mark("repatriation.requested", "id"),
        Mark("repatriation.counterpart-answered", "request", {"answer": "accepted"}),
    ),
    Step(
        "return accepted → travel document",
        Mark("repatriation.counterpart-answered", "request", {"answer": "accepted"}),
        Mark("repatriation.travel-document-issued", "request"),
    ),
    Step(
        "travel document → home",
        Mark("repatriation.travel-document-issued", "request"),
        Mark("repatriation.received", "request"),
    ),
    Step("home → plan", Mark("repatriation.received"), Mark("repatriation.reintegration-planned")),
    Step("report → home", Mark("intake.report-received"), Mark("repatriation.received")),
    Step("report → case closed", Mark("intake.report-received"), Mark("intake.case-closed")),
)


@dataclass(slots=True)
class Stopwatch:
    """Durations of every step, over all cases."""

    steps: Sequence[Step] = STEPS
    taken: dict[str, list[timedelta]] = field(default_factory=lambda: defaultdict(list))

    def case(self, events: Iterable[Logged]) -> None:
        """Take the times of one case. Of several events with one key the first counts."""
        known = list(events)
        for step in self.steps:
            starts = _first(known, step.start)
            for tie, end in _first(known, step.end).items():
                start = starts.get(tie)
                if start is not None and end.event.time >= start.event.time:
                    self.taken[step.title].append(end.event.time - start.event.time)

    def slowest(self) -> list[dict[str, Any]]:
        """Each step's count, median and 95th percentile in hours, the slowest median first."""
        found = [
            {
                "step": title,
                "count": len(times),
                "median_hours": _hours(times, 0.5),
                "p95_hours": _hours(times, 0.95),
            }
            for title, times in self.taken.items()
        ]
        return sorted(found, key=lambda item: (-float(str(item["median_hours"])), str(item["step"])))


def _first(events: Sequence[Logged], mark: Mark) -> dict[str, Logged]:
    found: dict[str, Logged] = {}
    for event in events:
        tie = mark.tie(event)
        if tie is not None and (tie not in found or event.event.time < found[tie].event.time):
            found[tie] = event
    return found


def _hours(times: Sequence[timedelta], share: float) -> float:
    """A percentile by nearest rank."""
    ordered = sorted(times)
    rank = max(0, -(-int(share * 100) * len(ordered) // 100) - 1)
    return round(ordered[rank] / timedelta(hours=1), 2)

"""The report of a network: computed from what the audit service recorded and what came to the agencies' mailboxes.

Nothing of the caseload that was played is known here: whoever was repatriated, was repatriated by the accepted events.
The journal, which says which record was sent wrong on purpose, is used for one thing: to look up what became of it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from .custody import Chains
from .lines import Journalled, Judged, Logged, Place
from .mailboxes import Mailboxes
from .people import found_and_served, returned, sent_home, standing, under_way
from .sets import fingerprints
from .steps import Stopwatch
from .year import by_year, carried_over

OUTCOMES = {"dead-lettered": "dead_lettered"}


@dataclass(slots=True)
class Reader:
    """Takes lines of every stream, in any order, and gives the report at the end."""

    summary: Mapping[str, Any] = field(default_factory=dict)
    events: list[Logged] = field(default_factory=list)
    verdicts: dict[Place, Judged] = field(default_factory=dict)
    journal: list[Journalled] = field(default_factory=list)
    mail: Mailboxes = field(default_factory=Mailboxes)

    def take_events(self, lines: Iterable[Mapping[str, Any]]) -> None:
        """Lines of ``GET /v1/events``."""
        self.events += map(Logged.of, lines)

    def take_verdicts(self, lines: Iterable[Mapping[str, Any]]) -> None:
        """Lines of ``GET /v1/verdicts``."""
        self.verdicts |= {verdict.place: verdict for verdict in map(Judged.of, lines)}

    def take_journal(self, lines: Iterable[Mapping[str, Any]]) -> None:
        """Lines of the journal of what was sent."""
        self.journal += map(Journalled.of, lines)

    def report(self, seconds: float | None = None) -> dict[str, Any]:
        """Every figure. `seconds` is how long it all took; without it, from the first acceptance to the last."""
        cases = self._cases()
        people = [home for case in cases if (home := returned(case)) is not None]
        sent = Counter(country for case in cases if (country := sent_home(case)) is not None)
        said = [[item.event for item in case] for case in cases]
        chains, watch = Chains(self._last()), Stopwatch()
        for case in cases:
            chains.case(case)
            watch.case(case)
        span = self._span()
        accepted = sum(item.by_agency for item in self.events)
        return {
            "repatriated": {
                "total": len(people),
                "by_country": dict(sorted(Counter(person.country for person in people).items())),
                "children": sum(person.child for person in people),
                "adults": sum(not person.child for person in people),
                "under_way": sum(map(under_way, cases)),
            },
            "in_country": sum(map(found_and_served, cases)),
            "sent_home": dict(sorted(sent.items())),
            "years": by_year(said),
            "carried_over": sum(map(carried_over, said)),
            "cases": len(cases),
            "events": self._counts(accepted),
            "refused_by_rule": self._rules(),
            "faults": self._faults(),
            "custody": chains.custody(),
            "accompaniment": chains.accompaniment(),
            "mailboxes": self.mail.figures(self.events),
            "steps": watch.slowest(),
            "log": dict(self.summary.get("log", {})),
            "sets": fingerprints(self.events, self.verdicts.values(), chains.lines()),
            "seconds": round(seconds if seconds is not None else span, 1),
            "events_per_second": round(accepted / span, 1) if span else 0.0,
        }

    def _cases(self) -> list[list[Logged]]:
        """Each case's events that stand, in the order of their acceptance in each family, the cases by id."""
        cases: dict[str, list[Logged]] = defaultdict(list)
        for item in self.events:
            cases[item.event.case].append(item)
        order = (
            sorted(cases[case], key=lambda item: (item.event.family, item.acceptance.sequence))
            for case in sorted(cases)
        )
        return [list(standing(case)) for case in order]

    def _last(self) -> datetime:
        """The latest time at which anything happened: up to then, what is open has been open."""
        return max((item.event.time for item in self.events), default=datetime.min.replace(tzinfo=UTC))

    def _span(self) -> float:
        """Seconds of wall clock between the first acceptance and the last."""
        times = [item.acceptance.recorded for item in self.events]
        return (max(times) - min(times)).total_seconds() if times else 0.0

    def _counts(self, accepted: int) -> dict[str, Any]:
        outcomes = Counter(OUTCOMES.get(verdict.outcome, verdict.outcome) for verdict in self.verdicts.values())
        said = [item for item in self.events if not item.by_agency]
        return {
            "accepted": outcomes["accepted"],
            "refused": outcomes["refused"],
            "duplicate": outcomes["duplicate"],
            "parked": sum(verdict.waited for verdict in self.verdicts.values()),
            "late": sum(item.late for item in self.events),
            "dead_lettered": outcomes["dead_lettered"],
            "unanswered": max(int(self.summary.get("unanswered", 0)), outcomes["parked"]),
            "not_logged": outcomes["accepted"] - accepted,
            "deadlines_passed": sum(item.event.type.name == "deadline-passed" for item in said),
            "findings": sum(item.event.type.name == "finding-raised" for item in said),
        }

    def _rules(self) -> dict[str, int]:
        """How often each rule refused; a refusal by several rules counts for each."""
        rules = Counter(
            rule
            for verdict in self.verdicts.values()
            if verdict.outcome == "refused"
            for rule in dict.fromkeys(verdict.rules)
        )
        return dict(sorted(rules.items(), key=lambda item: (-item[1], item[0])))

    def _faults(self) -> dict[str, Any]:
        """What was sent wrong on purpose, by kind, and what became of it."""
        late = {item.event.id for item in self.events if item.late}
        outcomes: dict[str, Counter[str]] = defaultdict(Counter)
        for sent in self.journal:
            if sent.fault is not None:
                outcomes[sent.fault][_became(self.verdicts.get(sent.place), late)] += 1
        total = len(self.journal)
        return {
            kind: {
                "sent": found.total(),
                "share": round(found.total() / total, 4),
                "outcomes": dict(sorted(found.items())),
            }
            for kind, found in sorted(outcomes.items())
        }


def _became(verdict: Judged | None, late: set[str]) -> str:
    if verdict is None or verdict.outcome == "parked":
        return "unanswered"
    if verdict.outcome != "accepted":
        return verdict.outcome
    marks = ["marked late"] if verdict.event in late else []
    marks += ["after waiting"] if verdict.waited else []
    return ", ".join(["accepted", *marks])

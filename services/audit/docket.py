"""The audit's own judgement of a case: every acceptance again, by the inputs that it names. Pure.

A service may have been wrong, or may lie. So the audit keeps states of its own, moved by the same journeys, and asks
of each acceptance: with what you say you had seen, by the clock that you name, would the law have accepted this, and
with these breaches? Whatever differs is a finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from contracts.decision import WARNING, Accept, Context, Seen, disputed
from contracts.directory import Directory
from contracts.envelope import Event
from contracts.journeys import JOURNEYS
from contracts.journeys.registry import SERVICE_OF
from contracts.messages import Acceptance
from infra.kernel.bench import Office
from infra.kernel.casebook import CaseRecord

OFFICES = {
    service: Office(service, tuple(family for family, owner in SERVICE_OF.items() if owner == service))
    for service in sorted(set(SERVICE_OF.values()))
}


ASKED_FOR = frozenset[str]().union(*(office.guards for office in OFFICES.values()))
"""The events that a guard of any family asks for: more of the other families than this no decision looks at."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that an auditor, or the one who owns it, has to look at. `code` as `audit.finding-raised` has it."""

    rule: str
    code: str


def ready(docket: CaseRecord, acceptance: Acceptance) -> bool:
    """Whether everything that this acceptance builds on has been judged."""
    if acceptance.sequence != docket.sequences.get(acceptance.family, 0) + 1:
        return False
    return all(docket.sequences.get(family, 0) >= sequence for family, sequence in acceptance.after.items())


def judge(docket: CaseRecord, event: Event, acceptance: Acceptance, directory: Directory) -> list[Finding]:
    """Judge one acceptance again and move the docket on. Returns what is to be raised."""
    family = acceptance.family
    seen = _seen(docket, family, acceptance.after)
    context = Context(directory, acceptance.accepted, seen, acceptance.expired, acceptance.countersigner)
    decision = JOURNEYS[family].decide(docket.state(family), event, context)
    said = {(mark.rule, mark.code) for mark in acceptance.breaches}
    findings = [Finding(*pair) for pair in said if pair[1] != WARNING]
    if not isinstance(decision, Accept) or _pairs(decision) != said:
        findings.append(Finding("AUDIT-JUDGEMENT", "disagreement"))
    if event.type.name == "deadline-passed":
        findings.append(_passed(event))
    _move(docket, event, acceptance)
    return findings


def fold(case: str, accepted: Iterable[tuple[Event, Acceptance]], judged: Mapping[str, int]) -> CaseRecord:
    """The docket as it stood when the case's events had been judged up to these sequences, by family.

    `accepted` are the case's events with their acceptances in the order of the log. Where some have been erased, what
    they said is lost to the docket; the sequences are not.
    """
    docket = CaseRecord(case)
    for event, acceptance in sorted(accepted, key=lambda item: item[1].sequence):
        family = acceptance.family
        # Of two that claim one sequence the first was judged, and the other passed over.
        if docket.sequences.get(family, 0) < acceptance.sequence <= judged.get(family, 0):
            _move(docket, event, acceptance)
    docket.sequences = dict(judged)
    return docket


def _move(docket: CaseRecord, event: Event, acceptance: Acceptance) -> None:
    family = acceptance.family
    claim = disputed(acceptance.breaches)
    docket.states[family] = JOURNEYS[family].evolve(docket.state(family), event, claim)
    docket.sequences[family] = acceptance.sequence
    if event.name in ASKED_FOR and not claim:
        data = event.data.model_dump(mode="json", exclude_none=True)
        seen = Seen(acceptance.sequence, event.id, event.name, event.actor, event.time, data)
        docket.seen[family] = (*docket.seen.get(family, ()), seen)


def _passed(event: Event) -> Finding:
    """A deadline that passed: what a text forbids beyond it is a breach, what should have come is missing."""
    rule = str(event.data.model_dump()["rule"])
    return Finding(rule, "breach" if rule.startswith("D107-") else "missing")


def _pairs(decision: Accept) -> set[tuple[str, str]]:
    return {(breach.rule, breach.code) for breach in decision.breaches}


def _seen(docket: CaseRecord, family: str, after: Mapping[str, int]) -> dict[str, tuple[Seen, ...]]:
    guards = OFFICES[SERVICE_OF[family]].guards
    found = {
        other: tuple(item for item in docket.seen.get(other, ()) if item.sequence <= last and item.name in guards)
        for other, last in after.items()
        if other != family
    }
    return {other: items for other, items in found.items() if items}

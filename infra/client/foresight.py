"""What the network will probably say to an event: its own checks, on what one agency knows of the case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from contracts.decision import Accept, Context, Decision, Problem, Seen
from contracts.directory import Directory
from contracts.envelope import Event, Malformed, Unacceptable, interpret, read, read_header
from contracts.events import unknown_members
from contracts.journeys import JOURNEYS
from contracts.messages import Answer
from infra.kernel.problems import party_problems, schema_problem, signature_problem

from .mailbox import Delivered, Mail


def schema_problems(body: bytes) -> tuple[Event | None, tuple[Problem, ...]]:
    """The event in these bytes, and what is wrong with its form. Needs no network."""
    try:
        header, members = read_header(body)
        event = interpret(body, header, members)
    except Unacceptable as error:
        return None, tuple(schema_problem(where, fault) for where, fault in error.faults)
    except Malformed as error:
        return None, (schema_problem(error.field or "body", error.reason),)
    unknown = unknown_members(event.data, members["data"])
    return event, tuple(schema_problem(f"data.{name}", "is not a member of this type's data") for name in unknown)


def directory_problems(
    event: Event, kid: str, directory: Directory, sealed_to: Iterable[str], now: datetime
) -> tuple[Problem, ...]:
    """What the directory says against this agency, its key, the agencies that it names and those it seals to."""
    problems = list(party_problems(event, directory))
    key = directory.key_problem(kid, event.actor, now)
    if key is not None:
        problems.append(signature_problem(key, rule="KEY"))
    named = event.type.named(event.data)
    for agency in sealed_to:
        if not directory.sealing_keys(agency, now):
            problems.append(
                _seal(f"the directory has no key to seal to {agency}", "ask that agency to have one listed")
            )
        if agency not in named:
            problems.append(_seal(f"the event does not name {agency}", "seal to agencies that the event names"))
    return tuple(problems)


@dataclass(frozen=True, slots=True)
class Known:
    """An event that this agency knows to be accepted, and when it was."""

    event: Event
    accepted: datetime


def known(mail: Iterable[Mail], sent: Mapping[str, bytes], case: str) -> list[Known]:
    """What an agency knows of a case, in the order of acceptance: what it was handed, and what it said itself."""
    found: dict[str, Known] = {}
    for item in mail:
        if isinstance(item, Delivered) and item.event.case == case:
            found[item.event.id] = Known(item.event, item.delivery.accepted)
        elif isinstance(item, Answer) and item.case == case and item.outcome == "accepted" and item.digest in sent:
            event = read(sent[item.digest])
            found[event.id] = Known(event, item.accepted)
    return sorted(found.values(), key=lambda item: (item.accepted, item.event.time, item.event.id))


def decide(event: Event, story: Iterable[Known], directory: Directory, now: datetime) -> Decision:
    """What the event's journey decides on this much of the case."""
    journey = JOURNEYS[event.family]
    state = journey.state()
    seen: dict[str, tuple[Seen, ...]] = {}
    for item in story:
        if item.event.family == event.family:
            state = journey.evolve(state, item.event, False)
        else:
            before = seen.get(item.event.family, ())
            seen[item.event.family] = (*before, _seen(item.event, len(before) + 1))
    decision = journey.decide(state, event, Context(directory, now, seen))
    if isinstance(decision, Accept):  # the report may not have been this agency's to see
        unseen = ("XB-NEED", "unproven")
        return Accept(tuple(breach for breach in decision.breaches if (breach.rule, breach.code) != unseen))
    return decision


def _seen(event: Event, sequence: int) -> Seen:
    data = event.data.model_dump(mode="json", exclude_none=True)
    return Seen(sequence, event.id, event.name, event.actor, event.time, data)


def _seal(message: str, remedy: str) -> Problem:
    return Problem("seal.to", "XB-NEED", "UNIAP area 3", message, remedy)

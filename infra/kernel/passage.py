"""What comes from outside a case's submissions: events of other services, and the passing of time. No I/O."""

from __future__ import annotations

from datetime import datetime

from contracts.decision import Deadline
from contracts.envelope import Event, rfc3339
from contracts.messages import Acceptance, Ticked

from .bench import GRACE, Bench
from .casebook import CaseRecord, Tick
from .effects import Letter
from .submission import resume, retry


def follow(bench: Bench, event: Event, acceptance: Acceptance) -> None:
    """An event has been accepted by another service: guards that waited for it may go on."""
    case = bench.cases[event.case]
    known = case.followed.setdefault(event.family, [])
    if acceptance.sequence in known:
        return
    known.append(acceptance.sequence)
    bench.see(case, event, acceptance.sequence, acceptance.breaches)
    bench.fold_roles(case, event, acceptance.breaches)
    bench.touch(case)
    retry(bench, case)
    _try_tick(bench, case)


def tick(bench: Bench, case_id: str, to: Tick) -> None:
    """Move a replayed case's clock, as soon as what the tick names has been seen."""
    case = bench.cases[case_id]
    case.tick = to
    bench.touch(case)
    _try_tick(bench, case)


def advance(bench: Bench, case: CaseRecord, to: datetime) -> None:
    """Let everything that was due by `to` happen, in the order in which it was due."""
    retry(bench, case)
    while True:
        passed = [(item.due, item.rule, item.cause, (family, item)) for family, item in case.deadlines()]
        waited = [(row.until, "", row.event_id, row) for row in bench.waiting(case) if row.until <= to]
        passed = [entry for entry in passed if entry[0] + GRACE <= to]
        if waited and (not passed or min(waited)[:3] <= min(passed)[:3]):
            resume(bench, case, min(waited)[3], expired=True)
        elif passed:
            _pass(bench, case, *min(passed)[3])
        else:
            break
        retry(bench, case)
    bench.touch(case)


def _try_tick(bench: Bench, case: CaseRecord) -> None:
    if case.tick is None:
        return
    to, after, number, is_open = case.tick
    if any(sequence not in case.followed.get(family, ()) for family, sequence in after.items()):
        return
    case.tick, case.open = None, is_open
    case.clock = to if case.clock is None else max(to, case.clock)
    start = len(bench.effects.letters)
    advance(bench, case, case.clock)
    ticked = Ticked(
        service=bench.office.name,
        case=case.case,
        to=to,
        number=number,
        sequences=dict(case.sequences),
        waiting=tuple(row.event_id for row in bench.waiting(case)),
        next_due=bench.next_due(case),
    )
    letter = Letter(case.case, ticked=ticked)
    for earlier in bench.effects.letters[start:]:
        if earlier.verdict is None and earlier.case == case.case:
            letter.hands += earlier.hands
            earlier.hands = []
    bench.effects.letters.append(letter)


def _pass(bench: Bench, case: CaseRecord, family: str, deadline: Deadline) -> None:
    data = {"rule": deadline.rule, "cause": deadline.cause, "due": rfc3339(deadline.due)}
    if deadline.owed_by is not None:
        data["owed_by"] = deadline.owed_by
    said = bench.own(case, f"{family}.deadline-passed", deadline.due, data, deadline.rule, deadline.cause)
    if said is None:
        raise AssertionError(f"deadline {deadline.rule} of {family} runs on although it has passed")

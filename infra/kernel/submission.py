"""From a submission to its one final answer: who says it, whether it was said before, what the law says. No I/O."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import datetime

from contracts import need
from contracts.decision import Accept, Park, Problem, Refuse
from contracts.envelope import Event, read
from contracts.messages import Notice, ProblemMark, Verdict
from contracts.signing import detached_kid

from .bench import Bench, marks
from .casebook import CaseRecord
from .decode import DeadLetter, Submission
from .effects import InboxRow, ParkedRow
from .problems import TOO_MANY, party_problems, reused_id, schema_problem, sealed_problems, signature_problem, too_many
from .records import COUNTERSIGNATURE, JWS, Record
from .verify import countersigner

log = logging.getLogger(__name__)
MANY = 32
"""How many events of one agency may wait in a case: each is looked at again whenever the case moves."""


def dead_letter(bench: Bench, letter: DeadLetter) -> None:
    """A record that nothing can be made of: the audit service is answered, and its sender where that is sure."""
    said = {"reason": letter.reason, "actor": letter.actor}
    bench.answer(letter.record, letter.digest, "dead-lettered", bench.now, **said)


def unsigned(bench: Bench, submission: Submission, notify: bool) -> None:
    """A record that its source did not sign: refused; the source is told that it was tried, and nothing more."""
    reason = submission.unsigned or "not signed"
    letter = bench.answer(
        submission.record,
        submission.digest,
        "refused",
        bench.now,
        reason=reason,
        problems=(ProblemMark.of(signature_problem(reason)),),
    )
    if notify:
        record = submission.record
        letter.notice = Notice(
            service=bench.office.name,
            agency=submission.header.actor,
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            digest=submission.digest,
            reason=reason,
            recorded=bench.now,
        )


def judge(bench: Bench, submission: Submission) -> None:
    """A record signed by its source: decide on it, answer it, and let what waited for it go on."""
    case = bench.cases[submission.header.subject]
    first = bench.inbox.get(submission.header.id)
    waiting = next((row for row in bench.waiting(case) if row.event_id == submission.header.id), None)
    if first is not None or waiting is not None:
        _again(bench, submission, case, first, waiting)
        return
    if bench.held.get(submission.header.id, case.case) != case.case:
        _refuse(bench, case, submission, (reused_id(),), remember=False)
        return
    if submission.event is not None:
        bench.carry(case, submission.event.time)
    accepted = bench.clock(case)
    problems = _envelope_problems(bench, submission, accepted)
    if problems or submission.event is None:
        # With a key that may not be used nobody takes an id for good.
        _refuse(bench, case, submission, problems, remember=not any(problem.rule == "KEY" for problem in problems))
        return
    _settle(bench, case, submission.event, submission.record, submission.headers, accepted)
    retry(bench, case)


def _again(
    bench: Bench, submission: Submission, case: CaseRecord, first: InboxRow | None, waiting: ParkedRow | None
) -> None:
    held = first.digest if first is not None else waiting.digest if waiting is not None else ""
    if held != submission.digest:
        _refuse(bench, case, submission, (reused_id(),), remember=False)
        return
    problems = tuple(ProblemMark(**item) for item in json.loads(first.problems)) if first is not None else ()
    bench.answer(
        submission.record,
        submission.digest,
        "duplicate",
        bench.clock(case),
        id=submission.header.id,
        case=case.case,
        actor=submission.header.actor,
        family=submission.header.type.split(".")[1],
        first_outcome=first.outcome if first is not None else "parked",
        until=waiting.until if waiting is not None else None,
        problems=problems,
    )


def _envelope_problems(bench: Bench, submission: Submission, accepted: datetime) -> tuple[Problem, ...]:
    key = bench.directory.key_problem(submission.kid, submission.header.actor, accepted)
    if key is not None:
        return (signature_problem(key, rule="KEY"),)
    if submission.faults:
        return tuple(schema_problem(where, fault) for where, fault in submission.faults)
    second = countersigner(submission.headers, bench.directory)
    if second is not None:
        key = bench.directory.key_problem(detached_kid(submission.headers[COUNTERSIGNATURE]), second, accepted)
        if key is not None:
            return (signature_problem(key, rule="KEY", field=COUNTERSIGNATURE),)
    if submission.event is not None:
        event = submission.event
        return party_problems(event, bench.directory) or sealed_problems(event, submission.sealed, bench.directory)
    return ()


def _settle(
    bench: Bench, case: CaseRecord, event: Event, record: Record, headers: Mapping[str, str], accepted: datetime
) -> None:
    decision = bench.decide(case, event, headers, accepted, expired=False)
    if isinstance(decision, Park) and _many(bench, case, event.actor):
        decision = Refuse((too_many(decision.waiting_for),))
    if isinstance(decision, Park):
        row = ParkedRow(
            event.id,
            event.digest,
            case.case,
            event.family,
            record.topic,
            record.partition,
            record.offset,
            decision.waiting_for,
            decision.until,
            event.body,
            json.dumps(dict(headers)),
        )
        bench.parked.setdefault(case.case, []).append(row)
        bench.effects.parked[event.id] = row
        bench.held[event.id] = case.case
        case.waiting += 1
        bench.touch(case)
        bench.answer(
            record,
            event.digest,
            "parked",
            accepted,
            id=event.id,
            case=case.case,
            actor=event.actor,
            family=event.family,
            waiting_for=decision.waiting_for,
            until=decision.until,
            next_due=bench.next_due(case),
        )
        return
    _finish(bench, case, event, record, headers, accepted, decision, expired=False)


def _many(bench: Bench, case: CaseRecord, actor: str) -> bool:
    if case.waiting < MANY:
        return False
    kids = [detached_kid(json.loads(row.headers)[JWS]) for row in bench.waiting(case)]
    return sum(kid in bench.directory.keys and bench.directory.keys[kid].agency == actor for kid in kids) >= MANY


def _finish(
    bench: Bench,
    case: CaseRecord,
    event: Event,
    record: Record,
    headers: Mapping[str, str],
    accepted: datetime,
    decision: Accept | Refuse,
    expired: bool,
) -> None:
    if isinstance(decision, Refuse):
        problems = tuple(ProblemMark.of(problem) for problem in decision.problems)
        if all(problem.rule != TOO_MANY for problem in decision.problems):  # it may come again
            bench.remember(event, "refused", problems)
        bench.answer(
            record,
            event.digest,
            "refused",
            accepted,
            id=event.id,
            case=case.case,
            actor=event.actor,
            family=event.family,
            problems=problems,
            next_due=bench.next_due(case),
        )
        return
    letter = bench.accept(case, event, headers, accepted, decision.breaches, expired)
    letter.reply_to = event.actor
    letter.curt = event.actor in need.shut_out(case.roles)
    letter.verdict = Verdict(
        service=bench.office.name,
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        digest=event.digest,
        outcome="accepted",
        accepted=accepted,
        id=event.id,
        case=case.case,
        breaches=marks(decision.breaches),
        actor=event.actor,
        family=event.family,
        sequence=case.sequences[event.family],
        next_due=bench.next_due(case),
    )


def _refuse(
    bench: Bench, case: CaseRecord, submission: Submission, problems: tuple[Problem, ...], remember: bool = True
) -> None:
    named = tuple(ProblemMark.of(problem) for problem in problems)
    if remember and submission.event is not None:
        bench.remember(submission.event, "refused", named)
    bench.answer(
        submission.record,
        submission.digest,
        "refused",
        bench.clock(case),
        id=submission.header.id,
        case=case.case,
        actor=submission.header.actor,
        family=submission.header.type.split(".")[1],
        problems=named,
    )


def retry(bench: Bench, case: CaseRecord) -> None:
    """Try again what waits in this case, until nothing more goes on."""
    moved = True
    while moved and case.waiting:
        moved = any(resume(bench, case, row, expired=False) for row in list(bench.waiting(case)))


def resume(bench: Bench, case: CaseRecord, row: ParkedRow, expired: bool) -> bool:
    """Decide again on something that waits; False when it still does. `expired`: it has waited to its limit."""
    accepted = bench.clock(case)
    try:
        event = read(row.body)
        decision = bench.decide(case, event, json.loads(row.headers), accepted, expired)
    except Exception:
        if expired:
            raise
        log.exception("something that waits cannot be judged; it goes on waiting")
        return False  # what came in meanwhile is not to pay for it
    if isinstance(decision, Park):
        return False
    bench.parked[case.case] = [other for other in bench.waiting(case) if other.event_id != row.event_id]
    if bench.effects.parked.pop(row.event_id, None) is None:
        bench.effects.unparked.add(row.event_id)
    case.waiting -= 1
    bench.touch(case)
    record = Record(row.topic, row.partition, row.offset, None, None)
    _finish(bench, case, event, record, json.loads(row.headers), accepted, decision, expired)
    return True

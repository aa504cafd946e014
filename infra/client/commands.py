"""An agency's own commands: send an event, read the mailbox, try an event before it is sent."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from contracts.decision import Accept, Park, Problem, Refuse
from contracts.envelope import Event
from contracts.events import EVENTS
from contracts.fields import case_code
from contracts.messages import Answer, ProblemMark
from infra.cli.command import Session, command
from infra.cli.errors import Unreachable
from infra.cli.options import as_agency, in_language

from .connection import Connection, connect
from .credentials import Credentials, Running
from .draft import Draft, read_draft
from .foresight import decide, directory_problems, known, schema_problems
from .kept import Kept
from .letters import answer_in_words, as_json, in_words, problem_in_words
from .mailbox import Mail, MailRefused, Order
from .reader import MailReader

FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@command("send", example="safepassage send report.json --as kh-moi-ahtjp")
@FILE
@as_agency()
@click.option("--timeout", "patience", default=60.0, show_default=True, help="Seconds to wait for the final answer.")
@in_language()
async def send(session: Session, file: Path, agency: str, patience: float, language: str) -> int:
    """Sign an event, send it, and say what the network answers.

    FILE is JSON: {"type": "intake.report-received", "data": {...}}, with "subject" (the case) where it is not a report
    that opens one, "time" where it did not happen just now, and "seal": {"kind", "content", "to"} where something goes
    sealed. The bytes that were signed are kept beside the agency's credentials; what is sealed is not.
    """
    now = datetime.now(UTC)
    draft = read_draft(file, now)
    running, credentials = Running.read(session.data), Credentials.read(session.data, agency)
    async with connect(running, credentials) as connection:
        reader = await MailReader.of(connection)
        prepared = draft.prepare(credentials.as_agency(), reader.directory, now)
        await connection.from_now()
        Kept(session.data, agency).keep(prepared.body)
        place = await connection.submit(prepared)
        session.output.note(f"sent to {place[0]} ({place[1]}/{place[2]}), case {case_code(draft.subject)}")
        try:
            answer = await asyncio.wait_for(_answer(session, connection, reader, place, language), patience)
        except TimeoutError as error:
            raise Unreachable(
                f"no final answer within {patience:g} s; the event has been sent and will be answered",
                f"look later: safepassage inbox --as {agency} --follow",
            ) from error
    session.output.data({**as_json(answer), "code": case_code(draft.subject), "case": draft.subject})
    return 1 if answer.outcome in ("refused", "dead-lettered") or answer.first_outcome == "refused" else 0


async def _answer(
    session: Session, connection: Connection, reader: MailReader, place: tuple[str, int, int], language: str = "en"
) -> Answer:
    """Read the mailbox up to the final answer for this place; one that waits is said on the way."""
    async for record in connection.mail(follow=True):
        mail = await reader.held(record)
        if not isinstance(mail, Answer) or (mail.topic, mail.partition, mail.offset) != place:
            continue
        for line in answer_in_words(mail, language):
            session.output.say(line)
        if mail.outcome != "parked":
            return mail
    raise AssertionError("a mailbox that is followed has no end")


@command("inbox", example="safepassage inbox --as kh-ngo-shelter-south --follow")
@as_agency()
@click.option("--follow", is_flag=True, help="Go on showing what comes; Ctrl-C ends it.")
@click.option("--from-beginning", is_flag=True, help="Show everything that is still there, not only what is new.")
@in_language()
async def inbox(session: Session, agency: str, follow: bool, from_beginning: bool, language: str) -> int:
    """Show what has come to an agency's mailbox since it was last shown.

    Every message is checked before it is shown. With --json, one message a line. Ends with 1 when one does not hold.
    """
    running, credentials = Running.read(session.data), Credentials.read(session.data, agency)
    kept, order, refused, shown = Kept(session.data, agency), Order(), 0, 0
    async with connect(running, credentials) as connection:
        reader = await MailReader.of(connection)
        if not from_beginning:
            connection.consumer.seek(connection.place, kept.position())
        async for record in connection.mail(follow=follow):
            try:
                mail = await reader.open(record)
            except MailRefused as error:
                refused += 1
                session.output.note(f"message {record.offset} does not hold: {error}. Keep it, and tell an auditor")
            else:
                shown += 1
                _show(session, mail, order, language)
            kept.read_up_to(record.offset + 1)
    if from_beginning:
        for service, numbers in sorted(order.missing.items()):
            if numbers:
                session.output.note(f"{service}: {len(numbers)} deliveries are missing, from number {min(numbers)} on")
    if not shown and not refused:
        session.output.say("Nothing new." if not from_beginning else "The mailbox is empty.")
    return 1 if refused else 0


def _show(session: Session, mail: Mail, order: Order, language: str) -> None:
    again = hasattr(mail, "delivery") and not order.take(mail.delivery)
    session.output.data({**as_json(mail), "again": again}, line=True)
    for number, line in enumerate(in_words(mail, language)):
        session.output.say(f"{line}  (again)" if again and not number else line)


@command("check", example="safepassage check report.json --as kh-moi-ahtjp")
@FILE
@as_agency()
@in_language()
async def check(session: Session, file: Path, agency: str, language: str) -> int:
    """Try an event without sending it: its form, and where the network runs, who may say it and what it decides.

    The decision is made by the very rules of the network, on what this agency knows of the case from its mailbox and
    from what it sent. Others may know more: the network has the last word.
    """
    now = datetime.now(UTC)
    draft = read_draft(file, now)
    event, problems = schema_problems(draft.body(agency, now))
    result: dict[str, Any] = {"checked": ["schema"], "decision": None}
    if event is not None and not problems:
        problems = await _check_on_network(session, draft, event, agency, now, result)
    marks = tuple(map(ProblemMark.of, problems))
    result["problems"] = [mark.model_dump(exclude_defaults=True) for mark in marks]
    _say_check(session, draft, marks, result, language)
    return 1 if problems else 0


async def _check_on_network(
    session: Session, draft: Draft, event: Event, agency: str, now: datetime, result: dict[str, Any]
) -> tuple[Problem, ...]:
    try:
        running = Running.read(session.data)
    except Unreachable:
        session.output.note("No network is running here, so only the form was checked.")
        return ()
    credentials = Credentials.read(session.data, agency)
    async with connect(running, credentials) as connection:
        reader = await MailReader.of(connection)
        mail = [item async for record in connection.mail(follow=False) if (item := await reader.held(record))]
    result["checked"] += ["directory", "journey"]
    problems = directory_problems(event, credentials.kid, reader.directory, draft.seal[2] if draft.seal else (), now)
    if problems:
        return problems
    story = known(mail, Kept(session.data, agency).sent(), event.case)
    result["known_events"] = len(story)
    match decide(event, story, reader.directory, now):
        case Refuse(found):
            result["decision"] = "refuse"
            return found
        case Park(waiting_for, _):
            result["decision"], result["waiting_for"] = "park", waiting_for
        case Accept(breaches):
            result["decision"], result["breaches"] = "accept", [breach.as_json() for breach in breaches]
    return ()


def _say_check(
    session: Session, draft: Draft, problems: tuple[ProblemMark, ...], result: dict[str, Any], language: str
) -> None:
    session.output.data(result)
    kind = EVENTS[draft.type.type].kind
    for problem in problems:
        for line in problem_in_words(problem, language):
            session.output.say(line)
    if problems:
        session.output.say(f"{draft.name} ({kind}) would be refused.")
        return
    checked = f"{', '.join(result['checked'])} checked"
    if result["decision"] is None:
        session.output.say(f"{draft.name} ({kind}) has the right form ({checked}).")
    elif result["decision"] == "accept":
        session.output.say(f"{draft.name} ({kind}) would be accepted ({checked}).")
    else:
        waiting = f"would wait for {result['waiting_for']}, as far as this agency knows the case"
        session.output.say(f"{draft.name} ({kind}) {waiting} ({checked}).")
    for breach in result.get("breaches", ()):
        session.output.say(f"It would be recorded, but not as {breach['rule']} asks ({breach['code']}).")

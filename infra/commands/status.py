"""``safepassage status``: what runs, how far behind it is, and what is wrong."""

from __future__ import annotations

from typing import Any

from infra.cli.command import Session, command
from infra.cli.errors import CommandFailed, Unreachable
from infra.cli.options import AUDITOR, as_agency
from infra.client.credentials import Credentials, Running
from infra.client.http import Service
from infra.embedded.cluster import user


@command("status", example="safepassage status --json")
@as_agency(AUDITOR)
async def status(session: Session, agency: str) -> int:
    """Say of every service whether it is ready, what it has still to read, and what is wrong; and the log's size.

    Ends with 1 when something is not well, with 3 when no network runs.
    """
    running = _running(session)
    services = {name: await _service(running, name) for name in running.services}
    summary = await _summary(session, running, agency)
    well = all(said["ready"] for said in services.values()) and "problem" not in summary
    session.output.data(
        {"well": well, "pid": running.pid, "replay": running.replay, "services": services, "audit": summary}
    )
    rows = [
        (
            name,
            "ready" if said["ready"] else "not ready",
            f"{sum(said.get('lag', {}).values()):,}",
            str(said.get("last_progress") or "none yet").partition(".")[0],
            "; ".join(said.get("problems", [])),
        )
        for name, said in services.items()
    ]
    session.output.table(("service", "", "to read", "last progress", "what is wrong"), rows)
    _say(session, running, summary)
    return 0 if well else 1


def _running(session: Session) -> Running:
    try:
        return Running.read(session.data)
    except Unreachable:
        owner = user(session.data)
        if owner is None:
            raise
        raise Unreachable(f"a network is starting or ending here (process {owner})", "ask again in a minute") from None


def _say(session: Session, running: Running, summary: dict[str, Any]) -> None:
    if running.replay:
        session.output.say("This network replays cases: each case has its own clock.")
    if "problem" in summary:
        session.output.say(f"The audit record cannot be read: {summary['problem']}")
        return
    log = summary["log"]
    session.output.say(f"The log has {log['size']:,} entries; its root is {log['root'] or 'that of an empty tree'}.")
    session.output.say(
        f"{summary['submissions']:,} submissions, {summary['unanswered']:,} of them not answered yet; "
        f"{summary['undecided']:,} acceptances not judged again yet."
    )


async def _service(running: Running, name: str) -> dict[str, Any]:
    try:
        async with Service(running, name) as service:
            said = await service.health()
    except CommandFailed as error:
        return {"ready": False, "problems": [error.message]}
    problems = said.get("problems") or {}
    said["problems"] = [f"{what}: {why}" for what, why in problems.items()] if isinstance(problems, dict) else problems
    return said


async def _summary(session: Session, running: Running, agency: str) -> dict[str, Any]:
    try:
        async with Service(running, "audit", Credentials.read(session.data, agency)) as audit:
            summary: dict[str, Any] = await audit.get("/v1/summary")
            return summary
    except CommandFailed as error:
        return {"problem": error.message}

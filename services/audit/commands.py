"""``safepassage trace`` and ``safepassage explain``: one case, from the audit service's record."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import click

from contracts.fields import canonical_case_code
from infra.cli.command import Session, command
from infra.cli.errors import WrongUse
from infra.cli.options import AUDITOR, as_agency
from infra.client.credentials import Credentials, Running
from infra.client.http import Service

from .explain import Explanation
from .trace import Trace

_CASE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@command("trace", example="safepassage trace 7K3QF-9XZM4")
@click.argument("case_or_code", metavar="CASE-OR-CODE")
@as_agency(AUDITOR)
async def trace(session: Session, case_or_code: str, agency: str) -> int:
    """Show who cared for one person and who answered for them, from when to when, and on whose authority.

    Then what is open and by when, and what the audit found. CASE-OR-CODE is the case's id, or the short code on the
    paper: small letters, spaces and hyphens do not matter. Ask as an agency with the role oversight.
    """
    found = Trace.of(await _record(session, case_or_code, agency), datetime.now(UTC))
    session.output.data(found.as_json())
    found.show(session.output)
    return 0


@command("explain", example="safepassage explain 7K3QF-9XZM4")
@click.argument("case_or_code", metavar="CASE-OR-CODE")
@click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="By the texts of this day instead of each event's own, as 2003-04-30.",
)
@as_agency(AUDITOR)
async def explain(session: Session, case_or_code: str, on: datetime | None, agency: str) -> int:
    """Show by which texts one case was judged: for each event those in force on its day, the rules, what was found.

    An old case keeps the old text. With --on, see which texts and rules the same steps would have met on another day.
    CASE-OR-CODE is the case's id, or its short code. Ask as an agency with the role oversight.
    """
    answer = await _record(session, case_or_code, agency)
    found = Explanation.of(answer, on.date() if on is not None else None)
    session.output.data(found.as_json())
    found.show(session.output)
    return 0


async def _record(session: Session, case_or_code: str, agency: str) -> dict[str, Any]:
    """What the audit service keeps of a case."""
    case = named(case_or_code)
    running, credentials = Running.read(session.data), Credentials.read(session.data, agency)
    async with Service(running, "audit", credentials) as service:
        answer: dict[str, Any] = await service.get(f"/v1/cases/{case}")
    return answer


def named(text: str) -> str:
    """The case that somebody names, as the service takes it; raises `WrongUse` for what is neither an id nor a code."""
    if _CASE.fullmatch(text.lower()):
        return text.lower()
    code = canonical_case_code(text)
    if code is None:
        raise WrongUse(
            f"'{text}' is not a case's id, and as a code its check character does not hold",
            "have it spelt out again: one character is wrong, or two are exchanged",
        )
    return code

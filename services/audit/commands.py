"""``safepassage trace``: one case, from the audit service's record."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import click

from contracts.fields import canonical_case_code
from infra.cli.command import Session, command
from infra.cli.errors import WrongUse
from infra.cli.options import AUDITOR, as_agency
from infra.client.credentials import Credentials, Running
from infra.client.http import Service

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
    case = named(case_or_code)
    running, credentials = Running.read(session.data), Credentials.read(session.data, agency)
    async with Service(running, "audit", credentials) as service:
        answer = await service.get(f"/v1/cases/{case}")
    found = Trace.of(answer, datetime.now(UTC))
    session.output.data(found.as_json())
    found.show(session.output)
    return 0


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

"""``safepassage board``: the open returns of a corridor."""

from __future__ import annotations

import re
from typing import Any

import click

from infra.cli.command import Session, command
from infra.cli.errors import WrongUse
from infra.cli.options import AUDITOR, as_agency
from infra.client.credentials import Credentials, Running
from infra.client.http import Service

CORRIDOR = re.compile(r"kh-(?!kh)[a-z]{2}")
"""A corridor has one name in both directions."""


@command("board", example="safepassage board --corridor kh-th")
@click.option("--corridor", required=True, metavar="CORRIDOR", help="Two countries, Cambodia first: kh-th.")
@as_agency(AUDITOR)
async def board(session: Session, corridor: str, agency: str) -> int:
    """Show the open returns of a corridor: whose turn it is, since when, due when, and what comes next.

    A time that no source states says so: it is the network's own. Ask as an agency of one of the two countries with the
    role liaison, repatriation-authority or oversight.
    """
    corridor = corridor.lower()
    if not CORRIDOR.fullmatch(corridor):
        raise WrongUse(f"'{corridor}' is no corridor of Cambodia", "name two countries, Cambodia first: kh-th")
    running, credentials = Running.read(session.data), Credentials.read(session.data, agency)
    async with Service(running, "repatriation", credentials) as service:
        said: dict[str, Any] = await service.get("/v1/board", corridor=corridor)
    session.output.data(said)
    if not said["returns"]:
        session.output.say(f"No return is open on {corridor}.")
        return 0
    columns = ("case", "whose turn", "since", "due", "next")
    session.output.table(columns, [cells(row) for row in said["returns"]], f"Open returns on {corridor}")
    return 0


def cells(row: dict[str, Any]) -> tuple[str, str, str, str, str]:
    """A row of the board as text."""
    return row["code"], row["whose_turn"] or "nobody's", _minute(row["since"]), due(row), row["next"]


def due(row: dict[str, Any]) -> str:
    """Until when, whether that has passed, and whether anybody but the network says so."""
    if row["due"] is None:
        return "no time is set"
    unverified = "" if row["verified"] else "no source states this time"
    why = ", ".join(part for part in (row["rule"], unverified) if part)
    return f"{_minute(row['due'])}{f' ({why})' if why else ''}{' OVERDUE' if row['overdue'] else ''}"


def _minute(time: str) -> str:
    """A time to the minute, with its zone."""
    return f"{time[:10]} {time[11:16]} {time[19:].lstrip('.0123456789').replace('Z', 'UTC')}"

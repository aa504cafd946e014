"""The board of a corridor: every open return, whose turn it is, since when, until when, and what comes next. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from contracts.directory import Directory, Role
from contracts.envelope import rfc3339
from contracts.fields import case_code
from contracts.guidelines import corridor_id
from contracts.journeys.repatriation import RepatriationState, Turn, turn
from infra.kernel.casebook import CaseRecord

FAMILY = "repatriation"
ROLES: tuple[Role, ...] = ("liaison", "repatriation-authority", "oversight")
"""Who may read a board, in either country of its corridor."""
NEXT = {
    "tracing-answered": "answer the tracing request",
    "requested": "ask for the return, or decide otherwise",
    "best-interests-determined": "hear and assess, then determine what is best",
    "local-solution-decided": "decide the solution that was determined",
    "counterpart-answered": "answer the request for return",
    "request-completed": "tell the counterpart what it still needs",
    "travel-document-issued": "issue a travel document",
    "travel-scheduled": "schedule the travel",
    "received": "receive the person",
    "reintegration-planned": "plan the reintegration",
    "follow-up-made": "follow up",
    "closed": "follow up, then close",
}
"""What each step asks of the agency whose turn it is."""


@dataclass(frozen=True, slots=True)
class Row:
    """One open return. `overdue` is by the case's own clock where it has one."""

    case: str
    turn: Turn
    overdue: bool

    def as_json(self) -> dict[str, Any]:
        """The row as the service answers it. `verified` is false where no source states the time that `due` allows."""
        return {
            "case": self.case,
            "code": case_code(self.case),
            "whose_turn": self.turn.agency,
            "since": rfc3339(self.turn.since),
            "step": self.turn.step,
            "next": NEXT.get(self.turn.step, self.turn.step),
            "due": rfc3339(self.turn.due) if self.turn.due is not None else None,
            "rule": self.turn.rule,
            "verified": self.turn.verified,
            "overdue": self.overdue,
        }


def board(
    records: Iterable[CaseRecord], corridor: str, directory: Directory, now: datetime, *, replay: bool = False
) -> list[Row]:
    """The open returns on a corridor: what is due first comes first, then what has waited longest.

    In a replay a case is late by its own clock, otherwise by `now`.
    """
    rows = []
    for record in records:
        state = record.state(FAMILY)
        if isinstance(state, RepatriationState) and corridor in corridors(state, directory):
            waits = turn(state)
            if waits is not None:
                rows.append(
                    Row(
                        record.case,
                        waits,
                        waits.due is not None and waits.due < (record.clock or now if replay else now),
                    )
                )
    return sorted(
        rows, key=lambda row: (row.turn.due is None, row.turn.due or row.turn.since, row.turn.since, row.case)
    )


def corridors(state: RepatriationState, directory: Directory) -> set[str | None]:
    """Between which countries something is asked, or somebody came unannounced.

    A request says it; of a tracing request its two agencies do.
    """
    return {state.corridor} | {
        ask.corridor or corridor_id(directory.country(ask.asker) or "", directory.country(ask.to) or "")
        for ask in state.asks.values()
    }


def may_read(directory: Directory, agency: str, corridor: str, on: date) -> bool:
    """Whether an agency of one of the two countries holds a role that reads this corridor's board on a day."""
    country = directory.country(agency)
    party = country is not None and country.lower() in corridor.split("-")
    return party and any(directory.has_role(agency, role, on) for role in ROLES)

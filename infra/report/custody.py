"""Custody and accompaniment of all cases: minutes in somebody's hands, and the times that nobody explains."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from contracts.custody_table import CustodyTable, custody_table
from contracts.envelope import rfc3339, utc

from .lines import Logged, claims


@dataclass(slots=True)
class Chains:
    """Takes one case after the other. `until` is the instant up to which what is still open is counted."""

    until: datetime
    tables: list[CustodyTable] = field(default_factory=list)

    def case(self, events: Sequence[Logged]) -> None:
        """The events of one case, each family in its sequence."""
        table = custody_table([item.event for item in events], self.until, claims(events))
        if table is not None:
            self.tables.append(table)

    def custody(self) -> dict[str, int]:
        """Of children: whole minutes, minutes with two to answer, and how often nobody or two said to have them."""
        return _sums(table for table in self.tables if table.child)

    def accompaniment(self) -> dict[str, int]:
        """The same of adults, who are accompanied and not in custody."""
        return _sums(table for table in self.tables if not table.child)

    def lines(self) -> Iterable[str]:
        """Every span and every unexplained time as a line, in UTC: equal chains give equal lines."""
        for table in self.tables:
            for span in table.spans:
                yield f"{table.case} {span.kind} {span.party} {_at(span.since)} {_at(span.until)} {span.authority}"
            for item in table.unexplained:
                yield f"{table.case} {item.kind} {_at(item.since)} {_at(item.until)} {item.cause}"


def _sums(tables: Iterable[CustodyTable]) -> dict[str, int]:
    known = list(tables)
    return {
        "persons": len(known),
        "person_minutes": sum(table.person_minutes for table in known),
        "joint_minutes": sum(table.joint_minutes for table in known),
        "gaps": sum(len(table.gaps) for table in known),
        "overlaps": sum(len(table.overlaps) for table in known),
    }


def _at(time: datetime | None) -> str:
    return rfc3339(utc(time)) if time is not None else "-"

"""The figures of custody and of accompaniment, over every case, from `contracts.custody_table`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from contracts.custody_table import CustodyTable, custody_table
from contracts.envelope import rfc3339

from .lines import Logged


@dataclass(slots=True)
class Chains:
    """Takes one case after another. `lines` say every span and every unexplained time, for comparing two replays."""

    tables: list[CustodyTable] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    def case(self, case: Sequence[Logged]) -> None:
        """Take one case's accepted events, each family in its sequence. An open chain counts up to its last event."""
        events = [item.event for item in case]
        if not events:
            return
        table = custody_table(events, max(item.acceptance.accepted for item in case))
        if table is None:
            return
        self.tables.append(table)
        for span in table.spans:
            until = rfc3339(span.until) if span.until is not None else "open"
            self.lines.append(f"{table.case} {span.kind} {span.party} {rfc3339(span.since)} {until} {span.authority}")
        self.lines += [
            f"{table.case} {item.kind} {rfc3339(item.since)} {rfc3339(item.until)} {item.cause}"
            for item in table.unexplained
        ]

    def custody(self) -> dict[str, int]:
        """Children: minutes in somebody's care, minutes for which two answered, gaps and overlaps (numbers of them)."""
        children = [table for table in self.tables if table.child]
        return {
            "persons": sum(table.opened is not None for table in children),
            "person_minutes": sum(table.person_minutes for table in children),
            "joint_minutes": sum(table.joint_minutes for table in children),
            "gaps": sum(len(table.gaps) for table in children),
            "overlaps": sum(len(table.overlaps) for table in children),
        }

    def accompaniment(self) -> dict[str, int]:
        """Adults: minutes accompanied."""
        adults = [table for table in self.tables if not table.child and table.opened is not None]
        return {"persons": len(adults), "person_minutes": sum(table.person_minutes for table in adults)}

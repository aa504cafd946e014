"""What a rule is: its id, what it asks, where that is written, and how far the source carries it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from ...decision import Problem
from ..instruments import in_force

Basis = Literal["text", "title", "recommendation", "inferred", "policy"]
"""The source states it; only its name or agenda is known; it recommends it; it follows from it; the network's own."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `instrument` names the text that brings it: before that is in force the rule does not bite."""

    id: str
    asks: str
    source: str
    basis: Basis
    effect: str
    instrument: str | None = None

    def bites(self, on: date) -> bool:
        """Whether the rule holds on a day; one that no instrument brings always does."""
        return self.instrument is None or in_force(self.instrument, on)

    def problem(self, field: str, message: str, remedy: str) -> Problem:
        """The problem of a field that is against this rule, with the rule's source as its citation."""
        return Problem(field, self.id, self.source, message, remedy)

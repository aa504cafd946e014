"""What a rule says of itself, beside the function that applies it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from ...decision import BreachCode, Problem
from ..instruments import in_force


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the network. `basis` is how far the source carries it; `policy` marks the network's own decision.

    `instrument` is the text that brings it: an event of a time before that is in force is not judged by it.
    `effect`: refuse (a proposal is not accepted; on a fact it is a breach), breach, deadline, delivery, invariant.
    """

    id: str
    asks: str
    source: str
    basis: Literal["text", "title", "recommendation", "inferred", "network"]
    effect: str
    policy: bool = False
    instrument: str | None = None

    def bites(self, on: date) -> bool:
        """Whether the rule holds on a day; one that no instrument brings always does."""
        return self.instrument is None or in_force(self.instrument, on)

    def problem(self, field: str, message: str, remedy: str, code: BreachCode = "breach") -> Problem:
        """A violation of this rule, found in a field of an event."""
        return Problem(field, self.id, self.source, message, remedy, code)

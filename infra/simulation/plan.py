"""The plan of one simulated case: who is found, where and when, and how far the replay takes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from contracts.standards import Gender

Kind = Literal["repatriation", "in-country", "sent-home", "carried-over"]


@dataclass(frozen=True, slots=True)
class Plan:
    """One case before it begins. `country` is where the person is found; provinces are two-digit codes.

    `incident` is shared by people found together. `start` is the instant of the report, in the country's own zone. What
    falls later than `until` does not happen in the replay: the case stays open. Events named in `left` do not happen
    either: they are the next year's. A case that is carried over does `steps` in the year, and what leads to them
    before.
    """

    case: str
    kind: Kind
    country: str
    child: bool
    gender: Gender
    home_province: str
    found_province: str | None
    start: datetime
    incident: str | None = None
    until: datetime | None = None
    left: frozenset[str] = frozenset()
    steps: tuple[str, ...] = ()

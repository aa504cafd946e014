"""What a simulated agency does next, and the ways in which it may go wrong on purpose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Fault(StrEnum):
    """Messages that a network of real people gets; each kind is sent on purpose, and its outcome is reported."""

    LATE = "late"
    DOUBLED = "doubled"
    OUT_OF_ORDER = "out-of-order"
    WRONGLY_SIGNED = "wrongly-signed"
    AGAINST_A_RULE = "against-a-rule"
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True)
class Sealing:
    """A sealed part to go with an event: its kind, its content, and the agencies that may open it."""

    kind: str
    content: Mapping[str, Any]
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Act:
    """One event that an agency will send.

    `at` is when it is sent, on the case's clock; `time` when it happened (the same, unless it is reported late).
    `cause` names the act within its case: with the seed it gives the event's id and every random byte, so the same
    cause gives the same bytes whatever else goes on. `fault` distorts the record, or marks why it is sent.
    """

    agency: str
    name: str
    at: datetime
    data: Mapping[str, Any]
    cause: str
    time: datetime | None = None
    version: int = 1
    sealing: Sealing | None = None
    fault: Fault | None = None


@dataclass(slots=True)
class Notes:
    """What one agency knows of one case: its own card (what the case looks like to it), and what it sent and received.

    `known` maps an event's name to the id of the latest one that this agency sent (and was accepted) or received.
    """

    agency: str
    case: str
    card: Mapping[str, Any]
    known: dict[str, str] = field(default_factory=dict)
    facts: dict[str, Mapping[str, Any]] = field(default_factory=dict)

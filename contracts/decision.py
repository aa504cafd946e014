"""What a journey answers: accept, refuse or park; and the words it answers with.

A *problem* says why a proposal is not accepted. A *breach* is the same finding about a fact: what happened is
recorded, and the breach says what was wrong. Both name the rule; both tell the reader what would be right.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from .events import Kind

if TYPE_CHECKING:
    from .directory import Directory
    from .envelope import Event

BreachCode = str
"""One of: breach, dispute, late, unproven (what was to come first is not there), one-sided, warning."""
WARNING: BreachCode = "warning"
"""Only a draft asks for what was not done: it is on record, and no finding is raised."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason to refuse. `field` is a path into the event, `rule` a rule id or a check of the network's own.

    `code` is what the same finding is called when it is about a fact and so a breach.
    """

    field: str
    rule: str
    citation: str
    message: str
    remedy: str
    code: BreachCode = "breach"

    def as_json(self) -> dict[str, str]:
        """The problem as an answer carries it."""
        return {
            "field": self.field,
            "rule": self.rule,
            "citation": self.citation,
            "message": self.message,
            "remedy": self.remedy,
        }


@dataclass(frozen=True, slots=True)
class Breach:
    """What was wrong with a fact that is recorded all the same."""

    rule: str
    code: BreachCode
    message: str

    def as_json(self) -> dict[str, str]:
        """The breach as an acceptance carries it."""
        return {"rule": self.rule, "code": self.code}


CLAIMS = frozenset(
    {"CUS-HOLDER", "CUS-ONE", "CUS-TAKEOVER", "NET-GLASS", "NET-MANDATE", "NET-MISDIRECTED", "NET-ORDER", "NET-PARTY"}
)
"""The rules on who may say a thing, and after what: a fact that one of them disputes is a claim."""


class Mark(Protocol):
    """A breach, or what an acceptance says of one."""

    @property
    def rule(self) -> str:
        """The rule's id."""
        ...

    @property
    def code(self) -> str:
        """What kind of breach it is."""
        ...


def disputed(marks: Iterable[Mark]) -> bool:
    """Whether a fact with these breaches is a claim: recorded, but by somebody who may not say it, or out of nowhere.

    A claim moves care, because the person may really be there; it gives nobody a role, ends nothing, and takes
    responsibility from nobody (CUS-MOVE, XB-NEED).
    """
    return any(mark.rule in CLAIMS and mark.code in ("dispute", "unproven") for mark in marks)


@dataclass(frozen=True, slots=True)
class Accept:
    """The event becomes part of the case; `breaches` are raised as findings by the audit service."""

    breaches: tuple[Breach, ...] = ()


@dataclass(frozen=True, slots=True)
class Refuse:
    """The event is not accepted; every problem found is listed."""

    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Park:
    """The event waits: for what (an event name), and until when on the clock of acceptance."""

    waiting_for: str
    until: datetime


Decision = Accept | Refuse | Park


@dataclass(frozen=True, slots=True)
class Deadline:
    """Something that must have happened by `due`. (rule, cause) names it: `cause` is the id of the event that set it.

    Where one event sets several, each is named by an id derived from it (`net_consent_debt`).
    `owed_by` is the agency whose turn it is. `verified` is False where no source states the time allowed.
    """

    rule: str
    cause: str
    due: datetime
    owed_by: str | None
    verified: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """An event of another family that has been accepted: enough of it for a positive guard."""

    sequence: int
    id: str
    name: str
    actor: str
    time: datetime
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Context:
    """All that a decision may look at besides its own family's state.

    `accepted` is the judging clock; `expired` is True when the event has been parked to its limit; `seen` holds what
    this service had seen accepted in the case's other families, up to the sequences in `after`, claims left out.
    `countersigner` is the second agency that signed the same bytes, where one did.
    """

    directory: Directory
    accepted: datetime
    seen: Mapping[str, tuple[Seen, ...]] = field(default_factory=dict)
    expired: bool = False
    countersigner: str | None = None

    def find(self, name: str, id: str | None = None, **facts: object) -> Seen | None:
        """The latest event of this name (`family.name`) seen in another family, with this id and these facts.

        A guard names the event that it relies on, or a fact that stays true: so what came after changes nothing.
        """
        for seen in reversed(self.seen.get(name.partition(".")[0], ())):
            same = seen.name == name and (id is None or seen.id == id)
            if same and all(seen.data.get(key) == value for key, value in facts.items()):
                return seen
        return None

    @property
    def after(self) -> dict[str, int]:
        """The sequence of each other family that this decision had seen."""
        return {family: events[-1].sequence for family, events in sorted(self.seen.items()) if events}


def settle(event: Event, problems: list[Problem], breaches: list[Breach]) -> Decision:
    """The decision once nothing more is awaited: a fact is accepted with breaches, a proposal refused for problems."""
    if event.type.kind is Kind.PROPOSAL:
        return Refuse(tuple(problems)) if problems else Accept(tuple(breaches))
    return Accept((*breaches, *(Breach(problem.rule, problem.code, problem.message) for problem in problems)))

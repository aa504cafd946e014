"""What the network itself says: acceptances, deliveries, answers and notices, each signed by a service (see `batch`).

An *acceptance* stands beside an event on its family's events topic and names every input of the decision, so that
anyone who has those inputs can judge again. A *delivery* stands beside the same bytes in an agency's mailbox and says
no more than that agency may know. A *verdict* is the one final answer to a submission, for the audit service; its
*answer* is what the sender is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict

from . import batch
from .guidelines import words
from .signing import Signer, payload_bytes

if TYPE_CHECKING:
    from .decision import Problem

Outcome = Literal["accepted", "duplicate", "parked", "refused", "dead-lettered"]


class Message(BaseModel):
    """One signed statement of a service. `TYP` is the JWS type under which it is signed."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    TYP: ClassVar[str] = "message+jws"

    def sign(self, signer: Signer) -> str:
        """The statement, signed alone: a compact JWS."""
        return sign_messages([self], signer)[0]

    @classmethod
    def verify(cls, token: str, public: bytes) -> Self:
        """The statement in a token of this key; raises `SignatureRefused` or pydantic's `ValidationError`."""
        return cls.model_validate_json(batch.statement(token, public, cls.TYP))

    @classmethod
    def unverified(cls, token: str) -> Self:
        """The statement in a token, for a reader that has checked, or will check, its signature elsewhere."""
        return cls.model_validate_json(payload_bytes(token))


def sign_messages(messages: Sequence[Message], signer: Signer) -> list[str]:
    """A token for each of these, under one signature."""
    said = [
        (message.TYP, message.model_dump_json(exclude_none=True, exclude_defaults=True).encode())
        for message in messages
    ]
    return batch.sign_all(said, signer)


class BreachMark(BaseModel):
    """A breach as an acceptance or an answer names it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    rule: str
    code: str


class Said(BaseModel):
    """A problem in another language."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    message: str
    remedy: str


class ProblemMark(BaseModel):
    """A problem as an answer names it: where, by which rule, on what authority, and what would be acceptable.

    `texts` says message and remedy in other languages (ISO 639-1), where the network has the words.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    field: str
    rule: str
    citation: str
    message: str
    remedy: str
    texts: dict[str, Said] = {}

    @classmethod
    def of(cls, problem: Problem) -> Self:
        """A problem, with its words in every language that its rule is said in."""
        return cls.model_validate({**problem.as_json(), "texts": _texts(problem)})

    def words(self, language: str) -> Said:
        """Message and remedy in a language, in English where there is no other."""
        return self.texts.get(language) or Said(message=self.message, remedy=self.remedy)


def _texts(problem: Problem) -> dict[str, Said]:
    found = {}
    for language in words.languages(problem.rule):
        if any(words.translated(text, language) is not None for text in (problem.message, problem.remedy)):
            message, remedy = (words.said(text, language) for text in (problem.message, problem.remedy))
            found[language] = Said(message=message, remedy=remedy)
    return found


class Acceptance(Message):
    """A service accepted an event. `sequence` counts the family's events of the case from 1 without a gap.

    `after` names, for each other family, the last event that the decision had seen; `directory` and `rules` the
    directory's sequence and the digest of the guidelines; `accepted` the judging clock and `recorded` the wall clock
    (they differ in a replay, which is marked). `expired`: the event had waited to its limit. `stale_directory`: a fact
    that was accepted although the directory's last head was too old to be sure of it. `countersigner` is the second
    agency whose signature over the same bytes was checked.
    """

    TYP: ClassVar[str] = "acceptance+jws"

    service: str
    digest: str
    case: str
    family: str
    sequence: int
    after: dict[str, int] = {}
    directory: int
    rules: str
    accepted: datetime
    recorded: datetime
    replay: bool = False
    expired: bool = False
    stale_directory: bool = False
    countersigner: str | None = None
    breaches: tuple[BreachMark, ...] = ()


class Delivery(Message):
    """An event is handed to an agency that needs it. `number` counts what this service has handed to it, from 1.

    `follows` names the events delivered to this agency before it, of the same case and service.
    """

    TYP: ClassVar[str] = "delivery+jws"

    service: str
    agency: str
    number: int
    digest: str
    accepted: datetime
    recorded: datetime
    replay: bool = False
    follows: tuple[str, ...] = ()


class Answer(Message):
    """What became of a submission, as its sender is told it.

    `accepted` is the judging clock of the answer. A parked submission says what it waits for and until when; a refused
    one lists every problem; a duplicate names the outcome that the first one had.
    """

    TYP: ClassVar[str] = "answer+jws"

    service: str
    topic: str
    partition: int
    offset: int
    digest: str
    outcome: Outcome
    accepted: datetime
    id: str | None = None
    case: str | None = None
    first_outcome: Outcome | None = None
    reason: str | None = None
    waiting_for: str | None = None
    until: datetime | None = None
    problems: tuple[ProblemMark, ...] = ()
    breaches: tuple[BreachMark, ...] = ()


class Verdict(Answer):
    """The same answer with what only the audit service is told: the sequence, who was handed the event, what is due."""

    TYP: ClassVar[str] = "verdict+jws"

    actor: str | None = None
    family: str | None = None
    sequence: int | None = None
    deliveries: dict[str, int] = {}
    next_due: datetime | None = None


class Ticked(Message):
    """A service has moved a case's clock in a replay: up to when, what that set off, and what is due next.

    `number` is the tick's own. `waiting` names the submissions that still wait although all that the tick named has
    been seen.
    """

    TYP: ClassVar[str] = "ticked+jws"

    service: str
    case: str
    to: datetime
    number: int = 0
    deliveries: tuple[tuple[str, int], ...] = ()
    sequences: dict[str, int] = {}
    waiting: tuple[str, ...] = ()
    next_due: datetime | None = None


class Notice(Message):
    """Somebody submitted under an agency's name what that agency did not sign. Nothing of its content is told."""

    TYP: ClassVar[str] = "notice+jws"

    service: str
    agency: str
    topic: str
    partition: int
    offset: int
    digest: str
    reason: str
    recorded: datetime

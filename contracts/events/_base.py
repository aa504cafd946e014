"""What every event's data is made of, and the register of event types.

An event type is named by its CloudEvents `type` (`safepassage.custody.handover-offered.v1`) and declared once, by the
decorator `event` on its model: a *proposal* may be refused, a *fact* is what has happened and is never refused away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, ClassVar, Literal, TypeVar, get_args

from pydantic import BaseModel, ConfigDict

from ..codes import CorrectionReason
from ..fields import AgencyId, Digest, DocumentRef, EventId, IncidentId, Instant, RuleId, Several
from ..steps_intake import Withdrawn


class Kind(StrEnum):
    """Whether an event may be refused."""

    FACT = "fact"
    PROPOSAL = "proposal"


@dataclass(frozen=True, slots=True)
class Party:
    """Marks a field whose agency the event names: the other side, a recipient, the one whose turn it is.

    One that is not `told` is spoken of, and is not handed the event for that.
    """

    told: bool = True


Named = Annotated[AgencyId, Party()]
"""An agency that the event names as a party."""

SpokenOf = Annotated[AgencyId, Party(told=False)]
"""An agency of which the event speaks, and which is not told."""


class EventData(BaseModel):
    """The facts of one event: codes, identifiers and times. Readers ignore members that they do not know.

    `sealed_digest` names the sealed part that travels beside the event. `corrects` names the event in whose place this
    one stands. `on_behalf_of` is the agency that the signer speaks for: one that it represents, or an external one
    whose act it attests by the number of a `paper`. It is the speaker, so it is not among the `named`.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    TYPE: ClassVar[str] = ""
    """The CloudEvents type, set when the model is registered."""

    incident: IncidentId | None = None
    sealed_digest: Digest | None = None
    corrects: EventId | None = None
    time_precision: Literal["minute", "day", "month"] = "minute"
    paper: DocumentRef | None = None
    on_behalf_of: AgencyId | None = None


_Model = type[EventData]


@dataclass(frozen=True, slots=True)
class EventType:
    """One registered type and version. `parties` are the fields of `model` that name an agency, `told` those of them
    whose agencies are handed the event.
    """

    type: str
    family: str
    name: str
    version: int
    kind: Kind
    model: _Model
    parties: tuple[str, ...]
    told: tuple[str, ...]

    def named(self, data: EventData) -> tuple[str, ...]:
        """The agencies that are handed an event because it names them, each once, in the order of the fields."""
        return tuple(dict.fromkeys(_values(getattr(data, field) for field in self.told)))

    def agencies(self, data: EventData) -> tuple[str, ...]:
        """All the agencies that the data name, told or not."""
        return tuple(dict.fromkeys(_values(getattr(data, field) for field in self.parties)))


EVENTS: dict[str, EventType] = {}
"""Every event type of the network, by its full CloudEvents type."""

D = TypeVar("D", bound=EventData)


def event(name: str, *, version: int = 1, kind: Kind) -> Callable[[type[D]], type[D]]:
    """Register a model as the data of `family.name`; raises `ValueError` when the type is declared already."""
    family, _, short = name.partition(".")
    full = f"safepassage.{name}.v{version}"

    def register(model: type[D]) -> type[D]:
        if full in EVENTS:
            raise ValueError(f"{full} is declared already; a change of its meaning is a new version")
        marks = {
            field: mark
            for field, info in model.model_fields.items()
            if (mark := _mark(info.annotation, tuple(info.metadata))) is not None
        }
        told = tuple(field for field, mark in marks.items() if mark.told)
        EVENTS[full] = EventType(full, family, short, version, kind, model, tuple(marks), told)
        model.TYPE = full
        return model

    return register


def unknown_members(data: EventData, raw: Mapping[str, Any]) -> tuple[str, ...]:
    """The names in an event's raw data that its model does not have.

    A reader ignores them. A hub must not: what it does not know it cannot check, and a name could hide there.
    """
    known = _members(type(data))
    return () if raw.keys() <= known else tuple(sorted(raw.keys() - known))


@cache
def _members(model: _Model) -> frozenset[str]:
    return frozenset(model.model_fields)


class Correction(EventData):
    """An earlier event of the family was wrong. A correction is a new event that names it (EPCIS 2.0).

    `replacement` is the event that says it right, where there is one; without it the corrected one simply does not
    count. The record keeps both. With the reason `misdirected-identity` the `receivers` are those to whom the sealed
    part of that event went and was not for: each is told, and says what it has done (NET-MISDIRECTED).
    """

    corrects: EventId
    reason: CorrectionReason
    replacement: EventId | None = None
    receivers: Several[Named] = ()


class Deletion(EventData):
    """An agency has dealt with an identity that was not for it, and says what it did; told to the one that sent it.

    `correction` is the event by which that agency told of it (NET-MISDIRECTED).
    """

    correction: EventId
    to: Named
    done: Withdrawn


class Deadline(EventData):
    """What a rule asked for by an instant had not happened by then. Said by the family's service alone.

    `cause` is the event that set the deadline; `owed_by` the agency whose turn it was. `verified` is False where no
    source states the time allowed.
    """

    rule: RuleId
    cause: EventId
    due: Instant
    owed_by: Named | None = None
    verified: bool = True


def _mark(annotation: Any, metadata: tuple[Any, ...] = ()) -> Party | None:
    for mark in (*metadata, *getattr(annotation, "__metadata__", ())):
        if isinstance(mark, Party):
            return mark
    return next((mark for part in get_args(annotation) if (mark := _mark(part)) is not None), None)


def _values(fields: Iterable[str | tuple[str, ...] | None]) -> Iterator[str]:
    for value in fields:
        if isinstance(value, str):
            yield value
        elif value is not None:
            yield from value

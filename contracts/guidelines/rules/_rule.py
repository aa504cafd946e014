"""What a rule says of itself, beside the function that applies it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Literal

from ...decision import BreachCode, Problem
from ..examples import Example, examples
from ..instruments import Instrument, InstrumentDeadline, InstrumentUnknown, bringing, instrument, instruments
from ..overlap import Ground, ground


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

    @property
    def since(self) -> date | None:
        """The first day on which it holds; None where it always does, because no instrument brings it."""
        if self.instrument is None:
            return None
        days = [text.since for text in self.texts if text.status == "in-force" and text.since is not None]
        return min(days, default=instrument(self.instrument).since)

    @property
    def texts(self) -> tuple[Instrument, ...]:
        """Every text that brings it in any version, drafts and guidance among them, by id."""
        return tuple(
            text
            for text in instruments().values()
            if self.id in text.rules or any(self.id in (version.rules or ()) for version in text.version)
        )

    @property
    def example(self) -> Example | None:
        """What keeps it and what breaks it, in one sentence each."""
        return examples().get(self.id)

    def bites(self, on: date) -> bool:
        """Whether the rule holds on a day: a text in force brings it, or it needs none."""
        return self.instrument is None or bool(bringing(self.id, on))

    def ground(self, on: date) -> Ground:
        """The texts that carry it on a day, all of them cited, with the most protective of their times."""
        return ground(self.id, on)

    def time(self, name: str, on: date) -> InstrumentDeadline:
        """What the texts in force on a day allow for one thing: where several say it, the most protective.

        Raises `InstrumentUnknown` where none of them does.
        """
        for said in self.ground(on).deadlines:
            if said.name == name:
                return said
        raise InstrumentUnknown(f"{self.id}: {name}")

    def warns(self, on: date, countries: Collection[str]) -> bool:
        """Whether nothing but a draft between these countries (ISO 3166) asks for it on a day."""
        drafts = (text for text in self.texts if text.drafted(on) and set(countries) <= set(text.parties))
        return not self.bites(on) and len(set(countries)) > 1 and any(drafts)

    def problem(self, field: str, message: str, remedy: str, code: BreachCode = "breach") -> Problem:
        """A violation of this rule, found in a field of an event."""
        return Problem(field, self.id, self.source, message, remedy, code)

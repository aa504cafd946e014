"""Where texts overlap: two that bring one rule are both cited, and the more protective of them applies.

More protective is: the shorter of two times, and every person whom either of them covers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from .instruments import Covered, Instrument, InstrumentDeadline, bringing


@dataclass(frozen=True, slots=True)
class Ground:
    """What carries a rule: the texts in force that bring it, each as it reads on the day."""

    rule: str
    texts: tuple[Instrument, ...]

    @property
    def citation(self) -> str:
        """Every one of them, cited."""
        return "; ".join(f"{text.id} ({text.citation})" for text in self.texts)

    @property
    def covers(self) -> frozenset[Covered]:
        """Whoever is covered by any of them."""
        return frozenset(person for text in self.texts for person in text.covers)

    @property
    def deadlines(self) -> tuple[InstrumentDeadline, ...]:
        """The time that holds for each thing that they give a time for."""
        said = [item for text in self.texts for item in text.deadline if item.rule == self.rule]
        return tuple(shortest(item for item in said if item.name == name) for name in sorted({it.name for it in said}))


def ground(rule: str, on: date) -> Ground:
    """What carries a rule on a day; without a text where none in force brings it."""
    return Ground(rule, bringing(rule, on))


def shortest(said: Iterable[InstrumentDeadline]) -> InstrumentDeadline:
    """The most protective of several times for one thing; of equal ones the one that a source states."""
    return min(said, key=lambda item: (item.hours, not item.verified))

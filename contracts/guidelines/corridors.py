"""Corridors: which instrument carries a person's return between two countries, and how long each step may take.

Where no instrument covers the person the return goes through the diplomatic channel (XB-CORRIDOR, OPSC ¶99, ¶122). The
bilateral instruments cover women and children, so the person is tested too.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from ..codes import Person
from ..standards import Gender
from ..steps import Channel
from .instruments import Covered, Instrument, instruments

FILE = Path(__file__).with_name("corridors.toml")
HOME = "KH"
MONTH = timedelta(days=30)
"""A month, wherever a rule or a plan counts in months."""
_WOMEN = frozenset({Gender.FEMININE, Gender.TRANSGENDER_FEMININE})


class Limit(NamedTuple):
    """How long something may take, and whether a source states it."""

    time: timedelta
    verified: bool


@dataclass(frozen=True, slots=True)
class Corridor:
    """The way of one person between two countries on one day.

    `instrument` is the one to name; None means the diplomatic channel. `also` are others in force that cover the person
    and are cited beside it.
    """

    id: str
    channel: Channel
    instrument: str | None
    also: tuple[str, ...] = ()


def corridor_id(one: str, other: str) -> str | None:
    """The corridor's name, the same in both directions, Cambodia first; None unless one of the two is Cambodia."""
    if one == other or HOME not in (one, other):
        return None
    return f"{HOME}-{other if one == HOME else one}".lower()


def corridor(
    from_country: str, to_country: str, person: Person, on: date, gender: Gender | None = None
) -> Corridor | None:
    """The corridor of a person between two countries (ISO 3166) on a day; None where Cambodia is neither.

    The newest bilateral instrument comes first, then the newest multilateral one. An adult not known to be a woman has
    only what covers everybody.
    """
    name = corridor_id(from_country, to_country)
    if name is None:
        return None
    covered = _covered(person, gender)
    texts = [text.at(on) for text in instruments().values() if text.binds(on)]
    covering = [text for text in texts if _carries(text, from_country, to_country, covered)]
    covering.sort(key=lambda text: (text.kind == "bilateral", text.since or date.min), reverse=True)
    if not covering:
        return Corridor(name, Channel.DIPLOMATIC, None)
    return Corridor(name, Channel.INSTRUMENT, covering[0].id, tuple(text.id for text in covering[1:]))


def assistance(one: str, other: str, on: date) -> str | None:
    """The treaty by which two countries' justice may help each other on a day; None where there is none."""
    for text in instruments().values():
        if text.assistance and {one, other} <= set(text.parties) and text.binds(on):
            return text.id
    return None


def limit(name: str, corridor: str | None = None) -> Limit:
    """How long a step may take on a corridor, or anywhere; raises `KeyError` for a name that corridors.toml lacks."""
    return limits()[corridor if corridor in limits() else None][name]


def covers(person: Person, gender: Gender | None) -> Covered:
    """As whom an instrument would cover a person."""
    return _covered(person, gender)


def _covered(person: Person, gender: Gender | None) -> Covered:
    if person is Person.CHILD:
        return "children"
    return "women" if gender in _WOMEN else "men"


def _carries(text: Instrument, one: str, other: str, covered: Covered) -> bool:
    return text.repatriation and {one, other} <= set(text.parties) and covered in text.covers


@cache
def limits() -> dict[str | None, dict[str, Limit]]:
    """Every time that the network keeps, by corridor and name; those that hold where none is named under None."""
    data = tomllib.loads(FILE.read_text("utf-8"))
    network = _times(data["network"])
    known: dict[str | None, dict[str, Limit]] = {None: network}
    for name, entries in data["corridor"].items():
        known[name] = network | _times({key: value for key, value in entries.items() if key != "countries"})
    return known


def _times(entries: dict[str, Any]) -> dict[str, Limit]:
    return {
        name: Limit(_span(name.rpartition("_")[2], entry["value"]), entry["verified"])
        for name, entry in entries.items()
    }


def _span(unit: str, value: int) -> timedelta:
    return value * MONTH if unit == "months" else timedelta(**{unit: value})

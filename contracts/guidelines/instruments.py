"""The instruments: agreements, decisions and guidelines as dated data, one TOML file each in `instruments/`.

An event is judged by the text that was in force at its time. A date known by its month alone counts from the month's
last day, one known by its year from the year's last day: nothing is held against anybody before it surely applied.
"""

from __future__ import annotations

import calendar
import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from ..signing import digest

FOLDER = Path(__file__).parent / "instruments"
"""Where the texts are: `<id>.toml`."""

Precision = Literal["day", "month", "year"]
Covered = Literal["children", "women", "men"]


class InstrumentUnknown(KeyError):
    """No instrument has this name: the names are those of the files in contracts/guidelines/instruments."""


class InstrumentDeadline(BaseModel):
    """A time that an instrument allows, in hours. `verified` is False where the source does not state it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    rule: str
    hours: int = Field(gt=0)
    verified: bool
    source: str


class Instrument(BaseModel):
    """One text. `covers` are the persons it protects; `repatriation` says whether a return may run under it.

    `assistance` says whether two countries' justice may help each other by it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    title: str
    kind: Literal["decision", "agreement", "circular", "prakas", "policy", "bilateral", "multilateral", "guideline"]
    status: Literal["draft", "guidance", "in-force"]
    in_force: str | None = None
    precision: Precision | None = None
    parties: tuple[str, ...]
    covers: tuple[Covered, ...]
    repatriation: bool = False
    assistance: bool = False
    citation: str
    rules: tuple[str, ...]
    deadline: tuple[InstrumentDeadline, ...] = ()

    @property
    def since(self) -> date | None:
        """The first day on which it surely applies; None where it has none."""
        if self.in_force is None:
            return None
        parts = [int(part) for part in self.in_force.split("-")]
        match parts:
            case [year, month, day]:
                return date(year, month, day)
            case [year, month]:
                return date(year, month, calendar.monthrange(year, month)[1])
            case _:
                return date(parts[0], 12, 31)


@cache
def instruments() -> dict[str, Instrument]:
    """Every instrument by its id, in the order of the ids."""
    read = (Instrument.model_validate(tomllib.loads(path.read_text("utf-8"))) for path in sorted(FOLDER.glob("*.toml")))
    return {instrument.id: instrument for instrument in read}


def instrument(name: str) -> Instrument:
    """One instrument; raises `InstrumentUnknown`."""
    found = instruments().get(name)
    if found is None:
        raise InstrumentUnknown(name)
    return found


def in_force(name: str, on: date) -> bool:
    """Whether an instrument binds on a day. A draft or a guidance never does; raises `InstrumentUnknown`."""
    since = _binds_since(name)
    return since is not None and since <= on


@cache
def _binds_since(name: str) -> date | None:
    found = instrument(name)
    return found.since if found.status == "in-force" else None


def text_digest(name: str) -> str:
    """SHA-256 of an instrument's file, base64url, as its entry in the directory pins it; raises `InstrumentUnknown`."""
    instrument(name)
    return digest((FOLDER / f"{name}.toml").read_bytes())


def allowed(name: str, deadline: str) -> InstrumentDeadline:
    """A time that an instrument allows, by its name; raises `InstrumentUnknown`."""
    for candidate in instrument(name).deadline:
        if candidate.name == deadline:
            return candidate
    raise InstrumentUnknown(f"{name}: {deadline}")

"""The instruments: agreements, decisions and guidelines as dated data, one TOML file each in `instruments/`.

An event is judged by the text that was in force at its time. A date known by its month alone counts from the month's
last day, one known by its year from the year's last day: nothing is held against anybody before it surely applied.

A text that is amended keeps its file and gets a `[[version]]` with a day of its own: what happened before that day is
judged by the text as it stood.
"""

from __future__ import annotations

import calendar
import tomllib
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

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


class Area(BaseModel):
    """A part of a text: the rules that keep it, or why no software can."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int = Field(gt=0)
    title: str
    rules: tuple[str, ...] = ()
    not_for_software: str | None = None

    @model_validator(mode="after")
    def _one_or_the_other(self) -> Self:
        if bool(self.rules) == bool(self.not_for_software):
            raise ValueError("an area names the rules that keep it, or says why software cannot")
        return self


class _Dated(BaseModel):
    """Something with a first day, known to the day, the month or the year."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    in_force: str | None = None
    precision: Precision | None = None

    @model_validator(mode="after")
    def _as_precise_as_it_says(self) -> Self:
        forms = {0: None, 1: "year", 2: "month", 3: "day"}
        if forms[len(self.in_force.split("-")) if self.in_force is not None else 0] != self.precision:
            raise ValueError(f"the date {self.in_force} is not known to the {self.precision}")
        return self

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


class Version(_Dated):
    """An amendment: from its day on the text says this. What it does not name stays as it was (XB-MODIFY)."""

    in_force: str
    precision: Precision
    citation: str = Field(min_length=1)
    signatories: tuple[str, ...] = Field(min_length=1)
    covers: tuple[Covered, ...] | None = None
    repatriation: bool | None = None
    rules: tuple[str, ...] | None = None
    deadline: tuple[InstrumentDeadline, ...] | None = None


_AMENDED = ("citation", "covers", "repatriation", "rules", "deadline")
"""What an amendment may change."""


class Instrument(_Dated):
    """One text. `covers` are the persons it protects; `repatriation` says whether a return may run under it.

    `assistance` says whether two countries' justice may help each other by it.
    """

    id: str
    title: str
    kind: Literal["decision", "agreement", "circular", "prakas", "policy", "bilateral", "multilateral", "guideline"]
    status: Literal["draft", "guidance", "in-force"]
    parties: tuple[str, ...]
    covers: tuple[Covered, ...]
    repatriation: bool = False
    assistance: bool = False
    citation: str
    rules: tuple[str, ...]
    deadline: tuple[InstrumentDeadline, ...] = ()
    area: tuple[Area, ...] = ()
    version: tuple[Version, ...] = ()

    def at(self, on: date) -> Instrument:
        """The text as it reads on a day."""
        dated = [(since, version) for version in self.version if (since := version.since) is not None and since <= on]
        change: dict[str, Any] = {}
        for _, version in sorted(dated, key=lambda item: item[0]):
            said = {
                name: getattr(version, name) for name in ("citation", "covers", "repatriation", "rules", "deadline")
            }
            change |= {name: value for name, value in said.items() if value is not None}
        return self.model_copy(update=change) if change else self

    def binds(self, on: date) -> bool:
        """Whether it binds on a day. A draft or a guidance never does."""
        return self.status == "in-force" and self.since is not None and self.since <= on

    def drafted(self, on: date) -> bool:
        """Whether it is known as a draft on a day: it warns, and never refuses."""
        return self.status == "draft" and self.since is not None and self.since <= on


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


@lru_cache(maxsize=8192)
def bringing(rule: str, on: date) -> tuple[Instrument, ...]:
    """The texts in force on a day that bring a rule, as they read on that day, the oldest first."""
    texts = sorted((text for text in instruments().values() if text.binds(on)), key=lambda text: str(text.since))
    return tuple(now for now in (text.at(on) for text in texts) if rule in now.rules)


def text_digest(name: str) -> str:
    """SHA-256 of an instrument's file, base64url, as its entry in the directory pins it; raises `InstrumentUnknown`."""
    instrument(name)
    return digest((FOLDER / f"{name}.toml").read_bytes())

"""One case by the law of its days: for each event the texts in force then, the rules asked of it, and what was found.

Old cases keep the old text, so two cases with the same steps may come out differently; this shows why. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from contracts.envelope import rfc3339, utc
from contracts.events.audit import FindingRaised
from contracts.events.repatriation import Requested
from contracts.fields import case_code
from contracts.guidelines import Corridor, Instrument, corridor, instruments
from contracts.guidelines.rules import RULES
from contracts.guidelines.rules.xb_corridor import xb_corridor
from contracts.journeys.asked import asked
from infra.cli.output import Output
from infra.report.lines import Logged
from infra.report.people import standing

OWN = "NET-"
"""The network's own checks are asked of nearly every event, so tables leave them out; JSON has them."""


@dataclass(frozen=True, slots=True)
class Explained:
    """One event by the texts of a day.

    `texts` are those in force that bring a rule asked of it, or carry the return that it asks for; `asked` the rules
    that held, `not_yet` those that no text had brought; `way` the way that was open, where it asks for a return;
    `found` what was wrong, as (rule, kind).
    """

    item: Logged
    on: date
    texts: tuple[Instrument, ...]
    asked: tuple[str, ...]
    not_yet: tuple[str, ...]
    way: Corridor | None
    found: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, item: Logged, findings: Iterable[FindingRaised], on: date | None) -> Explained:
        """An accepted event by the texts of its own day, with what was found; or by those of another.

        By another day's texts only the way is judged again: all else would need the directory of that day.
        """
        event, day = item.event, on or item.event.time.date()
        rules = [RULES[rule] for rule in sorted(asked()[event.name])]
        held = tuple(rule.id for rule in rules if rule.bites(day))
        way = _way(item, day)
        carrying = {way.instrument, *way.also} if way is not None else set()
        in_force = [text.at(day) for text in instruments().values() if text.binds(day)]
        brought = {rule.id for rule in rules if rule.instrument is not None}
        texts = tuple(text for text in in_force if text.id in carrying or brought & set(text.rules))
        found = _found(item, findings) if on is None else _way_again(item, way)
        return cls(item, day, texts, held, tuple(rule.id for rule in rules if rule.id not in held), way, found)

    def as_json(self) -> dict[str, Any]:
        """The event explained."""
        return {
            "id": self.item.event.id,
            "name": self.item.event.name,
            "time": rfc3339(self.item.event.time),
            "on": self.on.isoformat(),
            "texts": [text.id for text in self.texts],
            "way": _way_in_words(self.way),
            "asked": list(self.asked),
            "not_yet": list(self.not_yet),
            "found": [{"rule": rule, "code": code} for rule, code in self.found],
        }


@dataclass(frozen=True, slots=True)
class Explanation:
    """A case explained, event by event; `on` is the day whose texts were asked for, None for each event's own."""

    case: str
    events: tuple[Explained, ...]
    on: date | None

    @classmethod
    def of(cls, answer: Mapping[str, Any], on: date | None = None) -> Explanation:
        """The explanation of an answer of ``GET /v1/cases/CASE``."""
        logged = sorted(map(Logged.of, answer["events"]), key=lambda item: utc(item.event.time))
        findings = [item.event.data for item in logged if isinstance(item.event.data, FindingRaised)]
        said = [item for item in standing(logged) if item.event.family != "audit"]
        return cls(str(answer["case"]), tuple(Explained.of(item, findings, on) for item in said), on)

    def texts(self) -> tuple[tuple[date, Instrument], ...]:
        """Every text in force on a day of the case, with the first such day, in that order."""
        days = sorted({item.on for item in self.events})
        first = {text.id: (day, text) for day in reversed(days) for text in instruments().values() if text.binds(day)}
        return tuple(sorted(first.values(), key=lambda item: (item[0], item[1].since or date.min, item[1].id)))

    def drafts(self) -> tuple[Instrument, ...]:
        """The drafts of these days between countries whose agencies speak in the case: they warn, and never refuse."""
        countries = {item.item.event.actor.partition("-")[0].upper() for item in self.events}
        known = [text for text in instruments().values() if any(text.drafted(item.on) for item in self.events)]
        return tuple(text for text in known if set(text.parties) <= countries)

    def as_json(self) -> dict[str, Any]:
        """The whole explanation."""
        return {
            "case": self.case,
            "code": case_code(self.case),
            "on": self.on.isoformat() if self.on is not None else None,
            "texts": [
                {
                    "id": text.id,
                    "title": text.at(day).title,
                    "since": str(text.since),
                    "citation": text.at(day).citation,
                }
                for day, text in self.texts()
            ],
            "drafts": [{"id": text.id, "title": text.title, "citation": text.citation} for text in self.drafts()],
            "events": [item.as_json() for item in self.events],
        }

    def show(self, output: Output) -> None:
        """The explanation as tables of text."""
        day = f"the texts of {self.on}" if self.on is not None else "the texts in force on the day of each event"
        output.say(f"Case {case_code(self.case)} ({self.case}), by {day}", "bold")
        texts = self.texts()
        if texts:
            rows = [(str(text.since), text.id, text.title, text.at(day).citation) for day, text in texts]
            output.table(("since", "text", "", "source"), rows, "In force")
        else:
            output.say("No text was in force: only what the network itself asks, and the diplomatic channel.")
        for text in self.drafts():
            output.say(f"Only a draft, which warns and never refuses: {text.id}, {text.title} ({text.citation})")
        output.say()
        cells = [_cells(item) for item in self.events]
        columns = ("day", "event", "by these texts", "rules asked", "no text brought", "found")
        output.table(columns, cells, "Event by event (the network's own checks left out)")
        if self.on is not None:
            output.say("By another day's texts only the way of a return is judged again.")


def _cells(item: Explained) -> tuple[str, ...]:
    way = _way_in_words(item.way)
    named = {item.way.instrument, *item.way.also} if item.way is not None else set()
    texts = [text.id for text in item.texts if text.id not in named]
    return (
        item.item.event.time.date().isoformat(),
        item.item.event.name,
        "; ".join(([f"way: {way}"] if way is not None else []) + ([", ".join(texts)] if texts else [])),
        ", ".join(rule for rule in item.asked if not rule.startswith(OWN)),
        ", ".join(item.not_yet),
        ", ".join(f"{rule} ({code})" for rule, code in item.found),
    )


def _way(item: Logged, on: date) -> Corridor | None:
    data = item.event.data
    if not isinstance(data, Requested):
        return None
    return corridor(str(data.from_country), str(data.to_country), data.person, on, data.gender)


def _way_in_words(way: Corridor | None) -> str | None:
    if way is None:
        return None
    return "diplomatic channel" if way.instrument is None else " beside ".join((way.instrument, *way.also))


def _way_again(item: Logged, way: Corridor | None) -> tuple[tuple[str, str], ...]:
    data = item.event.data
    if not isinstance(data, Requested):
        return ()
    problem = xb_corridor(way, data.corridor, data.channel.value, data.instrument)
    return ((problem.rule, "wrong way"),) if problem is not None else ()


def _found(item: Logged, findings: Iterable[FindingRaised]) -> tuple[tuple[str, str], ...]:
    """The breaches of the acceptance, what the audit found beside them, and what a deadline says had not happened."""
    found = [(mark.rule, mark.code) for mark in item.acceptance.breaches]
    found += [(data.rule, data.code.value) for data in findings if data.cause == item.event.id]
    if item.event.type.name == "deadline-passed":
        found.append((str(vars(item.event.data)["rule"]), "passed"))
    return tuple(dict.fromkeys(found))

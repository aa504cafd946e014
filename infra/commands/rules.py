"""``safepassage rules``: what the network asks, where that is written, since when, and where it is used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from contracts import need
from contracts.events import EVENTS
from contracts.guidelines import Instrument
from contracts.rulebook import Page, RuleUnknown, Time, page, rulebook, used
from infra.cli.command import Session, command
from infra.cli.errors import WrongUse

NEED = "need-to-know"
BASIS = {
    "text": "the source states it",
    "title": "only the name of a text, or of a point on an agenda, is known",
    "recommendation": "recommended, not binding",
    "inferred": "concluded from the source",
    "network": "the network's own",
}


@command("rules", example="safepassage rules D107-48H")
@click.argument("name", required=False, metavar=f"[ID|{NEED}]")
def rules(session: Session, name: str | None) -> int:
    """List every rule: what it asks, its source, its effect, since when it holds, and which events it looks at.

    With an id, explain that rule, with an example; with 'need-to-know', show who is handed which event. Where the
    source does not say as much as the rule, or does not state a time, that is said.
    """
    if name is None:
        _list(session)
    elif name.lower() == NEED:
        _need(session)
    else:
        _explain(session, name)
    return 0


def _list(session: Session) -> None:
    pages = list(rulebook().values())
    session.output.data({"rules": [as_json(entry) for entry in pages]})
    columns = ("id", "what it asks", "source", "basis", "effect", "since", "where used")
    session.output.table(columns, [row(entry) for entry in pages])
    session.output.say("One rule with an example: safepassage rules ID")


def _explain(session: Session, name: str) -> None:
    try:
        entry = page(name)
    except RuleUnknown as error:
        raise WrongUse(
            f"no rule has the id '{name}'", f"the nearest are {', '.join(error.nearest)}; all: safepassage rules"
        ) from error
    session.output.data(as_json(entry))
    for line in in_words(entry):
        session.output.say(line)


def _need(session: Session) -> None:
    rows = list(need_rows())
    columns = ("family", "event", "who", "stage", "what")
    session.output.data({"need_to_know": [dict(zip(columns, line, strict=True)) for line in rows]})
    session.output.table(columns, rows)
    session.output.say(
        "The sender gets nothing back of what it said. Whoever is not listed is handed nothing, and neither is an"
        " agency that is shut out of the case (NET-SHUT), whatever is said here."
    )


def need_rows() -> Iterator[tuple[str, str, str, str, str]]:
    """Family, event, role, stage, and what is handed to it then; the agencies that an event names come first."""
    for kind in sorted(EVENTS.values(), key=lambda kind: (kind.family, kind.name)):
        name = f"{kind.family}.{kind.name}"
        roles = [
            (role, stage, level)
            for role, stages in need.stages().items()
            for stage in stages
            if (level := need.cell(name, role, stage)) != "nothing"
        ]
        named = ", ".join(kind.told)
        if named:
            yield kind.family, kind.name, f"named in {named}", "any", "facts, and what is sealed to it"
        for role, stage, level in roles:
            yield kind.family, kind.name, role, stage, level
        if not named and not roles:
            yield kind.family, kind.name, "nobody", "any", "nothing"


def row(entry: Page) -> tuple[str, str, str, str, str, str, str]:
    """A rule as a line of the list."""
    rule = entry.rule
    where = "; ".join(used(entry)) or (entry.kept or "")
    return rule.id, rule.asks, rule.source, rule.basis, effect(entry), since(entry), where


def effect(entry: Page) -> str:
    """What a rule does, and whether the network itself decided that."""
    return f"{entry.rule.effect}{' (policy)' if entry.rule.policy else ''}"


def since(entry: Page) -> str:
    """From which day a rule holds."""
    return entry.rule.since.isoformat() if entry.rule.since is not None else "always"


def in_words(entry: Page) -> Iterator[str]:
    """A rule explained, line by line."""
    rule = entry.rule
    yield f"{rule.id}: {rule.asks}"
    yield f"  source  {rule.source}"
    yield f"  basis   {rule.basis}: {BASIS[rule.basis]}"
    yield f"  effect  {rule.effect}{'; policy: the network decided so itself' if rule.policy else ''}"
    yield f"  since   {since(entry)}"
    for text in rule.texts:
        yield f"  text    {text.id}: {text.title}; {in_force(text)} ({text.citation})"
    for time in entry.times:
        yield f"  time    {allowed(time)}"
    if rule.example is not None:
        yield f"  kept    {rule.example.keeps}"
        yield f"  broken  {rule.example.breaks}"
    for place in used(entry, most=99):
        yield f"  used    {place}"
    if entry.functions:
        yield f"  code    contracts/guidelines/rules: {', '.join(entry.functions)}"
    if entry.kept is not None:
        yield f"  how     {entry.kept}"


def in_force(text: Instrument) -> str:
    """Whether and since when a text binds, with the days of its amendments."""
    if text.since is None:
        return "guidance without a day: it binds nobody"
    if text.status != "in-force":
        return f"{text.status} of {text.in_force}: it warns and never refuses"
    known = "" if text.precision == "day" else f" (known to the {text.precision}, so from its last day)"
    amended = "".join(f", amended {version.since}" for version in text.version)
    return f"in force since {text.since}{known}{amended}"


def allowed(time: Time) -> str:
    """A time, by whom it is set, and whether a source states it."""
    sure = "stated by the source" if time.verified else "no source states this time"
    return f"{time.name}: {time.hours:g} h, {time.where}; {sure}"


def as_json(entry: Page) -> dict[str, Any]:
    """A rule as JSON."""
    rule = entry.rule
    return {
        "id": rule.id,
        "asks": rule.asks,
        "source": rule.source,
        "basis": rule.basis,
        "effect": rule.effect,
        "policy": rule.policy,
        "since": rule.since.isoformat() if rule.since is not None else None,
        "texts": [
            {
                "id": text.id,
                "title": text.title,
                "status": text.status,
                "since": text.since.isoformat() if text.since is not None else None,
                "precision": text.precision,
                "citation": text.citation,
                "amended": [version.in_force for version in text.version],
            }
            for text in rule.texts
        ],
        "times": [
            {"name": time.name, "hours": time.hours, "verified": time.verified, "where": time.where}
            for time in entry.times
        ],
        "asked_of": list(entry.asked_of),
        "deadlines_in": list(entry.due_in),
        "functions": list(entry.functions),
        "kept": entry.kept,
        "example": rule.example._asdict() if rule.example is not None else None,
    }

"""The rules as a book: every id, with all that can be said of it without a case. Pure.

A rule that no function keeps is in it too, with how it is kept instead (guidelines/elsewhere.toml).
"""

from __future__ import annotations

import ast
import difflib
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import FunctionType

from .events import EVENTS, FAMILIES
from .guidelines import rules
from .guidelines.corridors import limits
from .guidelines.rules import RULES, Rule
from .journeys.asked import asked, body_of, rules_of, running

ELSEWHERE = Path(__file__).parent / "guidelines" / "elsewhere.toml"


@dataclass(frozen=True, slots=True)
class Time:
    """A time that a rule allows. `where` is the text or the corridor that sets it, `hours` how long."""

    name: str
    hours: float
    verified: bool
    where: str


@dataclass(frozen=True, slots=True)
class Page:
    """One rule. `kept` says how it is kept where no function does; None where one does.

    `functions` are those of `guidelines.rules` that keep it (`module.name`), `asked_of` the events (`family.name`) that
    it looks at, `due_in` the families in which its deadline may run.
    """

    rule: Rule
    kept: str | None
    functions: tuple[str, ...]
    asked_of: tuple[str, ...]
    due_in: tuple[str, ...]
    times: tuple[Time, ...]


class RuleUnknown(KeyError):
    """No rule has this id; `nearest` are those that look like it, the likeliest first."""

    def __init__(self, name: str, nearest: tuple[str, ...]) -> None:
        super().__init__(name)
        self.nearest = nearest


@cache
def rulebook() -> dict[str, Page]:
    """Every rule of the network, by its id."""
    pages = {rule.id: _page(rule, None) for rule in RULES.values()}
    pages |= {rule.id: _page(rule, kept) for rule, kept in elsewhere() if rule.id not in RULES}
    return dict(sorted(pages.items()))


def page(name: str) -> Page:
    """One rule, in whatever case its id is written; raises `RuleUnknown`."""
    found = rulebook().get(name.strip().upper())
    if found is None:
        ids = list(rulebook())
        near = difflib.get_close_matches(name.strip().upper(), ids, n=3, cutoff=0.4)
        raise RuleUnknown(name, tuple(near) or tuple(ids[:3]))
    return found


def elsewhere() -> Iterator[tuple[Rule, str]]:
    """The rules that no function keeps, each with how it is kept."""
    for name, said in tomllib.loads(ELSEWHERE.read_text("utf-8")).items():
        kept = str(said.pop("kept"))
        yield Rule(name, **said), kept


def used(entry: Page, most: int = 3) -> tuple[str, ...]:
    """Where a rule is used: its events by family (more than `most` are counted), and where its deadline may run."""
    said = []
    for family in FAMILIES:
        own = sorted({kind.name for kind in EVENTS.values() if kind.family == family})
        names = [name.partition(".")[2] for name in entry.asked_of if name.startswith(f"{family}.")]
        if names:
            every = (
                "every event" if names == own else ", ".join(names) if len(names) <= most else f"{len(names)} events"
            )
            said.append(f"{family}: {every}")
    said += [f"{family}: a deadline" for family in entry.due_in]
    return tuple(said)


def _page(rule: Rule, kept: str | None) -> Page:
    functions = tuple(_functions(rule))
    names = tuple(f"{function.__module__.rpartition('.')[2]}.{function.__name__}" for function in functions)
    events = tuple(sorted(name for name, found in asked().items() if rule.id in found))
    families = tuple(family for family in FAMILIES if rule.id in running()[family])
    times = dict.fromkeys((*_of_texts(rule), *_of_corridors(functions)))
    return Page(rule, kept, names, events, families, tuple(times))


def _of_texts(rule: Rule) -> Iterator[Time]:
    for text in rule.texts:
        for version in (text, *(text.at(since) for item in text.version if (since := item.since) is not None)):
            for item in version.deadline:
                if item.rule == rule.id:
                    yield Time(item.name, item.hours, item.verified, f"{text.id} ({item.source})")


def _of_corridors(functions: tuple[FunctionType, ...]) -> Iterator[Time]:
    asked_for = {name for function in functions for node in ast.walk(body_of(function)) if (name := _limit(node))}
    for name in sorted(asked_for):
        for corridor, known in limits().items():
            limit = known[name]
            if corridor is None or limit != limits()[None][name]:
                yield Time(name, limit.time.total_seconds() / 3600, limit.verified, corridor or "everywhere")


def _functions(rule: Rule) -> Iterator[FunctionType]:
    """The functions that keep a rule; importing the rules has loaded every module of theirs."""
    for name, module in sorted(sys.modules.items()):
        if name.startswith(f"{rules.__name__}.") and not name.endswith("._rule"):
            for function in vars(module).values():
                own = isinstance(function, FunctionType) and function.__module__ == name
                if own and rule.id in rules_of(function):
                    yield function


def _limit(node: ast.AST) -> str | None:
    """The name under which `corridors.toml` is asked for a time."""
    match node:
        case ast.Call(ast.Name("limit"), [ast.Constant(str(name)), *_]):
            return name
    return None

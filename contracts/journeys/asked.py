"""Which rules a journey asks of which event: read from the journey's own code, so that no list of it can be wrong.

A journey narrows an event by its type (`isinstance(data, …)`, `event.type.name == …`) and calls the functions of rules.
So every branch that an event of one type can take is followed, and each rule on the way is noted. What a branch asks of
the case's state is left open, and both sides count: *asked* means that the rule looks at such an event, not that it had
anything to say of this one.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import FunctionType, MethodType, ModuleType
from typing import Any

from ..events import EVENTS, EventType
from ..guidelines import rules
from ..guidelines.rules import Rule
from .registry import JOURNEYS

_EVENT, _DATA, _OPEN = object(), object(), object()
"""What an expression may stand for besides a value: the event, its facts, and what only a case can tell."""
_HERE, _RULES = __name__.rpartition(".")[0], rules.__name__
_COMPARED: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: lambda one, other: one == other,
    ast.NotEq: lambda one, other: one != other,
    ast.In: lambda one, other: one in other,
    ast.NotIn: lambda one, other: one not in other,
    ast.Is: lambda one, other: one is other,
    ast.IsNot: lambda one, other: one is not other,
}


@cache
def asked() -> Mapping[str, frozenset[str]]:
    """The ids of the rules that are asked of each event, by `family.name`."""
    found: dict[str, frozenset[str]] = {}
    for kind in EVENTS.values():
        reading = _Reading(kind)
        reading.function(JOURNEYS[kind.family].decide)
        name = f"{kind.family}.{kind.name}"
        found[name] = found.get(name, frozenset()) | frozenset(reading.found)
    return found


@cache
def running() -> Mapping[str, frozenset[str]]:
    """The ids of the rules of which a deadline may run, by family."""
    found = {}
    for family, journey in JOURNEYS.items():
        reading = _Reading(None)
        reading.function(journey.deadlines)
        found[family] = frozenset(reading.found)
    return found


@dataclass
class _Reading:
    """What is found while one type of event goes through a journey; without a type every branch is taken."""

    kind: EventType | None
    found: set[str] = field(default_factory=set)
    read: set[object] = field(default_factory=set)

    def function(self, function: Any) -> None:
        """Read a function's body, once."""
        if function in self.read:
            return
        self.read.add(function)
        known = {"event": _EVENT, "data": _DATA} if self.kind is not None else {}
        tree = body_of(function)
        names = {given.arg: known.get(given.arg, _OPEN) for given in ast.walk(tree.args) if isinstance(given, ast.arg)}
        self._block(tree.body, _Scope(self.kind, function.__globals__, names))

    def _block(self, statements: Iterable[ast.stmt], scope: _Scope) -> bool:
        """Read statements in order; True when nothing after them is reached."""
        return any(self._statement(statement, scope) for statement in statements)

    def _statement(self, statement: ast.stmt, scope: _Scope) -> bool:
        match statement:
            case ast.If(test, body, other):
                self._expression(test, scope)
                truth = scope.truth(test)
                ends = self._block(body, scope) if truth is not False else True
                return (self._block(other, scope) if truth is not True else True) and ends
            case ast.Match(subject, cases):
                self._expression(subject, scope)
                return self._cases(subject, cases, scope)
            case ast.Assign(targets=[target], value=value):
                self._expression(value, scope)
                scope.bind(target, value)
                return False
        for part in ast.iter_child_nodes(statement):
            if isinstance(part, ast.stmt):
                self._statement(part, scope)
            else:
                self._expression(part, scope)
        return isinstance(statement, ast.Return | ast.Raise | ast.Continue | ast.Break)

    def _cases(self, subject: ast.expr, cases: Iterable[ast.match_case], scope: _Scope) -> bool:
        ends = True
        for case in cases:
            truth = scope.matches(subject, case.pattern)
            if truth is False:
                continue
            if case.guard is not None:
                self._expression(case.guard, scope)
            ends = self._block(case.body, scope) and ends
            if truth and case.guard is None:
                return ends
        return False

    def _expression(self, node: ast.AST, scope: _Scope) -> None:
        match node:
            case ast.IfExp(test, body, other):
                self._expression(test, scope)
                truth = scope.truth(test)
                for part in [body] * (truth is not False) + [other] * (truth is not True):
                    self._expression(part, scope)
            case ast.BoolOp(operator, parts):
                for part in parts:
                    self._expression(part, scope)
                    if scope.truth(part) is isinstance(operator, ast.Or):
                        break
            case ast.Name() | ast.Attribute():
                self._refer(scope.value(node))
                if isinstance(node, ast.Attribute):
                    self._expression(node.value, scope)
            case _:
                for inner in ast.iter_child_nodes(node):
                    self._expression(inner, scope)

    def _refer(self, value: object) -> None:
        """Something is called or handed on: a rule, a part of a journey, or a table of such."""
        match value:
            case MethodType(__self__=Rule(id=rule)):
                self.found.add(rule)
            case FunctionType(__module__=module) if module.startswith(f"{_RULES}."):
                self.found |= rules_of(value)
            case FunctionType(__module__=module) if module.startswith(f"{_HERE}."):
                if self.kind is None or all(value is not journey.deadlines for journey in JOURNEYS.values()):
                    self.function(value)
            case tuple() | list():
                for item in value:
                    self._refer(item)
            case dict():
                for key, item in value.items():
                    if self.kind is None or not isinstance(key, type) or issubclass(self.kind.model, key):
                        self._refer(item)


@dataclass
class _Scope:
    """What the names in a function stand for."""

    kind: EventType | None
    outer: Mapping[str, Any]
    names: dict[str, object]

    def bind(self, target: ast.expr, value: ast.expr) -> None:
        """A name stands for something from here on; a constant may be changed on the way, so it stays open."""
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            for one, other in zip(target.elts, value.elts, strict=False):
                self.bind(one, other)
        elif isinstance(target, ast.Name):
            self.names[target.id] = _OPEN if isinstance(value, ast.Constant) else self.value(value)

    def value(self, node: ast.AST) -> Any:
        """What an expression stands for."""
        match node:
            case ast.Constant(value):
                return value
            case ast.Name(name):
                return self.names.get(name, self.outer.get(name, _OPEN))
            case ast.Attribute(base, name):
                return self._member(self.value(base), name)
            case ast.Tuple(parts) | ast.Set(parts) | ast.List(parts):
                values = [self.value(part) for part in parts]
                return tuple(values) if _OPEN not in values else _OPEN
            case ast.BinOp(one, ast.BitOr(), other):
                classes = self.value(one), self.value(other)
                return classes[0] | classes[1] if _OPEN not in classes else _OPEN
            case ast.Compare() | ast.BoolOp() | ast.UnaryOp() | ast.Call():
                truth = self.truth(node)
                return _OPEN if truth is None else truth
        return _OPEN

    def _member(self, base: object, name: str) -> Any:
        if base is _EVENT and self.kind is not None:
            event = {"data": _DATA, "type": self.kind, "family": self.kind.family}
            return (event | {"name": f"{self.kind.family}.{self.kind.name}"}).get(name, _OPEN)
        return getattr(base, name, _OPEN) if isinstance(base, ModuleType | Rule | EventType) else _OPEN

    def truth(self, node: ast.AST) -> bool | None:
        """Whether a test holds for the type; None when only a case can tell."""
        match node:
            case ast.Call(ast.Name("isinstance"), [what, classes]):
                return self._is_a(what, self.value(classes))
            case ast.UnaryOp(ast.Not(), part):
                truth = self.truth(part)
                return None if truth is None else not truth
            case ast.BoolOp(operator, parts):
                truths, decides = [self.truth(part) for part in parts], isinstance(operator, ast.Or)
                return decides if decides in truths else None if None in truths else not decides
            case ast.Compare(one, [operator], [other]) if type(operator) in _COMPARED:
                pair = self.value(one), self.value(other)
                sure = not any(value in (_OPEN, _DATA, _EVENT) for value in pair)
                return bool(_COMPARED[type(operator)](*pair)) if sure else None
            case ast.Name() | ast.Attribute():
                value = self.value(node)
                return value if isinstance(value, bool) else None
        return None

    def matches(self, subject: ast.expr, pattern: ast.pattern) -> bool | None:
        """Whether a case of a `match` is taken for the type; None when only a case can tell."""
        match pattern:
            case ast.MatchOr(patterns):
                truths = [self.matches(subject, part) for part in patterns]
                return True if True in truths else None if None in truths else False
            case ast.MatchAs(None):
                return True
            case ast.MatchAs(inner) if inner is not None:
                return self.matches(subject, inner)
            case ast.MatchValue(value):
                return self.truth(ast.Compare(subject, [ast.Eq()], [value]))
            case ast.MatchClass(cls, patterns, _, inner):
                truth = self._is_a(subject, self.value(cls))
                return None if truth and (patterns or inner) else truth
        return None

    def _is_a(self, what: ast.expr, classes: Any) -> bool | None:
        if self.kind is None or self.value(what) is not _DATA or classes is _OPEN:
            return None
        return issubclass(self.kind.model, classes)


@cache
def rules_of(function: Any) -> frozenset[str]:
    """The ids of the rules that a function of `guidelines.rules` speaks for: those it names, else its module's."""
    scope = function.__globals__
    named = {node.id for node in ast.walk(body_of(function)) if isinstance(node, ast.Name)}
    found = {scope[name].id for name in named if isinstance(scope.get(name), Rule)}
    own = scope.get("RULE")
    return frozenset(found or ({own.id} if isinstance(own, Rule) else ()))


@cache
def body_of(function: Any) -> ast.FunctionDef:
    """A function as its source has it; raises `TypeError` for what is no plain function."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(function)))).body[0]
    if not isinstance(tree, ast.FunctionDef):
        raise TypeError(f"{function} is not a plain function, so what it asks cannot be read")
    return tree

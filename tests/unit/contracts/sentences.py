"""Every sentence that a refusal may say, read from the code: the message and the remedy of each problem and breach.

A sentence with gaps stands as `words` has it, with `{}` for each gap.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[3]
RULES = sorted((ROOT / "contracts" / "guidelines" / "rules").glob("*.py"))
JOURNEYS = sorted((ROOT / "contracts" / "journeys").glob("*.py"))
KERNEL = [ROOT / "infra" / "kernel" / "problems.py"]
_SAID = {"problem": ("message", "remedy"), "Problem": ("message", "remedy"), "Breach": ("message",)}
_PLACES = {"problem": {1: "message", 2: "remedy"}, "Problem": {3: "message", 4: "remedy"}, "Breach": {2: "message"}}


def sentences(path: Path) -> set[str]:
    """The sentences in one module."""
    tree = ast.parse(path.read_text("utf-8"))
    return {text for function in _functions(tree) for text in _in_function(function) if text.strip("{} ")}


def across(path: Path) -> set[str]:
    """Those that a rule of the border says: all of its module, elsewhere the calls that name it."""
    if path.name.startswith("xb_"):
        return sentences(path)
    return {
        text
        for function in _functions(ast.parse(path.read_text("utf-8")))
        for call in _calls(function)
        if "xb_" in ast.unparse(call.func) or any(_is_across(argument) for argument in call.args)
        for text in _of_call(function, call)
    }


def _is_across(argument: ast.expr) -> bool:
    return isinstance(argument, ast.Constant) and str(argument.value).startswith("XB-")


def key_problems() -> set[str]:
    """Why a key may not be used, as the directory says it."""
    tree = ast.parse((ROOT / "contracts" / "directory.py").read_text("utf-8"))
    (function,) = (node for node in _functions(tree) if node.name == "key_problem")
    returned = (node.value for node in ast.walk(function) if isinstance(node, ast.Return))
    return {node.value for node in returned if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def _in_function(function: ast.FunctionDef) -> Iterator[str]:
    for call in _calls(function):
        yield from _of_call(function, call)


def _calls(function: ast.FunctionDef) -> Iterator[ast.Call]:
    return (node for node in ast.walk(function) if isinstance(node, ast.Call) and _name(node) in _SAID)


def _of_call(function: ast.FunctionDef, call: ast.Call) -> Iterator[str]:
    name = _name(call)
    for place, argument in enumerate(call.args):
        if place in _PLACES[name]:
            yield from _texts(function, argument)
    for keyword in call.keywords:
        if keyword.arg in _SAID[name]:
            yield from _texts(function, keyword.value)


def _name(call: ast.Call) -> str:
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def _texts(function: ast.FunctionDef, node: ast.expr) -> Iterator[str]:
    """The texts that an expression may give; a name gives what the function assigns to it."""
    match node:
        case ast.Constant(str(text)):
            yield text
        case ast.JoinedStr(parts):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts)
            for part in parts:
                if isinstance(part, ast.FormattedValue):
                    yield from _texts(function, part.value)
        case ast.IfExp(_, one, other):
            yield from _texts(function, one)
            yield from _texts(function, other)
        case ast.Name(name):
            for statement in ast.walk(function):
                if isinstance(statement, ast.Assign):
                    for target, value in _pairs(statement.targets[0], statement.value):
                        if isinstance(target, ast.Name) and target.id == name:
                            yield from _texts(function, value)


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        yield from zip(target.elts, value.elts, strict=True)
    else:
        yield target, value

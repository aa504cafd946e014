"""Of every rule an example: what keeps it and what breaks it, in one sentence each (examples.toml)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).with_name("examples.toml")


class Example(NamedTuple):
    """A small story on each side of a rule."""

    keeps: str
    breaks: str


@cache
def examples() -> Mapping[str, Example]:
    """The examples by rule id."""
    return {rule: Example(**said) for rule, said in tomllib.loads(FILE.read_text("utf-8")).items()}

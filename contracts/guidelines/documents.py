"""Which kinds of document are in use at which step: `documents.toml`, by the event's name."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from ..codes import DocumentKind

FILE = Path(__file__).with_name("documents.toml")


def documents(name: str) -> tuple[DocumentKind, ...]:
    """The documents of a step (`family.name`), in the order of the file; none for a step that it does not list."""
    return _table().get(name, ())


@cache
def _table() -> dict[str, tuple[DocumentKind, ...]]:
    data = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {
        f"{family}.{name}": tuple(DocumentKind(kind) for kind in kinds)
        for family, entries in data.items()
        for name, kinds in entries.items()
    }

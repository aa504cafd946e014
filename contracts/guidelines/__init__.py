"""The cooperation guidelines as dated data and small pure rules: what is in force, for whom, and what it asks."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from ..signing import digest as _sha256
from .corridors import Corridor, Limit, corridor, corridor_id, limit
from .instruments import Instrument, InstrumentUnknown, in_force, instrument, instruments, text_digest
from .overlap import Ground, ground

__all__ = [
    "Corridor",
    "Ground",
    "Instrument",
    "InstrumentUnknown",
    "Limit",
    "corridor",
    "corridor_id",
    "digest",
    "ground",
    "in_force",
    "instrument",
    "instruments",
    "limit",
    "text_digest",
]


@cache
def digest() -> str:
    """The digest of the rules, as acceptances name it: SHA-256 (base64url) over every text and rule of this folder."""
    folder = Path(__file__).parent
    paths = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.suffix in {".toml", ".py"})
    lines = (f"{path} {_sha256((folder / path).read_bytes())}\n" for path in paths)
    return _sha256("".join(lines).encode())

"""Identifiers that say nothing about a person: UUIDv7 (RFC 9562 §5.7), random or derived from a cause."""

from __future__ import annotations

import secrets
from datetime import datetime
from hashlib import sha256


def new_id(now: datetime) -> str:
    """A fresh UUIDv7 of this instant (millisecond), with 74 random bits."""
    return _uuid7(now, secrets.token_bytes(10))


def derived_id(at: datetime, *cause: str) -> str:
    """The UUIDv7 of an instant whose other bits follow from a cause: the same cause gives the same id everywhere."""
    return _uuid7(at, sha256("\0".join(cause).encode()).digest()[:10])


def _uuid7(at: datetime, random: bytes) -> str:
    milliseconds = int(at.timestamp() * 1000) & ((1 << 48) - 1)
    bits = int.from_bytes(random, "big")
    value = milliseconds << 80 | 0x7 << 76 | (bits >> 62 & 0xFFF) << 64 | 0b10 << 62 | bits & ((1 << 62) - 1)
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

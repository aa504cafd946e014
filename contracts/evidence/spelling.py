"""One spelling for each value: decimals and base64 of C2SP's texts, in which any other form of the same is refused."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import b2a_base64

_DECIMAL = re.compile(r"(?:0|[1-9][0-9]{0,18})\Z", re.ASCII)


def base64(data: bytes) -> str:
    """Standard base64 with padding (RFC 4648 §4)."""
    return b2a_base64(data, newline=False).decode("ascii")


def unbase64(text: str) -> bytes | None:
    """The bytes of canonical, padded, standard base64; None for anything else."""
    try:
        data = b64decode(text, validate=True)
    except ValueError:
        return None
    return data if base64(data) == text else None


def decimal(text: str) -> int | None:
    """A whole number without sign, leading zero or other digits than 0–9, below 10^19; None for anything else."""
    return int(text) if _DECIMAL.match(text) else None

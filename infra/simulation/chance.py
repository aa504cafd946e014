"""Chance that follows from (seed, cause): HMAC-SHA-256 of the cause under the seed, never a stream that is shared.

Two agencies that act in another order, or a case that is left out, change nothing for anyone else: every draw names
its cause, and the same cause draws the same for ever.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeVar

from contracts.signing import b64

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Chance:
    """Draws of one seed. A cause is any number of strings; they are kept apart, so ("a", "b") is not ("ab",)."""

    seed: bytes

    @classmethod
    def of(cls, seed: str | int) -> Chance:
        """The chance of a seed as somebody types it."""
        return cls(sha256(f"safepassage {seed}".encode()).digest())

    def bytes(self, *cause: str, length: int = 32) -> bytes:
        """`length` bytes of this cause."""
        parts = [part.encode() for part in cause]
        said = b"".join([len(part).to_bytes(4, "big") + part for part in parts])
        drawn = b""
        while len(drawn) < length:
            drawn += hmac.digest(self.seed, (len(drawn) // 32).to_bytes(4, "big") + said, "sha256")
        return drawn[:length]

    def token(self, *cause: str, length: int = 32) -> str:
        """`length` bytes of this cause, base64url."""
        return b64(self.bytes(*cause, length=length))

    def share(self, *cause: str) -> float:
        """A number in [0, 1)."""
        return int.from_bytes(self.bytes(*cause, length=8), "big") / 2**64

    def happens(self, probability: float, *cause: str) -> bool:
        """Whether something of this probability happens."""
        return self.share(*cause) < probability

    def between(self, low: int, high: int, *cause: str) -> int:
        """A whole number from `low` to `high`, both included; raises `ValueError` when there is none."""
        if low > high:
            raise ValueError(f"nothing lies between {low} and {high}")
        return low + int.from_bytes(self.bytes(*cause, length=8), "big") % (high - low + 1)

    def choice(self, options: Sequence[T], *cause: str) -> T:
        """One of the options; raises `ValueError` when there is none."""
        return options[self.between(0, len(options) - 1, *cause)]

    def pick(self, count: int, of: int, *cause: str) -> frozenset[int]:
        """Exactly `count` of the numbers 0 … `of` − 1; raises `ValueError` when there are not so many."""
        if not 0 <= count <= of:
            raise ValueError(f"{count} of {of} cannot be chosen")
        ranked = sorted(range(of), key=lambda index: (self.bytes(*cause, str(index)), index))
        return frozenset(ranked[:count])

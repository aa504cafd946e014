"""What an agency keeps beside its credentials: the bytes that it sent, and how far it has read its mailbox.

Its own events do not come back to it by mail, so whoever wants to know a case later must keep what they said of it.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from contracts.signing import digest

from .credentials import AGENCIES


@dataclass(frozen=True, slots=True)
class Kept:
    """The files of one agency in a data directory, readable by their owner alone."""

    data: Path
    agency: str

    def keep(self, body: bytes) -> None:
        """Keep the bytes of an event that is sent. What is sealed is not kept."""
        with os.fdopen(os.open(self._path("sent.jsonl"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "w") as file:
            file.write(json.dumps(body.decode("utf-8")) + "\n")

    def sent(self) -> dict[str, bytes]:
        """The bytes of every event sent from here, by digest."""
        path = self._path("sent.jsonl")
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        return {digest(body): body for body in (str(json.loads(line)).encode() for line in lines)}

    def position(self) -> int:
        """The offset in the mailbox after the last message that was read."""
        path = self._path("read")
        return int(path.read_text("ascii")) if path.exists() else 0

    def read_up_to(self, offset: int) -> None:
        """Remember that everything before this offset has been read."""
        self._path("read").write_text(str(offset), "ascii")

    def _path(self, name: str) -> Path:
        return self.data / AGENCIES / f"{self.agency}.{name}"

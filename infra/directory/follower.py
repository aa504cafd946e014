"""Following the directory: every entry is checked against the registrar's pinned key and against the chain."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from contracts.directory import Directory, DirectoryRefused, read_entry
from infra.kernel.records import JWS, Record

log = logging.getLogger(__name__)
TOPIC = "directory.v1"


class Unread(LookupError):
    """An entry of the directory that has not been read: read the topic to its end, then ask again."""


class Follower:
    """The newest directory that was read and checked (the kernel's `Keyring`). An entry that does not follow is fatal:
    the directory stays as it was, its head grows old, and proposals wait."""

    def __init__(self, registrar: bytes) -> None:
        self._registrar = registrar
        self._directory = Directory()
        self._history: dict[int, Directory] = {0: self._directory}
        self.refused: str | None = None
        self.read = asyncio.Event()

    @property
    def directory(self) -> Directory:
        """The newest directory that has been read and checked."""
        return self._directory

    def at(self, sequence: int) -> Directory:
        """The directory as it stood after an entry; raises `Unread` where that has not been read."""
        try:
            return self._history[sequence]
        except KeyError:
            raise Unread(f"entry {sequence} of the directory") from None

    def caught_up(self) -> None:
        """The topic has been read to where it ended: with a head, that is the directory."""
        if self._directory.head_at is not None:
            self.read.set()

    async def records(self, batch: Sequence[Record]) -> None:
        """Take in entries and heads, in order."""
        for record in batch:
            if self.refused is not None:
                return
            body = record.value or b""
            try:
                self._directory = self._directory.extend(
                    read_entry(body, record.header(JWS) or "", self._registrar), body
                )
                self._history.setdefault(self._directory.sequence, self._directory)
            except DirectoryRefused as error:
                self.refused = str(error)
                log.critical("the directory does not hold together; proposals wait", extra={"reason": str(error)})

"""An agency's mail, opened by a directory that is never older than what it is asked about."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from contracts.directory import Directory
from contracts.evidence.note import Ed25519Verifier
from contracts.sealing import SealingKey
from infra.kernel.records import Record

from .connection import Connection
from .mailbox import KeyNotListed, Mail, MailRefused, open_mail


class MailReader:
    """Opens messages. `read` gives the directory to its end, and `directory` is what it gave last."""

    def __init__(
        self,
        agency: str,
        keys: Sequence[SealingKey],
        log: Ed25519Verifier,
        read: Callable[[], Awaitable[Directory]],
        directory: Directory,
    ) -> None:
        self._agency = agency
        self._keys = keys
        self._log = log
        self._read = read
        self.directory = directory

    @classmethod
    async def of(cls, connection: Connection) -> MailReader:
        """A reader of this connection's mailbox, with the directory as it stands."""
        who = connection.credentials
        directory = await connection.directory()
        return cls(who.agency, (who.sealing_key(),), connection.running.log(), connection.directory, directory)

    async def open(self, record: Record) -> Mail:
        """What a message is; raises `MailRefused` when it does not hold by the directory's end either.

        Whatever reading the directory raises goes through: the message has not been judged then.
        """
        try:
            return self._opened(record)
        except KeyNotListed:
            self.directory = await self._read()
            return self._opened(record)

    async def held(self, record: Record) -> Mail | None:
        """What a message is, None when it does not hold."""
        try:
            return await self.open(record)
        except MailRefused:
            return None

    def _opened(self, record: Record) -> Mail:
        return open_mail(record, self._agency, self.directory, self._keys, self._log)

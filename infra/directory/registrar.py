"""The registrar: ``python -m infra.directory.registrar CONFIG.json`` keeps the directory.

Every 10 s it signs a head: this is all, as of now. When it starts it signs the statements of its configuration's file
that the directory does not hold yet, so that one that was stopped between two of them goes on where it was. It is no
service: whoever holds the registrar's key runs it.

One registrar runs at a time. Before each write it reads the topic's end, and it stops when somebody else has stated
something there: what it would sign does not follow that any more. Kafka has no write on condition, so two that read the
same end, before either has written, are not kept from forking the chain; every follower then refuses the second branch
and says so. The statements of one write are one batch as long as they fit in 128 kB: all are written or none is.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from aiokafka.errors import KafkaError
from pydantic import TypeAdapter

from contracts.directory import (
    Directory,
    DirectoryRefused,
    HeadEntry,
    InstrumentEntry,
    Statement,
    entry,
    read_entry,
)
from contracts.signing import Signer, sign_detached, unb64
from infra.config import Secrets
from infra.kafka.producer import Producer
from infra.kafka.settings import KafkaSettings
from infra.kernel.clock import WallClock
from infra.kernel.ports import Unavailable
from infra.kernel.records import JWS, Outgoing, Record

from .follower import TOPIC, Follower
from .reader import read_to_end

log = logging.getLogger(__name__)
HEAD_EVERY = 10.0
_STATEMENTS = TypeAdapter(list[Statement])


@dataclass(frozen=True)
class RegistrarConfig(Secrets):
    """What the registrar needs: Kafka, its key (base64url of 32 bytes), and the file of its first statements."""

    kafka_bootstrap: str
    kafka_ca: str
    kafka_password: str
    signing_kid: str
    signing_seed: str
    statements: str

    def signer(self) -> Signer:
        """The registrar's key."""
        return Signer.from_seed(self.signing_kid, unb64(self.signing_seed))

    def kafka(self) -> KafkaSettings:
        """How to reach Kafka."""
        return KafkaSettings(self.kafka_bootstrap, Path(self.kafka_ca), "registrar", self.kafka_password)


class Moved(Exception):
    """Somebody else has stated something in the directory: stop the other registrar and start this one again."""


class Registrar:
    """Signs statements and heads, in order, on top of what the topic already holds.

    `read` gives the topic's records from an offset on.
    """

    def __init__(self, signer: Signer, producer: Producer, read: Callable[[int], Awaitable[Sequence[Record]]]) -> None:
        self._signer = signer
        self._producer = producer
        self._read = read
        self._follower = Follower(signer.public)
        self._next = 0
        self._stated: set[bytes] = set()
        self.directory = Directory()

    async def first(self, statements: Sequence[Statement], now: datetime) -> None:
        """Take up where the topic ends, and sign those statements that it does not hold yet, in their order."""
        await self._catch_up()
        self.directory = self._follower.directory
        missing = [statement for statement in statements if _content(statement) not in self._stated]
        if missing:
            await self.state(missing, now)

    async def state(self, statements: Sequence[Statement], now: datetime) -> None:
        """Sign statements and write them; they count when Kafka has them.

        Raises `Moved` when the directory has grown without this registrar and `DirectoryRefused` when it does not hold
        together; aiokafka's errors, `Unavailable` and `ConnectionError` when Kafka cannot be read or written. Whether
        it has the statements is not known then: a registrar that starts again finds out.
        """
        await self._catch_up()
        if self._follower.directory.digest != self.directory.digest:
            raise Moved(f"entry {self._follower.directory.sequence} is not this registrar's")
        directory, records = self.directory, []
        for statement in statements:
            line = entry(directory, statement, now)
            body = line.body()
            directory = directory.extend(line, body)
            records.append(Outgoing(TOPIC, "directory", body, {JWS: sign_detached(body, self._signer)}))
        if await self._producer.send(records):
            raise ConnectionError("Kafka did not take the directory's entries: start the registrar again")
        self.directory = directory
        for statement in statements:
            if isinstance(statement, InstrumentEntry) and (keyless := directory.keyless(statement)):
                log.warning(
                    "an instrument has signatories without a key here; it counts all the same (XB-MODIFY)",
                    extra={"instrument": statement.instrument, "without_key": ", ".join(keyless)},
                )

    async def _catch_up(self) -> None:
        records = await self._read(self._next)
        await self._follower.records(records)
        if self._follower.refused is not None:
            raise DirectoryRefused(self._follower.refused)
        for record in records:
            statement = read_entry(record.value or b"", record.header(JWS) or "", self._signer.public).statement
            if not isinstance(statement, HeadEntry):
                self._stated.add(_content(statement))
            self._next = record.offset + 1


def _content(statement: Statement) -> bytes:
    return statement.model_dump_json(exclude_none=True).encode()


async def serve(config: RegistrarConfig) -> None:
    """Run until cancelled; raises `Moved` and `DirectoryRefused`."""
    clock = WallClock()
    first = _STATEMENTS.validate_json(await asyncio.to_thread(Path(config.statements).read_text, "utf-8"))
    producer = Producer(config.kafka(), "registrar", linger_ms=0)
    registrar = Registrar(config.signer(), producer, partial(read_to_end, config.kafka(), "registrar"))
    try:
        await registrar.first(first, clock.now())
        while True:
            try:
                await registrar.state([HeadEntry(at=clock.now())], clock.now())
            except (KafkaError, OSError, Unavailable) as error:
                log.warning("no head could be written; trying again", extra={"reason": type(error).__name__})
            await clock.sleep(HEAD_EVERY)
    finally:
        await producer.stop()


if __name__ == "__main__":
    asyncio.run(serve(RegistrarConfig.read(Path(sys.argv[1]))))

"""The registrar: ``python -m infra.directory.registrar CONFIG.json`` keeps the directory.

Every 10 s it signs a head: this is all, as of now.

The first time it signs the statements of its configuration's file; later ones are added by `safepassage agency` and
`safepassage instrument`. It is no service: whoever holds the registrar's key runs it.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter

from contracts.directory import Directory, DirectoryRefused, HeadEntry, Statement, entry
from contracts.signing import Signer, sign_detached, unb64
from infra.config import ConfigRefused
from infra.kafka.producer import Producer
from infra.kafka.settings import KafkaSettings
from infra.kernel.clock import WallClock
from infra.kernel.records import JWS, Outgoing, Record

from .follower import TOPIC, Follower
from .reader import read_to_end

HEAD_EVERY = 10.0
_STATEMENTS = TypeAdapter(list[Statement])


@dataclass(frozen=True, slots=True)
class RegistrarConfig:
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

    def write(self, path: Path) -> Path:
        """Write the file so that only its owner can read it."""
        path.touch(mode=0o600)
        path.chmod(0o600)
        path.write_text(json.dumps(asdict(self), indent=2), encoding="utf-8")
        return path

    @classmethod
    def read(cls, path: Path) -> RegistrarConfig:
        """Read the file; raises `ConfigRefused`."""
        try:
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise ConfigRefused(f"{path}: {type(error).__name__}") from error


class Registrar:
    """Signs statements and heads, in order, on top of what the topic already holds."""

    def __init__(self, signer: Signer, producer: Producer) -> None:
        self._signer = signer
        self._producer = producer
        self.directory = Directory()

    async def read(self, records: Sequence[Record]) -> None:
        """Take up where the topic ends; raises `DirectoryRefused` when it does not hold together."""
        follower = Follower(self._signer.public)
        await follower.records(records)
        if follower.refused is not None:
            raise DirectoryRefused(follower.refused)
        self.directory = follower.directory

    async def state(self, statements: Sequence[Statement], now: datetime) -> None:
        """Sign statements and write them; they count when Kafka has them."""
        directory, records = self.directory, []
        for statement in statements:
            line = entry(directory, statement, now)
            body = line.body()
            directory = directory.extend(line, body)
            records.append(Outgoing(TOPIC, "directory", body, {JWS: sign_detached(body, self._signer)}))
        if await self._producer.send(records):
            raise ConnectionError("Kafka did not take the directory's entries: start the registrar again")
        self.directory = directory


async def serve(config: RegistrarConfig) -> None:
    """Run until cancelled."""
    clock = WallClock()
    first = _STATEMENTS.validate_json(await asyncio.to_thread(Path(config.statements).read_text, "utf-8"))
    producer = Producer(config.kafka(), "registrar", linger_ms=0)
    registrar = Registrar(config.signer(), producer)
    try:
        await registrar.read(await read_to_end(config.kafka(), "registrar"))
        if registrar.directory.sequence == 0:
            await registrar.state(first, clock.now())
        while True:
            with suppress(ConnectionError):
                await registrar.state([HeadEntry(at=clock.now())], clock.now())
            await clock.sleep(HEAD_EVERY)
    finally:
        await producer.stop()


if __name__ == "__main__":
    asyncio.run(serve(RegistrarConfig.read(Path(sys.argv[1]))))

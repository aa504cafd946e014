"""Writing to Kafka: an idempotent producer that is thrown away and made anew when it gets stuck."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from zlib import crc32

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from infra.kernel.records import Outgoing

from .settings import KafkaSettings

log = logging.getLogger(__name__)


def partition(key: bytes | None, partitions: Sequence[int], available: Sequence[int]) -> int:
    """The partition of a key as librdkafka chooses it (`consistent`: CRC-32); aiokafka's murmur2 is pure Python."""
    return partitions[crc32(key or b"") % len(partitions)]


class Producer:
    """Records in order for each key, acknowledged by every in-sync replica. Started by its first use."""

    def __init__(self, settings: KafkaSettings, client_id: str, linger_ms: int = 5) -> None:
        self._settings = settings
        self._client_id = client_id
        self._linger_ms = linger_ms
        self._producer: AIOKafkaProducer | None = None
        self._starting = asyncio.Lock()

    async def start(self) -> AIOKafkaProducer:
        """The running producer; raises aiokafka's errors when the broker cannot be reached."""
        async with self._starting:
            if self._producer is None:
                producer = AIOKafkaProducer(
                    **self._settings.aiokafka(),
                    client_id=self._client_id,
                    enable_idempotence=True,
                    acks="all",
                    linger_ms=self._linger_ms,
                    partitioner=partition,
                    max_batch_size=131_072,
                    max_request_size=262_144,
                    request_timeout_ms=15_000,
                )
                try:
                    await producer.start()
                except BaseException:
                    await producer.stop()
                    raise
                self._producer = producer
            return self._producer

    async def stop(self) -> None:
        """Flush and close."""
        producer, self._producer = self._producer, None
        if producer is not None:
            await producer.stop()

    async def send(self, records: Sequence[Outgoing]) -> list[int]:
        """Write records; returns the indexes of those not written, and of all later ones of the same topic and key."""
        try:
            producer = await self.start()
        except (KafkaError, OSError) as error:
            log.warning("Kafka cannot be reached", extra={"reason": type(error).__name__})
            return list(range(len(records)))
        futures: list[asyncio.Future[object] | BaseException] = []
        for record in records:
            headers = [(name, value.encode()) for name, value in record.headers.items()]
            try:
                futures.append(await producer.send(record.topic, record.value, record.key.encode(), headers=headers))
            except KafkaError as error:
                futures.append(error)
        results = await asyncio.gather(
            *(item for item in futures if isinstance(item, asyncio.Future)), return_exceptions=True
        )
        answered = iter(results)
        errors = [item if isinstance(item, BaseException) else next(answered) for item in futures]
        stuck: set[tuple[str, str]] = set()
        failed: list[int] = []
        for index, (record, outcome) in enumerate(zip(records, errors, strict=True)):
            if isinstance(outcome, BaseException):
                stuck.add((record.topic, record.key))
                log.warning("a record could not be written", extra={"reason": type(outcome).__name__})
            if (record.topic, record.key) in stuck:
                failed.append(index)
        if failed:
            await self._discard()
        return failed

    async def _discard(self) -> None:
        """An idempotent producer may be stuck for good after an error: the next send makes a new one."""
        producer, self._producer = self._producer, None
        if producer is not None:
            try:
                await asyncio.wait_for(producer.stop(), 10)
            except (KafkaError, TimeoutError) as error:
                log.warning("a stuck producer did not close", extra={"reason": type(error).__name__})

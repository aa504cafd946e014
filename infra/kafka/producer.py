"""Writing to Kafka: an idempotent producer that is thrown away and made anew when it gets stuck."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from zlib import crc32

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError

from infra.kernel.records import Outgoing

from .settings import KafkaSettings

log = logging.getLogger(__name__)
LARGEST = 262_144
"""Bytes of the largest batch that the broker takes (its `message.max.bytes`)."""


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
                    max_request_size=LARGEST,
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
        """Write records; returns the indexes of those not written, and of all later ones of the same topic and key.

        Each partition's records go as batches of our own making: that is a future a batch, where aiokafka's `send`
        makes one a record.
        """
        try:
            producer = await self.start()
        except (KafkaError, OSError) as error:
            log.warning("Kafka cannot be reached", extra={"reason": type(error).__name__})
            return list(range(len(records)))
        topics: dict[str, list[int]] = {}
        for index, record in enumerate(records):
            topics.setdefault(record.topic, []).append(index)
        failed = await asyncio.gather(
            *(
                _topic(producer, topic, {index: records[index] for index in indexes})
                for topic, indexes in topics.items()
            )
        )
        if any(failed):
            await self._discard()
        return sorted(index for indexes in failed for index in indexes)

    async def _discard(self) -> None:
        """An idempotent producer may be stuck for good after an error: the next send makes a new one."""
        producer, self._producer = self._producer, None
        if producer is not None:
            try:
                await asyncio.wait_for(producer.stop(), 10)
            except (KafkaError, TimeoutError) as error:
                log.warning("a stuck producer did not close", extra={"reason": type(error).__name__})


async def _topic(producer: AIOKafkaProducer, topic: str, records: Mapping[int, Outgoing]) -> list[int]:
    """Write one topic's records, each to the partition of its key; returns the indexes of those that failed."""
    try:
        partitions = sorted(await producer.partitions_for(topic))
    except KafkaError as error:
        log.warning("a topic cannot be written", extra={"reason": type(error).__name__})
        return list(records)
    parts: dict[int, dict[int, Outgoing]] = {}
    for index, record in records.items():
        parts.setdefault(partition(record.key.encode(), partitions, partitions), {})[index] = record
    failed = await asyncio.gather(*(_partition(producer, topic, number, part) for number, part in parts.items()))
    return [index for indexes in failed for index in indexes]


async def _partition(producer: AIOKafkaProducer, topic: str, number: int, records: dict[int, Outgoing]) -> list[int]:
    """Write one partition's records in order, in as few batches as they fit in; what fails holds back its key."""
    failed: list[int] = []
    while records:
        batch, taken = producer.create_batch(), set[int]()
        for index, record in records.items():
            headers = [(name, value.encode()) for name, value in record.headers.items()]
            if batch.append(key=record.key.encode(), value=record.value, timestamp=None, headers=headers) is None:
                break  # full; the first record of a batch always fits
            taken.add(index)
        batch.close()
        stuck: set[str] = set()
        try:
            if batch.size() > LARGEST:
                # Once the broker has refused a batch, it refuses what follows in the partition as out of sequence.
                raise MessageSizeTooLargeError
            await (await producer.send_batch(batch, topic, partition=number))
        except KafkaError as error:
            log.warning("records could not be written", extra={"reason": type(error).__name__})
            stuck = {records[index].key for index in taken}
            failed += [index for index, record in records.items() if record.key in stuck]
        records = {index: record for index, record in records.items() if index not in taken and record.key not in stuck}
    return failed

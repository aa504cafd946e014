"""Writing to Kafka: an idempotent producer that is thrown away and made anew when it is stuck, and only then."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from zlib import crc32

from aiokafka import AIOKafkaProducer
from aiokafka.errors import (
    InvalidTopicError,
    KafkaError,
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    TopicAuthorizationFailedError,
    UnknownTopicOrPartitionError,
)

from infra.kernel.ports import Unavailable
from infra.kernel.records import Outgoing

from .settings import KafkaSettings

log = logging.getLogger(__name__)
LARGEST = 262_144
"""Bytes of the largest batch that the broker takes (its `message.max.bytes`)."""

HARMLESS = (
    InvalidTopicError,
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    TopicAuthorizationFailedError,
    UnknownTopicOrPartitionError,
)
"""What is wrong with a topic or a record. After any other error aiokafka's producer may be stuck for good: by a gap in
its sequence (`OutOfOrderSequenceNumber`, `UnknownProducerId`), a newer epoch (`ProducerFenced`), or a dead sender.
A refusal by the broker leaves such a gap too, which the partition's next record meets."""
FOUND_WITHIN = 2.0
"""Seconds for finding a topic; aiokafka asks for an unknown one as long as for an answer (15 s)."""
FIRST_WITHIN, REST_WITHIN = 30.0, 5.0
"""Seconds for the first topic of many to be written, as while the broker starts again, and then for all the others."""
CLOSES_WITHIN = 10.0


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
        makes one a record. Raises `Unavailable` when Kafka cannot be reached at all.
        """
        try:
            producer = await self.start()
        except (KafkaError, OSError) as error:
            raise Unavailable(type(error).__name__) from error
        topics: dict[str, dict[int, Outgoing]] = {}
        for index, record in enumerate(records):
            topics.setdefault(record.topic, {})[index] = record
        sending = _Sending(producer)
        tasks = {asyncio.create_task(sending.topic(topic, part)) for topic, part in topics.items()}
        try:
            if tasks:
                await asyncio.wait(tasks, timeout=FIRST_WITHIN, return_when=asyncio.FIRST_COMPLETED)
                done, late = await asyncio.wait(tasks, timeout=REST_WITHIN)
                for task in done:
                    task.result()
                if late:
                    log.warning("records were not taken in time", extra={"reason": "TimeoutError"})
                    sending.stuck = True
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)  # the first error has been raised above
        if sending.stuck:
            await self._discard()
        return [index for index in range(len(records)) if index not in sending.written]

    async def _discard(self) -> None:
        """Give up a stuck producer; the next send makes a new one.

        Nothing that the old one holds may be written after what the new one writes, and aiokafka's own `stop` would try
        for as long as it takes: its sender is ended first, and its connections are closed.
        """
        producer, self._producer = self._producer, None
        if producer is None:
            return
        sender = producer._sender.sender_task
        sender.cancel()
        try:
            await producer.client.close()
            await asyncio.wait({sender}, timeout=CLOSES_WITHIN)
            producer._message_accumulator.fail_all(KafkaError("given up"))
            await asyncio.wait_for(producer.stop(), CLOSES_WITHIN)
        except (KafkaError, OSError, TimeoutError) as error:
            log.warning("a stuck producer did not close", extra={"reason": type(error).__name__})


class _Sending:
    """One call's records on their way: which of them are written, and whether the producer is stuck."""

    def __init__(self, producer: AIOKafkaProducer) -> None:
        self._producer = producer
        self.written: set[int] = set()
        self.stuck = False

    async def topic(self, topic: str, records: Mapping[int, Outgoing]) -> None:
        """Write one topic's records, each to the partition of its key."""
        try:
            partitions = sorted(await asyncio.wait_for(self._producer.partitions_for(topic), FOUND_WITHIN))
        except TimeoutError:
            log.warning("a topic cannot be written", extra={"reason": "UnknownTopicOrPartitionError"})
            return
        except KafkaError as error:
            self._failed("a topic cannot be written", error)
            return
        parts: dict[int, dict[int, Outgoing]] = {}
        for index, record in records.items():
            parts.setdefault(partition(record.key.encode(), partitions, partitions), {})[index] = record
        await asyncio.gather(*(self._partition(topic, number, part) for number, part in parts.items()))

    async def _partition(self, topic: str, number: int, records: dict[int, Outgoing]) -> None:
        """Write one partition's records in order, in as few batches as they fit in; what fails holds back its key."""
        while records:
            batch, taken = self._producer.create_batch(), set[int]()
            for index, record in records.items():
                headers = [(name, value.encode()) for name, value in record.headers.items()]
                if batch.append(key=record.key.encode(), value=record.value, timestamp=None, headers=headers) is None:
                    break  # full; the first record of a batch always fits
                taken.add(index)
            batch.close()
            held: set[str] = set()
            try:
                if batch.size() > LARGEST:
                    # Once the broker has refused a batch, it refuses what follows in the partition as out of sequence.
                    raise MessageSizeTooLargeError
                await (await self._producer.send_batch(batch, topic, partition=number))
                self.written |= taken
            except KafkaError as error:
                self._failed("records could not be written", error)
                held = {records[index].key for index in taken}
            records = {
                index: record for index, record in records.items() if index not in taken and record.key not in held
            }

    def _failed(self, what: str, error: KafkaError) -> None:
        log.warning(what, extra={"reason": type(error).__name__})
        self.stuck |= not isinstance(error, HARMLESS)

"""The kernel's topics on Kafka: FastStream subscribes in batches, an aiokafka producer writes.

FastStream's own parser raises on a null or binary header and the whole batch is lost; ours cannot raise. Positions live
in PostgreSQL with what they did; Kafka's committed offsets follow them for monitoring only. `auto_offset_reset` is
`none`: a partition without a stored position is sought to its beginning, and one whose stored position is gone from
Kafka ends in `failed`, because records would be lost silently otherwise. FastStream and aiokafka log what their loops
meet and go on, so what must not be passed over is caught here before it reaches them.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import (
    ConsumerStoppedError,
    GroupAuthorizationFailedError,
    KafkaError,
    KafkaTimeoutError,
    NoOffsetForPartitionError,
    TopicAuthorizationFailedError,
)
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.message import KafkaAckableMessage
from faststream.security import SASLScram512

from infra.kernel.ports import Handler, Positions, Unavailable
from infra.kernel.records import TRACEPARENT, Outgoing, Place, Record
from infra.telemetry import NoTelemetry, Telemetry

from .batches import install
from .producer import Producer
from .progress import Progress, Seek
from .settings import KafkaSettings

install()
log = logging.getLogger(__name__)
Read = Callable[[AIOKafkaConsumer], Awaitable[tuple[ConsumerRecord[bytes, bytes], ...]]]
FULL = 65_536
"""Bytes for which the broker waits, up to the linger: a batch of hundreds costs little more than a batch of one."""
ANSWERS_WITHIN = 10.0
"""Seconds in which Kafka has to say how far its partitions go."""
PASSES = (TopicAuthorizationFailedError, GroupAuthorizationFailedError, KafkaTimeoutError)
"""With aiokafka's `retriable` ones the errors of reading after which it goes on where it was, once they are over."""
AHEAD = 262_144
"""Bytes of a partition that are fetched before they are asked for: enough for a batch, and a small memory."""


class KafkaTopics:
    """One principal's topics. Subscribe first, then `start`.

    `failed` ends with the error after which nothing more may be read: a handler's, or one that would lose records.
    `standing` are the partitions that `lag` found to stand still, and for how long (s).
    """

    def __init__(
        self,
        settings: KafkaSettings,
        client_id: str,
        instance: str = "1",
        linger_ms: int = 50,
        telemetry: Telemetry | None = None,
    ) -> None:
        self._settings = settings
        self._client_id = client_id
        self._instance = instance
        self._linger_ms = linger_ms
        self._telemetry: Telemetry = telemetry or NoTelemetry()
        self._producer = Producer(settings, client_id)
        self._subscribers: list[tuple[Any, Progress]] = []
        self._stopping = asyncio.Event()
        self.last_progress: datetime | None = None
        self.standing: dict[Place, float] = {}
        self.failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.broker = KafkaBroker(
            settings.bootstrap,
            client_id=client_id,
            security=SASLScram512(settings.username, settings.password, ssl_context=settings.context(), use_ssl=True),
            allow_auto_create_topics=False,
            logger=None,
            apply_types=False,
            graceful_timeout=5.0,
        )

    def subscribe(
        self, topics: Sequence[str], group: str, handler: Handler, positions: Positions, max_records: int = 500
    ) -> None:
        """Hand batches of these topics to `handler`, each partition from its stored position on."""
        progress = Progress()
        listener = Seek(positions, progress, self._fail, self._stopping)
        subscriber: Any = self.broker.subscriber(
            *topics,
            batch=True,
            group_id=group,
            group_instance_id=f"{group}-{self._instance}",
            auto_offset_reset="none",
            ack_policy=AckPolicy.MANUAL,
            no_reply=True,
            max_records=max_records,
            batch_timeout_ms=500,
            fetch_min_bytes=FULL,
            fetch_max_wait_ms=self._linger_ms,
            max_partition_fetch_bytes=AHEAD,
            session_timeout_ms=10_000,
            heartbeat_interval_ms=1_000,
            listener=listener,
            parser=_parse,
            decoder=_decode,
            title=group,
        )
        listener.subscriber = subscriber
        subscriber.get_msg = self._guarded(subscriber.get_msg)

        async def handle(body: Any) -> None:
            batch: list[Record] = body
            if self.failed.done():
                return
            progress.taken(batch)
            try:
                traceparents = [value for record in batch if (value := record.header(TRACEPARENT)) is not None]
                with self._telemetry.process(Counter(record.topic for record in batch), group, traceparents):
                    await handler(batch)
            except Exception as error:
                self._fail(error)  # FastStream would log it and go on with the next batch
                raise
            self.last_progress = datetime.now(UTC)
            await progress.handled(subscriber.consumer, batch)
            batch.clear()  # FastStream's message stands in a cycle: what it holds would stay until the collector comes

        subscriber(handle)
        self._subscribers.append((subscriber, progress))

    def _guarded(self, read: Read) -> Read:
        """Read a batch; what FastStream would log and leave behind ends in `failed`."""

        async def get_msg(consumer: AIOKafkaConsumer) -> tuple[ConsumerRecord[bytes, bytes], ...]:
            if self.failed.done():
                raise ConsumerStoppedError
            try:
                return await read(consumer)
            except ConsumerStoppedError:
                raise
            except NoOffsetForPartitionError:
                return ()  # its position is being sought
            except Exception as error:
                if isinstance(error, KafkaError) and (error.retriable or isinstance(error, PASSES)):
                    log.warning("Kafka cannot be read; trying again", extra={"reason": type(error).__name__})
                    raise
                self._fail(error)
                raise ConsumerStoppedError from error

        return get_msg

    def _fail(self, error: Exception) -> None:
        """Nothing more may be read: the service is to stop."""
        if not self.failed.done():
            log.critical("the topics cannot be read on", extra={"reason": type(error).__name__})
            self.failed.set_exception(error)

    async def start(self) -> None:
        """Start subscribers and producer."""
        await self._producer.start()
        await self.broker.start()

    async def stop(self) -> None:
        """Stop both; what was being handled is finished first."""
        self._stopping.set()
        await self.broker.stop()
        await self._producer.stop()

    async def send(self, records: Sequence[Outgoing]) -> list[int]:
        """Write records; returns the indexes of what failed; raises `Unavailable` when Kafka cannot be reached."""
        with self._telemetry.send(Counter(record.topic for record in records)) as failed:
            left = await self._producer.send(records)
            failed.update(Counter(records[index].topic for index in left))
            return left

    async def end_offsets(self, topics: Sequence[str]) -> Mapping[Place, int]:
        """The offset after the last record of each partition; raises `Unavailable` when Kafka does not answer."""
        try:
            return await self._ends(topics)
        except (KafkaError, OSError) as error:
            raise Unavailable(type(error).__name__) from error

    async def _ends(self, topics: Sequence[str]) -> Mapping[Place, int]:
        producer = await self._producer.start()
        places = [
            TopicPartition(topic, partition) for topic in topics for partition in await producer.partitions_for(topic)
        ]
        if not places:
            return {}
        consumer = next((item.consumer for item, _ in self._subscribers if item.consumer is not None), None)
        if consumer is not None:
            ends = await consumer.end_offsets(places)
        else:  # this client writes and does not read
            asking = AIOKafkaConsumer(**self._settings.aiokafka(), client_id=self._client_id)
            await asking.start()
            try:
                ends = await asking.end_offsets(places)
            finally:
                await asking.stop()
        return {Place(place.topic, place.partition): offset for place, offset in ends.items()}

    async def lag(self) -> dict[str, int]:
        """Records not yet handled, by topic: those that have been fetched and are in hand are counted too.

        Kafka is asked how far each partition goes, for what a fetch last told is old when it is the fetch that stands.
        Raises `Unavailable` when it does not answer.
        """
        behind: dict[str, int] = {}
        standing: dict[Place, float] = {}
        for subscriber, progress in self._subscribers:
            consumer = subscriber.consumer
            places = list(consumer.assignment()) if consumer is not None else []
            try:
                ends = await asyncio.wait_for(consumer.end_offsets(places), ANSWERS_WITHIN) if places else {}
            except (KafkaError, OSError, TimeoutError) as error:
                raise Unavailable(type(error).__name__) from error
            for place, end in ends.items():
                if place in progress.reached:
                    behind[place.topic] = behind.get(place.topic, 0) + max(0, end - progress.reached[place])
            standing |= progress.standing(ends, time.monotonic())
        self.standing = standing
        return behind


def to_record(message: ConsumerRecord[bytes, bytes]) -> Record:
    """A consumed record as the kernel sees it."""
    return Record(
        message.topic,
        message.partition,
        message.offset,
        message.key,
        message.value,
        tuple(message.headers),
        message.timestamp,
    )


async def _parse(message: tuple[ConsumerRecord[bytes, bytes], ...]) -> KafkaAckableMessage:
    return KafkaAckableMessage(
        raw_message=message[:1], body=[to_record(item) for item in message], consumer=_NO_CONSUMER
    )


async def _decode(message: KafkaAckableMessage) -> Any:
    return message.body


class _NoConsumer:
    async def commit(self) -> None:
        """Offsets are committed by the handler."""

    def seek(self, partition: TopicPartition, offset: int) -> None:
        """Batches are never handed back."""


_NO_CONSUMER = _NoConsumer()

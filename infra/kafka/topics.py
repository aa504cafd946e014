"""The kernel's topics on Kafka: FastStream subscribes in batches, an aiokafka producer writes.

FastStream's own parser raises on a null or binary header and the whole batch is lost; ours cannot raise. Positions live
in PostgreSQL with what they did; Kafka's committed offsets follow them for monitoring only. `auto_offset_reset` is
`none`: a partition without a stored position is sought to its beginning, and one whose stored position is gone from
Kafka halts with a word in the log, because records would be lost silently otherwise.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.abc import ConsumerRebalanceListener
from aiokafka.errors import KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.message import KafkaAckableMessage
from faststream.security import SASLScram512

from infra.kernel.ports import Handler, Positions, Unavailable
from infra.kernel.records import TRACEPARENT, Outgoing, Place, Record
from infra.telemetry import NoTelemetry, Telemetry

from .batches import install
from .producer import Producer
from .settings import KafkaSettings

install()
log = logging.getLogger(__name__)
FULL = 65_536
"""Bytes for which the broker waits, up to the linger: a batch of hundreds costs little more than a batch of one."""
AHEAD = 262_144
"""Bytes of a partition that are fetched before they are asked for: enough for a batch, and a small memory."""


class KafkaTopics:
    """One principal's topics. Subscribe first, then `start`. `failed` ends with the error that no handler may raise."""

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
        self._subscribers: list[tuple[Any, _Progress]] = []
        self.last_progress: datetime | None = None
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
        progress = _Progress()
        listener = _Seek(positions, progress)
        subscriber = self.broker.subscriber(
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

        async def handle(body: Any) -> None:
            batch: list[Record] = body
            if self.failed.done():
                return
            try:
                traceparents = [value for record in batch if (value := record.header(TRACEPARENT)) is not None]
                with self._telemetry.process(batch[0].topic, group, len(batch), traceparents):
                    await handler(batch)
            except Exception as error:
                # FastStream would log it and go on with the next batch; nothing may be passed over.
                self.failed.set_exception(error)
                raise
            self.last_progress = datetime.now(UTC)
            await progress.handled(subscriber.consumer, batch)
            batch.clear()  # FastStream's message stands in a cycle: what it holds would stay until the collector comes

        subscriber(handle)
        self._subscribers.append((subscriber, progress))

    async def start(self) -> None:
        """Start subscribers and producer."""
        await self._producer.start()
        await self.broker.start()

    async def stop(self) -> None:
        """Stop both; what was being handled is finished first."""
        await self.broker.stop()
        await self._producer.stop()

    async def send(self, records: Sequence[Outgoing]) -> list[int]:
        """Write records; returns the indexes of those that failed."""
        with self._telemetry.send(records[0].topic if records else "", len(records)):
            return await self._producer.send(records)

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
        """Records not yet handled, by topic: those that have been fetched and are in hand are counted too."""
        behind: dict[str, int] = {}
        for subscriber, progress in self._subscribers:
            consumer = subscriber.consumer
            for place in consumer.assignment() if consumer is not None else ():
                mark, reached = consumer.highwater(place), progress.reached.get(place)
                if mark is not None:
                    come = reached if reached is not None else await consumer.position(place)
                    behind[place.topic] = behind.get(place.topic, 0) + max(0, mark - come)
        return behind


class _Seek(ConsumerRebalanceListener):  # type: ignore[misc]
    """On every assignment, go to where the database says that this service has come."""

    def __init__(self, positions: Positions, progress: _Progress) -> None:
        self._positions = positions
        self._progress = progress
        self.subscriber: Any = None

    async def on_partitions_revoked(self, revoked: Sequence[TopicPartition]) -> None:
        """Nothing to give back: a batch still in hand is fenced by the lock on its positions."""

    async def on_partitions_assigned(self, assigned: Sequence[TopicPartition]) -> None:
        """Seek before the first fetch."""
        stored = await self._positions([Place(item.topic, item.partition) for item in assigned])
        consumer: AIOKafkaConsumer = self.subscriber.consumer
        fresh = [item for item in assigned if not stored.get(Place(item.topic, item.partition))]
        self._progress.reached = {
            item: stored[Place(item.topic, item.partition)] for item in assigned if item not in fresh
        }
        for item, position in self._progress.reached.items():
            consumer.seek(item, position)
        if fresh and await consumer.seek_to_beginning(*fresh):
            # Where the first batch begins, so that it counts as lag while it is in hand.
            self._progress.reached |= {item: await consumer.position(item) for item in fresh}


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


class _Progress:
    """How far one subscription has come. Kafka is told now and then, for whoever watches the group's lag."""

    EVERY = 2.0

    def __init__(self) -> None:
        self.reached: dict[TopicPartition, int] = {}
        self._untold: set[TopicPartition] = set()
        self._told = 0.0

    async def handled(self, consumer: AIOKafkaConsumer | None, batch: Sequence[Record]) -> None:
        """Note a batch that has been handled."""
        for record in batch:
            place = TopicPartition(record.topic, record.partition)
            self.reached[place] = max(self.reached.get(place, 0), record.offset + 1)
            self._untold.add(place)
        now = time.monotonic()
        if consumer is None or now - self._told < self.EVERY:
            return
        told = {place: self.reached[place] for place in self._untold & consumer.assignment() if place in self.reached}
        self._told, self._untold = now, set()
        if not told:
            return
        try:
            await consumer.commit(told)
        except KafkaError as error:
            reason = type(error).__name__
            log.info("Kafka did not take the offsets; the stored positions hold", extra={"reason": reason})


class _NoConsumer:
    async def commit(self) -> None:
        """Offsets are committed by the handler."""

    def seek(self, partition: TopicPartition, offset: int) -> None:
        """Batches are never handed back."""


_NO_CONSUMER = _NoConsumer()

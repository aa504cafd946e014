"""How far a subscription has come: where it begins when partitions are given to it, and which of them stand still."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.abc import ConsumerRebalanceListener
from aiokafka.errors import KafkaError

from infra.kernel.ports import Positions, Unavailable
from infra.kernel.records import Place, Record

log = logging.getLogger(__name__)
STANDS_AFTER = 30.0
"""Seconds in which something of a partition in which records wait has to be handled, or taken in hand."""
RETRY = 1.0


class Progress:
    """How far one subscription has come. Kafka is told now and then, for whoever watches the group's lag."""

    EVERY = 2.0

    def __init__(self) -> None:
        self.reached: dict[TopicPartition, int] = {}
        self._in_hand: set[TopicPartition] = set()
        self._batches = 0
        self._still: dict[TopicPartition, tuple[int | None, float, int]] = {}
        self._untold: set[TopicPartition] = set()
        self._told = 0.0

    def taken(self, batch: Sequence[Record]) -> None:
        """Note a batch that is about to be handled."""
        self._in_hand = {TopicPartition(record.topic, record.partition) for record in batch}

    async def handled(self, consumer: AIOKafkaConsumer | None, batch: Sequence[Record]) -> None:
        """Note a batch that has been handled."""
        self._in_hand = set()
        self._batches += 1
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

    def standing(self, ends: Mapping[TopicPartition, int], now: float) -> dict[Place, float]:
        """Partitions in which records wait and nothing is done, and for how long (s); `ends` are Kafka's own.

        A partition is not at fault while a batch of others takes long. They take turns, so it stands when nothing is in
        hand, or when more batches than there are partitions have passed it by. Call it every few seconds: it tells what
        has moved from what it saw before.
        """
        still: dict[TopicPartition, tuple[int | None, float, int]] = {}
        for place, end in ends.items():
            reached = self.reached.get(place)
            if end > (reached or 0) and place not in self._in_hand:
                before = self._still.get(place)
                still[place] = before if before and before[0] == reached else (reached, now, self._batches)
        self._still = still
        return {
            Place(place.topic, place.partition): now - since
            for place, (_, since, batches) in still.items()
            if now - since > STANDS_AFTER and (not self._in_hand or self._batches - batches > len(ends))
        }


class Seek(ConsumerRebalanceListener):  # type: ignore[misc]
    """On every assignment, go to where the database says that this service has come.

    Nothing is read before that: aiokafka only logs what a listener raises, and would read on from the offsets that
    Kafka was told. While the database does not answer it is asked again; any other error is `fail`'s.
    """

    def __init__(
        self,
        positions: Positions,
        progress: Progress,
        fail: Callable[[Exception], None],
        stopping: asyncio.Event,
    ) -> None:
        self._positions = positions
        self._progress = progress
        self._fail = fail
        self._stopping = stopping
        self.subscriber: Any = None

    async def on_partitions_revoked(self, revoked: Sequence[TopicPartition]) -> None:
        """Nothing to give back: a batch still in hand is fenced by the lock on its positions."""

    async def on_partitions_assigned(self, assigned: Sequence[TopicPartition]) -> None:
        """Seek before the first fetch."""
        consumer: AIOKafkaConsumer = self.subscriber.consumer
        consumer.pause(*assigned)
        self._progress.reached = {}
        try:
            if await self._seek(consumer, assigned):
                consumer.resume(*assigned)
        except Exception as error:
            self._fail(error)
            raise

    async def _seek(self, consumer: AIOKafkaConsumer, assigned: Sequence[TopicPartition]) -> bool:
        stored = await self._stored([Place(item.topic, item.partition) for item in assigned])
        if stored is None:
            return False
        fresh = [item for item in assigned if not stored.get(Place(item.topic, item.partition))]
        reached = {item: stored[Place(item.topic, item.partition)] for item in assigned if item not in fresh}
        for item, position in reached.items():
            consumer.seek(item, position)
        if fresh and await consumer.seek_to_beginning(*fresh):
            # Where the first batch begins, so that it counts as lag while it is in hand.
            reached |= {item: await consumer.position(item) for item in fresh}
        self._progress.reached = reached
        return True

    async def _stored(self, places: Sequence[Place]) -> Mapping[Place, int] | None:
        """The stored positions; None when the service stops before the database has answered."""
        while not self._stopping.is_set():
            try:
                return await self._positions(places)
            except Unavailable as error:
                reason = type(error.__cause__).__name__
                log.warning("the stored positions cannot be read; trying again", extra={"reason": reason})
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), RETRY)
        return None

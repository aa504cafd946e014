"""Reading `directory.v1` from its beginning with a consumer of no group."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Protocol

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from infra.kafka.settings import KafkaSettings
from infra.kafka.topics import to_record
from infra.kernel.records import Record

from .follower import TOPIC

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

log = logging.getLogger(__name__)
PLACE = TopicPartition(TOPIC, 0)
SOON, LATEST = 1.0, 30.0
"""Seconds after which a follower that lost Kafka tries again: at first, and at most."""


class Reader(Protocol):
    """Who takes in the directory's records, and is told once they have been read to where the topic ended."""

    async def records(self, batch: Sequence[Record]) -> None:
        """Take in records, in order."""
        ...

    def caught_up(self) -> None:
        """All that the topic held when reading began has been taken in."""
        ...


@asynccontextmanager
async def follow(settings: KafkaSettings, client_id: str, reader: Reader) -> AsyncIterator[asyncio.Task[None]]:
    """Hand every record of the directory to `reader`, from the first on, until the block ends.

    Raises aiokafka's errors when Kafka cannot be reached to begin with; when it is lost later, reading goes on where it
    was. The task that it gives ends with any other error, after which nothing more is read: whoever needs the directory
    has to stop then.
    """
    task = asyncio.create_task(_follow(await _started(settings, client_id, 0), settings, client_id, reader))
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _follow(
    consumer: AIOKafkaConsumer | None,
    settings: KafkaSettings,
    client_id: str,
    reader: Reader,
) -> None:
    position, pause, end = 0, SOON, None
    try:
        while True:
            try:
                consumer = consumer or await _started(settings, client_id, position)
                end = end if end is not None else (await consumer.end_offsets([PLACE]))[PLACE]
                fetched = await consumer.getmany(PLACE, timeout_ms=500)
            except (KafkaError, OSError) as error:
                log.warning("the directory cannot be read; trying again", extra={"reason": type(error).__name__})
                lost, consumer = consumer, None
                await _stopped(lost)
                await asyncio.sleep(pause)
                pause = min(2 * pause, LATEST)
                continue
            records = [to_record(message) for message in fetched.get(PLACE, [])]
            await reader.records(records)
            if records:
                position, pause = records[-1].offset + 1, SOON
            if position >= end:
                reader.caught_up()
    finally:
        await _stopped(consumer)


async def read_to_end(settings: KafkaSettings, client_id: str, position: int = 0) -> list[Record]:
    """Every record that the directory holds now, from an offset on."""
    consumer = await _started(settings, client_id, position)
    try:
        end = (await consumer.end_offsets([PLACE]))[PLACE]
        records: list[Record] = []
        while await consumer.position(PLACE) < end:
            fetched = await consumer.getmany(PLACE, timeout_ms=500)
            records += [to_record(message) for message in fetched.get(PLACE, [])]
        return records
    finally:
        await consumer.stop()


async def _started(settings: KafkaSettings, client_id: str, position: int) -> AIOKafkaConsumer:
    consumer = AIOKafkaConsumer(
        **settings.aiokafka(), client_id=client_id, auto_offset_reset="earliest", enable_auto_commit=False
    )
    try:
        await consumer.start()
        consumer.assign([PLACE])
        consumer.seek(PLACE, position)
    except BaseException:
        await _stopped(consumer)
        raise
    return consumer


async def _stopped(consumer: AIOKafkaConsumer | None) -> None:
    """Close it; what it says to that is no news when it is Kafka that was lost."""
    if consumer is not None:
        with suppress(KafkaError, OSError):
            await consumer.stop()

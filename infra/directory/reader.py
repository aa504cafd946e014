"""Reading `directory.v1` from its beginning with a consumer of no group."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from aiokafka import AIOKafkaConsumer, TopicPartition

from infra.kafka.settings import KafkaSettings
from infra.kafka.topics import to_record
from infra.kernel.records import Record

from .follower import TOPIC

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@asynccontextmanager
async def follow(
    settings: KafkaSettings, client_id: str, handler: Callable[[Sequence[Record]], Awaitable[None]]
) -> AsyncIterator[None]:
    """Hand every record of the directory to `handler`, from the first on, until the block ends."""
    place = TopicPartition(TOPIC, 0)
    consumer = AIOKafkaConsumer(
        **settings.aiokafka(), client_id=client_id, auto_offset_reset="earliest", enable_auto_commit=False
    )
    await consumer.start()
    consumer.assign([place])

    async def run() -> None:
        while True:
            fetched = await consumer.getmany(place, timeout_ms=500)
            await handler([to_record(message) for message in fetched.get(place, [])])

    task = asyncio.create_task(run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await consumer.stop()


async def read_to_end(settings: KafkaSettings, client_id: str) -> list[Record]:
    """Every record that the directory holds now."""
    place = TopicPartition(TOPIC, 0)
    consumer = AIOKafkaConsumer(
        **settings.aiokafka(), client_id=client_id, auto_offset_reset="earliest", enable_auto_commit=False
    )
    await consumer.start()
    try:
        consumer.assign([place])
        end = (await consumer.end_offsets([place]))[place]
        records: list[Record] = []
        while await consumer.position(place) < end:
            fetched = await consumer.getmany(place, timeout_ms=500)
            records += [to_record(message) for message in fetched.get(place, [])]
        return records
    finally:
        await consumer.stop()

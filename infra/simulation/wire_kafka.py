"""The simulated agencies' side of a real Kafka: each agency with its own user, its own producer and its own mailbox."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from infra.kafka.producer import partition
from infra.kafka.settings import KafkaSettings
from infra.kafka.topics import to_record
from infra.kernel.post import mailbox

from .wire import AnswerHandler, Headers, MailHandler

ANSWERS = ("intake", "justice", "referral", "custody", "repatriation")

PAUSE = 0.3
"""Seconds between two looks into one mailbox. A fetch waits for the first record, so an empty mailbox costs nothing."""
WAITS = 600_000
"""Milliseconds for which a record may wait for room behind others of its agency. A machine that is slow is no fault."""


class KafkaWire:
    """Connections are opened by `start` for every agency that has a password in `passwords`."""

    def __init__(self, settings: KafkaSettings, passwords: Mapping[str, str], agencies: Sequence[str]) -> None:
        self._settings = settings
        self._passwords = passwords
        self._agencies = agencies
        self._producers: dict[str, AIOKafkaProducer] = {}
        self._consumers: list[AIOKafkaConsumer] = []
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self, mail: MailHandler, answers: AnswerHandler) -> None:
        """Connect every principal, a few at a time, and begin to read."""
        gate = asyncio.Semaphore(8)

        async def connect(principal: str) -> None:
            async with gate:
                settings = self._as(principal).aiokafka()
                producer = AIOKafkaProducer(
                    **settings,
                    client_id=principal,
                    enable_idempotence=True,
                    acks="all",
                    linger_ms=200,
                    request_timeout_ms=WAITS,
                    partitioner=partition,
                )
                await producer.start()
                self._producers[principal] = producer
                consumer = AIOKafkaConsumer(
                    **settings,
                    client_id=principal,
                    auto_offset_reset="earliest",
                    enable_auto_commit=False,
                    fetch_max_wait_ms=200 if principal == "replay" else 5000,
                    fetch_min_bytes=65_536 if principal == "replay" else 1,
                )
                await consumer.start()
                self._consumers.append(consumer)
                if principal == "replay":
                    topics = [f"{family}.answers.v1" for family in ANSWERS]
                    places = [TopicPartition(t, p) for t in topics for p in await producer.partitions_for(t)]
                    consumer.assign(places)
                    self._tasks.append(asyncio.create_task(_read(consumer, answers, 0)))
                else:
                    consumer.assign([TopicPartition(mailbox(principal), 0)])
                    handler = _bind(mail, principal)
                    self._tasks.append(asyncio.create_task(_read(consumer, handler, PAUSE)))

        await asyncio.gather(*(connect(principal) for principal in (*self._agencies, "replay")))

    async def stop(self) -> None:
        """Close every connection."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(consumer.stop() for consumer in self._consumers))
        await asyncio.gather(*(producer.stop() for producer in self._producers.values()))

    async def submit(
        self,
        agency: str,
        topic: str,
        key: bytes | None,
        value: bytes | None,
        headers: Headers,
    ) -> tuple[str, int, int]:
        """Write a record as this agency; returns where it stands."""
        written = await self._producers[agency].send_and_wait(topic, value, key, headers=list(headers))
        return written.topic, written.partition, written.offset

    async def tick(self, service: str, case: str, value: bytes) -> None:
        """Write a tick as the principal `replay`."""
        await self._producers["replay"].send(f"ticks.{service}.v1", value, case.encode())

    def _as(self, principal: str) -> KafkaSettings:
        return replace(self._settings, username=principal, password=self._passwords[principal])


def _bind(mail: MailHandler, agency: str) -> AnswerHandler:
    async def handler(batch: Sequence[object]) -> None:
        await mail(agency, batch)  # type: ignore[arg-type]

    return handler


async def _read(consumer: AIOKafkaConsumer, handler: AnswerHandler, pause: float) -> None:
    while True:
        fetched = await consumer.getmany(timeout_ms=60_000, max_records=1000)
        for messages in fetched.values():
            await handler([to_record(message) for message in messages])
        await asyncio.sleep(pause)

"""An agency's connection to a running network: the directory, one's own mailbox, and the submissions topics."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError

from contracts.directory import Directory
from infra.cli.errors import Refused, Unreachable
from infra.directory.follower import Follower
from infra.directory.reader import read_to_end
from infra.kafka.topics import to_record
from infra.kernel.post import mailbox
from infra.kernel.records import Record

from .agency import Prepared
from .credentials import Credentials, Running


@dataclass(slots=True)
class Connection:
    """What an agency may do: read its mailbox and the directory, and submit."""

    credentials: Credentials
    running: Running
    consumer: AIOKafkaConsumer
    place: TopicPartition

    async def directory(self) -> Directory:
        """The directory as it stands, every entry checked against the registrar's key; raises `Refused`."""
        records = await read_to_end(self.credentials.kafka(self.running), f"{self.credentials.agency}-directory")
        follower = Follower(self.running.registrar())
        await follower.records(records)
        if follower.refused is not None:
            raise Refused(
                f"the directory does not hold together: {follower.refused}",
                "believe nothing of this network until its operator and an auditor have looked at it",
            )
        return follower.directory

    async def submit(self, prepared: Prepared) -> tuple[str, int, int]:
        """Write a record to its submissions topic; returns its topic, partition and offset."""
        producer = AIOKafkaProducer(
            **self.credentials.kafka(self.running).aiokafka(),
            client_id=self.credentials.agency,
            enable_idempotence=True,
            acks="all",
        )
        await producer.start()
        try:
            written = await producer.send_and_wait(
                prepared.topic, prepared.body, prepared.key.encode(), headers=list(prepared.headers)
            )
        finally:
            await producer.stop()
        return written.topic, written.partition, written.offset

    async def from_now(self) -> None:
        """Read the mailbox from here on."""
        await self.consumer.seek_to_end(self.place)
        await self.consumer.position(self.place)

    async def mail(self, *, follow: bool) -> AsyncIterator[Record]:
        """What is in the mailbox from where it is being read; with `follow` also what comes later, without end."""
        end = (await self.consumer.end_offsets([self.place]))[self.place]
        while follow or await self.consumer.position(self.place) < end:
            fetched = await self.consumer.getmany(self.place, timeout_ms=500)
            for message in fetched.get(self.place, []):
                yield to_record(message)


@asynccontextmanager
async def connect(running: Running, credentials: Credentials) -> AsyncIterator[Connection]:
    """A connection as one agency; raises `Unreachable` and `Refused`, also for what goes wrong inside the block."""
    place = TopicPartition(mailbox(credentials.agency), 0)
    try:
        consumer = AIOKafkaConsumer(
            **credentials.kafka(running).aiokafka(),
            client_id=credentials.agency,
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            fetch_max_wait_ms=200,
        )
        try:
            await _start(consumer, running)
            consumer.assign([place])
            await consumer.seek_to_beginning(place)
            yield Connection(credentials, running, consumer, place)
        finally:
            await consumer.stop()
    except KafkaError as error:
        raise _explained(error, running) from error


async def _start(consumer: AIOKafkaConsumer, running: Running) -> None:
    try:
        await consumer.start()
    except OSError as error:
        raise _explained(error, running) from error


def _explained(error: Exception, running: Running) -> Refused | Unreachable:
    name = type(error).__name__
    if "Authorization" in name or "Authentication" in name:
        return Refused(f"Kafka does not let this agency do that ({name})", "use this agency's own newest credentials")
    return Unreachable(
        f"Kafka at {running.kafka_bootstrap} does not answer ({name})", "see what runs: safepassage status"
    )

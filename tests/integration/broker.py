"""Asking a broker directly: one request over many topics, and its own answer to each, nothing hidden by a client."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from types import TracebackType
from typing import Any

from aiokafka.conn import create_conn
from aiokafka.errors import (
    GroupAuthorizationFailedError,
    GroupLoadInProgressError,
    NotCoordinatorForGroupError,
    TopicAuthorizationFailedError,
)
from aiokafka.protocol.coordination import FindCoordinatorRequest
from aiokafka.protocol.fetch import FetchRequest
from aiokafka.protocol.group import JoinGroupRequest
from aiokafka.protocol.metadata import MetadataRequest
from aiokafka.protocol.produce import ProduceRequest
from aiokafka.protocol.transaction import InitProducerIdRequest
from aiokafka.record.default_records import DefaultRecordBatchBuilder

from infra.kafka.settings import KafkaSettings

REFUSED_TOPIC = TopicAuthorizationFailedError.errno
REFUSED_GROUP = GroupAuthorizationFailedError.errno
LOADING = GroupLoadInProgressError.errno  # a broker that has just started has no producer ids at hand yet
MEMBER_ID_REQUIRED = 79  # what a new member of a group is told first


class Broker:
    """One principal's connection: `async with Broker(settings) as broker`."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._connection: Any = None

    async def __aenter__(self) -> Broker:
        host, _, port = self._settings.bootstrap.partition(":")
        arguments = self._settings.aiokafka()
        del arguments["bootstrap_servers"]
        self._connection = await create_conn(host, int(port), request_timeout_ms=10_000, **arguments)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    async def described(self, topics: Iterable[str]) -> set[str]:
        """The topics that this principal may know of."""
        answer = await self._connection.send(MetadataRequest(list(topics), allow_auto_topic_creation=False))
        return _allowed({topic[1]: topic[0] for topic in answer.topics})

    async def written(self, topics: Iterable[str]) -> set[str]:
        """The topics to which it could write a record, as an idempotent producer does."""
        identity = await self._producer_identity()
        batches = [(topic, [(0, _batch(identity.producer_id, identity.producer_epoch))]) for topic in topics]
        answer = await self._connection.send(ProduceRequest(None, -1, 10_000, batches))
        return _allowed({topic: partitions[0][1] for topic, partitions in answer.topics})

    async def _producer_identity(self) -> Any:
        for _ in range(100):
            identity = await self._connection.send(InitProducerIdRequest(None, 60_000))
            if identity.error_code != LOADING:
                break
            await asyncio.sleep(0.1)
        assert identity.error_code == 0, "whoever may write to some topic may write idempotently"
        return identity

    async def read(self, topics: Iterable[str]) -> set[str]:
        """The topics of which it got the first record."""
        wanted = [(topic, [(0, 0, 1 << 16)]) for topic in topics]
        answer = await self._connection.send(FetchRequest(100, 1, 1 << 22, 0, wanted))
        allowed = _allowed({topic: partitions[0][1] for topic, partitions in answer.topics})
        got = {topic for topic, partitions in answer.topics if partitions[0][-1]}
        assert got == allowed, "a refusal brings no records, and every topic has some"
        return got

    async def joined(self, groups: Iterable[str]) -> set[str]:
        """The consumer groups that it could have joined."""
        joined = set()
        for group in groups:
            request = JoinGroupRequest(group, 10_000, 10_000, "", "", "consumer", [("range", b"")])
            for _ in range(100):
                code = (await self._connection.send(request)).error_code
                if code not in (LOADING, NotCoordinatorForGroupError.errno):
                    break
                # The topic of the groups' positions is made when somebody first asks for a coordinator.
                await self._connection.send(FindCoordinatorRequest(group, 0))
                await asyncio.sleep(0.1)
            assert code in (0, MEMBER_ID_REQUIRED, REFUSED_GROUP), code
            if code != REFUSED_GROUP:
                joined.add(group)
        return joined


def _allowed(answers: dict[str, int]) -> set[str]:
    assert set(answers.values()) <= {0, REFUSED_TOPIC}, answers
    return {topic for topic, code in answers.items() if code == 0}


def _batch(producer_id: int, epoch: int) -> bytes:
    builder = DefaultRecordBatchBuilder(2, 0, 0, producer_id, epoch, 0, 1 << 16)
    builder.append(0, None, None, b"{}", [])
    return bytes(builder.build())

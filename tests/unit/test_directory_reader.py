"""Who follows the directory goes on where it was when Kafka was lost, and any other error is told."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from aiokafka import ConsumerRecord
from aiokafka.errors import KafkaConnectionError, KafkaError

from infra.directory import reader
from infra.kafka.settings import KafkaSettings
from infra.kernel.records import Record

SETTINGS = KafkaSettings("nowhere:1", Path("none"), "nobody", "")
LOG = [bytes([65 + number]) for number in range(6)]


class Consumer:
    """One that is lost after some records, each time."""

    open = 0

    def __init__(self, position: int, error: Exception) -> None:
        self.position = position
        self._left = 2
        self._error = error
        Consumer.open += 1

    async def getmany(self, place: Any, timeout_ms: int) -> dict[Any, list[Any]]:
        await asyncio.sleep(0)
        if self.position == len(LOG):
            await asyncio.sleep(3600)
        if not self._left:
            raise self._error
        self._left -= 1
        self.position += 1
        at = self.position - 1
        return {place: [ConsumerRecord(place.topic, 0, at, 0, 0, None, LOG[at], None, 0, 1, ())]}

    async def end_offsets(self, places: Sequence[Any]) -> dict[Any, int]:
        return dict.fromkeys(places, len(LOG))

    async def stop(self) -> None:
        Consumer.open -= 1
        raise KafkaConnectionError


class Taking:
    """What has come, and when all that was there had."""

    def __init__(self, error: Exception | None = None) -> None:
        self.found: list[bytes | None] = []
        self.complete = asyncio.Event()
        self._error = error

    async def records(self, batch: Sequence[Record]) -> None:
        if self._error is not None:
            raise self._error
        self.found += [record.value for record in batch]

    def caught_up(self) -> None:
        assert self.found == LOG, "not before the end"
        self.complete.set()


@pytest.mark.parametrize("error", [KafkaError(), KafkaConnectionError(), ConnectionResetError()])
async def test_it_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    taking = Taking()
    starts: list[int] = []

    async def started(settings: KafkaSettings, client_id: str, position: int) -> Consumer:
        starts.append(position)
        if len(starts) == 3:
            raise error
        return Consumer(position, error)

    monkeypatch.setattr(reader, "_started", started)
    monkeypatch.setattr(reader, "SOON", 0.01)
    async with asyncio.timeout(5), reader.follow(SETTINGS, "tests", taking) as task:
        await taking.complete.wait()
        assert not task.done()
    assert taking.found == LOG
    assert starts == [0, 2, 4, 4]
    assert Consumer.open == 0


async def test_any_other_error_ends_the_task(monkeypatch: pytest.MonkeyPatch) -> None:
    async def started(settings: KafkaSettings, client_id: str, position: int) -> Consumer:
        return Consumer(position, KafkaError())

    taking = Taking(LookupError("it cannot be handled"))

    async def following() -> None:
        async with asyncio.timeout(5), reader.follow(SETTINGS, "tests", taking) as task:
            await task

    monkeypatch.setattr(reader, "_started", started)
    with pytest.raises(LookupError, match="cannot be handled"):
        await following()
    assert Consumer.open == 0

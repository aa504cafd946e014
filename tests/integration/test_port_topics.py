"""The kernel's topics, in memory and on Kafka: order, groups, positions, and records of every shape."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import OffsetOutOfRangeError, OutOfOrderSequenceNumber

from infra.embedded.cluster import Endpoints
from infra.kafka import producer, progress
from infra.kernel.decode import DeadLetter, decode
from infra.kernel.ports import Unavailable
from infra.kernel.records import Outgoing, Place

from .batches import batch, record, write
from .clients import WITHIN, Headers, Reader, Side, in_memory, on_kafka, until


@pytest.fixture(scope="module")
async def kafka(cluster: Endpoints) -> AsyncIterator[Side]:
    async with on_kafka(cluster) as side:
        yield side


@pytest.fixture(params=["memory", "real"])
async def side(request: pytest.FixtureRequest, kafka: Side) -> AsyncIterator[Side]:
    if request.param == "real":
        yield kafka
        return
    async with in_memory() as made:
        yield made


def outgoing(topic: str, numbers: range, keys: int = 5) -> list[Outgoing]:
    return [Outgoing(topic, f"key-{n % keys}", b"%d" % n, {"n": str(n)}) for n in numbers]


def expected(key: int, numbers: range, keys: int = 5) -> list[bytes]:
    return [b"%d" % n for n in numbers if n % keys == key]


async def test_each_key_comes_in_order_once_in_each_group(side: Side) -> None:
    topic, one, two = await side.topic(), Reader(), Reader()
    async with side.open(([topic], f"{topic}.one", one), ([topic], f"{topic}.two", two)) as topics:
        for first in range(0, 300, 100):
            assert await topics.send(outgoing(topic, range(first, first + 100))) == []
        for reader in (one, two):
            records = await reader.has(300)
            for key in range(5):
                assert reader.values(f"key-{key}") == expected(key, range(300))
            assert {record.header("n") for record in records} == {str(n) for n in range(300)}
            assert len({(record.place, record.offset) for record in records}) == 300
            assert {record.partition for record in records} == {0, 1}
            for place in {record.place for record in records}:
                offsets = [record.offset for record in records if record.place == place]
                assert offsets == list(range(len(offsets)))
        assert await topics.send([]) == []


async def test_what_waits_comes_in_batches(side: Side) -> None:
    topic, reader = await side.topic(), Reader()
    async with side.open() as topics:
        assert await topics.send(outgoing(topic, range(100))) == []
    async with side.open(([topic], topic, reader)):
        await reader.has(100)
    assert max(reader.batches) > 1


async def test_it_goes_on_from_what_is_stored(side: Side) -> None:
    topic, other, first = await side.topic(), await side.topic(), Reader()
    async with side.open(([topic, other], topic, first)) as topics:
        await topics.send(outgoing(topic, range(40)))
        await first.has(40)
        assert set(first.asked) == {Place(name, n) for name in (topic, other) for n in (0, 1)}
    done = first.stored[Place(topic, 0)]
    again = Reader(stored={Place(topic, 0): done - 3})
    async with side.open() as topics:
        await topics.send(outgoing(other, range(4)))
    async with side.open(([topic, other], topic, again)) as topics:
        await again.has(3 + first.stored[Place(topic, 1)] + 4)
        assert [r.offset for r in again.records if r.place == Place(topic, 0)] == list(range(done - 3, done))
        await topics.send(outgoing(topic, range(40, 45)))
        await again.has(3 + first.stored[Place(topic, 1)] + 4 + 5)
        ends = await topics.end_offsets([topic, other])
        assert again.stored == {place: end for place, end in ends.items() if end}


async def test_two_copies_share_a_group(side: Side) -> None:
    topic, stored = await side.topic(), dict[Place, int]()
    one, two = Reader(stored=stored), Reader(stored=stored)
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(side.open(([topic], topic, one), copy="1"))
        await stack.enter_async_context(side.open(([topic], topic, two), copy="2"))
        sent = 0
        async with asyncio.timeout(WITHIN):
            while not (one.records and two.records):
                await first.send(outgoing(topic, range(sent, sent + 10)))
                sent += 10
                await asyncio.sleep(0.2)
        await until(lambda: len({(r.place, r.offset) for r in one.records + two.records}) == sent)
        assert {r.partition for r in one.records[-1:]} != {r.partition for r in two.records[-1:]}


async def test_a_record_of_any_shape_comes_as_it_is(side: Side) -> None:
    topic, reader = await side.topic(), Reader()
    shapes: list[tuple[bytes | None, bytes | None, Headers]] = [
        (b"k", b"v", ()),
        (b"k", None, ()),
        (b"k", b"", (("jws", None),)),
        (b"k", b"\xff\x00", (("jws", b"\xff\x00"), ("jws", b"twice"), ("", b""))),
        (b"\xff", b"v", (("jws", "ក".encode()),)),
        (b"", b"v", ()),
        (None, b"v", ()),
        (b"k", bytes(200_000), ()),
    ]
    for key, value, headers in shapes:
        await side.raw(topic, key, value, headers)
    async with side.open(([topic], topic, reader)) as topics:
        records = await reader.has(len(shapes))
        found = [(record.key, record.value, record.headers) for record in records]
        assert sorted(found, key=repr) == sorted(((k, v, tuple(h)) for k, v, h in shapes), key=repr)
        assert await topics.send([Outgoing(topic, "k", b"after", {"jws": "ក"})]) == []
        assert (await reader.has(len(shapes) + 1))[-1].headers == (("jws", "ក".encode()),)


GOOD = record(0, b"k", b"good")
HAND_MADE = {
    "a header's name that is no text": record(1, b"k", b"bad", [(b"x-\xff", b"v"), (b"jws", b"s")]),
    "attributes that are no varint": record(1, b"key", b"bad", attributes=0xFF),
    "an offset far ahead": record(1_000_000, b"k", b"bad"),
    "an offset before its batch": record(-1_000_000, b"k", b"bad"),
    "its neighbour's offset": record(0, b"k", b"bad"),
}


@pytest.mark.parametrize("kind", HAND_MADE)
async def test_a_batch_made_by_hand_is_read_as_the_broker_took_it(cluster: Endpoints, kafka: Side, kind: str) -> None:
    """Its neighbours in the batch, before and after it come too, each with the offset that it has in the partition."""
    topic, reader, bad = await kafka.topic(), Reader(), HAND_MADE[kind]
    settings = cluster.admin()
    async with kafka.open(([topic], topic, reader)) as topics:
        for number in range(3):
            assert await write(settings, topic, 0, batch([GOOD, bad, record(2, b"k", b"good")])) == 3 * number
        await write(settings, topic, 1, batch([GOOD]))
        await reader.has(10)
        assert not topics.failed.done()
        assert [(r.offset, r.value) for r in reader.records if r.partition == 0] == [
            (offset, b"bad" if offset % 3 == 1 else b"good") for offset in range(9)
        ]
        assert reader.stored == {Place(topic, 0): 9, Place(topic, 1): 1}
        if kind == "a header's name that is no text":
            found = [r.headers for r in reader.records if r.value == b"bad"]
            assert found == [(("x-\ufffd", b"x-\xff"), ("jws", b"s"))] * 3
            assert isinstance(decode(next(r for r in reader.records if r.value == b"bad")), DeadLetter)


async def test_the_end_is_after_the_last_record(side: Side) -> None:
    topic, empty, reader = await side.topic(), await side.topic(), Reader()
    async with side.open(([topic], topic, reader)) as topics:
        assert await topics.end_offsets([topic]) == {Place(topic, 0): 0, Place(topic, 1): 0}
        await topics.send(outgoing(topic, range(30)))
        ends = await topics.end_offsets([topic, empty])
        await reader.has(30)
        assert ends == {**reader.stored, Place(empty, 0): 0, Place(empty, 1): 0}
    async with side.open() as topics:
        assert await topics.end_offsets([topic]) == reader.stored, "one that reads nothing may ask too"
        assert await topics.end_offsets([]) == {}


LARGE = bytes(262_144)
"""With its key and headers more than the broker takes (256 kB)."""


def letters(topic: str, *said: str | tuple[str, bytes]) -> list[Outgoing]:
    """A record for each key; its value is where it stands, unless it is given."""
    pairs = [it if isinstance(it, tuple) else (it, b"%d" % n) for n, it in enumerate(said)]
    return [Outgoing(topic, key, value, {"n": str(n)}) for n, (key, value) in enumerate(pairs)]


@pytest.mark.parametrize("before", [0, 1, 20])
async def test_a_record_that_is_too_large_holds_back_its_key_and_no_other(side: Side, before: int) -> None:
    """Twelve keys are in both partitions: some neighbours go to the large record's own."""
    topic, other, reader = await side.topic(), await side.topic(), Reader()
    keys = [f"key-{n}" for n in range(12)]
    first = [keys[n % 12] for n in range(before)]
    records = letters(topic, *first, ("big", LARGE), *keys, "big", *keys, "big") + letters(other, "big", *keys)
    held = [n for n, record in enumerate(records) if record.key == "big" and record.topic == topic]
    async with side.open(([topic, other], topic, reader)) as topics:
        assert await topics.send(records) == held
        assert await topics.send([records[held[0]]]) == [0], "it is no better the second time"
        assert await topics.send([records[n] for n in held[1:]]) == []
        await reader.has(len(records) - 1)
        for key in {record.key for record in records}:
            for name in (topic, other):
                sent = [r.value for r in records if (r.key, r.topic) == (key, name) and r.value != LARGE]
                assert [r.value for r in reader.records if (r.key, r.topic) == (key.encode(), name)] == sent


async def test_a_topic_that_does_not_exist_keeps_no_other_and_not_the_producer(kafka: Side) -> None:
    topic = await kafka.topic()
    async with kafka.open() as topics:
        assert await topics.send(outgoing(topic, range(4))) == []
        connected = await topics._producer.start()
        started = time.monotonic()
        mixed = [*outgoing("port-nowhere", range(3)), *outgoing(topic, range(4, 8)), *letters(topic, ("big", LARGE))]
        assert await topics.send(mixed) == [0, 1, 2, 7]
        assert time.monotonic() - started < 4
        assert await topics.send(outgoing(topic, range(8, 12))) == []
        assert await topics._producer.start() is connected


@pytest.mark.parametrize("error", [OutOfOrderSequenceNumber(), None])
async def test_a_producer_that_is_stuck_is_made_anew_and_keeps_no_other(
    kafka: Side, monkeypatch: pytest.MonkeyPatch, error: Exception | None
) -> None:
    """Stuck by an error, or because what it was given is never answered: its other topics are written all the same."""
    topic, other, reader = await kafka.topic(), await kafka.topic(), Reader()
    monkeypatch.setattr(producer, "REST_WITHIN", 1.0)
    answer = asyncio.get_running_loop().create_future()
    if error is not None:
        answer.set_exception(error)
    async with kafka.open(([topic, other], topic, reader)) as topics:
        assert await topics.send(outgoing(topic, range(4))) == []
        stuck = await topics._producer.start()
        send = stuck.send_batch

        async def send_batch(batch: Any, name: str, *, partition: int) -> asyncio.Future[Any]:
            return answer if name == topic else await send(batch, name, partition=partition)

        monkeypatch.setattr(stuck, "send_batch", send_batch)
        assert await topics.send([*outgoing(topic, range(4, 8)), *outgoing(other, range(4))]) == [0, 1, 2, 3]
        assert stuck._sender.sender_task.done(), "it writes nothing late"
        assert await topics.send(outgoing(topic, range(4, 8))) == []
        assert await topics._producer.start() is not stuck
        await reader.has(12)


async def test_large_records_are_taken_in_order(side: Side) -> None:
    topic, reader = await side.topic(), Reader()
    records = letters(topic, *[(f"key-{n % 3}", bytes([n]) * 100_000) for n in range(12)], ("key-0", bytes(262_000)))
    async with side.open(([topic], topic, reader)) as topics:
        assert await topics.send(records) == []
        await reader.has(13)
        for key in ("key-0", "key-1", "key-2"):
            assert reader.values(key) == [record.value for record in records if record.key == key]


async def test_what_a_handler_did_not_finish_is_handed_over_again(side: Side) -> None:
    topic, broken, healthy = await side.topic(), Reader(fails=True), Reader()
    async with side.open(([topic], topic, broken)) as topics:
        await topics.send(outgoing(topic, range(20)))
        await until(lambda: bool(broken.batches))
        await topics.send(outgoing(topic, range(20, 40)))
        await asyncio.sleep(0.3)
        assert len(broken.batches) == 1, "a handler that raised is not asked again"
    async with side.open(([topic], topic, healthy)):
        await healthy.has(40)


async def test_what_is_in_hand_counts_as_lag(kafka: Side) -> None:
    """Kafka's side only: the one in memory has nobody who would look."""
    topic, reader = await kafka.topic(), Reader(stored={})
    reader.gate.clear()
    async with kafka.open() as topics:
        assert await topics.send(outgoing(topic, range(40))) == []
    async with kafka.open(([topic], topic, reader)) as topics:

        async def lag(number: int) -> None:
            for _ in range(int(WITHIN * 20)):
                if (found := (await topics.lag()).get(topic)) == number:
                    return
                await asyncio.sleep(0.05)
            raise AssertionError(f"a lag of {found} and not of {number}")

        await until(lambda: reader.waiting > 0)
        assert (await topics.lag()).get(topic, 40) > 0
        await lag(40)
        reader.gate.set()
        await lag(0)
        assert len(reader.records) == 40
        reader.gate.clear()
        assert await topics.send(outgoing(topic, range(40, 50))) == []
        await until(lambda: reader.waiting > 0)
        await lag(10)
        reader.gate.set()
        await lag(0)


@dataclass
class Troubled(Reader):
    """A service whose database does not answer so many times, or that raises something else when it is asked."""

    times: int = 0
    error: Exception | None = None

    async def positions(self, places: Collection[Place]) -> Mapping[Place, int]:
        """Where it goes on, once it can be told."""
        if self.error is not None:
            raise self.error
        if self.times > 0:
            self.times -= 1
            raise Unavailable("the database is away")
        return await super().positions(places)


async def test_nothing_is_read_before_the_stored_positions_are_known(kafka: Side) -> None:
    """Kafka was told of 40; the database has come back older than that, and late."""
    topic, first, late = await kafka.topic(), Reader(), Troubled(times=2)
    async with kafka.open(([topic], topic, first)) as topics:
        await topics.send(outgoing(topic, range(40)))
        await first.has(40)
    async with kafka.open(([topic], topic, late)) as topics:
        await late.has(40)
        assert late.times == 0
        assert not topics.failed.done()


async def test_a_service_stops_while_its_database_is_away(kafka: Side) -> None:
    topic, away = await kafka.topic(), Troubled(times=10_000)
    async with asyncio.timeout(WITHIN), kafka.open(([topic], topic, away)):
        await until(lambda: away.times < 10_000)
    assert away.records == []


async def test_any_other_error_of_the_positions_stops_the_service(kafka: Side) -> None:
    topic, broken = await kafka.topic(), Troubled(error=LookupError("no such schema"))
    async with kafka.open() as topics:
        await topics.send(outgoing(topic, range(4)))
    with pytest.raises(LookupError, match="no such schema"):
        async with kafka.open(([topic], topic, broken)) as topics:
            await until(topics.failed.done)
    assert broken.records == []


async def test_a_stored_position_that_kafka_does_not_have_stops_the_service(kafka: Side) -> None:
    topic = await kafka.topic()
    ahead = Reader(stored={Place(topic, 0): 1000, Place(topic, 1): 1000})
    async with kafka.open() as topics:
        await topics.send(outgoing(topic, range(4)))
    with pytest.raises(OffsetOutOfRangeError):
        async with kafka.open(([topic], topic, ahead)) as topics:
            await until(topics.failed.done)
    assert ahead.records == []


async def test_a_partition_that_nobody_fetches_is_found(kafka: Side, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its neighbour goes on all the time; what is in hand does not stand, however long that takes."""
    topic, reader = await kafka.topic(), Reader()
    monkeypatch.setattr(progress, "STANDS_AFTER", 1.0)
    numbers = iter(range(0, 10_000, 10))
    async with kafka.open(([topic], topic, reader)) as topics:

        async def standing(seconds: float) -> dict[Place, float]:
            """What stands after so long, while both partitions are written all the time."""
            for _ in range(int(seconds / 0.2)):
                first = next(numbers)
                await topics.send(outgoing(topic, range(first, first + 10)))
                await topics.lag()
                await asyncio.sleep(0.2)
            return dict(topics.standing)

        await until(lambda: len(reader.asked) == 2)
        assert await standing(2.0) == {}
        ((subscriber, _),) = topics._subscribers
        subscriber.consumer.pause(TopicPartition(topic, 0))
        found = await standing(2.0)
        assert list(found) == [Place(topic, 0)]
        assert 1.0 < found[Place(topic, 0)] < 5.0
        subscriber.consumer.resume(TopicPartition(topic, 0))
        assert await standing(1.0) == {}
        reader.gate.clear()
        assert await standing(2.0) == {}, "one batch that takes long"
        reader.gate.set()
        assert await standing(1.0) == {}

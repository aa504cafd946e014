"""The whole network beside a bare path on servers of the same kind: what everything that is promised costs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import psutil

from contracts.envelope import compose
from contracts.identifiers import new_id
from contracts.signing import Signer, sign_detached, verify_detached
from infra.embedded.cluster import DATABASE, Cluster
from infra.kafka.admin import Admin
from infra.kafka.producer import Producer
from infra.kafka.topics import KafkaTopics
from infra.kafka.topology import SERVICES, Topic
from infra.kernel.records import Outgoing, Place, Record
from infra.network import Network
from infra.postgres.bootstrap import bootstrap
from infra.simulation.caseload import small
from infra.simulation.chance import Chance
from infra.simulation.driver import Driver
from infra.simulation.replay import members, replay
from tests.unit.kernel.desk import START

RECORDS = 10_000
Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True, slots=True)
class Cost:
    """So many events in so long, by the wall and by all processors of this process and its servers (s).

    `memory` is each service's largest, in MB.
    """

    events: int
    seconds: float
    processor: float
    memory: dict[str, float] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        """Events a second."""
        return self.events / self.seconds

    @property
    def each(self) -> float:
        """Microseconds of processor time an event."""
        return self.processor / self.events * 1e6


def _processor() -> float:
    """Seconds that this process, everything that it started and what that left behind have worked."""
    own = psutil.Process()
    return sum(sum(process.cpu_times()[:4]) for process in (own, *own.children(recursive=True)))


async def bare(directory: Path, progress: Progress) -> Cost:
    """Kafka in, one signature check, one row, Kafka out: no law, no answers, no mailboxes."""
    signer = Signer.from_seed("bench/s1", bytes(32))
    submissions = [_submission(signer) for _ in range(RECORDS)]
    async with Cluster(directory, lambda what: progress(what, 0, None)) as endpoints:
        await asyncio.to_thread(Admin(endpoints.admin()).make_topics, [Topic("bench.in", 2), Topic("bench.out", 2)])
        await bootstrap(endpoints.superuser(), DATABASE, {})
        async with asyncpg.create_pool(endpoints.superuser(DATABASE), min_size=1, max_size=2) as pool:
            await pool.execute("CREATE TABLE bench (key text, value bytea)")
            topics, done = KafkaTopics(endpoints.admin(), "bench"), asyncio.Event()
            handled = 0

            async def handle(batch: Sequence[Record]) -> None:
                nonlocal handled
                for record in batch:
                    verify_detached(record.value or b"", record.header("jws") or "", signer.public)
                keys, values = [(record.key or b"").decode() for record in batch], [record.value for record in batch]
                await pool.execute("INSERT INTO bench SELECT * FROM unnest($1::text[], $2::bytea[])", keys, values)
                out = [Outgoing("bench.out", key, value or b"") for key, value in zip(keys, values, strict=True)]
                assert await topics.send(out) == []
                handled += len(batch)
                progress("bare path", handled, RECORDS)
                if handled == RECORDS:
                    done.set()

            topics.subscribe(["bench.in"], "bench", handle, _from_the_start)
            await topics.start()
            producer, before, begun = Producer(endpoints.admin(), "bench-in"), _processor(), time.monotonic()
            for first in range(0, RECORDS, 500):
                assert await producer.send(submissions[first : first + 500]) == []
            await asyncio.wait_for(done.wait(), 120)
            cost = Cost(RECORDS, time.monotonic() - begun, _processor() - before)
            await producer.stop()
            await topics.stop()
    return cost


def _submission(signer: Signer) -> Outgoing:
    case = new_id(START)
    body = compose(
        id=new_id(START),
        source="/agencies/kh-ngo-a",
        type="safepassage.custody.missing-reported.v1",
        subject=case,
        time=START,
        data={"custody": case, "how": "unknown"},
    )
    return Outgoing("bench.in", case, body, {"jws": sign_detached(body, signer)})


async def _from_the_start(places: object) -> dict[Place, int]:
    return {}


async def whole(directory: Path, progress: Progress) -> Cost:
    """A tenth of the year 2009 on the whole network, agencies included."""
    chance, caseload = Chance.of("bench"), small(by_country={"TH": 22, "VN": 77}, children=51, in_country=47)
    network = Network(directory, members(chance), replay=True, progress=lambda what: progress(what, 0, None))
    memory: dict[str, float] = {}

    async def watch(driver: Driver) -> None:
        while driver.finished < caseload.total:
            for service in SERVICES:
                used = psutil.Process(network.services[service][0].pid).memory_info().rss / 1e6
                memory[service] = round(max(memory.get(service, 0.0), used), 1)
            await asyncio.sleep(0.5)

    async with network:
        before = _processor()
        outcome = await replay(
            network, chance, caseload, progress=lambda done, total, _: progress("replay", done, total), beside=watch
        )
        return Cost(outcome.accepted, outcome.seconds, _processor() - before, memory)

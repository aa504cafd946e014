"""A service as a process: what is the same for each of them is put together here, once.

A service's `__main__` gives its office and its pages; this builds the adapters, follows the directory to its head,
starts the subscriptions, the relay and the deadlines, serves health and AsyncAPI, and takes it all down again.
"""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime

import asyncpg
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contracts.signing import unb64
from infra.config import ServiceConfig
from infra.directory.follower import Follower
from infra.directory.reader import follow
from infra.kafka.topics import KafkaTopics
from infra.kernel.bench import STALE, Office
from infra.kernel.clock import WallClock
from infra.kernel.deadlines import deadlines
from infra.kernel.kernel import Kernel
from infra.kernel.ports import Clock, Unavailable
from infra.kernel.records import Place
from infra.kernel.relay import relay
from infra.postgres.store import PostgresStore
from infra.telemetry import Telemetry, configure_logging, setup
from infra.web import Readiness, asyncapi_routes, health_routes, problem, serve

COLLECT = (10_000, 10, 20)
"""Thresholds of the cycle collector: a batch makes thousands of objects and hardly a cycle."""
WATCH = 2.0
"""Seconds between two looks at how far the work has come."""
AWAY: tuple[type[Exception], ...] = (
    Unavailable,
    OSError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
)
"""What a page meets while Kafka or the database is away, or starts, or has no connection left."""


@dataclass
class Host:
    """What a running service may use: its adapters, and the tasks that live as long as it."""

    config: ServiceConfig
    pool: asyncpg.Pool[asyncpg.Record]
    store: PostgresStore
    topics: KafkaTopics
    follower: Follower
    clock: WallClock
    readiness: Readiness
    threads: ThreadPoolExecutor
    wake_relay: asyncio.Event


Install = Callable[[Host], Awaitable[tuple[Sequence[Route], Sequence[Callable[[], Awaitable[None]]]]]]
"""Subscribes, and gives the service's own routes and the loops that run beside it."""


async def run(config: ServiceConfig, install: Install) -> None:
    """Serve until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    async with AsyncExitStack() as stack:
        configure_logging()
        telemetry = setup(f"safepassage-{config.service}")
        clock, follower, readiness = WallClock(), Follower(unb64(config.registrar_key)), Readiness()
        readiness.problem("start", "the service is starting")
        pool = await stack.enter_async_context(
            asyncpg.create_pool(
                config.postgres_dsn,
                min_size=2,
                max_size=6,
                server_settings={"search_path": config.service},
                reset=_leave,
            )
        )
        threads = stack.enter_context(ThreadPoolExecutor(2, thread_name_prefix="verify"))
        topics = KafkaTopics(
            config.kafka(), f"{config.principal}-{config.instance}", config.instance, config.linger_ms, telemetry
        )
        store = PostgresStore(pool)
        host = Host(config, pool, store, topics, follower, clock, readiness, threads, asyncio.Event())
        routes, loops = await install(host)
        following = await stack.enter_async_context(follow(config.kafka(), f"{config.principal}-directory", follower))
        readiness.problem("directory", "the directory has not been read to its head; is the registrar running?")
        app = Starlette(
            routes=[*health_routes(readiness), *asyncapi_routes(topics.broker, config.service), *routes],
            exception_handlers=dict.fromkeys(AWAY, later),
        )
        await stack.enter_async_context(serve(app, config.http_port))
        stopping, reading = asyncio.create_task(stop.wait()), asyncio.create_task(follower.read.wait())
        stack.callback(stopping.cancel)
        stack.callback(reading.cancel)
        await asyncio.wait({reading, following, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if following.done():
            following.result()
        if stop.is_set():
            return  # nothing is to be judged by a directory that has not been read
        readiness.clear("directory")
        gc.collect()
        gc.freeze()
        gc.set_threshold(*COLLECT)
        await topics.start()
        stack.push_async_callback(topics.stop)
        readiness.clear("start")
        everything = [
            lambda: relay(store, topics, clock, host.wake_relay),
            lambda: watch(topics, readiness, follower, clock, telemetry),
            lambda: _end(topics.failed),
            lambda: _end(following),
            *loops,
        ]
        tasks = [asyncio.create_task(_forever(loop)) for loop in everything]
        try:
            done, _ = await asyncio.wait({*tasks, stopping}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)  # the first error has been raised above


async def office(host: Host, declaration: Office) -> Kernel:
    """Subscribe an office's kernel to its submissions, what it follows, and in a replay its ticks, all in one."""
    config, topics = host.config, host.topics
    kernel = Kernel(
        declaration,
        config.signer(),
        host.store,
        topics,
        host.follower,
        host.clock,
        replay=config.replay,
        threads=host.threads,
        wake_relay=host.wake_relay,
    )
    read = [f"{family}.submissions.v1" for family in declaration.families]
    read += sorted({f"{name.partition('.')[0]}.events.v1" for name in declaration.followed})
    group = f"{config.principal}.kernel"
    if config.replay and declaration.name != "audit":
        read.append(f"ticks.{declaration.name}.v1")
        group += ".replay"  # a static member that comes back with other topics would be given its old ones by Kafka
    topics.subscribe(read, group, kernel.batch, host.store.stored_positions)
    return kernel


def timer_loops(kernel: Kernel) -> list[Callable[[], Awaitable[None]]]:
    """Deadlines by the wall clock; in a replay each case's own clock drives them instead."""
    return [] if kernel.replay else [lambda: deadlines(kernel)]


async def later(request: Request, error: Exception) -> Response:
    """What a page answers while Kafka or the database does not."""
    return problem(503, "Kafka or the database does not answer; ask again in a moment")


async def _leave(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    """Nothing of a session outlives its use: transactions end, and the relay gives its lock back itself."""


async def _forever(loop: Callable[[], Awaitable[None]]) -> None:
    await loop()


async def _end(what: asyncio.Future[None]) -> None:
    await what


async def watch(
    topics: KafkaTopics, readiness: Readiness, follower: Follower, clock: Clock, telemetry: Telemetry
) -> None:
    """Measure the work every few seconds, and say what stands still and why."""
    while True:
        try:
            readiness.lag = await topics.lag()
            readiness.say("kafka", None)
        except Unavailable:
            readiness.say(
                "kafka", "Kafka does not say how far its topics go; is it running, and may this service read?"
            )
        readiness.last_progress = topics.last_progress
        telemetry.progress(readiness.lag, topics.last_progress)
        readiness.say("partitions", _standing(topics.standing))
        readiness.say("directory", _directory(follower, clock.now()))
        await clock.sleep(WATCH)


def _standing(standing: Mapping[Place, float]) -> str | None:
    if not standing:
        return None
    places = ", ".join(f"{place.topic}/{place.partition}" for place in sorted(standing))
    return (
        f"records wait in {places} and nothing of them was handled for {max(standing.values()):.0f} s; "
        "see this service's log, and restart it if the log says nothing"
    )


def _directory(follower: Follower, now: datetime) -> str | None:
    """What is wrong with the directory: what does not hold together, or a head by which proposals are not judged."""
    if follower.refused is not None:
        return f"the directory does not hold together: {follower.refused}"
    head = follower.directory.head_at
    if head is not None and now - head > STALE:
        age = (now - head).total_seconds()
        return f"the directory's head is {age:.0f} s old, and proposals wait for a new one; is the registrar running?"
    return None

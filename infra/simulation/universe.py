"""A whole network in memory: kernels, agencies and broker on virtual time, with crashes at any await.

Every copy of a service is a node. A node that crashes stops wherever it is, between any two awaits; nothing it had in
hand is written; a new one takes its place from what the store and the broker hold.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from random import Random

from contracts.directory import Directory
from contracts.signing import Signer
from infra.kernel.bench import Office
from infra.kernel.kernel import Kernel
from infra.kernel.memory import MemoryStore, Tables
from infra.kernel.ports import Unavailable
from infra.kernel.relay import relay

from .memory_kafka import Broker, Faults, MemoryTopics, Pause
from .virtual import VirtualClock


@dataclass
class FixedKeyring:
    """A directory that does not change, with a head that is always fresh."""

    known: Directory
    clock: VirtualClock

    @property
    def directory(self) -> Directory:
        """The directory, as of now."""
        return replace(self.known, head_at=self.clock.now())

    def at(self, sequence: int) -> Directory:
        """The directory as it stood after an entry: it has but one state."""
        if sequence != self.known.sequence:
            raise LookupError(sequence)
        return self.known


POLL = 0.5
"""Seconds of virtual time between two looks of a relay at what other copies wrote."""
Install = Callable[["Node"], None]
"""Subscribes a service on a node: its kernel, and whatever stands beside it."""


@dataclass
class Node:
    """One running copy of a service."""

    office: Office
    store: MemoryStore
    topics: MemoryTopics
    kernel: Kernel
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def start(self, install: Install) -> None:
        """Subscribe, read, relay."""
        install(self)
        await self.topics.start()
        self.tasks.append(
            asyncio.create_task(relay(self.store, self.topics, self.kernel.clock, self.kernel.wake_relay, POLL))
        )

    async def crash(self) -> None:
        """Stop at whatever await the node is at; nothing that it still tries has any effect."""
        self.store.dead = True
        self.topics.cut()
        for task in (*self.tasks, *self.topics.tasks):
            task.cancel()
            with suppress(asyncio.CancelledError, Unavailable):
                await task


def install_office(node: Node) -> None:
    """Subscribe an office's kernel as `infra.hosting` does on Kafka."""
    office = node.office
    read = [f"{family}.submissions.v1" for family in office.families]
    read += sorted({f"{name.partition('.')[0]}.events.v1" for name in office.followed})
    read.append(f"ticks.{office.name}.v1")
    node.topics.subscribe(read, f"svc-{office.name}.kernel", node.kernel.batch, node.store.stored_positions)


@dataclass
class Universe:
    """The broker, every service's tables and nodes, and chance."""

    chance: Random
    clock: VirtualClock
    keyring: FixedKeyring
    signers: Mapping[str, Signer]
    offices: Mapping[Office, Install]
    copies: int = 1
    faults: Faults = field(default_factory=Faults)
    broker: Broker = field(default_factory=Broker)
    tables: dict[str, Tables] = field(default_factory=dict)
    nodes: list[Node] = field(default_factory=list)

    async def pause(self) -> None:
        """A round trip of some length: nobody knows who comes first."""
        await asyncio.sleep(self.chance.random() * 0.01)

    async def start(self) -> None:
        """Start every copy of every service."""
        for office in self.offices:
            self.tables[office.name] = Tables()
            for _ in range(self.copies):
                await self._start(office)

    async def _start(self, office: Office) -> None:
        store = MemoryStore(self.tables[office.name], self.pause)
        topics = MemoryTopics(self.broker, self.chance, self.pause, self.faults)
        kernel = Kernel(
            office, self.signers[office.name], store, topics, self.keyring, self.clock, replay=True, threads=None
        )
        node = Node(office, store, topics, kernel)
        self.nodes.append(node)
        await node.start(self.offices[office])

    async def crash_one(self) -> None:
        """Crash a node by chance, and start another in its place a little later."""
        node = self.chance.choice(self.nodes)
        self.nodes.remove(node)
        self.broker.happened["crash in a transaction" if node.store.open else "crash"] += 1
        await node.crash()
        await self.clock.sleep(self.chance.random() * 0.5)
        await self._start(node.office)

    async def haunt(self, crashes: int) -> None:
        """Crash nodes now and then, so many times."""
        for _ in range(crashes):
            await self.clock.sleep(self.chance.random() * 2)
            await self.crash_one()

    async def stop(self) -> None:
        """Stop every node."""
        for node in self.nodes:
            await node.crash()


__all__ = ["FixedKeyring", "Node", "Pause", "Universe", "install_office"]

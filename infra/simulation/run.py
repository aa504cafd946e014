"""One seeded run of a whole network in memory, and what must hold at its end.

The same caseload runs twice: once undisturbed, once with several copies of each service, crashes between awaits,
records handed over twice, delays, and writes that were made but reported as failed. Both must come to the same accepted
events, refusals, deadlines and states; and whatever happened, nothing may be lost, doubled or out of sequence.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from contracts.directory import Directory
from contracts.directory import entry as next_entry
from contracts.evidence.note import Ed25519Signer
from contracts.messages import Delivery
from contracts.signing import payload
from infra.client.mailbox import MailRefused
from infra.kernel.bench import Office
from infra.kernel.records import ACCEPTANCE, DELIVERY, KIND

from .caseload import Caseload, ends
from .cast import Cast
from .chance import Chance
from .driver import Driver
from .faults import Faults, Rates
from .memory_kafka import Broker
from .memory_kafka import Faults as BrokerFaults
from .replay import Post
from .script import Script
from .universe import FixedKeyring, Install, Universe
from .virtual import START, VirtualClock, VirtualLoop, run
from .wire_memory import MemoryWire
from .world import SeededKeys, service_kid, world

MANY = Rates(extra=0.06, late=0.3, out_of_order=0.5, against_a_rule=0.4)
"""More goes wrong among the agencies than in a replay: a run is short."""


@dataclass(frozen=True, slots=True)
class Disturbance:
    """What is done to a run besides its caseload."""

    copies: int = 1
    crashes: int = 0
    broker: BrokerFaults | None = None

    @classmethod
    def of(cls, chance: Random) -> Disturbance:
        """Some of everything."""
        return cls(chance.choice((1, 2, 2)), chance.randint(1, 6), BrokerFaults(0.05, 0.02, 0.02))


@dataclass(frozen=True, slots=True)
class End:
    """How a run ended. Sets hold (case, id, digest) or what is said of each; states are JSON, by case and family.

    `happened` counts the faults that were made.
    """

    accepted: frozenset[tuple[str, str, str]]
    outcomes: frozenset[tuple[str, str]]
    states: Mapping[tuple[str, str], str]
    violations: tuple[str, ...]
    happened: Mapping[str, int]


def simulate(
    seed: int, caseload: Caseload, disturbance: Disturbance, offices: Mapping[Office, Install], rates: Rates = MANY
) -> End:
    """Run a caseload to its end; raises `Stuck` when the network stops before that."""
    loop = VirtualLoop()
    chance = Random(seed)
    return run(_simulate(loop, chance, Chance.of(seed), caseload, disturbance, offices, rates), loop)


async def _simulate(
    loop: VirtualLoop,
    random: Random,
    chance: Chance,
    caseload: Caseload,
    disturbance: Disturbance,
    offices: Mapping[Office, Install],
    rates: Rates,
) -> End:
    stage, keys, clock = world(), SeededKeys(chance), VirtualClock(loop, random)
    signers = {office.name: keys.signer(service_kid(office.name)) for office in offices}
    keyring = FixedKeyring(_directory(keys), clock)
    universe = Universe(
        random, clock, keyring, signers, offices, disturbance.copies, disturbance.broker or BrokerFaults(0, 0, 0)
    )
    plans = caseload.plans(chance)
    cast = Cast(
        Script(chance, stage, caseload.assumptions),
        Faults(chance, stage, rates),
        keys,
        {plan.case: plan for plan in plans},
        lambda: keyring.directory,
        caseload.withhold,
    )
    wire = MemoryWire(universe.broker, tuple(stage.agencies), universe.pause)
    driver = Driver(wire, cast, caseload.horizon, ends(plans))
    post = Post(cast, lambda: keyring.directory, driver, Ed25519Signer.from_seed("log", bytes(32)).verifier)

    await universe.start()
    await wire.start(post.mail, driver.answers)
    haunting = asyncio.create_task(universe.haunt(disturbance.crashes))
    await driver.run([plan.case for plan in plans])
    await haunting
    await clock.sleep(8)
    await wire.stop()
    await universe.stop()
    if post.refused:
        raise MailRefused(post.refused[0])
    return _end(universe, driver)


def _directory(keys: SeededKeys) -> Directory:
    directory = Directory()
    for statement in world().statements(keys):
        line = next_entry(directory, statement, START)
        directory = directory.extend(line, line.body())
    return directory


def _end(universe: Universe, driver: Driver) -> End:
    violations: list[str] = []
    accepted: set[tuple[str, str, str]] = set()
    states: dict[tuple[str, str], str] = {}
    outcomes: set[tuple[str, str]] = set()
    for name, tables in universe.tables.items():
        violations += [f"{name}: {len(tables.outbox)} records were never written"] if tables.outbox else []
        violations += [f"{name}: {len(tables.parked)} events still wait"] if tables.parked else []
        sequences: dict[tuple[str, str], list[int]] = {}
        for row in tables.inbox.values():
            outcomes.add((row.digest, row.outcome))
            if row.sequence is not None:
                sequences.setdefault((row.case, row.family), []).append(row.sequence)
                accepted.add((row.case, row.event_id, row.digest))
        violations += [
            f"{name}: a sequence of {family} has a gap or a double"
            for (_, family), found in sequences.items()
            if sorted(found) != list(range(1, len(found) + 1))
        ]
        for case, text in tables.cases.items():
            for family, state in json.loads(text)["states"].items():
                states[case, family] = json.dumps(state, sort_keys=True)
    violations += _topics(universe.broker, accepted)
    violations += [f"{len(run.open)} submissions of a case without an answer" for run in driver.runs() if run.open]
    happened = dict(universe.broker.happened)
    return End(frozenset(accepted), frozenset(outcomes), states, tuple(violations), happened)


def _topics(broker: Broker, accepted: set[tuple[str, str, str]]) -> list[str]:
    """What stands in the topics: each accepted event, under one sequence; each mailbox with every number, once."""
    violations: list[str] = []
    published: dict[tuple[str, str, int], str] = {}
    numbers: dict[tuple[str, str], dict[int, str]] = {}
    digests: set[str] = set()
    for place, log in broker.logs.items():
        for record in log:
            if ".events." in place.topic:
                said = payload(record.header(ACCEPTANCE) or "")
                key = (said["case"], said["family"], said["sequence"])
                digests.add(said["digest"])
                if published.setdefault(key, said["digest"]) != said["digest"]:
                    violations.append(f"{place.topic}: two events under one sequence")
            elif record.header(KIND) == "delivery":
                delivery = Delivery.model_validate(payload(record.header(DELIVERY) or ""))
                known = numbers.setdefault((delivery.agency, delivery.service), {})
                if known.setdefault(delivery.number, delivery.digest) != delivery.digest:
                    violations.append("two deliveries under one number")
    violations += [
        f"the deliveries of {service} to {agency} have a gap"
        for (agency, service), known in numbers.items()
        if sorted(known) != list(range(1, len(known) + 1))
    ]
    if digests != {digest for _, _, digest in accepted}:
        violations.append("what was accepted and what was published differ")
    return violations


def differences(calm: End, disturbed: End) -> list[str]:
    """In what two runs of one caseload differ; nothing, whatever was done to one of them."""
    found = [*calm.violations, *disturbed.violations]
    names = ("accepted", "outcomes", "states")
    found += [f"{name} differ" for name in names if getattr(calm, name) != getattr(disturbed, name)]
    return found

"""One replay: a seed, a caseload, a running network, and the agencies that act on it."""

from __future__ import annotations

import asyncio
import gc
import json
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from contracts.directory import Directory
from contracts.evidence.note import Ed25519Signer, Ed25519Verifier
from contracts.signing import Signer, b64
from infra.client.credentials import Credentials
from infra.client.mailbox import Mail, MailRefused, open_mail
from infra.directory.follower import Follower
from infra.directory.reader import follow
from infra.hosting import COLLECT
from infra.kafka.topology import REGISTRAR, SERVICES
from infra.kernel.records import Record
from infra.network import Members, Network

from .caseload import Caseload, ends
from .cast import Cast
from .chance import Chance
from .driver import Driver
from .faults import Faults, Rates
from .script import Script
from .wire_kafka import KafkaWire
from .world import SeededKeys, service_kid, world

LOG_NAME = "safepassage.example/log"
SEED_FILE = "seed"
"""In the data directory: what every simulated key follows from. Data that has it was made by a replay."""
BROKEN_OFF = "replaying"
"""In the data directory while a replay runs; where it is still there afterwards, the replay did not reach its end."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a replay took, and what was sent on purpose (the journal, for the report's reader)."""

    seconds: float
    accepted: int
    cases: int
    journal: Path


def members(chance: Chance) -> Members:
    """The simulated agencies and the hub's keys, all from the seed."""
    keys, stage = SeededKeys(chance), world()
    kids = {name: service_kid(name) for name in (*SERVICES, REGISTRAR)}
    seeds = {name: chance.bytes("key", kid) for name, kid in kids.items()}
    return Members(
        agencies=tuple(stage.agencies),
        statements=stage.statements(keys),
        seeds=seeds,
        kids=kids,
        registrar_key=Signer.from_seed(kids[REGISTRAR], seeds[REGISTRAR]).public,
        log_key=Ed25519Signer.from_seed(LOG_NAME, chance.bytes("key", "log")).skey,
    )


def write_credentials(network: Network, chance: Chance) -> None:
    """Let the commands of this machine speak as any simulated agency."""
    for agency in world().agencies.values():
        Credentials(
            agency=agency.id,
            kid=agency.signing_kid,
            seed=b64(chance.bytes("key", agency.signing_kid)),
            sealing_kid=agency.sealing_kid,
            sealing=b64(chance.bytes("key", agency.sealing_kid)),
            password=network.passwords[agency.id],
        ).write(network.directory)


class Post:
    """The agencies' common reading room: mail is opened with each agency's own keys and handed to the driver."""

    def __init__(self, cast: Cast, directory: Callable[[], Directory], driver: Driver, log: Ed25519Verifier) -> None:
        self._cast = cast
        self._log = log
        self._directory = directory
        self._driver = driver
        self.refused: list[str] = []

    async def mail(self, agency: str, batch: Sequence[Record]) -> None:
        """Open a batch, and let the driver have it."""
        for case, mail in self.opened(agency, batch):
            self._driver.mail(agency, case, mail)

    def opened(self, agency: str, batch: Sequence[Record]) -> list[tuple[str, Mail]]:
        """What a batch holds, by case; what does not hold is noted in `refused`."""
        directory, keys = self._directory(), self._cast.sealing_keys(agency)
        opened: list[tuple[str, Mail]] = []
        for record in batch:
            try:
                opened.append(((record.key or b"").decode(), open_mail(record, agency, directory, keys, self._log)))
            except MailRefused as error:
                self.refused.append(f"{agency}: {error}")
        return opened


async def replay(
    network: Network,
    chance: Chance,
    caseload: Caseload,
    *,
    faults: bool = True,
    progress: Callable[[int, int, int], None] = lambda done, total, accepted: None,
    beside: Callable[[Driver], Awaitable[None]] | None = None,
) -> Outcome:
    """Let every case of the caseload run its course; `progress` gets cases ended, cases in all, events accepted.

    `beside` runs at the same time (tests disturb the network there).
    """
    stage, plans = world(), caseload.plans(chance)
    follower = Follower(network.members.registrar_key)
    rates = Rates() if faults else Rates.none()
    cast = Cast(
        Script(chance, stage, caseload.assumptions),
        Faults(chance, stage, rates),
        SeededKeys(chance),
        {plan.case: plan for plan in plans},
        lambda: follower.directory,
        caseload.withhold,
    )
    agencies = tuple(stage.agencies)
    wire = KafkaWire(network.kafka("replay"), network.passwords, agencies)
    driver = Driver(wire, cast, caseload.horizon, ends(plans))
    log = Ed25519Signer.parse(network.members.log_key).verifier
    post = Post(cast, lambda: follower.directory, driver, log)
    async with follow(network.kafka(agencies[0]), "replay-directory", follower):
        await follower.read.wait()
        await wire.start(post.mail, driver.answers)
        gc.freeze()
        gc.set_threshold(*COLLECT)
        started = time.monotonic()
        show = asyncio.create_task(_show(driver, len(plans), progress))
        disturb = asyncio.ensure_future(beside(driver)) if beside is not None else None
        try:
            # A child's way home has twice the steps of any other case: none of them is to be left over at the end.
            longest_first = sorted(plans, key=lambda plan: plan.country == "KH" or not plan.child)
            await driver.run([plan.case for plan in longest_first])
            seconds = time.monotonic() - started
            if disturb is not None:
                await disturb
        finally:
            show.cancel()
            await asyncio.gather(show, return_exceptions=True)
            await wire.stop()
    progress(len(plans), len(plans), driver.accepted)
    if post.refused:
        raise MailRefused(f"{len(post.refused)} messages did not hold; the first: {post.refused[0]}")
    journal = network.directory / "journal.jsonl"
    lines = "".join(json.dumps(asdict(sent)) + "\n" for sent in driver.journal)
    await asyncio.to_thread(journal.write_text, lines, "utf-8")
    return Outcome(seconds, driver.accepted, len(plans), journal)


async def _show(driver: Driver, total: int, progress: Callable[[int, int, int], None]) -> None:
    while True:
        progress(driver.finished, total, driver.accepted)
        await asyncio.sleep(0.25)

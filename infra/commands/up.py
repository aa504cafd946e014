"""``safepassage up``: the network goes on with the data that is there, until Ctrl-C."""

from __future__ import annotations

import asyncio
import secrets
import signal
from pathlib import Path

from infra.cli.command import Session, command
from infra.cli.errors import WrongUse
from infra.embedded.postgres import needs_root_note
from infra.network import Network
from infra.simulation.chance import Chance
from infra.simulation.replay import BROKEN_OFF, SEED_FILE, members, write_credentials

from .demo import failures


@command("up", example="safepassage up")
async def up(session: Session) -> int:
    """Start the network on its data directory, or on a new one with the simulated agencies; Ctrl-C ends all of it.

    Time is the wall clock's. The keys of the agencies and of the hub are this machine's own, for trying things out: a
    deployment has a file of secrets for each process.
    """
    seed_file = session.data / SEED_FILE
    if not seed_file.exists():
        if session.data.exists() and any(session.data.iterdir()):
            raise WrongUse(f"{session.data} holds something else", "choose another directory with --data")
        session.data.mkdir(parents=True, exist_ok=True)
        seed_file.touch(mode=0o600)
        seed_file.write_text(secrets.token_urlsafe(32), encoding="utf-8")
    chance = Chance.of(seed_file.read_text(encoding="utf-8"))
    note = needs_root_note()
    if note is not None:
        session.output.note(note)
    unfinished = broken_off(session.data)
    if unfinished is not None:
        session.output.note(unfinished)
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    with failures():
        network = Network(session.data, members(chance), progress=session.output.note)
        starting = asyncio.ensure_future(network.__aenter__())
        stopping = asyncio.ensure_future(stop.wait())
        try:
            await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not starting.done():
                starting.cancel()
                await asyncio.wait({starting})
                return 0
            await starting
            write_credentials(network, chance)
            session.output.data({"data": str(session.data), "services": network.ports})
            session.output.say(f"The network runs on {session.data}. Ctrl-C ends it.")
            for service, port in sorted(network.ports.items()):
                session.output.say(f"  {service:<14} http://127.0.0.1:{port}/readyz  http://127.0.0.1:{port}/asyncapi")
            await _until(stop, network)
        finally:
            if starting.done() and not starting.cancelled() and starting.exception() is None:
                await network.__aexit__()
    session.output.note("everything has ended")
    return 0


def broken_off(data: Path) -> str | None:
    """What to say of a replay that did not reach its end; None where one did, or none was made."""
    if not (data / BROKEN_OFF).exists():
        return None
    return (
        "The replay here was broken off before its end: its cases stand as they stood then. "
        "'safepassage demo' replays the year from its beginning."
    )


async def _until(stop: asyncio.Event, network: Network) -> None:
    """Until somebody ends it; a service that ends by itself is started again."""
    while not stop.is_set():
        for service, copies in network.services.items():
            for index, child in enumerate(copies):
                if not child.running():
                    copies[index] = network.start_service(service, str(index + 1))
        try:
            await asyncio.wait_for(stop.wait(), 1)
        except TimeoutError:
            continue

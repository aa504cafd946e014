"""``safepassage demo``: a whole network on this machine replays the real caseload of a year, and reports on itself."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from infra.cli.command import Session, command
from infra.cli.errors import Lacking, Unreachable, WrongUse
from infra.client.credentials import Running
from infra.embedded.cluster import user
from infra.embedded.errors import DataInUse, EmbeddedError
from infra.embedded.postgres import needs_root_note
from infra.network import Network
from infra.report.collect import collect
from infra.report.table import met, show
from infra.simulation.caseload import DEFAULT_YEAR, load, published, years
from infra.simulation.chance import Chance
from infra.simulation.replay import BROKEN_OFF, SEED_FILE, members, replay, write_credentials


@command("demo", example="safepassage demo --seed 7 --report report.json")
@click.option(
    "--year",
    type=click.Choice([str(year) for year in years()]),
    default=str(DEFAULT_YEAR),
    show_default=True,
    help="Whose published figures are replayed.",
)
@click.option("--seed", default="2009", show_default=True, help="Everything by chance follows from it.")
@click.option("--report", "report_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the report here.")
@click.option("--copies", default=1, show_default=True, help="Copies of each service.")
@click.option("--faults/--no-faults", default=True, show_default=True, help="Send wrong messages on purpose too.")
async def demo(session: Session, year: str, seed: str, report_file: Path | None, copies: int, faults: bool) -> int:
    """Replay the caseload of a year (2009: OPSC ¶110; 2010: OPSC ¶111) on a live network, and report what it recorded.

    Starts Kafka, PostgreSQL, four services and 52 simulated agencies from a new data directory; every person and every
    event is synthetic. Ends with 1 when the recorded figures differ from the published ones, or anything is left open.
    """
    _make_room(session)
    known = published(int(year))
    chance = Chance.of(seed)
    # Before anything else is there: a demo that is stopped while it starts leaves what the next one may clear away.
    session.data.mkdir(parents=True, exist_ok=True)
    (session.data / SEED_FILE).write_text(seed, encoding="utf-8")
    (session.data / BROKEN_OFF).touch()
    with failures(), session.output.progress() as advance:
        network = Network(
            session.data, members(chance), replay=True, copies=copies, progress=lambda what: advance(what, 0, None)
        )
        async with network:
            write_credentials(network, chance)
            outcome = await replay(
                network,
                chance,
                load(int(year)),
                faults=faults,
                progress=lambda done, total, accepted: advance(f"replaying the cases of {year}", done, total),
            )
            (session.data / BROKEN_OFF).unlink()
            reader = await collect(session.data, journal=outcome.journal, progress=advance)
    report = reader.report(outcome.seconds) | {"seed": seed, "synthetic": True}
    if report_file is not None:
        text = json.dumps(report, indent=2, ensure_ascii=False) + "\n"
        await asyncio.to_thread(report_file.write_text, text, "utf-8")
    code = next((said.event.case for said in reader.events if said.event.name == "repatriation.closed"), None)
    session.output.data(report)
    show(session.output, report, known, code)
    return 0 if met(report, known) else 1


@contextmanager
def failures() -> Iterator[None]:
    """What keeps the servers from running, as a command says it."""
    try:
        yield
    except DataInUse as error:
        raise WrongUse(str(error), "end it first ('safepassage status' shows it), or choose another --data") from error
    except EmbeddedError as error:
        raise Lacking(str(error), str(type(error).__doc__)) from error


def _make_room(session: Session) -> None:
    """A demo begins with an empty data directory; it takes the place of an earlier demo's, and of nothing else."""
    data = session.data
    note = needs_root_note()
    if note is not None:
        session.output.note(note)
    if not data.exists() or not any(data.iterdir()):
        return
    if not (data / SEED_FILE).exists():
        raise WrongUse(f"{data} holds something that no demo made", "choose another directory with --data")
    running = data / "network.json"
    if user(data) is not None or (running.exists() and _lives(data)):
        raise WrongUse(f"a network runs on {data}", "end it first, or choose another directory with --data")
    shutil.rmtree(data)


def _lives(data: Path) -> bool:
    try:
        Running.read(data)
    except Unreachable:
        return False
    return True

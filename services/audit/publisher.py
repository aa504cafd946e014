"""Checkpoints and receipts: what the log has taken in is signed, and every sender gets the proof of it.

A step is two transactions: the head is read back, hashed again and signed; then the proofs of all that is new are made
against it and the receipts sent, and how far they went is noted. A crash in between leaves the next step as much to do:
a receipt may come twice, and says the same.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from pydantic_core import from_json

from contracts.evidence.note import Ed25519Signer
from contracts.evidence.receipt import Receipt
from contracts.signing import b64
from infra.kernel.clock import WallClock
from infra.kernel.ports import Topics, Unavailable
from infra.kernel.post import mailbox
from infra.kernel.records import KIND, Outgoing
from infra.postgres.queries import load
from infra.postgres.store import PostgresStore

from .books import BOOKS
from .log import Head, Log

if TYPE_CHECKING:
    from .log import Connection

log = logging.getLogger(__name__)
SQL = load(BOOKS)
AT_ONCE = 2000
EVERY = 1.0


class Publisher:
    """Signs heads and sends receipts; one copy at a time, by the lock on the row `receipted`."""

    def __init__(
        self, store: PostgresStore, topics: Topics, ledger: Log, signer: Ed25519Signer, wake_relay: asyncio.Event
    ) -> None:
        self._store = store
        self._topics = topics
        self._log = ledger
        self._signer = signer
        self._wake = wake_relay

    async def run(self, recorded: asyncio.Event, clock: WallClock) -> None:
        """Until cancelled: whenever something was recorded, and once a second at the most."""
        while True:
            try:
                while await self.step() == AT_ONCE:
                    pass
            except Unavailable as error:
                log.warning("receipts wait for the database", extra={"reason": type(error.__cause__).__name__})
            await clock.sleep(EVERY)
            with suppress(TimeoutError):
                await asyncio.wait_for(recorded.wait(), 5)
            recorded.clear()

    async def step(self) -> int:
        """Sign the head and send the receipts of up to 2,000 new entries; returns of how many entries.

        They go to Kafka at once, for the log itself remembers what is owed; only what Kafka did not take goes to the
        outbox, so that one mailbox that cannot be written keeps nobody waiting.
        """
        async with self._store.transaction() as transaction:
            connection = transaction.connection
            if await self._log.size(connection) == await connection.fetchval(SQL["read_receipted"]):
                return 0
            head = await self._log.sign(connection, self._signer)
        async with self._store.transaction() as transaction:
            connection = transaction.connection
            done = int(await connection.fetchval(SQL["lock_receipted"]))
            until = min(head.size, done + AT_ONCE)
            if until <= done:
                return 0  # another copy of the service has sent them
            receipts = await self._receipts(connection, head, done, until)
            failed = await self._topics.send(receipts) if receipts else []
            await transaction.post([receipts[index] for index in failed])
            await connection.execute(SQL["set_receipted"], until)
        if failed:
            self._wake.set()
        return until - done

    async def _receipts(self, connection: Connection, head: Head, first: int, past: int) -> list[Outgoing]:
        events = await self._log.events(connection, first, past)
        signed = [(*event, agency) for event in events if (agency := _agency(event[1].body)) is not None]
        proofs = await self._log.prove_all(connection, [index for index, *_ in signed], head.size, head.nodes)
        return [
            Outgoing(
                mailbox(agency),
                item.case or "",
                Receipt(index, proofs[index], head.note, opening.encode()).encode(),
                {KIND: "receipt", "digest": b64(opening.body)},
            )
            for index, item, opening, agency in signed
        ]


def _agency(body: bytes) -> str | None:
    """The agency that signed an event, None where a service did. It was read strictly before it was logged."""
    _, among, name = str(from_json(body)["source"]).split("/")
    return name if among == "agencies" else None

"""Checkpoints and receipts: what the log has taken in is signed, and every sender gets the proof of it.

One step is one transaction: the head is read back, hashed again and signed, the proofs of all that is new are made
against it, and the receipts go to the outbox. A crash between two steps leaves the next one exactly as much to do.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

from pydantic_core import from_json

from contracts.evidence.checkpoint import open_checkpoint
from contracts.evidence.note import Ed25519Signer
from contracts.evidence.receipt import Receipt
from contracts.signing import b64
from infra.kernel.clock import WallClock
from infra.kernel.ports import Unavailable
from infra.kernel.post import mailbox
from infra.kernel.records import KIND, Outgoing
from infra.postgres.queries import load
from infra.postgres.store import PostgresStore

from .books import BOOKS
from .log import Log

log = logging.getLogger(__name__)
SQL = load(BOOKS)
AT_ONCE = 2000
EVERY = 1.0


class Publisher:
    """Signs heads and sends receipts; one copy at a time, by the lock on the row `receipted`."""

    def __init__(self, store: PostgresStore, ledger: Log, signer: Ed25519Signer, wake_relay: asyncio.Event) -> None:
        self._store = store
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
        """Sign the head and put the receipts of up to 2,000 new entries into the outbox; returns how many entries."""
        async with self._store.transaction() as transaction:
            connection = transaction.connection
            done = int(await connection.fetchval(SQL["lock_receipted"]))
            size = await self._log.size(connection)
            if size == done:
                return 0
            note = await self._log.checkpoint(connection, self._signer)
            size = open_checkpoint(note, self._signer.verifier).checkpoint.size
            until = min(size, done + AT_ONCE)
            events = await self._log.events(connection, done, until)
            signed = [(*event, agency) for event in events if (agency := _agency(event[1].body)) is not None]
            proofs = await self._log.prove_all(connection, [index for index, *_ in signed], size)
            receipts = [
                Outgoing(
                    mailbox(agency),
                    item.case or "",
                    Receipt(index, tuple(proofs[index]), note, opening.encode()).encode(),
                    {KIND: "receipt", "digest": b64(opening.body)},
                )
                for index, item, opening, agency in signed
            ]
            await transaction.post(receipts)
            await connection.execute(SQL["set_receipted"], until)
        self._wake.set()
        return until - done


def _agency(body: bytes) -> str | None:
    """The agency that signed an event, None where a service did. It was read strictly before it was logged."""
    _, among, name = str(from_json(body)["source"]).split("/")
    return name if among == "agencies" else None

"""The simulated agencies' side of the broker in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from infra.kernel.post import mailbox
from infra.kernel.records import Place

from .memory_kafka import IDLE, Broker, Headers, Pause
from .wire import AnswerHandler, MailHandler

ANSWERS = ("intake", "justice", "referral", "custody", "repatriation")


class MemoryWire:
    """Agencies and driver on the broker; nothing is checked here, `open_mail` does that as on the real one."""

    def __init__(self, broker: Broker, agencies: Sequence[str], pause: Pause) -> None:
        self._broker = broker
        self._agencies = agencies
        self._pause = pause
        self._task: asyncio.Task[None] | None = None

    async def start(self, mail: MailHandler, answers: AnswerHandler) -> None:
        """Read every mailbox and the answers from their beginning."""
        self._task = asyncio.create_task(self._read(mail, answers))

    async def stop(self) -> None:
        """Stop reading."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def submit(
        self,
        agency: str,
        topic: str,
        key: bytes | None,
        value: bytes | None,
        headers: Headers,
    ) -> tuple[str, int, int]:
        """Append a record; returns where it stands."""
        await self._pause()
        place = self._broker.append(topic, key, value, tuple(headers))
        return place.topic, place.partition, len(self._broker.log(place)) - 1

    async def tick(self, service: str, case: str, value: bytes) -> None:
        """Append a tick."""
        await self._pause()
        self._broker.append(f"ticks.{service}.v1", case.encode(), value, ())

    async def _read(self, mail: MailHandler, answers: AnswerHandler) -> None:
        at: dict[Place, int] = {}
        mailboxes = {Place(mailbox(agency), 0): agency for agency in self._agencies}
        answered = [place for family in ANSWERS for place in self._broker.places(f"{family}.answers.v1")]
        while True:
            idle = True
            for place in (*mailboxes, *answered):
                batch = self._broker.log(place)[at.get(place, 0) :]
                if not batch:
                    continue
                idle = False
                at[place] = at.get(place, 0) + len(batch)
                if place in mailboxes:
                    await mail(mailboxes[place], batch)
                else:
                    await answers(batch)
            if idle:
                self._broker.arrived.clear()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._broker.arrived.wait(), IDLE)
            await self._pause()

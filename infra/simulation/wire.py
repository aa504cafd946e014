"""What the simulated agencies hold on to: a way to submit, a way to move clocks, and what comes back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from infra.kernel.records import Record

Headers = tuple[tuple[str, bytes | None], ...]
MailHandler = Callable[[str, Sequence[Record]], Awaitable[None]]
AnswerHandler = Callable[[Sequence[Record]], Awaitable[None]]


class Wire(Protocol):
    """Kafka as the agencies and the replay's driver see it, each with its own credentials."""

    async def submit(
        self,
        agency: str,
        topic: str,
        key: bytes | None,
        value: bytes | None,
        headers: Headers,
    ) -> tuple[str, int, int]:
        """Write a record as this agency; returns topic, partition and offset once it is written."""
        ...

    async def tick(self, service: str, case: str, value: bytes) -> None:
        """Write a tick as the principal `replay`."""
        ...

    async def start(self, mail: MailHandler, answers: AnswerHandler) -> None:
        """Start to read every agency's mailbox and the answers topics, from their beginning."""
        ...

    async def stop(self) -> None:
        """Close every connection."""
        ...

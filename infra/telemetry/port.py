"""What the network measures, as a port; and the side that measures nothing.

No method takes a case, a record's key or a payload, so none can reach an attribute.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import Protocol


class Telemetry(Protocol):
    """Measures batches. An exception goes through unchanged; its type is noted, its text never."""

    def process(
        self, destination: str, group: str, count: int, traceparents: Sequence[str] = ()
    ) -> AbstractContextManager[None]:
        """Around the handling of `count` records that a group read from a topic.

        `traceparents` are the W3C contexts in which the records were made; what is malformed among them is passed over.
        """
        ...

    def send(self, destination: str, count: int) -> AbstractContextManager[None]:
        """Around the writing of `count` records to a topic."""
        ...

    def progress(self, lag: Mapping[str, int], last: datetime | None) -> None:
        """How far each topic is behind (records), and when a batch was last finished."""
        ...

    def traceparent(self) -> str | None:
        """The W3C `traceparent` of what is being done now; None when it is not traced."""
        ...


class NoTelemetry:
    """Nothing was asked for, and nothing is spent."""

    def process(
        self, destination: str, group: str, count: int, traceparents: Sequence[str] = ()
    ) -> AbstractContextManager[None]:
        """Nothing."""
        return nullcontext()

    def send(self, destination: str, count: int) -> AbstractContextManager[None]:
        """Nothing."""
        return nullcontext()

    def progress(self, lag: Mapping[str, int], last: datetime | None) -> None:
        """Nothing."""

    def traceparent(self) -> str | None:
        """None."""
        return None

"""What the network measures, as a port; and the side that measures nothing.

No method takes a case, a record's key or a payload, so none can reach an attribute.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import Protocol

Counts = Mapping[str, int]
"""How many records, by topic."""


class Telemetry(Protocol):
    """Measures batches. An exception goes through unchanged; its type is noted, its text never."""

    def process(self, counts: Counts, group: str, traceparents: Sequence[str] = ()) -> AbstractContextManager[None]:
        """Around the handling of records that a group read in one batch.

        `traceparents` are the W3C contexts in which the records were made; what is malformed among them is passed over.
        """
        ...

    def send(self, counts: Counts) -> AbstractContextManager[dict[str, int]]:
        """Around the writing of records. Into what it gives is put how many were not written, by topic."""
        ...

    def progress(self, lag: Counts, last: datetime | None) -> None:
        """How far each topic is behind (records), and when a batch was last finished."""
        ...


class NoTelemetry:
    """Nothing was asked for, and nothing is spent."""

    def process(self, counts: Counts, group: str, traceparents: Sequence[str] = ()) -> AbstractContextManager[None]:
        """Nothing."""
        return nullcontext()

    def send(self, counts: Counts) -> AbstractContextManager[dict[str, int]]:
        """Nothing."""
        return nullcontext({})

    def progress(self, lag: Counts, last: datetime | None) -> None:
        """Nothing."""

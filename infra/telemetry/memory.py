"""Telemetry that keeps what it is told, for tests and the simulation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from .conventions import NOT_WRITTEN, Context, contexts, shown
from .port import Counts


@dataclass(frozen=True)
class Told:
    """One batch: `error` is the exception's type, None when there was none; no destination where there were several."""

    operation: str
    destination: str
    count: int
    error: str | None = None
    group: str | None = None
    links: tuple[Context, ...] = ()


@dataclass
class RecordingTelemetry:
    """The in-memory side."""

    told: list[Told] = field(default_factory=list)
    lag: dict[str, int] = field(default_factory=dict)
    last: datetime | None = None

    @contextmanager
    def process(self, counts: Counts, group: str, traceparents: Sequence[str] = ()) -> Iterator[None]:
        """Note a batch that was handled."""
        with self._note("process", counts, group, tuple(contexts(traceparents))):
            yield

    @contextmanager
    def send(self, counts: Counts) -> Iterator[dict[str, int]]:
        """Note a batch that was written."""
        with self._note("send", counts, None, ()) as failed:
            yield failed

    def progress(self, lag: Counts, last: datetime | None) -> None:
        """Keep the newest."""
        self.lag = {shown(topic): behind for topic, behind in lag.items()}
        self.last = last

    @contextmanager
    def _note(
        self, operation: str, counts: Counts, group: str | None, links: tuple[Context, ...]
    ) -> Iterator[dict[str, int]]:
        error, failed = None, dict[str, int]()
        try:
            yield failed
            error = NOT_WRITTEN if sum(failed.values()) else None
        except BaseException as raised:
            error = type(raised).__name__
            raise
        finally:
            where = {shown(topic) for topic in counts}
            name = where.pop() if len(where) == 1 else ""
            self.told.append(Told(operation, name, sum(counts.values()), error, group, links))

"""Telemetry that keeps what it is told, for tests and the simulation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime

from .conventions import Context, contexts, shown, traceparent


@dataclass(frozen=True)
class Told:
    """One batch: `error` is the exception's type, None when there was none."""

    operation: str
    destination: str
    count: int
    error: str | None = None
    group: str | None = None
    links: tuple[Context, ...] = ()


@dataclass
class RecordingTelemetry:
    """The in-memory side. Its contexts are counted, not random: the same run gives the same."""

    told: list[Told] = field(default_factory=list)
    lag: dict[str, int] = field(default_factory=dict)
    last: datetime | None = None
    _begun: int = 0
    _current: ContextVar[int] = field(default_factory=lambda: ContextVar("batch", default=0))

    @contextmanager
    def process(self, destination: str, group: str, count: int, traceparents: Sequence[str] = ()) -> Iterator[None]:
        """Note a batch that was handled."""
        with self._note("process", destination, count, group, tuple(contexts(traceparents))):
            yield

    @contextmanager
    def send(self, destination: str, count: int) -> Iterator[None]:
        """Note a batch that was written."""
        with self._note("send", destination, count, None, ()):
            yield

    def progress(self, lag: Mapping[str, int], last: datetime | None) -> None:
        """Keep the newest."""
        self.lag = {shown(topic): behind for topic, behind in lag.items()}
        self.last = last

    def traceparent(self) -> str | None:
        """A context numbered by the batch in hand."""
        current = self._current.get()
        return traceparent((current, current, 1)) if current else None

    @contextmanager
    def _note(
        self, operation: str, destination: str, count: int, group: str | None, links: tuple[Context, ...]
    ) -> Iterator[None]:
        self._begun += 1
        before = self._current.set(self._begun)
        error: str | None = None
        try:
            yield
        except BaseException as raised:
            error = type(raised).__name__
            raise
        finally:
            self._current.reset(before)
            self.told.append(Told(operation, shown(destination), count, error, group, links))

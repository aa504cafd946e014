"""Spans and metrics of messaging, by the OpenTelemetry semantic conventions for messaging (v1.44).

One span a batch, linked to (not a child of) the contexts in which its records were made. A mailbox is named by its
template: the topic's own name says which agency reads it. No attribute holds a key, an id of a case, or a payload.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Protocol

from opentelemetry.metrics import Histogram, Meter
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode, TraceFlags, Tracer, TraceState

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
MOST_LINKS = 32
_TRACEPARENT = re.compile(r"^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$")


class Telemetry(Protocol):
    """What the network measures."""

    def process(
        self, destination: str, group: str, count: int, traceparents: Sequence[str] = ()
    ) -> AbstractContextManager[None]:
        """Around the handling of a batch that was read from a destination."""
        ...

    def send(self, destination: str, count: int) -> AbstractContextManager[None]:
        """Around the writing of a batch to a destination."""
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


@dataclass
class RecordingTelemetry:
    """Keeps what it is told: (operation, destination, count, error type)."""

    told: list[tuple[str, str, int, str | None]] = field(default_factory=list)

    def process(
        self, destination: str, group: str, count: int, traceparents: Sequence[str] = ()
    ) -> AbstractContextManager[None]:
        """Note a batch that was handled."""
        return self._note("process", destination, count)

    def send(self, destination: str, count: int) -> AbstractContextManager[None]:
        """Note a batch that was written."""
        return self._note("send", destination, count)

    @contextmanager
    def _note(self, operation: str, destination: str, count: int) -> Iterator[None]:
        error: str | None = None
        try:
            yield
        except Exception as raised:
            error = type(raised).__name__
            raise
        finally:
            self.told.append((operation, template(destination), count, error))


class OtelTelemetry:
    """The real side."""

    def __init__(self, tracer: Tracer, meter: Meter) -> None:
        self._tracer = tracer
        self._processing = meter.create_histogram(
            "messaging.process.duration", "s", explicit_bucket_boundaries_advisory=BUCKETS
        )
        self._operation = meter.create_histogram(
            "messaging.client.operation.duration", "s", explicit_bucket_boundaries_advisory=BUCKETS
        )
        self._consumed = meter.create_counter("messaging.client.consumed.messages", "{message}")
        self._sent = meter.create_counter("messaging.client.sent.messages", "{message}")

    @contextmanager
    def process(self, destination: str, group: str, count: int, traceparents: Sequence[str] = ()) -> Iterator[None]:
        """A CONSUMER span `process <destination>`, its duration, and how many messages."""
        attributes = _attributes("process", destination, count) | {"messaging.consumer.group.name": group}
        links = [link for value in traceparents[:MOST_LINKS] if (link := _link(value)) is not None]
        with self._span("process", SpanKind.CONSUMER, attributes, links, self._processing):
            yield
        self._consumed.add(count, _metric(attributes))

    @contextmanager
    def send(self, destination: str, count: int) -> Iterator[None]:
        """A PRODUCER span `send <destination>`, its duration, and how many messages."""
        attributes = _attributes("send", destination, count)
        with self._span("send", SpanKind.PRODUCER, attributes, [], self._operation):
            yield
        self._sent.add(count, _metric(attributes))

    @contextmanager
    def _span(
        self,
        operation: str,
        kind: SpanKind,
        attributes: dict[str, str | int],
        links: Sequence[Link],
        duration: Histogram,
    ) -> Iterator[None]:
        began = time.perf_counter()
        name = f"{operation} {attributes['messaging.destination.name']}"
        with self._tracer.start_as_current_span(
            name, kind=kind, attributes=attributes, links=links, record_exception=False, set_status_on_exception=False
        ) as span:
            measured = _metric(attributes)
            try:
                yield
            except Exception as error:
                # The type alone: a message can hold what must not leave.
                span.set_attribute("error.type", type(error).__name__)
                span.set_status(Status(StatusCode.ERROR))
                measured["error.type"] = type(error).__name__
                raise
            finally:
                duration.record(time.perf_counter() - began, measured)


def template(destination: str) -> str:
    """The name under which a topic is measured."""
    return "mailbox.{agency}.v1" if destination.startswith("mailbox.") else destination


def _attributes(operation: str, destination: str, count: int) -> dict[str, str | int]:
    name = template(destination)
    attributes: dict[str, str | int] = {
        "messaging.system": "kafka",
        "messaging.operation.name": operation,
        "messaging.operation.type": operation,
        "messaging.destination.name": name,
        "messaging.batch.message_count": count,
    }
    if name != destination:
        attributes["messaging.destination.template"] = name
    return attributes


def _metric(attributes: dict[str, str | int]) -> dict[str, str | int]:
    return {name: value for name, value in attributes.items() if name != "messaging.batch.message_count"}


def _link(traceparent: str) -> Link | None:
    """A link to the context that a W3C `traceparent` names; None when it names none."""
    match = _TRACEPARENT.match(traceparent)
    if match is None:
        return None
    trace_id, span_id, flags = (int(part, 16) for part in match.groups())
    if trace_id == 0 or span_id == 0:
        return None
    return Link(SpanContext(trace_id, span_id, is_remote=True, trace_flags=TraceFlags(flags), trace_state=TraceState()))

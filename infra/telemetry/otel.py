"""Telemetry by OpenTelemetry: one span a batch, linked to (not a child of) the contexts in which its records were made.

Written for this network because the stock instrumentation copies the record's key, here a case id, into spans.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from opentelemetry.metrics import Counter, Histogram, Meter
from opentelemetry.trace import (
    Link,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    Tracer,
    get_current_span,
)

from . import conventions as names


class OtelTelemetry:
    """The real side, over any tracer and meter."""

    def __init__(self, tracer: Tracer, meter: Meter) -> None:
        self._tracer = tracer
        self._processing = meter.create_histogram(
            names.PROCESS_DURATION,
            "s",
            "Duration of processing operation.",
            explicit_bucket_boundaries_advisory=names.BUCKETS,
        )
        self._operation = meter.create_histogram(
            names.OPERATION_DURATION,
            "s",
            "Duration of messaging operation initiated by a producer or consumer client.",
            explicit_bucket_boundaries_advisory=names.BUCKETS,
        )
        self._consumed = meter.create_counter(
            names.CONSUMED, "{message}", "Number of messages that were delivered to the application."
        )
        self._sent = meter.create_counter(
            names.SENT, "{message}", "Number of messages producer attempted to send to the broker."
        )
        self._lag = meter.create_gauge(names.LAG, "{message}", "Records of a topic that are not handled yet.")
        self._last = meter.create_gauge(
            names.LAST_PROGRESS, "s", "When a batch was last finished, in seconds since 1970-01-01T00:00:00Z."
        )

    @contextmanager
    def process(self, destination: str, group: str, count: int, traceparents: Sequence[str] = ()) -> Iterator[None]:
        """A CONSUMER span `process <destination>`, its duration, and how many messages."""
        links = [_link(context) for context in names.contexts(traceparents)]
        attributes = _attributes("process", destination) | {names.GROUP: group}
        with self._measured(SpanKind.CONSUMER, attributes, count, links, self._processing, self._consumed):
            yield

    @contextmanager
    def send(self, destination: str, count: int) -> Iterator[None]:
        """A PRODUCER span `send <destination>`, its duration, and how many messages."""
        attributes = _attributes("send", destination)
        with self._measured(SpanKind.PRODUCER, attributes, count, [], self._operation, self._sent):
            yield

    def progress(self, lag: Mapping[str, int], last: datetime | None) -> None:
        """Two gauges: records behind, by topic; and the time of the last finished batch."""
        for topic, behind in lag.items():
            self._lag.set(behind, {names.SYSTEM: "kafka"} | names.destination(topic))
        if last is not None:
            self._last.set(last.timestamp(), {names.SYSTEM: "kafka"})

    def traceparent(self) -> str | None:
        """The current span's context."""
        context = get_current_span().get_span_context()
        if not context.is_valid:
            return None
        return names.traceparent((context.trace_id, context.span_id, int(context.trace_flags)))

    @contextmanager
    def _measured(
        self,
        kind: SpanKind,
        attributes: dict[str, str],
        count: int,
        links: Sequence[Link],
        duration: Histogram,
        counter: Counter,
    ) -> Iterator[None]:
        where = attributes.get(names.DESTINATION_NAME) or attributes.get(names.DESTINATION_TEMPLATE)
        operation = attributes[names.OPERATION_NAME]
        began = time.perf_counter()
        with self._tracer.start_as_current_span(
            f"{operation} {where}" if where else operation,
            kind=kind,
            attributes={**attributes, names.BATCH_COUNT: count},
            links=links,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                yield
            except BaseException as error:
                # The type alone: a message can hold what must not leave.
                attributes[names.ERROR_TYPE] = type(error).__name__
                span.set_attribute(names.ERROR_TYPE, type(error).__name__)
                span.set_status(Status(StatusCode.ERROR))
                raise
            finally:
                # The conventions count what failed too, told apart by error.type.
                duration.record(time.perf_counter() - began, attributes)
                counter.add(count, attributes)


def _attributes(operation: str, destination: str) -> dict[str, str]:
    return {
        names.SYSTEM: "kafka",
        names.OPERATION_NAME: operation,
        names.OPERATION_TYPE: operation,
    } | names.destination(destination)


def _link(context: names.Context) -> Link:
    trace, span, flags = context
    return Link(SpanContext(trace, span, is_remote=True, trace_flags=TraceFlags(flags)))

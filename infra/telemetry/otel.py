"""Telemetry by OpenTelemetry: one span a batch, linked to (not a child of) the contexts in which its records were made.

Written for this network because the stock instrumentation copies the record's key, here a case id, into spans.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
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
)

from . import conventions as names
from .port import Counts


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
    def process(self, counts: Counts, group: str, traceparents: Sequence[str] = ()) -> Iterator[None]:
        """A CONSUMER span `process <destination>`, its duration, and how many messages."""
        links = [_link(context) for context in names.contexts(traceparents)]
        attributes = _attributes("process", counts) | {names.GROUP: group}
        with self._measured(SpanKind.CONSUMER, attributes, counts, links, self._processing, self._consumed):
            yield

    @contextmanager
    def send(self, counts: Counts) -> Iterator[dict[str, int]]:
        """A PRODUCER span `send <destination>`, its duration, and how many messages, with those not written."""
        attributes = _attributes("send", counts)
        with self._measured(SpanKind.PRODUCER, attributes, counts, [], self._operation, self._sent) as failed:
            yield failed

    def progress(self, lag: Counts, last: datetime | None) -> None:
        """Two gauges: records behind, by topic; and the time of the last finished batch."""
        for topic, behind in lag.items():
            self._lag.set(behind, {names.SYSTEM: "kafka"} | names.destination(topic))
        if last is not None:
            self._last.set(last.timestamp(), {names.SYSTEM: "kafka"})

    @contextmanager
    def _measured(
        self,
        kind: SpanKind,
        attributes: dict[str, str],
        counts: Counts,
        links: Sequence[Link],
        duration: Histogram,
        counter: Counter,
    ) -> Iterator[dict[str, int]]:
        where = attributes.get(names.DESTINATION_NAME) or attributes.get(names.DESTINATION_TEMPLATE)
        operation = attributes[names.OPERATION_NAME]
        failed: dict[str, int] = {}
        error: str | None = None
        began = time.perf_counter()
        with self._tracer.start_as_current_span(
            f"{operation} {where}" if where else operation,
            kind=kind,
            attributes={**attributes, names.BATCH_COUNT: sum(counts.values())},
            links=links,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                yield failed
                error = names.NOT_WRITTEN if sum(failed.values()) else None
            except BaseException as raised:
                # The type alone: a message can hold what must not leave.
                error, failed = type(raised).__name__, dict(counts)
                raise
            finally:
                if error is not None:
                    span.set_attribute(names.ERROR_TYPE, error)
                    span.set_status(Status(StatusCode.ERROR))
                told = {names.ERROR_TYPE: error} if error is not None else {}
                duration.record(time.perf_counter() - began, attributes | told)
                # The conventions count what failed too, told apart by error.type.
                for topic, count in counts.items():
                    own = {key: value for key, value in attributes.items() if not key.startswith(names.DESTINATION)}
                    own |= names.destination(topic)
                    lost = failed.get(topic, 0)
                    for number, more in ((count - lost, {}), (lost, told)):
                        if number:
                            counter.add(number, own | more)


def _attributes(operation: str, counts: Counts) -> dict[str, str]:
    """A batch of several topics bears the name of none."""
    shown = {names.shown(topic) for topic in counts}
    return {
        names.SYSTEM: "kafka",
        names.OPERATION_NAME: operation,
        names.OPERATION_TYPE: operation,
    } | names.destination(shown.pop() if len(shown) == 1 else "")


def _link(context: names.Context) -> Link:
    trace, span, flags = context
    return Link(SpanContext(trace, span, is_remote=True, trace_flags=TraceFlags(flags)))

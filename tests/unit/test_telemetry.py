"""Telemetry: both sides tell the same, by the conventions, and neither tells what must not leave."""

from __future__ import annotations

import io
import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind

from infra.telemetry import NoTelemetry, RecordingTelemetry, TelemetryMisconfigured, configure_logging, setup
from infra.telemetry.conventions import BUCKETS, MOST_LINKS, contexts
from infra.telemetry.otel import OtelTelemetry

SECRET = "kh-ngo-a knows case 01890a5d-ac96-774b-bcce-b302099a8057"
MAILBOX = "mailbox.kh-ngo-a.v1"
Batch = tuple[str, str, int, str | None, int]
"""Operation, destination, count, error type, number of links."""


class Real:
    """OpenTelemetry into memory."""

    def __init__(self) -> None:
        self.exporter, self.reader = InMemorySpanExporter(), InMemoryMetricReader()
        tracers = TracerProvider(shutdown_on_exit=False)
        tracers.add_span_processor(SimpleSpanProcessor(self.exporter))
        meters = MeterProvider([self.reader], shutdown_on_exit=False)
        self.telemetry = OtelTelemetry(tracers.get_tracer("test"), meters.get_meter("test"))

    def batches(self) -> list[Batch]:
        told: list[Batch] = []
        for span in self.exporter.get_finished_spans():
            said: dict[str, Any] = dict(span.attributes or {})
            where = _where(said)
            count = said["messaging.batch.message_count"]
            told.append((said["messaging.operation.name"], where, count, said.get("error.type"), len(span.links)))
        return told

    def metrics(self) -> dict[str, list[Any]]:
        data = self.reader.get_metrics_data()
        assert data is not None
        return {
            metric.name: list(metric.data.data_points)
            for resource in data.resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
        }

    def everything(self) -> str:
        return "".join(span.to_json() for span in self.exporter.get_finished_spans()) + repr(self.metrics())


class Recorded:
    """The in-memory side."""

    def __init__(self) -> None:
        self.telemetry = RecordingTelemetry()

    def batches(self) -> list[Batch]:
        return [
            (told.operation, told.destination, told.count, told.error, len(told.links)) for told in self.telemetry.told
        ]


@pytest.fixture(params=[Real, Recorded])
def side(request: pytest.FixtureRequest) -> Real | Recorded:
    made: Real | Recorded = request.param()
    return made


def parent(number: int) -> str:
    return f"00-{number:032x}-{number:016x}-01"


def test_both_sides_tell_of_a_batch_and_of_its_failure(side: Real | Recorded) -> None:
    with side.telemetry.process({"intake.submissions.v1": 3}, "intake.kernel", [parent(1), parent(1), parent(2)]):
        pass
    with pytest.raises(KeyError), side.telemetry.send({MAILBOX: 2}):
        raise KeyError(SECRET)
    assert side.batches() == [
        ("process", "intake.submissions.v1", 3, None, 2),
        ("send", "mailbox", 2, "KeyError", 0),
    ]


def test_both_sides_tell_of_several_topics_at_once_and_of_what_was_not_written(side: Real | Recorded) -> None:
    with side.telemetry.process({"intake.submissions.v1": 3, "custody.events.v1": 1}, "intake.kernel"):
        pass
    with side.telemetry.send({"intake.events.v1": 5, MAILBOX: 2, "mailbox.kh-ngo-b.v1": 1}) as failed:
        failed["intake.events.v1"] = 2
    assert side.batches() == [("process", "", 4, None, 0), ("send", "", 8, "not_written", 0)]
    if isinstance(side, Real):
        points = side.metrics()["messaging.client.sent.messages"]
        told = {(_where(point.attributes), point.attributes.get("error.type")): point.value for point in points}
        assert told == {("intake.events.v1", None): 3, ("intake.events.v1", "not_written"): 2, ("mailbox", None): 3}


def _where(said: Any) -> str:
    return str(said.get("messaging.destination.name") or said.get("messaging.destination.template") or "")


def test_a_cancelled_batch_is_told_as_one(side: Real | Recorded) -> None:
    with pytest.raises(KeyboardInterrupt), side.telemetry.process({"intake.submissions.v1": 1}, "intake.kernel"):
        raise KeyboardInterrupt
    assert side.batches()[0][3] == "KeyboardInterrupt"


def test_spans_and_metrics_follow_the_conventions() -> None:
    real = Real()
    with real.telemetry.process({"intake.submissions.v1": 5}, "intake.kernel", [parent(7)]):
        pass
    with pytest.raises(OSError, match="kh-ngo-a"), real.telemetry.send({MAILBOX: 4}):
        raise OSError(SECRET)
    process, send = real.exporter.get_finished_spans()
    assert (process.name, process.kind, process.parent) == ("process intake.submissions.v1", SpanKind.CONSUMER, None)
    assert [link.context.trace_id for link in process.links] == [7]
    assert dict(process.attributes or {}) == {
        "messaging.system": "kafka",
        "messaging.operation.name": "process",
        "messaging.operation.type": "process",
        "messaging.destination.name": "intake.submissions.v1",
        "messaging.consumer.group.name": "intake.kernel",
        "messaging.batch.message_count": 5,
    }
    assert (send.name, send.kind, list(send.events)) == ("send mailbox", SpanKind.PRODUCER, [])
    assert (send.attributes or {})["messaging.destination.template"] == "mailbox"
    assert "messaging.destination.name" not in (send.attributes or {})
    metrics = real.metrics()
    assert {name: [point.value for point in metrics[name]] for name in metrics if name.endswith("messages")} == {
        "messaging.client.consumed.messages": [5],
        "messaging.client.sent.messages": [4],
    }
    (duration,) = metrics["messaging.process.duration"]
    assert tuple(duration.explicit_bounds) == BUCKETS
    (failed,) = metrics["messaging.client.operation.duration"]
    assert failed.attributes["error.type"] == "OSError"


def test_nothing_that_must_not_leave_is_in_a_span_or_a_metric() -> None:
    real = Real()
    real.telemetry.progress({"intake.submissions.v1": 4, MAILBOX: 2}, datetime(2009, 3, 2, tzinfo=UTC))
    for topic in (MAILBOX, "intake.submissions.v1"):
        with pytest.raises(ValueError, match="case"), real.telemetry.process({topic: 1}, "g", [SECRET, parent(1)]):
            raise ValueError(SECRET)
    assert "kh-ngo-a" not in real.everything()
    assert "01890a5d" not in real.everything()
    assert {point.value for point in real.metrics()["safepassage.consumer.lag"]} == {4, 2}
    assert [p.value for p in real.metrics()["safepassage.consumer.last_progress"]] == [1235952000]


def test_a_batch_is_linked_to_a_bounded_number_of_contexts() -> None:
    assert len(contexts(parent(number) for number in range(1, 500))) == MOST_LINKS


@pytest.mark.parametrize(
    "value",
    [
        "",
        "00",
        parent(0),
        parent(1) + "\n",
        parent(1) + "-more",
        "ff" + parent(1)[2:],
        parent(1).upper() + "é",
        "0-1-2-3",
    ],
)
def test_a_malformed_traceparent_is_passed_over(value: str) -> None:
    assert contexts([value]) == []


def test_a_later_version_of_traceparent_is_read_as_far_as_it_is_known() -> None:
    assert contexts(["01" + parent(3)[2:] + "-more"]) == [(3, 3, 1)]


# -- set-up ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    for name in [name for name in os.environ if name.startswith("OTEL_")]:
        monkeypatch.delenv(name)

    def put(**variables: str) -> None:
        for name, value in variables.items():
            monkeypatch.setenv(f"OTEL_{name}", value)

    return put


def test_nothing_is_measured_unless_asked_for(environment: Callable[..., None]) -> None:
    assert isinstance(setup("safepassage-intake"), NoTelemetry)
    environment(TRACES_EXPORTER="otlp", METRICS_EXPORTER="console", SDK_DISABLED="TRUE")
    assert isinstance(setup("safepassage-intake"), NoTelemetry)


def test_the_default_does_not_even_load_the_sdk() -> None:
    code = (
        "import sys; from infra.telemetry import setup; setup('x');"
        "print([name for name in sys.modules if name.startswith('opentelemetry')])"
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "variables",
    [
        {"TRACES_EXPORTER": "zipkin"},
        {"METRICS_EXPORTER": "console,prometheus"},
        {"TRACES_EXPORTER": "otlp", "EXPORTER_OTLP_PROTOCOL": "grpc"},
        {"METRICS_EXPORTER": "otlp", "EXPORTER_OTLP_METRICS_PROTOCOL": "grpc"},
    ],
)
def test_an_exporter_that_is_not_known_is_refused(environment: Callable[..., None], variables: dict[str, str]) -> None:
    environment(**variables)
    with pytest.raises(TelemetryMisconfigured, match="OTEL_"):
        setup("safepassage-intake")


@pytest.mark.parametrize(
    ("variables", "name"),
    [
        ({}, "safepassage-intake"),
        ({"OTEL_SERVICE_NAME": "ours"}, "ours"),
        ({"OTEL_RESOURCE_ATTRIBUTES": "service.name=theirs"}, "theirs"),
    ],
)
def test_what_is_asked_for_is_exported_at_the_end(variables: dict[str, str], name: str) -> None:
    code = (
        "from infra.telemetry import setup\n"
        "telemetry = setup('safepassage-intake')\n"
        "with telemetry.process({'intake.submissions.v1': 2}, 'g'): pass\n"
    )
    environment = {key: value for key, value in os.environ.items() if not key.startswith("OTEL_")}
    environment |= {"OTEL_TRACES_EXPORTER": "console", "OTEL_METRICS_EXPORTER": "console", **variables}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert "process intake.submissions.v1" in done.stdout
    assert "messaging.client.consumed.messages" in done.stdout
    assert done.stdout.count(f'"service.name": "{name}"') == 2


# -- logs ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Standard error while logging is configured as in a service; everything is put back."""
    root = logging.getLogger()
    before = (root.handlers[:], root.level, sys.excepthook, threading.excepthook, sys.unraisablehook)
    quiet = {name: logging.getLogger(name).level for name in ("aiokafka", "uvicorn", "faststream", "asyncio")}
    monkeypatch.setattr(logging, "raiseExceptions", True)
    root.handlers = []
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    configure_logging()
    yield stream
    logging.captureWarnings(False)
    root.handlers, root.level, sys.excepthook, threading.excepthook, sys.unraisablehook = before
    for name, level in quiet.items():
        logging.getLogger(name).setLevel(level)


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_only_known_fields_pass(written: io.StringIO) -> None:
    log = logging.getLogger("infra.kernel")
    log.warning("a batch waits for %s", SECRET, extra={"topic": MAILBOX, "count": 3, "case": SECRET, "key": SECRET})
    (line,) = lines(written)
    assert (line["message"], line["topic"], line["count"]) == ("a batch waits for %s", "mailbox", 3)
    assert set(line) == {"time", "level", "logger", "message", "topic", "count"}
    assert "kh-ngo-a" not in written.getvalue()


def test_an_exception_is_told_by_its_type_and_place_alone(written: io.StringIO) -> None:
    def insert() -> None:
        raise LookupError(f"DETAIL: Key (case)=({SECRET}) already exists")

    try:
        try:
            insert()
        except LookupError as error:
            raise OSError(SECRET) from error
    except OSError:
        logging.getLogger("infra.postgres").exception("the store does not answer")
    (line,) = lines(written)
    assert (line["error"], line["cause"]) == ("OSError", "LookupError")
    assert line["where"].startswith("test_telemetry.py:")
    assert "kh-ngo-a" not in written.getvalue()


def test_a_library_tells_no_values(written: io.StringIO) -> None:
    library = logging.getLogger("somelib")
    library.error("sending to %s failed", SECRET)
    library.error(f"sending to {SECRET} failed")  # what this test is about
    library.error(ValueError(SECRET))
    said = lines(written)
    assert said[0]["message"] == "sending to %s failed"
    assert all(line["at"].startswith("test_telemetry.py:") for line in said)
    assert "kh-ngo-a" not in written.getvalue()


UNHANDLED = """
import asyncio, logging, sys, threading, warnings
from infra.telemetry import configure_logging

secret = sys.argv[1]
configure_logging()

class Unspeakable:
    def __str__(self):
        raise ValueError(secret)

class Unending:
    def __del__(self):
        raise ValueError(secret)

def fail(value):
    raise ValueError(value)

async def main():
    asyncio.get_running_loop().call_soon(fail, secret)
    await asyncio.sleep(0)
    raise ValueError(secret)

logging.getLogger("infra.kernel").error("a batch waits", extra={"reason": Unspeakable()})
warnings.warn(secret)
Unending()
thread = threading.Thread(target=fail, args=(secret,))
thread.start()
thread.join()
asyncio.run(main())
"""


def test_what_nothing_handles_is_told_without_its_text() -> None:
    done = subprocess.run([sys.executable, "-c", UNHANDLED, SECRET], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "kh-ngo-a" not in done.stdout + done.stderr
    said = [json.loads(line) for line in done.stderr.splitlines()]
    assert [(line["logger"], line.get("error")) for line in said] == [
        ("py.warnings", None),
        ("infra.telemetry.logs", "ValueError"),
        ("infra.telemetry.logs", "ValueError"),
        ("asyncio", "ValueError"),
        ("infra.telemetry.logs", "ValueError"),
    ]

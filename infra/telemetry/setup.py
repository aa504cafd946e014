"""OpenTelemetry from its standard environment variables, and nothing when nothing is asked for.

OTEL_TRACES_EXPORTER and OTEL_METRICS_EXPORTER: none (here the default), console, otlp, or several with commas between.
OTEL_EXPORTER_OTLP_*, OTEL_TRACES_SAMPLER, OTEL_METRIC_EXPORT_INTERVAL and the other variables are read by the SDK
itself. What is recorded is exported at the process's normal end too.

The providers are not made the process's global ones: an instrumentation that somebody adds does not know what
must not be told, and so finds nowhere to tell it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from .port import NoTelemetry, Telemetry

# The SDK and its exporters take 20 MB and half a second: they are imported where they are asked for.
if TYPE_CHECKING:
    from opentelemetry.metrics import Meter
    from opentelemetry.sdk.metrics.export import MetricExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Tracer

TRACES = "OTEL_TRACES_EXPORTER"
METRICS = "OTEL_METRICS_EXPORTER"
KNOWN = ("console", "otlp")


class TelemetryMisconfigured(ValueError):
    """An OTEL_* variable asks for what this network does not have: set it to one of the values in the message."""


def setup(service_name: str) -> Telemetry:
    """What the environment asks for; `service_name` where it gives none. Raises `TelemetryMisconfigured`."""
    if os.environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return NoTelemetry()
    traces, metrics = _asked(TRACES), _asked(METRICS)
    if not traces and not metrics:
        return NoTelemetry()
    if "otlp" in traces:
        _http_only("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL")
    if "otlp" in metrics:
        _http_only("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL")

    from opentelemetry.sdk.resources import OTELResourceDetector, Resource

    from .otel import OtelTelemetry

    # The environment's name wins over ours, whichever of its two variables gives it.
    resource = Resource.create({"service.name": service_name} | dict(OTELResourceDetector().detect().attributes))
    return OtelTelemetry(_tracer(traces, resource), _meter(metrics, resource))


def _asked(variable: str) -> list[str]:
    named = [name.strip().lower() for name in os.environ.get(variable, "").split(",")]
    asked = [name for name in dict.fromkeys(named) if name not in ("", "none")]
    if not set(asked) <= set(KNOWN):
        raise TelemetryMisconfigured(f"{variable}: use none, {' or '.join(KNOWN)}")
    return asked


def _http_only(variable: str) -> None:
    protocol = os.environ.get(variable) or os.environ.get("OTEL_EXPORTER_OTLP_PROTOCOL") or "http/protobuf"
    if protocol != "http/protobuf":
        raise TelemetryMisconfigured(f"{variable} or OTEL_EXPORTER_OTLP_PROTOCOL: use http/protobuf")


def _tracer(exporters: list[str], resource: Resource) -> Tracer:
    from opentelemetry.trace import NoOpTracer

    if not exporters:
        return NoOpTracer()

    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.semconv.schemas import Schemas

    provider = TracerProvider(resource=resource)
    for name in exporters:
        provider.add_span_processor(BatchSpanProcessor(_span_exporter(name)))
    return provider.get_tracer("safepassage", schema_url=Schemas.V1_44_0.value)


def _meter(exporters: list[str], resource: Resource) -> Meter:
    from opentelemetry.metrics import NoOpMeter

    if not exporters:
        return NoOpMeter("safepassage")

    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
    from opentelemetry.semconv.schemas import Schemas

    readers = [PeriodicExportingMetricReader(_metric_exporter(name)) for name in exporters]
    provider = MeterProvider(metric_readers=readers, resource=resource)
    return provider.get_meter("safepassage", schema_url=Schemas.V1_44_0.value)


def _span_exporter(name: str) -> SpanExporter:
    if name == "otlp":
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        return OTLPSpanExporter()

    from opentelemetry.sdk.trace.export import ConsoleSpanExporter

    return ConsoleSpanExporter()


def _metric_exporter(name: str) -> MetricExporter:
    if name == "otlp":
        from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter

        return OTLPMetricExporter()

    from opentelemetry.sdk.metrics.export import ConsoleMetricExporter

    return ConsoleMetricExporter()

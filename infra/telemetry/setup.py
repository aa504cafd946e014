"""OpenTelemetry from its standard environment variables, and nothing when nothing is asked for.

OTEL_TRACES_EXPORTER and OTEL_METRICS_EXPORTER: none (here the default), console, otlp; with otlp the usual
OTEL_EXPORTER_OTLP_* variables. OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES and the sampler's are the SDK's own.
"""

from __future__ import annotations

import os

from opentelemetry import metrics, trace
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import ConsoleMetricExporter, MetricExporter, PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter, SpanExporter

from .recorder import NoTelemetry, OtelTelemetry, Telemetry


def setup(service: str) -> Telemetry:
    """What the environment asks for; raises `ValueError` for an exporter that is not known."""
    traces = os.environ.get("OTEL_TRACES_EXPORTER", "none")
    measures = os.environ.get("OTEL_METRICS_EXPORTER", "none")
    if os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true" or (traces, measures) == ("none", "none"):
        return NoTelemetry()
    resource = Resource.create({"service.name": os.environ.get("OTEL_SERVICE_NAME", service)})
    tracers = TracerProvider(resource=resource)
    span_exporter = _spans(traces)
    if span_exporter is not None:
        tracers.add_span_processor(BatchSpanProcessor(span_exporter))
    metric_exporter = _metrics(measures)
    readers = [PeriodicExportingMetricReader(metric_exporter)] if metric_exporter is not None else []
    meters = MeterProvider(metric_readers=readers, resource=resource)
    trace.set_tracer_provider(tracers)
    metrics.set_meter_provider(meters)
    return OtelTelemetry(tracers.get_tracer("safepassage"), meters.get_meter("safepassage"))


def _spans(name: str) -> SpanExporter | None:
    match name:
        case "none":
            return None
        case "console":
            return ConsoleSpanExporter()
        case "otlp":
            return OTLPSpanExporter()
    raise ValueError(f"OTEL_TRACES_EXPORTER={name}: use none, console or otlp")


def _metrics(name: str) -> MetricExporter | None:
    match name:
        case "none":
            return None
        case "console":
            return ConsoleMetricExporter()
        case "otlp":
            return OTLPMetricExporter()
    raise ValueError(f"OTEL_METRICS_EXPORTER={name}: use none, console or otlp")

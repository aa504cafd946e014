"""Traces, metrics and logs that name no case, no key and no payload."""

from __future__ import annotations

from .logs import configure_logging
from .recorder import NoTelemetry, OtelTelemetry, RecordingTelemetry, Telemetry
from .setup import setup

__all__ = ["NoTelemetry", "OtelTelemetry", "RecordingTelemetry", "Telemetry", "configure_logging", "setup"]

"""Traces, metrics and logs that name no case, no key and no payload."""

from __future__ import annotations

from .logs import configure_logging
from .memory import RecordingTelemetry
from .port import NoTelemetry, Telemetry
from .setup import TelemetryMisconfigured, setup

__all__ = [
    "NoTelemetry",
    "RecordingTelemetry",
    "Telemetry",
    "TelemetryMisconfigured",
    "configure_logging",
    "setup",
]

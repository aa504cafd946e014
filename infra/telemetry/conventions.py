"""The names of OpenTelemetry's semantic conventions for messaging (v1.44), and what of a record may bear them.

A mailbox is measured under a template, never under its name: the name says which agency reads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

SYSTEM = "messaging.system"
OPERATION_NAME = "messaging.operation.name"
OPERATION_TYPE = "messaging.operation.type"
DESTINATION = "messaging.destination."
DESTINATION_NAME = "messaging.destination.name"
DESTINATION_TEMPLATE = "messaging.destination.template"
GROUP = "messaging.consumer.group.name"
BATCH_COUNT = "messaging.batch.message_count"
ERROR_TYPE = "error.type"
NOT_WRITTEN = "not_written"
"""The error's type where Kafka did not take some of a batch; which error it was is in the log."""

PROCESS_DURATION = "messaging.process.duration"
OPERATION_DURATION = "messaging.client.operation.duration"
CONSUMED = "messaging.client.consumed.messages"
SENT = "messaging.client.sent.messages"
LAG = "safepassage.consumer.lag"
LAST_PROGRESS = "safepassage.consumer.last_progress"

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
"""Seconds."""
MOST_LINKS = 32
"""Contexts to which one batch's span is linked: a batch has hundreds of records, and a span's size must be bounded."""

MAILBOX = "mailbox"
_TRACEPARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?")

Context = tuple[int, int, int]
"""Trace id, span id, flags."""


def shown(destination: str) -> str:
    """The name under which a topic is measured and logged."""
    return MAILBOX if destination == MAILBOX or destination.startswith("mailbox.") else destination


def destination(topic: str) -> dict[str, str]:
    """The attributes that name a topic: its name, a mailbox's template, or nothing when none is given."""
    name = shown(topic)
    if not name:
        return {}
    return {DESTINATION_TEMPLATE if name == MAILBOX else DESTINATION_NAME: name}


def contexts(traceparents: Iterable[str]) -> list[Context]:
    """The first distinct contexts, at most `MOST_LINKS`, that W3C `traceparent` headers name (Trace Context §3.2)."""
    found: dict[Context, None] = {}
    for value in traceparents:
        context = _context(value)
        if context is not None:
            found[context] = None
        if len(found) == MOST_LINKS:
            break
    return list(found)


def _context(value: str) -> Context | None:
    match = _TRACEPARENT.fullmatch(value)
    # A later version may append fields, version 00 may not, and ff is no version.
    if match is None or match[1] == "ff" or (match[1] == "00" and len(value) != 55):
        return None
    trace, span, flags = int(match[2], 16), int(match[3], 16), int(match[4], 16)
    return (trace, span, flags) if trace and span else None

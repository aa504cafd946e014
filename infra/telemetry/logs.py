"""Logs as JSON lines on standard error: a sentence, and a few fields that are known to say nothing of a case.

An exception is told by its type and by where it was raised, never by its message: a driver's message can carry a row's
values, and pydantic's carries the input.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime

FIELDS = ("reason", "topic", "partition", "count")


class JsonLines(logging.Formatter):
    """One JSON object a record."""

    def format(self, record: logging.LogRecord) -> str:
        """The record without anything that was not meant for a log."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": str(record.msg) if _ours(record) else _library(record),
        }
        line |= {name: str(getattr(record, name)) for name in FIELDS if hasattr(record, name)}
        if record.exc_info is not None and record.exc_info[1] is not None:
            line |= describe(record.exc_info[1])
        return json.dumps(line, ensure_ascii=True)


def describe(error: BaseException) -> dict[str, str]:
    """An exception's type, and the file, line and function in which it was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    where = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames[-3:]]
    return {"error": type(error).__name__, "where": " < ".join(reversed(where))}


def configure_logging(level: int = logging.INFO) -> None:
    """Send every record of this process through the formatter."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for library in ("aiokafka", "uvicorn", "faststream", "asyncio"):
        logging.getLogger(library).setLevel(logging.ERROR)


def _ours(record: logging.LogRecord) -> bool:
    return record.name.startswith(("infra", "services", "contracts", "__main__"))


def _library(record: logging.LogRecord) -> str:
    """A library's message is not taken over with its arguments: nobody knows what they hold."""
    return str(record.msg).partition("%")[0].strip()[:80]

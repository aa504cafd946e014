"""Logs as JSON lines on standard error: a sentence, and a few fields that are known to say nothing of a case.

An exception is told by its type and by where it was raised, never by its message: a driver's message can carry a row's
values, and pydantic's carries the input. A sentence is told without its arguments, and a library's only while
it is still apart from them. The same holds for what nothing handled: a task, a thread, the process itself.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
import traceback
from datetime import UTC, datetime
from types import TracebackType

from .conventions import shown

FIELDS = ("reason", "topic", "partition", "count", "port")
"""What may stand beside the sentence (`extra`); anything else is left out."""
LONGEST = 200
"""Characters of a field."""
OURS = ("infra", "services", "contracts", "__main__")
QUIET = ("aiokafka", "uvicorn", "faststream", "asyncio")
WITHHELD = "(a library's text is withheld)"

log = logging.getLogger(__name__)


class JsonLines(logging.Formatter):
    """One JSON object a record, without anything that was not meant for a log."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line."""
        ours = record.name.partition(".")[0] in OURS
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            # A library's text without arguments may have had values written into it.
            "message": record.msg if isinstance(record.msg, str) and (ours or record.args) else WITHHELD,
        }
        if not ours:
            line["at"] = f"{record.filename}:{record.lineno} {record.funcName}"
        line |= {name: _field(name, getattr(record, name)) for name in FIELDS if hasattr(record, name)}
        if record.exc_info is not None and record.exc_info[1] is not None:
            line |= describe(record.exc_info[1])
        return json.dumps(line, ensure_ascii=True)


def describe(error: BaseException) -> dict[str, str]:
    """An exception's type, the types of what caused it, and the file, line and function in which it was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    where = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames[-3:]]
    told = {"error": type(error).__name__, "where": " < ".join(reversed(where))}
    causes: list[str] = []
    while len(causes) < 3 and (cause := error.__cause__ or error.__context__) is not None:
        causes.append(type(cause).__name__)
        error = cause
    return told | ({"cause": " < ".join(causes)} if causes else {})


def configure_logging(level: int = logging.INFO) -> None:
    """Send every record of this process, and every exception that nothing handles, through the formatter."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for library in QUIET:
        logging.getLogger(library).setLevel(logging.ERROR)
    # Python's own reports print values: a warning's text, a record that cannot be written, an exception's message.
    logging.captureWarnings(True)
    logging.raiseExceptions = False
    sys.excepthook = _process_ends
    threading.excepthook = _thread_ends
    sys.unraisablehook = _passed_over


def _field(name: str, value: object) -> object:
    if isinstance(value, int):
        return value
    text = str(value)
    return (shown(text) if name == "topic" else text)[:LONGEST]


def _process_ends(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    log.critical("the process ends: nothing handled this error", exc_info=(kind, error, trace))


def _thread_ends(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None:
        log.critical("a thread ends: nothing handled this error", exc_info=args.exc_value)


def _passed_over(args: sys.UnraisableHookArgs) -> None:
    if args.exc_value is not None:
        log.error("an error where none can be raised", exc_info=args.exc_value)

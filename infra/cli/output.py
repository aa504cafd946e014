"""What a command prints: JSON where it is asked for, tables on a terminal, plain columns elsewhere."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

Advance = Callable[[str, int, int | None], None]
"""Says what is being done, how much of it is done, and of how much (None: unknown)."""


@dataclass(slots=True)
class Output:
    """Where a command's words go. Answers go to standard output, everything said on the way to standard error."""

    as_json: bool = False
    console: Console = field(default_factory=lambda: Console(highlight=False))
    aside: Console = field(default_factory=lambda: Console(stderr=True, highlight=False))

    def say(self, text: str = "", style: str | None = None) -> None:
        """One line of an answer; nothing of it is read as markup. Not printed with `--json`."""
        if not self.as_json:
            self.console.print(Text(text, style=style or ""), soft_wrap=True)

    def note(self, text: str) -> None:
        """Something said on the way: to standard error, with `--json` too."""
        self.aside.print(Text(text, style="dim"), soft_wrap=True)

    def data(self, value: Mapping[str, Any] | Sequence[Any], *, line: bool = False) -> None:
        """The answer as JSON, where that is asked for; `line` keeps it on one line, for a stream."""
        if self.as_json:
            sys.stdout.write(json.dumps(value, indent=None if line else 2, ensure_ascii=False) + "\n")
            sys.stdout.flush()

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[str]], title: str | None = None) -> None:
        """A table on a terminal; elsewhere columns under their names, two spaces apart and never wrapped."""
        if self.as_json:
            return
        if self.console.is_terminal:
            table = Table(*columns, title=title, title_justify="left", header_style="bold", box=None, pad_edge=False)
            for row in rows:
                table.add_row(*(Text(cell) for cell in row))
            self.console.print(table)
            return
        for text in plain(columns, rows, title):
            self.say(text)

    @contextmanager
    def progress(self) -> Iterator[Advance]:
        """A progress bar on a terminal's standard error; elsewhere a line when something begins, and for each tenth."""
        if not self.aside.is_terminal:
            tenths: dict[str, int] = {}

            def tell(what: str, done: int, total: int | None) -> None:
                tenth = done * 10 // total if total else 0
                if tenth > tenths.get(what, -1):
                    tenths[what] = tenth
                    self.note(f"{what}: {done:,} of {total:,}" if done and total else what)

            yield tell
            return
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self.aside, transient=True) as bar:
            tasks: dict[str, Any] = {}

            def show(what: str, done: int, total: int | None) -> None:
                if what not in tasks:
                    tasks[what] = bar.add_task(what, total=total)
                bar.update(tasks[what], completed=done, total=total)

            yield show


def plain(columns: Sequence[str], rows: Sequence[Sequence[str]], title: str | None = None) -> list[str]:
    """A table as lines of text, each column as wide as its widest cell."""
    widths = [max(len(line[place]) for line in [columns, *rows]) for place in range(len(columns))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in [columns, ["-" * width for width in widths], *rows]
    ]
    return [title, *lines] if title is not None else lines

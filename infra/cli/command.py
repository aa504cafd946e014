"""How a command is declared: its options, its example, and how it ends are the same for every one."""

from __future__ import annotations

import asyncio
import functools
import inspect
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from platformdirs import user_data_path

from .errors import EXIT_CODES, CommandFailed
from .output import Output

DATA = "SAFEPASSAGE_DATA"
"""The environment variable that names the data directory where `--data` is not given."""


@dataclass(frozen=True, slots=True)
class Session:
    """What a command is run with: the data directory of the network on this machine, and where to print."""

    data: Path
    output: Output


def default_data() -> Path:
    """Where the network of this machine keeps its data when nothing else is said: the user's data directory."""
    return user_data_path("safepassage", appauthor=False)


def command(name: str, *, example: str) -> Callable[[Callable[..., Any]], click.Command]:
    """Declare a command: the function takes a `Session` and its own options, and may be a coroutine.

    Its docstring is the help. A `CommandFailed` that it raises is printed with what to do, and gives the exit code.
    """

    def declare(function: Callable[..., Any]) -> click.Command:
        @functools.wraps(function)
        def run(data: Path | None, as_json: bool, **options: Any) -> None:
            session = Session((data or default_data()).expanduser().resolve(), Output(as_json))
            sys.exit(_run(function, session, options))

        run.__doc__ = f"{inspect.getdoc(function)}\n\n\b\nExample:\n  {example}\n\n\b\n{EXIT_CODES}"
        option = click.option(
            "--data",
            type=click.Path(file_okay=False, path_type=Path),
            envvar=DATA,
            help=f"Data directory of the network [default: ${DATA} or {_home_relative(default_data())}].",
        )
        as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
        declared: click.Command = click.command(name)(option(as_json(run)))
        return declared

    return declare


def _run(function: Callable[..., Any], session: Session, options: dict[str, Any]) -> int:
    try:
        result = function(session, **options)
        if inspect.iscoroutine(result):
            result = asyncio.run(result)
    except CommandFailed as error:
        session.output.data(error.as_json())
        session.output.aside.print(f"safepassage: {error.message}\n  → {error.remedy}", soft_wrap=True, markup=False)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return result if isinstance(result, int) else 0


def _home_relative(path: Path) -> str:
    home = Path.home()
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)

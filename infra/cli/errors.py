"""How a command ends when it does not end well: a closed set, each with its exit code and what to do."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

EXIT_CODES = """\
Exit codes:
  0  done
  1  the thing asked about is not well, or what was asked was refused
  2  wrong use of the command
  3  the network is not running, or cannot be reached
  4  this machine lacks something that is needed"""
"""What every command's help says of its exit codes."""


class CommandFailed(Exception):
    """A command cannot go on, for a reason that is expected. `remedy` says what the reader can do."""

    exit_code = 1
    code = "failed"

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def as_json(self) -> dict[str, dict[str, str]]:
        """The failure as `--json` prints it."""
        return {"error": {"code": self.code, "message": self.message, "remedy": self.remedy}}


class Refused(CommandFailed):
    """The network was asked and said no, or there is no such thing."""

    code = "refused"


class WrongUse(CommandFailed):
    """A file, an option or a name that the command cannot use."""

    exit_code = 2
    code = "wrong-use"


class Unreachable(CommandFailed):
    """The network is not running, or does not answer."""

    exit_code = 3
    code = "unreachable"


class Lacking(CommandFailed):
    """This machine lacks something; 'safepassage doctor' lists all of it."""

    exit_code = 4
    code = "lacking"


def nearest(name: str, known: Collection[str], everything: str) -> str:
    """What to write instead of a name that is not known: the few that are like it, and where all of them are listed."""
    near = get_close_matches(name, known, n=3, cutoff=0.5)
    meant = f"did you mean {' or '.join(near)}? " if near else ""
    return f"{meant}All {len(known)} are listed by: {everything}"

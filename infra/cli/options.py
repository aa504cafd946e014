"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

AUDITOR = "kh-cncc"
"""The agency with the role oversight as which records are read where no other is named."""


def as_agency(default: str | None = None) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """``--as AGENCY``: the agency that speaks or asks, by its id; required unless there is a default."""
    return click.option(
        "--as",
        "agency",
        default=default,
        required=default is None,
        show_default=default is not None,
        metavar="AGENCY",
        help="The agency that speaks, by its id.",
    )

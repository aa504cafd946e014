"""Options that several commands share."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import click

from contracts.guidelines.words import LANGUAGES

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


def in_language() -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """``--lang LANGUAGE``: in which language refusals are shown; that of the environment where it is one of them."""
    return click.option(
        "--lang",
        "language",
        type=click.Choice(("en", *LANGUAGES)),
        default=of_environment,
        show_default="that of $LANG, else en",
        help="The language of refusals. Thai and Vietnamese are there for steps across a border, Khmer for all.",
    )


def of_environment() -> str:
    """The language of the environment (LC_ALL, LC_MESSAGES, LANG), en where the network does not have it."""
    named = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return named[:2] if named[:2] in LANGUAGES else "en"

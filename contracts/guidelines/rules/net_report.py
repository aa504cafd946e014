"""NET-REPORT: a report says what its channel needs, so that a form typed in late is worth as much as a call."""

from __future__ import annotations

from datetime import datetime

from ...codes import ReportChannel
from ...decision import Problem
from ...guidelines.corridors import limit
from ._rule import Rule

RULE = Rule(
    "NET-REPORT",
    "A paper form has its number and when it was entered; who comes back from abroad, the country they come from.",
    "network, after OPSC ¶12 (forms typed in later) and CRF (deported unannounced)",
    "network",
    "breach",
    policy=True,
)
FROM_ABROAD = frozenset({ReportChannel.RETURNED_FROM_ABROAD, ReportChannel.DEPORTED_UNANNOUNCED})


def net_report_paper(channel: str, paper: str | None, entered_at: datetime | None) -> Problem | None:
    """A form from a province names its number, the secret code on it, and when it was typed in."""
    if channel != ReportChannel.PAPER_FORM or (paper is not None and entered_at is not None):
        return None
    return RULE.problem(
        "data.paper", "a paper form has a number, and an hour when it was entered", "give paper and entered_at"
    )


def net_report_entered(time: datetime, entered_at: datetime | None, accepted: datetime) -> Problem | None:
    """A form is entered after what it tells of, and before it is sent."""
    if entered_at is None or time <= entered_at <= accepted + limit("ahead_minutes").time:
        return None
    return RULE.problem(
        "data.entered_at",
        "this was entered before it happened, or is not entered yet",
        "give as time when it happened, as entered_at when it was typed in",
    )


def net_report_origin(channel: str, from_country: str | None) -> Problem | None:
    """Who comes back from abroad comes from somewhere: the corridor follows from it."""
    if channel not in FROM_ABROAD or from_country is not None:
        return None
    return RULE.problem("data.from_country", "the country that they come from is not named", "give from_country")

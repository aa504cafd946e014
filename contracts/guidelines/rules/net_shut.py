"""NET-SHUT: an accused agency or office is shut out of a case by an authority's order, and is not told."""

from __future__ import annotations

from collections.abc import Collection

from ...decision import Problem
from ._rule import Rule

RULE = Rule(
    "NET-SHUT",
    "An accused agency or office is shut out of a case by order of social affairs or of the National Council for"
    " Children; nothing that it is handed shows it.",
    "network, after UNIAP area 3",
    "network",
    "refuse; delivery",
    policy=True,
)


def net_shut(actor: str, authorities: Collection[str], agency: str) -> Problem | None:
    """Who orders it or lifts it: one of the two authorities, and never about itself.

    It says the same whatever has been ordered before: who asks learns nothing by being refused.
    """
    if actor in authorities and actor != agency:
        return None
    return RULE.problem(
        "source",
        "only social affairs or the National Council for Children keeps another agency out of a case, or lets it in",
        "bring what is known to one of them",
    )


def net_shut_secret(agency: str, tells: Collection[str]) -> Problem | None:
    """The agency of which an order speaks is not among those who are told of it."""
    if agency not in tells:
        return None
    return RULE.problem("data.tells", "the agency that is kept out would be told of it", "leave it out of data.tells")


def net_shut_once(agency: str, shut: Collection[str]) -> Problem | None:
    """Who is shut out is not shut out again: one order, and one that lifts it."""
    if agency not in shut:
        return None
    return RULE.problem("data.agency", "this agency is kept out of the case already", "the first order stands")


def net_shut_lifts(agency: str, ordered: str, lifted: bool) -> Problem | None:
    """What lifts an order names the agency that it keeps out, while it stands."""
    if agency == ordered and not lifted:
        return None
    return RULE.problem("data.order", "no such order stands about this agency", "name the order that stands")

"""CUS-MOVE: a receipt moves care at once; responsibility moves with it when there is a release, else it is joint."""

from __future__ import annotations

from datetime import datetime

from ...decision import Deadline
from ...guidelines.corridors import limit
from ._rule import Rule

RULE = Rule(
    "CUS-MOVE",
    "A receipt moves care at once; responsibility moves with it when there is a release, else it is joint until then.",
    "network, after UNIAP area 5",
    "inferred",
    "deadline",
)


def cus_move(responsible: tuple[str, ...], giver: str, receiver: str, released: bool) -> tuple[str, ...]:
    """Who answers after a receipt: the receiver, or everybody until now and the receiver jointly."""
    if released and giver in responsible:
        return (receiver,)
    return (*responsible, receiver) if receiver not in responsible else responsible


def cus_move_settled(responsible: tuple[str, ...], giver: str, receiver: str) -> tuple[str, ...]:
    """Who answers once the release of an earlier receipt has come: as if it had come first."""
    if receiver not in responsible:
        return responsible
    left = tuple(agency for agency in responsible if agency != giver)
    return left or (receiver,)


def cus_move_deadline(offer: str, received_at: datetime, giver: str, corridor: str | None) -> Deadline:
    """A receipt whose release has not come: the giver says that it gave the person on, or disputes it."""
    allowed = limit("release_hours", corridor)
    return Deadline(RULE.id, offer, received_at + allowed.time, giver, allowed.verified)

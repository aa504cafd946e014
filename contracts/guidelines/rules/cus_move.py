"""CUS-MOVE: a receipt moves care at once; responsibility moves with it when there is a release, else it is joint."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from ...decision import Deadline, Problem
from ...guidelines.corridors import limit
from ._rule import Rule

RULE = Rule(
    "CUS-MOVE",
    "A receipt moves care at once; responsibility moves with it when there is a release, else it is joint until then.",
    "network, after UNIAP area 5",
    "inferred",
    "deadline; refuse",
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


def cus_move_resolves(authority: bool) -> Problem | None:
    """A dispute is resolved by the referral authority of a country of those who answer."""
    if authority:
        return None
    return RULE.problem(
        "source", "only the referral authority resolves a dispute", "ask the referral authority, or release the person"
    )


def cus_move_disputed(in_dispute: bool) -> Problem | None:
    """There is something to resolve: nobody is moved by a resolution who is with whom they should be."""
    if in_dispute:
        return None
    return RULE.problem("data.custody", "nothing is in dispute", "move the person by a handover or a take-over")


def cus_move_named(responsible: str, carer: str | None, parties: Collection[str], at_home: bool) -> Problem | None:
    """Who is to answer and to care is of the `parties`; no carer is named where a family or a home has the person."""
    if responsible not in parties:
        return RULE.problem(
            "data.responsible", "this agency neither answers nor cares", "name one that does, or take the person over"
        )
    if carer is not None and carer not in parties:
        return RULE.problem(
            "data.carer", "this agency neither answers nor cares", "name one that does, or take the person over"
        )
    if carer is None and not at_home:
        return RULE.problem("data.carer", "it is not said who cares", "name the agency that has the person")
    return None

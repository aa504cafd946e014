"""CUS-MOVE: a receipt moves care at once; responsibility moves with it when there is a release, else it is joint."""

from __future__ import annotations

from collections.abc import Iterable

from ._rule import Rule

RULE = Rule(
    id="CUS-MOVE",
    asks="a receipt moves care at once; responsibility moves with it when the responsible agency has released, else it "
    "is joint until release or resolution",
    source="network: CUS-MOVE",
    basis="policy",
    effect="who answers follows from it; joint time is reported and is no gap",
)


def cus_move(responsible: tuple[str, ...], receiver: str, released_by: Iterable[str] = ()) -> tuple[str, ...]:
    """Who answers once `receiver` has the person: it alone when one that answered released to it, else it as well."""
    if not responsible or any(agency in responsible for agency in released_by):
        return (receiver,)
    return tuple(dict.fromkeys((*responsible, receiver)))

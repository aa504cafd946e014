"""XB-COUNTERPART: only the competent authorities of both countries request, accept, release and receive."""

from __future__ import annotations

from datetime import date

from ...decision import Problem
from ...directory import Directory, Role
from ...steps import Channel
from ._rule import Rule

RULE = Rule(
    id="XB-COUNTERPART",
    asks="only the competent authorities of both countries request and accept a return, and release and receive a person "
    "across the border",
    source="OPSC ¶122",
    basis="inferred",
    effect="policy: refuse",
)
ASKS: dict[Channel, tuple[Role, ...]] = {
    Channel.INSTRUMENT: ("repatriation-authority",),
    Channel.DIPLOMATIC: ("diplomatic",),
}
"""Who may ask for a return and answer, by channel."""
HANDS: tuple[Role, ...] = ("repatriation-authority", "transit", "diplomatic")
"""Who may release and receive at a border: the authorities, and the transit centres that receive for them."""
TRACES: tuple[Role, ...] = ("repatriation-authority", "referral-authority", "tracing", "diplomatic")
"""Who may be asked to verify an identity and to trace a family."""


def xb_counterpart(
    directory: Directory, field: str, agency: str, country: str, roles: tuple[Role, ...], on: date
) -> Problem | None:
    """`agency` must be of this country and hold one of the roles on that day."""
    home = directory.country(agency)
    if home == country and any(directory.has_role(agency, role, on) for role in roles):
        return None
    competent = sorted({name for role in roles for name in directory.with_role(role, on, country)})
    return RULE.problem(
        field,
        f"{agency} is not a competent authority of {country} for this step on {on}",
        f"competent: {', '.join(competent)}"
        if competent
        else f"the directory lists no competent authority of {country}",
    )


def answers_for(asked: str, speaker: str) -> Problem | None:
    """Only the counterpart that was asked answers."""
    if asked == speaker:
        return None
    return RULE.problem("source", f"{asked} was asked, not {speaker}", f"have {asked} answer")


def agreed(accepted: bool) -> Problem | None:
    """A person crosses a border only on a return that the counterpart has accepted."""
    if accepted:
        return None
    return RULE.problem(
        "data.repatriation",
        "the counterpart has not accepted the return on which this rests",
        "name the repatriation.requested that the counterpart has accepted",
    )

"""XB-COUNTERPART: only the competent authorities of both countries request, accept, release and receive."""

from __future__ import annotations

from datetime import date

from ...decision import Problem
from ...directory import Directory, Role
from ._rule import Rule

RULE = Rule(
    "XB-COUNTERPART",
    "Only the competent authorities of both countries request, accept, release and receive across a border.",
    "OPSC ¶122",
    "inferred",
    "refuse",
    policy=True,
)
BY_INSTRUMENT: tuple[Role, ...] = ("repatriation-authority",)
BY_EMBASSY: tuple[Role, ...] = ("repatriation-authority", "diplomatic")
OF_JUSTICE: tuple[Role, ...] = ("criminal-justice",)
OF_JUSTICE_BY_EMBASSY: tuple[Role, ...] = ("criminal-justice", "diplomatic")
AT_THE_BORDER: tuple[Role, ...] = ("repatriation-authority", "victim-support", "transit", "border", "diplomatic")


def xb_counterpart(
    field: str, agency: str, country: str, roles: tuple[Role, ...], on: date, directory: Directory
) -> Problem | None:
    """An agency that acts for a country across its border holds one of these roles, in that country, on that day."""
    if directory.country(agency) == country and any(directory.has_role(agency, role, on) for role in roles):
        return None
    return RULE.problem(
        field, "this agency is not a competent authority of its country for this", "let the competent authority act"
    )

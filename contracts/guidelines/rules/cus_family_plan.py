"""CUS-FAMILY, of plans: nobody plans to give a person back to a family that was found unsafe."""

from __future__ import annotations

from collections.abc import Collection

from ...codes import Caretaker
from ...decision import Problem
from .cus_family import FAMILY, RULE


def cus_family_plan(
    placement: Caretaker, named: str | None, latest: str | None, unsafe: Collection[str]
) -> Problem | None:
    """A plan to live with parents or kin. `named` is the assessment that it rests on, `latest` the last one of such a
    family, `unsafe` all that found one unsafe.
    """
    if placement not in FAMILY or not {named, latest} & set(unsafe):
        return None
    return RULE.problem(
        "data.placement",
        "this family was found unsafe",
        "plan another placement, or assess the family again and name that assessment",
    )

"""The rules, one small pure function a rule id in the file of its name; `RULES` has them all by id.

A new rule is a new file with its `RULE`, listed here, and its test module of the same name.
"""

from __future__ import annotations

from . import (
    a2007_member,
    a2007_receipt,
    cus_gap,
    cus_holder,
    cus_move,
    cus_one,
    cus_time,
    d107_48h,
    d107_risk,
    network,
    xb_corridor,
    xb_counterpart,
    xb_need,
)
from ._rule import Basis, Rule

_MODULES = (
    a2007_member,
    a2007_receipt,
    cus_gap,
    cus_holder,
    cus_move,
    cus_one,
    cus_time,
    d107_48h,
    d107_risk,
    xb_corridor,
    xb_counterpart,
    xb_need,
)

RULES: dict[str, Rule] = {module.RULE.id: module.RULE for module in _MODULES} | {rule.id: rule for rule in network.OWN}
"""Every rule that bites, by its id."""

__all__ = ["RULES", "Basis", "Rule"]

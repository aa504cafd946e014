"""The rules: one small pure function a rule id, each in the file of its name."""

from __future__ import annotations

from . import (
    a2007_member,
    a2007_receipt,
    cus_family,
    cus_gap,
    cus_holder,
    cus_move,
    cus_one,
    cus_takeover,
    cus_time,
    d107_48h,
    d107_best,
    d107_detention,
    d107_risk,
    d107_safe,
    net_temporary,
    network,
    xb_corridor,
    xb_counterpart,
    xb_need,
)
from ._rule import Rule

_MODULES = (
    a2007_member,
    a2007_receipt,
    cus_family,
    cus_gap,
    cus_holder,
    cus_move,
    cus_one,
    cus_takeover,
    cus_time,
    d107_48h,
    d107_best,
    d107_detention,
    d107_risk,
    d107_safe,
    xb_corridor,
    xb_counterpart,
    xb_need,
)
_NETWORK = (
    network.ANSWER,
    network.CODE,
    network.MANY,
    network.ORDER,
    network.PARTY,
    network.SERVICE,
    network.SPEAKER,
    net_temporary.RULE,
)

RULES: dict[str, Rule] = {rule.id: rule for rule in (*(module.RULE for module in _MODULES), *_NETWORK)}
"""Every rule that bites, by its id."""

__all__ = ["RULES", "Rule"]

"""The rules: one small pure function a rule id, each in the file of its name."""

from __future__ import annotations

from . import (
    a2007_member,
    a2007_receipt,
    acp_family,
    c009_followup,
    crf_transit,
    cus_family,
    cus_gap,
    cus_holder,
    cus_move,
    cus_one,
    cus_takeover,
    cus_time,
    d107_48h,
    d107_age,
    d107_best,
    d107_detention,
    d107_informed,
    d107_risk,
    d107_safe,
    d107_status,
    d107_views,
    net_consent,
    net_report,
    net_siblings,
    net_temporary,
    network,
    p62_testimony,
    xb_corridor,
    xb_counterpart,
    xb_need,
)
from ._rule import Rule

_MODULES = (
    a2007_member,
    a2007_receipt,
    acp_family,
    c009_followup,
    crf_transit,
    cus_family,
    cus_gap,
    cus_holder,
    cus_move,
    cus_one,
    cus_takeover,
    cus_time,
    d107_48h,
    d107_age,
    d107_best,
    d107_detention,
    d107_informed,
    d107_risk,
    d107_safe,
    d107_status,
    d107_views,
    net_consent,
    net_report,
    net_siblings,
    p62_testimony,
    xb_corridor,
    xb_counterpart,
    xb_need,
)
_NETWORK = (
    network.ANSWER,
    network.CODE,
    network.DOCUMENT,
    network.MANDATE,
    network.MANY,
    network.ORDER,
    network.PARTY,
    network.REASON,
    network.SERVICE,
    network.SPEAKER,
    net_temporary.RULE,
)

RULES: dict[str, Rule] = {rule.id: rule for rule in (*(module.RULE for module in _MODULES), *_NETWORK)}
"""Every rule that bites, by its id."""

__all__ = ["RULES", "Rule"]

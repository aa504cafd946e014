"""ACP-FAMILY: a local solution is in a family or the community; an institution, or adoption abroad, comes last."""

from __future__ import annotations

from datetime import date

from ...decision import Breach
from ...steps import Solution, SolutionReason
from ._rule import Rule

RULE = Rule(
    "ACP-FAMILY",
    "Local solutions prefer family and community care; an institution and adoption abroad come last, with a reason.",
    "Policy on Alternative Care No. 907; OPSC ¶28, ¶89",
    "text",
    "breach",
    instrument="kh-alternative-care",
)
LAST = frozenset({Solution.INSTITUTION, Solution.ADOPTION_ABROAD})
"""What comes after everything in a family or in the community."""


def acp_family(solution: Solution, reason: SolutionReason | None, child: bool, on: date) -> Breach | None:
    """A determination of best interests, or the decision on a local solution."""
    if not child or solution not in LAST or reason is not None or not RULE.bites(on):
        return None
    return Breach(RULE.id, "breach", "a solution away from family and community, and no reason is given")

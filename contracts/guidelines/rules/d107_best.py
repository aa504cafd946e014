"""D107-BEST: no child is handed over across a border before its best interests are determined to be the return."""

from __future__ import annotations

from datetime import date

from ...decision import Problem
from ...steps import Solution
from ._rule import Rule

RULE = Rule(
    "D107-BEST",
    "A child's best interests come first: it crosses a border only after they are determined to be the return.",
    "Decision 107; OPSC ¶105",
    "text",
    "refuse",
    instrument="kh-decision-107",
)


def d107_best(
    child: bool, named: str | None, solution: str | None, on: date, third: str | None = None, there: str | None = None
) -> Problem | None:
    """A handover across a border. `named` is the determination that it rests on, `solution` what that came to.

    `third` is the third country that it names (ISO 3166), where the child may go and is not at home, and `there` the
    one to which this handover leads: a determination opens the border of the country that it names, and no other.

    A solution of None is not known yet: whoever asks waits for it, or says that it never came.
    """
    if not child or not RULE.bites(on):
        return None
    if named is None:
        return RULE.problem(
            "data.determination",
            "a child crosses a border only after its best interests have been determined",
            "name the accepted repatriation.best-interests-determined",
        )
    if solution == Solution.THIRD_COUNTRY:
        if third is not None and third == there:
            return None
        return RULE.problem(
            "data.determination",
            "the determination names no third country, or another than this handover leads to",
            "hand the child over to the country that was determined, or determine the best interests again, naming it",
        )
    if solution is not None and solution != Solution.RETURN:
        return RULE.problem(
            "data.determination",
            "the return is not what was determined to be best for this child",
            "follow the solution that was determined, or determine the best interests again",
        )
    return None


def d107_best_moved(child: bool, here: str | None, there: str | None, determined: bool, on: date) -> Problem | None:
    """A child came into the care of another country (ISO 3166 of both sides) by a fact. `determined`: by such an offer.

    Where a country is not known, nobody can say that a border was crossed.
    """
    if here is None or there is None or here == there or determined:
        return None
    return d107_best(child, None, None, on)

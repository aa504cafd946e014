"""D107-AGE: whose age is uncertain is presumed a child, and protected as one until evidence establishes the age."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from ...codes import AgeEvidence, AgeResult, Person
from ...decision import Breach, Problem
from ._rule import Rule

RULE = Rule(
    "D107-AGE",
    "Whose age is uncertain is presumed a child until evidence of age, the strongest first, establishes an adult.",
    "Decision 107; OPSC ¶113.1",
    "text",
    "refuse",
    policy=True,
    instrument="kh-decision-107",
)
"""The text asks for factors to believe in a child; that everybody of uncertain age is one is the network's policy."""

WEAK = frozenset({AgeEvidence.PHYSICAL_APPEARANCE, AgeEvidence.PSYCHOLOGICAL_MATURITY})
"""What helps to presume a child, and makes nobody an adult: how somebody looks and seems."""
_RANKS = {
    evidence: (evidence in WEAK, place)  # an impression stands behind every paper and every examination
    for place, evidence in enumerate(AgeEvidence)
}
_NONE = (True, len(_RANKS))


def d107_age_established(age: str | None, adult_from: str | None, on: date) -> bool:
    """Whether somebody is established as an adult on a day: found to be one, or a child whose month is over.

    `age` is the result of the last determination, `adult_from` the month (YYYY-MM) in which a child turns eighteen.
    """
    if age == AgeResult.CHILD:
        return adult_from is not None and f"{on:%Y-%m}" > adult_from
    return age == AgeResult.ADULT


def d107_age(person: str | None, established: bool, on: date, field: str = "data.person") -> Problem | None:
    """A procedure for adults asks that age is established. `person` is what the event takes somebody for."""
    if person != Person.ADULT or established or not RULE.bites(on):
        return None
    return RULE.problem(
        field,
        "nobody has established that this person is an adult",
        "treat them as a child, or have their age determined first",
    )


def d107_age_evidence(result: str, evidence: Iterable[str], before: Iterable[str] | None, on: date) -> Problem | None:
    """Somebody is found adult on more than an impression, and on no less than what had shown a child.

    `before` is the evidence of an earlier determination as a child, None where there is none.
    """
    if result != AgeResult.ADULT or not RULE.bites(on):
        return None
    rank = _rank(evidence)
    if rank[0]:
        return RULE.problem(
            "data.evidence",
            "how somebody looks or seems establishes no adult",
            "name a document or an examination; until then the person is presumed a child",
        )
    if before is not None and rank > _rank(before):
        return RULE.problem(
            "data.evidence",
            "stronger evidence has shown that this is a child",
            "name evidence that is as strong, or correct the earlier determination",
        )
    return None


def d107_age_found_child(result: str, treated_as_adult: bool, on: date) -> Breach | None:
    """Who is found to be a child was treated as an adult: child duties start now, and what came before is a finding."""
    if result != AgeResult.CHILD or not treated_as_adult or not RULE.bites(on):
        return None
    return Breach(RULE.id, "breach", "until now this child was treated as an adult; its best interests are open again")


def _rank(evidence: Iterable[str]) -> tuple[bool, int]:
    return min((_RANKS[AgeEvidence(item)] for item in evidence), default=_NONE)

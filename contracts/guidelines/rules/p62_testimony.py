"""P62-TESTIMONY: a child testifies from behind a court screen, by TV link, or by a recording."""

from __future__ import annotations

from datetime import date

from ...decision import Problem
from ...steps_justice import Testimony
from ._rule import Rule

RULE = Rule(
    "P62-TESTIMONY",
    "A child testifies from behind a court screen, by TV link, or by a recording.",
    "Prakas 62; OPSC ¶106, ¶42",
    "text",
    "breach",
    instrument="kh-prakas-62",
)
PROTECTED = frozenset({Testimony.COURT_SCREEN, Testimony.TV_LINK, Testimony.RECORDING})
COUNTRY = "KH"


def p62_testimony(how: Testimony, child: bool, country: str | None, on: date) -> Problem | None:
    """How a child has testified. `country` is that of the office that heard it: the prakas binds Cambodia's courts."""
    if how in PROTECTED or not child or country != COUNTRY or not RULE.bites(on):
        return None
    return RULE.problem(
        "data.how",
        "a child testified without a court screen, a TV link or a recording",
        "let a child testify from behind a screen, by TV link or by a recording",
    )

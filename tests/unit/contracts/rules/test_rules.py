"""What every rule says of itself, and the day from which it holds."""

from __future__ import annotations

from datetime import date

import pytest

from contracts import guidelines
from contracts.guidelines.rules import RULES

BITING = {
    "A2007-MEMBER",
    "A2007-RECEIPT",
    "ACP-FAMILY",
    "C009-FOLLOWUP",
    "CRF-TRANSIT",
    "CUS-FAMILY",
    "CUS-GAP",
    "CUS-HOLDER",
    "CUS-MOVE",
    "CUS-ONE",
    "CUS-TAKEOVER",
    "CUS-TIME",
    "D107-48H",
    "D107-AGE",
    "D107-BEST",
    "D107-DETENTION",
    "D107-INFORMED",
    "D107-RISK",
    "D107-SAFE",
    "D107-STATUS",
    "D107-VIEWS",
    "P62-TESTIMONY",
    "XB-CORRIDOR",
    "XB-COUNTERPART",
    "XB-NEED",
}


def test_every_rule_of_this_release_is_there_and_the_rest_are_the_networks_own() -> None:
    assert RULES.keys() >= BITING
    assert all(rule.startswith("NET-") for rule in RULES.keys() - BITING)


@pytest.mark.parametrize("rule", sorted(RULES))
def test_a_rule_says_what_it_asks_and_where_that_is_written(rule: str) -> None:
    entry = RULES[rule]
    assert entry.asks
    assert entry.source
    assert entry.effect


@pytest.mark.parametrize("rule", sorted(rule.id for rule in RULES.values() if rule.instrument is not None))
def test_a_rule_is_brought_by_the_instrument_that_it_names_and_bites_from_that_day(rule: str) -> None:
    entry = RULES[rule]
    assert entry.instrument is not None
    text = guidelines.instrument(entry.instrument)
    assert entry.id in text.rules
    assert text.since is not None
    assert entry.bites(text.since)
    assert not entry.bites(date.fromordinal(text.since.toordinal() - 1))


def test_a_rule_that_no_instrument_brings_always_holds() -> None:
    assert RULES["CUS-ONE"].bites(date(1999, 1, 1))

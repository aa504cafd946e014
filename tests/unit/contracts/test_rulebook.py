"""The book of rules: every id that the network's guidelines name, no other, each with how it is kept."""

from __future__ import annotations

import pytest

from contracts.guidelines.examples import examples
from contracts.guidelines.rules import RULES
from contracts.rulebook import RuleUnknown, elsewhere, page, rulebook, used

GUIDELINES = {
    *("D107-AGE", "D107-48H", "D107-DETENTION", "D107-SAFE", "D107-CONFIDENTIAL", "D107-RISK"),
    *("D107-INFORMED", "D107-VIEWS", "D107-BEST", "D107-STATUS"),
    *("A2007-MEMBER", "A2007-RECEIPT", "C009-FOLLOWUP", "CRF-TRANSIT", "ACP-FAMILY", "P62-TESTIMONY"),
    *("XB-CORRIDOR", "XB-COUNTERPART", "XB-MODIFY", "XB-NEED"),
    *("CUS-ONE", "CUS-HOLDER", "CUS-MOVE", "CUS-FAMILY", "CUS-TAKEOVER", "CUS-GAP", "CUS-TIME"),
}
"""Every rule of the guidelines; whatever else there is, is a check of the network's own."""
POLICY = {"D107-AGE", "A2007-MEMBER", "C009-FOLLOWUP", "XB-COUNTERPART", "XB-NEED", "CUS-FAMILY", "CUS-TAKEOVER"}
"""Those that refuse, or do something, of which the source says less."""
RECOMMENDED = {"CRF-TRANSIT"}


def test_every_rule_of_the_guidelines_is_in_the_book_and_the_rest_are_the_networks_own() -> None:
    assert set(rulebook()) >= GUIDELINES
    assert all(rule.startswith("NET-") for rule in set(rulebook()) - GUIDELINES)
    assert set(rulebook()) >= set(RULES)


def test_what_a_function_keeps_is_not_said_to_be_kept_elsewhere() -> None:
    twice = sorted({rule.id for rule, _ in elsewhere()} & set(RULES))
    assert twice == [], f"take these out of contracts/guidelines/elsewhere.toml: {', '.join(twice)}"


@pytest.mark.parametrize("rule", sorted(GUIDELINES))
def test_a_rule_is_kept_by_a_function_or_says_how(rule: str) -> None:
    entry = page(rule)
    assert bool(entry.functions) is (entry.kept is None)
    assert bool(used(entry)) is (entry.kept is None)


def test_every_rule_has_an_example_of_both_sides_and_no_example_is_left_over() -> None:
    missing = sorted(set(rulebook()) - set(examples()))
    assert missing == [], f"write these into contracts/guidelines/examples.toml: {', '.join(missing)}"
    assert set(examples()) <= set(rulebook())
    assert all(said.keeps.endswith(".") and said.breaks.endswith(".") for said in examples().values())


@pytest.mark.parametrize("rule", sorted(GUIDELINES))
def test_a_source_that_does_not_state_a_rule_refuses_only_as_policy(rule: str) -> None:
    entry = page(rule).rule
    assert entry.policy or rule not in POLICY
    if entry.basis == "recommendation":
        assert "refuse" not in entry.effect
        assert rule in RECOMMENDED


def test_a_time_that_no_source_states_says_so_wherever_it_is_shown() -> None:
    known = {time.name: time.verified for entry in rulebook().values() for time in entry.times}
    assert known["police-post"]
    assert not known["emergency-assessment"]
    assert not known["receipt_hours"]
    assert {time.where for time in page("CUS-GAP").times} == {"everywhere", "kh-th", "kh-vn", "kh-my"}


def test_an_id_may_be_written_small_and_an_unknown_one_names_the_nearest() -> None:
    assert page(" d107-48h ").rule.id == "D107-48H"
    with pytest.raises(RuleUnknown) as error:
        page("D107-49H")
    assert error.value.nearest[0] == "D107-48H"
    with pytest.raises(RuleUnknown) as error:
        page("rescue")
    assert error.value.nearest


def test_where_a_rule_is_used_is_short_unless_all_of_it_is_asked_for() -> None:
    assert used(page("D107-DETENTION"))[0].startswith("custody: ")
    assert "custody: a deadline" in used(page("CUS-GAP"))
    assert any("handover-released" in place for place in used(page("CUS-GAP"), most=99))
    assert "intake: every event" in used(page("CUS-TIME"))

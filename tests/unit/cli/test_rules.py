"""``safepassage rules``: the list, one rule explained, who is handed what, and what is no rule."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from contracts import need
from contracts.events import EVENTS
from contracts.rulebook import rulebook
from infra.commands.rules import need_rows, rules


def ask(*arguments: str) -> Result:
    return CliRunner().invoke(rules, list(arguments), terminal_width=300)


def test_the_list_has_every_rule_with_its_source_its_effect_and_where_it_is_used() -> None:
    found: dict[str, Any] = {entry["id"]: entry for entry in json.loads(ask("--json").stdout)["rules"]}
    assert list(found) == sorted(rulebook())
    for entry in found.values():
        assert entry["asks"]
        assert entry["source"]
        assert entry["effect"]
        assert entry["kept"] or entry["asked_of"] or entry["deadlines_in"]
    risk = found["D107-RISK"]
    assert (risk["since"], risk["asked_of"], risk["policy"]) == ("2007-12-20", ["custody.handover-offered"], False)
    assert found["CUS-ONE"]["since"] is None
    text = ask()
    assert text.exit_code == 0
    assert all(rule in text.stdout for rule in found)
    assert "refuse (policy)" in text.stdout


def test_one_rule_is_explained_with_its_texts_its_times_and_an_example() -> None:
    said = ask("d107-48h").stdout
    assert said.startswith("D107-48H: ")
    assert "in force since 2007-12-20" in said
    assert "police-post: 48 h, kh-decision-107 (OPSC ¶113.2); stated by the source" in said
    assert "Wednesday at 10:01" in said
    assert "d107_48h.d107_48h" in said


def test_what_no_source_states_is_said() -> None:
    assert "receipt_hours: 72 h, kh-my; no source states this time" in ask("CUS-GAP").stdout
    assert "policy: the network decided so itself" in ask("A2007-MEMBER").stdout
    assert "draft of 2006: it warns and never refuses" in ask("XB-MODIFY").stdout
    assert "known to the month, so from its last day" in ask("XB-CORRIDOR").stdout


@pytest.mark.parametrize("rule", ["D107-CONFIDENTIAL", "XB-MODIFY"])
def test_a_rule_that_no_function_keeps_says_how_it_is_kept(rule: str) -> None:
    assert "  how     By " in ask(rule).stdout
    assert json.loads(ask(rule, "--json").stdout)["kept"]


def test_what_is_no_rule_names_the_nearest() -> None:
    result = ask("D107-49H")
    assert result.exit_code == 2
    assert "no rule has the id 'D107-49H'" in result.stderr
    assert "D107-48H" in result.stderr
    assert json.loads(ask("D107-49H", "--json").stdout)["error"]["code"] == "wrong-use"


def test_need_to_know_is_printed_event_by_event_and_role_by_role() -> None:
    rows = list(need_rows())
    assert {f"{family}.{event}" for family, event, *_ in rows} == {
        f"{kind.family}.{kind.name}" for kind in EVENTS.values()
    }
    for name, roles in need.table().items():
        family, _, event = name.partition(".")
        wanted = {role for entry in roles for role in [entry.partition(":")[0]]}
        assert wanted <= {who for of, what, who, _, level in rows if (of, what, level) == (family, event, "facts")}
    assert ("custody", "handover-offered", "named in to", "any", "facts, and what is sealed to it") in rows
    assert ("intake", "consent-given", "custody.holder", "now", "facts") in rows
    assert ("intake", "consent-given", "custody.holder", "before", "facts") not in rows
    said = ask("need-to-know")
    assert said.exit_code == 0
    assert "directory.oversight" in said.stdout
    assert json.loads(ask("need-to-know", "--json").stdout)["need_to_know"][0].keys() == {
        "family",
        "event",
        "who",
        "stage",
        "what",
    }

"""Which rules are asked of which event is read from the journeys' code; here it is held against what they really do."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, FunctionType
from typing import Any

import pytest

from contracts.guidelines.rules import RULES
from contracts.guidelines.rules import __name__ as RULES_PACKAGE
from contracts.journeys import JOURNEYS
from contracts.journeys.asked import asked, rules_of, running
from infra.simulation.caseload import small
from infra.simulation.chance import Chance
from infra.simulation.faults import Rates
from tests.unit.simulation.walk import Walk

FUNCTIONS = {
    function.__code__: function
    for name, module in list(sys.modules.items())
    if name.startswith(f"{RULES_PACKAGE}.") and not name.endswith("._rule")
    for function in vars(module).values()
    if isinstance(function, FunctionType) and function.__module__ == name
}
"""Every function of a rule, by its code."""
DECISIONS = {journey.decide.__code__ for journey in JOURNEYS.values()}
DEADLINES = {journey.deadlines.__code__: family for family, journey in JOURNEYS.items()}
NET = {rule for rule in RULES if rule.startswith("NET-")}


@contextmanager
def listening() -> Iterator[tuple[set[tuple[str, str]], set[tuple[str, str]]]]:
    """The rules whose functions are called while an event is decided on, and while deadlines are reckoned."""
    decided: set[tuple[str, str]] = set()
    reckoned: set[tuple[str, str]] = set()

    def heard(frame: FrameType, what: str, _: Any) -> None:
        if what != "call" or frame.f_code not in FUNCTIONS:
            return
        rules, outer = rules_of(FUNCTIONS[frame.f_code]), frame.f_back
        while outer is not None:
            if outer.f_code in DEADLINES:
                reckoned.update((DEADLINES[outer.f_code], rule) for rule in rules)
                return
            if outer.f_code in DECISIONS:
                event = outer.f_locals["event"]
                decided.update((event.name, rule) for rule in rules)
                return
            outer = outer.f_back

    sys.setprofile(heard)
    try:
        yield decided, reckoned
    finally:
        sys.setprofile(None)


@pytest.fixture(scope="module")
def called() -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """What is really called over cases of every kind, with much going wrong."""
    rates = Rates(extra=0.05, late=0.5, out_of_order=0.6, against_a_rule=0.6)
    walk = Walk(small({"TH": 2, "VN": 2, "MY": 2}, 3, 3), Chance.of("asked"), rates)
    with listening() as heard:
        for plan in walk.plans():
            walk.walk(plan)
    return heard


def test_a_rule_that_is_called_is_among_those_that_were_read(called: Any) -> None:
    read = {(event, rule) for event, rules in asked().items() for rule in rules}
    assert called[0] - read == set()
    assert len(called[0]) > 100


def test_a_deadline_that_is_reckoned_is_among_those_that_were_read(called: Any) -> None:
    read = {(family, rule) for family, rules in running().items() for rule in rules}
    assert called[1] - read == set()
    assert {"D107-48H", "CUS-GAP", "NET-ANSWER"} <= {rule for _, rule in called[1]}


def test_most_of_what_was_read_is_called_so_that_little_is_said_in_vain(called: Any) -> None:
    """The network's own checks are asked almost everywhere; of the others most are met in the stories."""
    names = {event for event, _ in called[0]}
    read = {(event, rule) for event, rules in asked().items() for rule in rules - NET if event in names}
    assert len(called[0] & read) / len(read) > 0.6, sorted(read - called[0])


@pytest.mark.parametrize("rule", sorted(RULES))
def test_every_rule_is_asked_somewhere(rule: str) -> None:
    assert any(rule in found for found in (*asked().values(), *running().values()))


@pytest.mark.parametrize(
    ("rule", "events"),
    [
        ("A2007-MEMBER", {"custody.handover-offered"}),
        ("A2007-RECEIPT", {"custody.handover-released", "custody.handover-received"}),
        ("NET-CODE", {"intake.report-received"}),
    ],
)
def test_a_rule_is_asked_of_no_event_but_its_own(rule: str, events: set[str]) -> None:
    assert {name for name, found in asked().items() if rule in found} == events

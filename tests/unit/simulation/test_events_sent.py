"""Every event type that an agency may say: the caseload of 2009 sends it, or there is a reason why it does not."""

from __future__ import annotations

from collections import Counter

import pytest

from contracts.events._base import EVENTS
from infra.simulation.act import Act
from infra.simulation.caseload import load
from infra.simulation.chance import Chance
from infra.simulation.plan import Plan
from tests.unit.simulation.walk import Walk, Walked

OF_SERVICES = "deadline-passed"
_SINGLE = "a turn that a single case takes for the worse: a story of its own, and no part of a year's figures"
_CORRECTION = "the replay's agencies make no mistake of their own; what goes wrong in it is sent wrong on purpose"
_JUDGED = "a finding has no place on a replayed case's own clock, so nobody in the replay can answer one at its time"
_TWO_CASES = "speaks of two cases at once, and simulated agencies know one case at a time"
NOT_SENT = {
    "audit.corrected": _CORRECTION,
    "audit.finding-raised": "said by the audit service",
    "audit.finding-answered": _JUDGED,
    "audit.finding-resolved": _JUDGED,
    "audit.finding-reopened": _JUDGED,
    "custody.corrected": _CORRECTION,
    "intake.corrected": _CORRECTION,
    "justice.corrected": _CORRECTION,
    "referral.corrected": _CORRECTION,
    "repatriation.corrected": _CORRECTION,
    "intake.deletion-acknowledged": _CORRECTION,
    "justice.deletion-acknowledged": _CORRECTION,
    "referral.deletion-acknowledged": _CORRECTION,
    "custody.deletion-acknowledged": _CORRECTION,
    "repatriation.deletion-acknowledged": _CORRECTION,
    "custody.died": _SINGLE,
    "custody.taken-over": _SINGLE,
    "custody.dispute-resolved": "needs a dispute, and custody in the replay has none",
    "custody.emergency-placed": "the police of the replay find a shelter with room before the person is moved",
    "custody.emergency-assessed": "follows an emergency move only",
    "intake.shut-out-ordered": _SINGLE,
    "intake.shut-out-lifted": _SINGLE,
    "intake.glass-broken": _SINGLE,
    "intake.glass-reviewed": _SINGLE,
    "intake.cases-linked": _TWO_CASES,
    "intake.cases-unlinked": _TWO_CASES,
    "intake.case-reopened": "a case of the replay is over when it closes: the published figures count it closed",
    "justice.legal-aid-appointed": "no simulated agency gives legal aid",
    "referral.cancel-requested": "who asks for a shelter in the replay still needs it when it is answered",
    "referral.cancel-answered": "follows a request to cancel only",
    "referral.closed": "who is turned away in the replay asks another, and that closes the first request",
    "repatriation.local-solution-decided": "everybody counted as repatriated has returned",
    "repatriation.request-completed": "follows a counterpart that needs more; those of the replay accept",
}
"""Agency event types that no case of 2009 sends, and why."""
SAMPLE = 2


@pytest.fixture(scope="module")
def walked() -> list[Walked]:
    """Every second case of 2009."""
    walk = Walk(load(2009), Chance.of("2009"))
    return [walk.walk(plan) for plan in walk.plans()[::SAMPLE]]


def test_every_event_type_is_sent_or_left_out_for_a_reason(walked: list[Walked]) -> None:
    sent = {act.name for case in walked for act, outcome in case.acts if outcome == "accepted"}
    types = {kind.removeprefix("safepassage.").rpartition(".")[0] for kind in EVENTS}
    said_by_agencies = {name for name in types if not name.endswith(OF_SERVICES)}
    assert sent | NOT_SENT.keys() == said_by_agencies
    assert not sent & NOT_SENT.keys()


def test_what_goes_on_beside_the_way_is_accepted_and_breaks_no_rule(walked: list[Walked]) -> None:
    for case in walked:
        assert [(act.name, refuse.problems) for act, refuse in case.refusals] == []
        assert case.breaches == []


def test_what_goes_on_beside_the_way_is_at_most_two_events_a_case(walked: list[Walked]) -> None:
    beside = Counter(name for case in walked for name in case.names.elements() if _beside(name))
    assert 0 < beside.total() / len(walked) < 2


def test_proceedings_and_consents_are_told_in_their_order(walked: list[Walked]) -> None:
    """A verdict after a testimony after a complaint; every withdrawal acknowledged; who is missed is found."""
    orders = (
        ("justice.complaint-filed", "justice.investigation-opened", "justice.testimony-given", "justice.verdict-given"),
        ("intake.consent-given", "intake.consent-withdrawn", "intake.withdrawal-acknowledged"),
        ("intake.match-asked", "intake.match-answered"),
        ("justice.assistance-requested", "justice.assistance-answered"),
        ("custody.missing-reported", "custody.found"),
    )
    for case in walked:
        at = {event.name: event.time for event in case.accepted}
        for order in orders:
            times = [at[name] for name in order if name in at]
            assert times == sorted(times)
        for asked, answered in (orders[1][1:], *orders[2:]):
            assert case.names[asked] == case.names[answered]


@pytest.mark.parametrize(("seed", "treaty"), [("2009", None), ("2010", "asean-mla")])
def test_legal_assistance_goes_by_the_treaty_once_it_is_in_force(seed: str, treaty: str | None) -> None:
    """OPSC ¶24c: approved on 2010-01-26, and not usable before; until then through the embassies."""
    walk = Walk(load(int(seed)), Chance.of(seed))
    plans: list[Plan] = [plan for plan in walk.plans() if plan.country == "VN" and plan.kind == "repatriation"]
    asked: list[Act] = []
    for plan in plans:
        notes = walk.script.notes(plan, walk.script.finder(plan))
        asked += [act for act in walk.script.opening(plan, notes) if act.name == "justice.assistance-requested"]
    late = [act.data for act in asked if (act.at.month, act.at.day) >= (2, 1)]
    assert late
    assert {data.get("instrument") for data in late} == {treaty}
    assert {data["channel"].value for data in late} == {"diplomatic" if treaty is None else "instrument"}


def _beside(name: str) -> bool:
    return name.startswith(("justice.", "intake.consent", "intake.withdrawal", "intake.match")) or name in (
        "custody.missing-reported",
        "custody.found",
    )

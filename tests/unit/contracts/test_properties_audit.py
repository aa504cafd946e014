"""Findings, driven at random: none goes away, nobody judges itself or is condemned unheard, and there is a way on."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.decision import Accept, Decision, Refuse
from tests.unit.contracts.casework import COUNCIL, POLICE, SHELTER, Case, breaches
from tests.unit.contracts.rules.test_net_finding import raised

CLAIM = ("NET-PARTY", "dispute")
SAYINGS: dict[str, list[dict[str, Any]]] = {
    "finding-answered": [{"reply": "admitted"}, {"reply": "disputed"}, {"reply": "disputed", "grounds": ["not-ours"]}],
    "finding-resolved": [
        {"outcome": outcome, **to}
        for outcome in ("upheld", "withdrawn")
        for to in ({"to": SHELTER}, {"to": POLICE}, {})
    ],
    "finding-reopened": [{"reason": "new-evidence"}, {"reason": "not-remedied", "to": SHELTER}],
    "corrected": [{"corrects": "finding-answered"}, {"corrects": "finding-resolved"}],
}
STEPS = st.sampled_from(list(SAYINGS)).flatmap(
    lambda name: st.tuples(
        st.just(name),
        st.sampled_from((SHELTER, COUNCIL, POLICE)),
        st.sampled_from(SAYINGS[name]),
        st.sampled_from([5, 400, 800]),
    )
)
OWNERS = st.sampled_from([SHELTER, COUNCIL, None])


def resolved(case: Case, finding: str, name: str, data: dict[str, Any]) -> dict[str, Any]:
    if name != "corrected":
        return {"finding": finding, **data}
    latest = {event.type.name: event.id for event in case.events}
    return {"corrects": latest.get(data["corrects"], finding), "reason": "wrong-code"}


@settings(max_examples=300, deadline=None)
@given(OWNERS, st.lists(STEPS, max_size=14))
def test_whatever_is_said_of_a_finding_the_rules_hold(
    owner: str | None, steps: list[tuple[str, str, dict[str, Any], int]]
) -> None:
    case, finding = raised(owner=owner)
    hours = 1.0
    for name, actor, data, wait in steps:
        hours += wait
        for _ in range(2):
            case.wait("audit", hours)
        before = case.state("audit")
        decision = case.tries(actor, f"audit.{name}", hours, resolved(case, finding, name, data), expired=True)
        state = case.state("audit")
        assert type(state).model_validate_json(state.model_dump_json()) == state
        assert state.findings.keys() == {finding}
        old, new = before.findings[finding], state.findings[finding]
        assert (new.owner, new.oversight) == (owner, COUNCIL)
        if isinstance(decision, Refuse) or CLAIM in marks(decision):
            assert state == before
        elif name == "finding-answered":
            assert actor == owner
            assert (old.status, new.status) in {(was, "answered") for was in ("raised", "answered", "unanswered")}
        elif name == "finding-resolved":
            assert actor == COUNCIL != owner
            assert old.heard or data["outcome"] != "upheld" or owner is None
            assert (old.status != "resolved", new.status) == (True, "resolved")
        elif name == "finding-reopened":
            assert actor in (owner, COUNCIL)
            assert (old.status, new.status, new.reopened) == ("resolved", "raised", old.reopened + 1)
        # Somebody's turn, or its time is over and that was said, or it is resolved.
        running = {item.cause for item in case.deadlines("audit")}
        turn = (new.turn or new.raised)[0]
        assert new.status == "resolved" or turn in running | {cause for _, cause in state.passed}
    ends(case, finding, owner, hours)


def marks(decision: Decision) -> set[tuple[str, str]]:
    return breaches(decision) if isinstance(decision, Accept) else set()


def ends(case: Case, finding: str, owner: str | None, hours: float) -> None:
    """From wherever it has come to, a finding can be resolved, unless the only judge is whom it is about."""
    if case.state("audit").findings[finding].status == "resolved" or owner == COUNCIL:
        return
    said = {"finding": finding, "outcome": "withdrawn"} | ({"to": owner} if owner is not None else {})
    assert isinstance(case.tries(COUNCIL, "audit.finding-resolved", hours + 1, said, expired=True), Accept)
    assert case.deadlines("audit") == ()

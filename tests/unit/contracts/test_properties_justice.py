"""Justice, driven at random: its order holds, no fact is lost, strangers move nothing, and there is a way on."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.decision import Accept, Refuse, disputed
from contracts.events import Kind
from tests.unit.contracts.casework import BAR, COURT, POLICE, SHELTER, THAI_POLICE, Case, breaches

NOBODY = "01890a5d-ac96-774b-bcce-b302099a8057"
OFFICES = (POLICE, COURT, THAI_POLICE)
AGENCIES = (*OFFICES, BAR, SHELTER)
PROTECTED = ("court-screen", "tv-link", "recording")
SAYINGS: dict[str, list[dict[str, Any]]] = {
    "complaint-filed": [{"offences": ["trafficking"], "complainant": "victim"}],
    "investigation-opened": [{}, {"complaint": "complaint-filed"}],
    "protective-measures-taken": [{"measures": ["tv-link", "support-person"]}],
    "legal-aid-appointed": [{"provider": BAR}],
    "testimony-scheduled": [{"testimony_at": "2009-06-01T08:00:00Z"}],
    "testimony-given": [{"how": how} for how in (*PROTECTED, "open-court")]
    + [{"how": "open-court", "person": "adult"}, {"how": "tv-link", "scheduled": "testimony-scheduled"}],
    "verdict-given": [{"outcome": "convicted"}, {"outcome": "discontinued"}],
    "assistance-requested": [
        {"to": THAI_POLICE, "kinds": ["evidence"], "channel": "diplomatic"},
        {"to": THAI_POLICE, "kinds": ["evidence"], "channel": "instrument", "instrument": "asean-mla"},
        {"to": POLICE, "kinds": ["evidence"], "channel": "diplomatic"},
    ],
    "assistance-answered": [{"request": "assistance-requested", "answer": "granted"}],
    "corrected": [{"corrects": "verdict-given", "reason": "wrong-code"}],
}
STEPS = st.sampled_from(list(SAYINGS)).flatmap(
    lambda name: st.tuples(
        st.just(name), st.sampled_from(AGENCIES), st.sampled_from(SAYINGS[name]), st.sampled_from([6, 800])
    )
)
ORDER = {"complaint-filed": "complaint", "investigation-opened": "investigation", "verdict-given": "verdict"}


def resolved(case: Case, data: dict[str, Any]) -> dict[str, Any]:
    latest = {event.type.name: event.id for event in case.events}
    return {key: latest.get(value, NOBODY) if str(value) in SAYINGS else value for key, value in data.items()}


@settings(max_examples=250, deadline=None)
@given(st.lists(STEPS, max_size=16))
def test_whatever_is_said_of_proceedings_the_rules_hold(steps: list[tuple[str, str, dict[str, Any], int]]) -> None:
    case, hours = Case(), 0.0
    case.report()
    for name, actor, data, wait in steps:
        hours += wait
        case.wait("justice", hours)
        before = case.state("justice")
        event = case.event(actor, f"justice.{name}", hours, resolved(case, data))
        decision = case.judge(event, expired=True)
        state = case.state("justice")
        assert type(state).model_validate_json(state.model_dump_json()) == state
        if event.type.kind is Kind.FACT:
            assert isinstance(decision, Accept)
            assert (case.events[-1] is event, state.count) == (True, before.count + 1)
        if isinstance(decision, Refuse):
            assert state == before
        elif isinstance(decision, Accept):
            marks = breaches(decision)
            moved(before, state, name, disputed(decision.breaches), marks)
            if name == "testimony-given" and actor in (POLICE, COURT):
                assert (("P62-TESTIMONY", "breach") in marks) == (data["how"] not in PROTECTED)
            if name == "assistance-requested":
                assert data["channel"] == "diplomatic" or event.time.date().isoformat() >= "2010-01-26"
                assert actor in OFFICES
        running = [(deadline.rule, deadline.cause) for deadline in case.deadlines("justice")]
        assert len(set(running)) == len(running)
    ends(case, hours)


def moved(before: Any, state: Any, name: str, claim: bool, marks: set[tuple[str, str]]) -> None:
    """Proceedings move by the step that moves them, said by an office that may say it."""
    if claim:
        assert state == before.model_copy(update={"count": before.count + 1})
    elif name == "verdict-given" and before.stage == "verdict":
        assert ("NET-ORDER", "breach") in marks
        assert state.verdict == before.verdict
    elif name == "complaint-filed" and before.stage == "investigation":
        assert state.stage == "investigation"
    elif name in ORDER:
        assert state.stage == ORDER[name]
    elif name != "corrected":
        assert state.stage == before.stage
    assert (state.stage == "verdict") == (state.verdict is not None)


def ends(case: Case, hours: float) -> None:
    """From wherever they have come to, proceedings go on to a verdict, and every request can be answered."""
    case.says(POLICE, "justice.investigation-opened", hours + 1, {})
    case.says(COURT, "justice.verdict-given", hours + 2, {"outcome": "acquitted"})
    for request, asked in case.state("justice").requests.items():
        if asked.answer is None:
            granted = {"request": request, "answer": "granted"}
            assert isinstance(case.tries(asked.to, "justice.assistance-answered", hours + 3, granted), Accept)
    assert all(asked.answer is not None for asked in case.state("justice").requests.values())

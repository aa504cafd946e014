"""Random returns, legal and not: somebody can always go on, nothing forbidden is accepted, no fact is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.codes import Person
from contracts.decision import Accept, Refuse
from contracts.envelope import Event
from contracts.events import EVENTS, Kind
from contracts.guidelines.rules.c009_followup import EXITS
from contracts.journeys.repatriation import RepatriationState, Turn, turn
from tests.unit.contracts.casework import HEALTH, MINISTRY, POLICE, PROVINCE, THAI, TRANSIT, Case
from tests.unit.contracts.returning import ARRIVED, HEARD, JOINT, MONTH, NOT_HEARD, PLAN, SAFE, VISIT
from tests.unit.contracts.rules.test_xb_counterpart import RETURN, TRAVEL, WAITING
from tests.unit.contracts.rules.test_xb_need import TRACING

ACTORS = (THAI, MINISTRY, PROVINCE, TRANSIT, HEALTH, POLICE)
NOBODY = "0190d7a0-0000-7000-8000-000000000001"
STEPS = {kind.name for kind in EVENTS.values() if kind.family == "repatriation"}
CROSSING = {"from_country": "TH", "to_country": "KH", "crossing": "poipet"}
ADULT = {"person": "adult", "gender": "Feminine"}
TOLD = {"topics": ["repatriation-process"]}

Choice = Callable[[str, Case], dict[str, Any]]


def ask_of(kind: str, case: Case) -> dict[str, Any]:
    """The latest question of a kind, or one that was never asked."""
    asks = [request for request, ask in case.state("repatriation").asks.items() if ask.kind == kind]
    return {"request": asks[-1] if asks else NOBODY}


def last_plan(case: Case) -> dict[str, Any]:
    """The plan, where there is one."""
    plan = case.state("repatriation").plan
    return {"plan": plan.id} if plan is not None else {}


MOVES: dict[str, tuple[str, Callable[[Case], dict[str, Any]]]] = {
    "told": ("intake.child-informed", lambda case: TOLD),
    "told little": ("intake.child-informed", lambda case: {"topics": ["rights"]}),
    "traced": ("repatriation.tracing-requested", lambda case: TRACING | {"answer_by": case.at(9000).isoformat()}),
    "took task": ("repatriation.tracing-answered", lambda case: ask_of("tracing", case) | {"answer": "accepted"}),
    "result": ("repatriation.tracing-answered", lambda case: ask_of("tracing", case) | {"answer": "result"}),
    "heard": ("repatriation.views-heard", lambda case: HEARD),
    "not heard": ("repatriation.views-heard", lambda case: NOT_HEARD),
    "later": ("repatriation.views-heard", lambda case: NOT_HEARD | {"hear_again_on": "2012-01-01"}),
    "safe": ("repatriation.family-assessed", lambda case: SAFE),
    "unsafe": ("repatriation.family-assessed", lambda case: SAFE | {"outcome": "unsafe"}),
    "risk": ("repatriation.risk-assessed", lambda case: JOINT),
    "alone": ("repatriation.risk-assessed", lambda case: {"level": "high"}),
    "best": ("repatriation.best-interests-determined", lambda case: {"solution": "return"}),
    "foster": ("repatriation.best-interests-determined", lambda case: {"solution": "foster"}),
    "grown": ("repatriation.best-interests-determined", lambda case: {"solution": "kin", "person": "adult"}),
    "asked": ("repatriation.requested", lambda case: RETURN | {"to": MINISTRY}),
    "asked for an adult": ("repatriation.requested", lambda case: RETURN | {"to": MINISTRY} | ADULT),
    "yes": ("repatriation.counterpart-answered", lambda case: ask_of("return", case) | {"answer": "accepted"}),
    "no": (
        "repatriation.counterpart-answered",
        lambda case: ask_of("return", case) | {"answer": "declined", "reason": "family-not-found"},
    ),
    "more": (
        "repatriation.counterpart-answered",
        lambda case: ask_of("return", case) | {"answer": "more-needed", "needed": ["consent"]},
    ),
    "completed": (
        "repatriation.request-completed",
        lambda case: ask_of("return", case) | {"given": ["consent"]},
    ),
    "paper": (
        "repatriation.travel-document-issued",
        lambda case: ask_of("return", case) | {"document": "laissez-passer"},
    ),
    "centre": ("repatriation.transit-entered", lambda case: WAITING | ask_of("return", case)),
    "date": ("repatriation.travel-scheduled", lambda case: TRAVEL | {"to": TRANSIT} | ask_of("return", case)),
    "crossed": ("repatriation.border-crossed", lambda case: CROSSING | ask_of("return", case)),
    "back": ("repatriation.received", lambda case: ARRIVED | ask_of("return", case)),
    "unannounced": ("repatriation.received", lambda case: ARRIVED | {"unannounced": True}),
    "local": ("repatriation.local-solution-decided", lambda case: {"solution": "foster"}),
    "plan": ("repatriation.reintegration-planned", lambda case: PLAN),
    "own life": ("repatriation.reintegration-planned", lambda case: PLAN | {"placement": "self"}),
    "visit": ("repatriation.follow-up-made", lambda case: VISIT | last_plan(case)),
    "gone": ("repatriation.follow-up-made", lambda case: VISIT | {"outcome": "not-found"} | last_plan(case)),
    "done": ("repatriation.closed", lambda case: {"exit": "follow-up-done"} | last_plan(case)),
    "died": ("repatriation.closed", lambda case: {"exit": "died"}),
    "own word": ("repatriation.closed", lambda case: {"exit": "own-word"}),
}
WHO = {
    **dict.fromkeys(("traced", "best", "asked", "asked for an adult", "completed", "centre", "date", "local"), THAI),
    **dict.fromkeys(("took task", "result", "risk", "yes", "no", "more", "paper", "plan", "own life"), MINISTRY),
    **dict.fromkeys(("back", "unannounced"), TRANSIT),
    **dict.fromkeys(("visit", "done", "died"), PROVINCE),
}
"""Who usually makes a move; anybody may try."""

moves = st.tuples(
    st.sampled_from(sorted(MOVES)),
    st.one_of(st.none(), st.none(), st.none(), st.sampled_from(ACTORS)),
    st.sampled_from((1.0, 1.0, 30.0, MONTH)),
    st.sampled_from((None, None, POLICE)),
)
stories = st.lists(moves, max_size=30)


def begun() -> Case:
    """A child was reported."""
    case = Case()
    case.report(THAI, post=False)
    return case


def play(case: Case, story: list[tuple[str, str | None, float, str | None]]) -> float:
    """Try every move, in its order; returns the hour at the end."""
    hours = 1.0
    for move, actor, wait, signed in story:
        hours += wait
        case.wait("repatriation", hours)
        name, data = MOVES[move]
        before = case.state("repatriation")
        event = case.event(actor or WHO.get(move, THAI), name, hours, data(case))
        decision = case.judge(event, countersigner=signed, expired=True)
        if event.type.kind is Kind.FACT:
            assert isinstance(decision, Accept), (move, decision)
        elif isinstance(decision, Refuse):
            assert decision.problems
            assert case.state("repatriation") == before
        else:
            allowed(case, event, before, signed)
        sound(case)
    return hours


def allowed(case: Case, event: Event, before: RepatriationState, signed: str | None) -> None:
    """What the tables forbid has not been accepted: told from the events before this one, and nothing else."""
    earlier = [known for known in case.events if known.id != event.id]
    data: dict[str, Any] = event.data.model_dump(mode="json")
    child = data.get("person") != "adult" and before.person is not Person.ADULT
    own = event.family == "repatriation"
    assert not (own and any(known.name == "repatriation.closed" for known in earlier)), "after the closing"
    if event.name == "repatriation.requested" and data["person"] == "child":
        assert any("repatriation-process" in vars(known.data).get("topics", ()) for known in earlier)
    if event.name == "repatriation.best-interests-determined" and child:
        hearings = [known.data.model_dump() for known in earlier if known.name == "repatriation.views-heard"]
        assert any(said["hearing"] == "heard" or said["hear_again_on"] for said in hearings)
        assert data["solution"] != "return" or any(
            vars(known.data).get("with_agency") not in (None, known.actor)
            for known in earlier
            if known.name == "repatriation.risk-assessed"
        )
    if event.name == "repatriation.reintegration-planned" and data["placement"] == "kin":
        said = [known for known in earlier if known.name == "repatriation.family-assessed"]
        found = [known for known in said if known.id not in case.claims]
        assert not found or vars(found[-1].data)["outcome"] != "unsafe"
    if event.name == "repatriation.travel-scheduled":
        answers = [vars(known.data) for known in earlier if known.name == "repatriation.counterpart-answered"]
        assert any((said["request"], said["answer"]) == (data["request"], "accepted") for said in answers)
    if event.name == "repatriation.closed":
        ended(case, event, data, before, earlier, signed)
    if event.actor in (HEALTH, POLICE) and own:
        raise AssertionError(f"{event.name} by a stranger")


def ended(
    case: Case,
    event: Event,
    data: dict[str, Any],
    before: RepatriationState,
    earlier: list[Event],
    signed: str | None,
) -> None:
    """A return was closed by the one who may, after its follow-up or by an exit."""
    assert before.lead in (None, event.actor)
    if data["exit"] in EXITS:
        assert signed not in (None, event.actor)
    elif data["exit"] == "own-word" or before.plan is None:
        assert before.person is Person.ADULT
    else:
        seen = [
            known
            for known in earlier
            if known.name == "repatriation.follow-up-made"
            and known.id not in case.claims
            and vars(known.data)["plan"] in (None, before.plan.id)
            and vars(known.data)["outcome"] == "well"
        ]
        assert len(seen) >= before.plan.follow_up
        assert (max(known.time for known in seen) - before.plan.at).days >= 30 * before.plan.follow_up - 7


def sound(case: Case) -> None:
    """Somebody's turn, or over; what is due is owed by somebody, once; and the state can be stored."""
    state = case.state("repatriation")
    now = turn(state)
    if now is None:
        assert state.closed or not state.steps
    else:
        assert now.agency in ACTORS
        assert now.step in STEPS
        assert not now.verified
    running = case.deadlines("repatriation")
    assert all(item.owed_by in ACTORS for item in running)
    assert len({(item.rule, item.cause) for item in running}) == len(running)
    assert not (state.closed and running)
    assert RepatriationState.model_validate_json(state.model_dump_json()) == state


@settings(max_examples=300, deadline=None)
@given(stories)
def test_nothing_forbidden_is_accepted_and_it_is_always_somebodys_turn(
    story: list[tuple[str, str | None, float, str | None]],
) -> None:
    play(begun(), story)


@settings(max_examples=200, deadline=None)
@given(stories)
def test_whose_turn_it_is_can_bring_the_return_to_its_end(
    story: list[tuple[str, str | None, float, str | None]],
) -> None:
    case = begun()
    hours = play(case, story)
    for _ in range(30):
        now = turn(case.state("repatriation"))
        if now is None:
            break
        hours += MONTH
        go_on(case, now, hours)
    assert turn(case.state("repatriation")) is None


def go_on(case: Case, now: Turn, hours: float) -> None:
    """The step that is owed, with what it builds on; where who owes it only claimed a part, the authority does it."""
    before = len(case.events)
    state: RepatriationState = case.state("repatriation")
    if now.step in ("best-interests-determined", "requested"):
        case.tries(THAI, "repatriation.views-heard", hours, HEARD, expired=True)
        case.tries(MINISTRY, "repatriation.risk-assessed", hours, JOINT, expired=True)
        case.tries(THAI, "intake.child-informed", hours, TOLD, expired=True)
        before = len(case.events)
    live = state.live()
    request = {"request": live[0] if live is not None else ask_of("tracing", case)["request"]}
    said: dict[str, dict[str, Any]] = {
        "tracing-answered": {"request": next_tracing(state), "answer": "result"},
        "best-interests-determined": {"solution": "return"},
        "requested": RETURN | {"to": MINISTRY},
        "counterpart-answered": request | {"answer": "accepted"},
        "request-completed": request | {"given": ["consent"]},
        "travel-document-issued": request | {"document": "laissez-passer"},
        "travel-scheduled": request | TRAVEL | {"to": TRANSIT},
        "received": request | ARRIVED,
        "local-solution-decided": {"solution": "foster"},
        "reintegration-planned": PLAN | {"placement": "foster", "lead": now.agency},
        "follow-up-made": VISIT | last_plan(case),
        "closed": {"exit": "follow-up-done"} | last_plan(case),
    }
    name = f"repatriation.{now.step}"
    assert now.agency is not None
    case.tries(now.agency, name, hours, said[now.step], expired=True)
    if len(case.events) == before or case.events[-1].id in case.claims:
        instead = "local-solution-decided" if now.step == "requested" else now.step
        data = said[instead] | ({"lead": MINISTRY} if instead == "reintegration-planned" else {})
        decision = case.tries(MINISTRY, f"repatriation.{instead}", hours, data, expired=True)
        assert isinstance(decision, Accept), (now, decision)
    assert turn(case.state("repatriation")) != now


def next_tracing(state: RepatriationState) -> str:
    """The tracing request whose answer is owed first."""
    owed = (
        request for request, ask in state.asks.items() if ask.kind == "tracing" and ask.status in ("asked", "accepted")
    )
    return next(owed, NOBODY)

"""Custody under any sequence of steps, legal or not, by anybody: what must hold after every one of them (CUS-ONE)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.codes import Caretaker
from contracts.decision import Accept, Decision, Refuse
from contracts.envelope import Event
from contracts.events import Kind
from contracts.journeys.custody import CustodyState
from tests.unit.contracts.casework import (
    FORCES,
    HEALTH,
    MINISTRY,
    POLICE,
    PROVINCE,
    SHELTER,
    THAI,
    TRANSIT,
    Case,
    breaches,
)
from tests.unit.contracts.test_custody_table import kept, spans, table

NOBODY = "01890a5d-ac96-774b-bcce-b302099a8057"
AGENCIES = (POLICE, FORCES, MINISTRY, SHELTER, PROVINCE, HEALTH, TRANSIT, THAI)
PLACES = ("police-post", "detention-facility", "border-post", "shelter", "hospital", "office", "vehicle", "family-home")
HOMES = tuple(item.value for item in Caretaker if item is not Caretaker.SELF)
_NAMES = (
    "opened handover-offered handover-accepted handover-declined handover-released handover-received handover-failed "
    "emergency-placed emergency-assessed entrusted missing-reported found taken-over dispute-resolved corrected ended "
    "died wait"
)
STEPS = _NAMES.split()

_step = st.tuples(
    st.sampled_from([*STEPS, *STEPS[1:8], "handover", "handover"]),
    st.sampled_from(AGENCIES),
    st.sampled_from(AGENCIES),
    st.sampled_from(PLACES),
    st.integers(0, 40),
    st.integers(-2, 6),
)
Step = tuple[str, str, str, str, int, int]


@dataclass
class Story:
    """A case that goes on by whatever is drawn, and what was decided."""

    case: Case = field(default_factory=Case)
    now: float = 1.0
    decided: list[tuple[Event, CustodyState, Decision]] = field(default_factory=list)

    @property
    def state(self) -> CustodyState:
        state: CustodyState = self.case.state("custody")
        return state

    def tell(self, actor: str, name: str, data: dict[str, Any]) -> None:
        """Something is said and decided on; what it would wait for never comes."""
        event, before = self.case.event(actor, f"custody.{name}", self.now, data), self.state
        self.decided.append((event, before, self.case.judge(event, expired=True)))

    def play(self, step: Step) -> None:
        """One drawn step: by anybody, of anything, an hour or some after the last or even before it."""
        name, actor, to, place, pick, hours = step
        self.now += max(hours, 0) if name in ("opened", "wait") else hours
        self.now = max(self.now, 1.0)
        rightful = self.state.rightful
        giver = rightful[pick % len(rightful)] if rightful else actor
        if name == "wait":
            self.now += pick * 3
            self.case.wait("custody", self.now)
        elif name == "handover":
            self.whole(giver, to, place)
        else:
            by = giver if pick % 3 else actor  # two of three steps are said by one who may say most things
            self.tell(by, name, self.said(name, by, to, place, pick))

    def whole(self, giver: str, to: str, place: str) -> None:
        """A handover as it should be, if it may be."""
        self.tell(giver, "handover-offered", self.said("handover-offered", giver, to, "shelter", 1))
        offer = self.case.step(self.decided[-1][0].id)
        self.tell(to, "handover-accepted", offer)
        self.tell(giver, "handover-released", offer | {"to": to, "condition": "well"})
        self.tell(to, "handover-received", offer | {"from_agency": giver, "condition": "well", "place_kind": place})

    def said(self, name: str, actor: str, to: str, place: str, pick: int) -> dict[str, Any]:
        """What such a step says; it names known and unknown events."""
        state = self.state
        offers, told = [*state.handovers, NOBODY], [*state.senders, NOBODY]
        offer = offers[-1 - pick % len(offers)]
        custody = {"custody": (state.opened or NOBODY) if pick % 11 else NOBODY}
        step = custody | {"handover": offer}
        now = {"place_kind": place, "condition": "well"}
        match name:
            case "opened":
                report = self.case.events[0].id if pick % 4 else NOBODY
                return {"holder": actor, "person": "child", "from_report": report} | now
            case "handover-offered":
                said = {"to": to, "purpose": "shelter", "place_kind": place, "emergency_reason": "disaster"}
                end = {"answer_by": self.case.at(self.now + 3).isoformat()} if pick % 2 else {}
                stay = {"purpose": "temporary-placement", "until": self.case.at(self.now + 9).isoformat()}
                return custody | said | end | (stay if pick % 5 == 0 else {})
            case "handover-accepted":
                return step
            case "handover-declined":
                return step | {"reason": "no-capacity"}
            case "handover-released":
                return step | {"to": to, "condition": "well"}
            case "handover-received":
                return step | {"from_agency": to} | now
            case "handover-failed":
                return step | {"reason": "no-show"}
            case "emergency-placed":
                return custody | {"to": to, "reason": "disaster"} | now
            case "emergency-assessed":
                return custody | {"move": told[-1 - pick % len(told)], "assessment": NOBODY}
            case "entrusted":
                return custody | {"to_kind": HOMES[pick % len(HOMES)]}
            case "missing-reported":
                return custody | {"how": "unknown"}
            case "found":
                return custody | now | ({"carer": to} if pick % 2 else {})
            case "taken-over":
                return custody | {"from_agency": actor, "to": to, "reason": "abuse", **_by(pick)} | now
            case "dispute-resolved":
                carer = {} if state.carer in HOMES and pick % 2 else {"carer": to}
                return custody | {"responsible": actor, "place_kind": place, "basis": ["records"]} | carer
            case "corrected":
                return {"corrects": told[-1 - pick % len(told)], "reason": "entered-in-error"}
            case "ended":
                return custody | {"reason": "duplicate"}
            case _:
                return custody | {"cause": "illness", "place_kind": place}


def _by(pick: int) -> dict[str, str]:
    return {"ordered_by": "referral-authority"} if pick % 2 else {"ordered_by": "court", "paper": "12/09"}


def told(steps: list[Step]) -> Story:
    """A report, perhaps a proper opening, and everything that was drawn."""
    story = Story()
    report = story.case.report(post=False)
    opening = {"holder": POLICE, "person": "child", "place_kind": "police-post", "from_report": report}
    story.tell(POLICE, "opened", opening)
    for step in steps:
        before = story.state
        story.play(step)
        holds(before, story.state)
    return story


def holds(before: CustodyState, state: CustodyState) -> None:
    """What is true of every state, whatever led to it."""
    assert state.carer is not None, "nobody cares"
    assert state.responsible, "nobody answers"
    assert len(set(state.responsible)) == len(state.responsible), "one answers twice"
    assert set(state.claimed) <= {*state.responsible, state.carer}, "a claim of nobody who is there"
    if len(state.responsible) > 1:
        unsettled = any(offer.unreleased and offer.giver in state.responsible for offer in state.handovers.values())
        assert state.claimed or unsettled, "two answer, and nothing is in dispute or on its way"
        assert state.in_dispute, "two answer, and nobody could resolve it"
    assert before.boundary is None or (state.boundary is not None and state.boundary >= before.boundary)
    assert state.holdings[: len(before.holdings)] == before.holdings, "what was recorded has changed"
    assert (state.holdings[-1].carer, state.holdings[-1].responsible) == (state.carer, state.responsible)
    assert {**before.senders, **state.senders} == state.senders, "a fact is lost"


@settings(max_examples=250, deadline=None)
@given(st.lists(_step, max_size=14))
def test_one_cares_and_one_answers_whatever_is_said(steps: list[Step]) -> None:
    told(steps)


@settings(max_examples=150, deadline=None)
@given(st.lists(_step, max_size=14))
def test_no_fact_is_refused_or_lost_and_no_forbidden_proposal_is_accepted(steps: list[Step]) -> None:
    story = told(steps)
    accepted = [event.id for event in story.case.events if event.family == "custody" and not event.header.from_service]
    assert list(story.state.senders) == accepted
    for event, before, decision in story.decided:
        if event.type.kind is Kind.FACT:
            assert isinstance(decision, Accept) or {item.rule for item in _problems(decision)} == {"CUS-TIME"}
        elif isinstance(decision, Accept):
            _permitted(event, before)


def _problems(decision: Decision) -> tuple[Any, ...]:
    assert isinstance(decision, Refuse)
    return decision.problems


def _permitted(event: Event, before: CustodyState) -> None:
    """What must be so of an accepted proposal, read from the tables again and not from the rules."""
    data = event.data.model_dump()
    assert not before.ended
    assert data["custody"] == before.opened
    offer = before.handovers.get(str(data.get("handover")))
    match event.type.name:
        case "handover-offered":
            assert event.actor in before.rightful or (
                event.actor in before.responsible and data["to"] in before.rightful
            )
            assert data["place_kind"] != "detention-facility"
            assert (data["until"] is not None) == (data["purpose"] == "temporary-placement")
            assert (data["to"] == THAI) <= (event.actor == THAI), "a child crosses no border without a determination"
        case "handover-accepted":
            assert offer is not None
            assert (offer.to, offer.status) == (event.actor, "offered")
            assert offer.answer_by is None or event.time <= offer.answer_by
            assert offer.giver in before.responsible
        case "handover-declined":
            assert offer is not None
            assert (offer.to, offer.status) == (event.actor, "offered")
        case _:
            assert event.actor in (MINISTRY, THAI)
            assert before.in_dispute
            assert data["responsible"] in before.parties


@settings(max_examples=150, deadline=None)
@given(st.lists(_step, max_size=10))
def test_every_state_has_an_exit(steps: list[Step]) -> None:
    """However it stands: the authority takes the child over, what is due gets done, and custody comes to an end."""
    story = told(steps)
    if story.state.ended:
        return
    story.now = 1000.0
    story.case.wait("custody", story.now)
    assert len({(item.rule, item.cause) for item in story.case.deadlines("custody")}) == 0
    authority = MINISTRY if any(not party.startswith("th-") for party in story.state.parties) else THAI
    custody = {"custody": story.state.opened}
    holder = story.state.responsible[0]
    to = next(agency for agency in (SHELTER, TRANSIT) if agency != holder)
    taken = {"from_agency": holder, "to": to, "reason": "neglect", "ordered_by": "referral-authority"}
    event = story.case.event(authority, "custody.taken-over", 1001, custody | taken | {"place_kind": "shelter"})
    assert breaches(story.case.judge(event)) <= {("D107-BEST", "breach"), ("XB-NEED", "unproven")}
    assert (story.state.carer, story.state.rightful, story.state.claimed) == (to, (to,), ())
    story.case.wait("custody", 1002)
    offered = story.case.tries(to, "custody.handover-offered", 1002, story.case.offer(to, PROVINCE, 1002))
    assert isinstance(offered, Accept)
    story.case.tries(to, "custody.ended", 1003, custody | {"reason": "duplicate"})
    assert story.state.ended
    assert story.case.deadlines("custody") == ()


@settings(max_examples=150, deadline=None)
@given(st.lists(_step.filter(lambda step: step[0] != "corrected"), max_size=14))
def test_the_auditors_table_comes_to_the_same(steps: list[Step]) -> None:
    """From the events alone, with the claims that their acceptances name; up to the end of the chain."""
    story = told(steps)
    ends = [event for event, before, _ in story.decided if before.ended]
    if ends:
        return  # what is said of a chain after its end is recorded, and is in no table
    state, found = story.state, table(story.case)
    expected = kept(state.holdings, state.boundary if state.ended else None)
    assert _joined(spans(found, "care")) == expected["care"]
    assert _joined(spans(found, "responsibility")) == expected["responsibility"]


def _joined(found: set[tuple[str, datetime, datetime | None]]) -> set[tuple[str, datetime, datetime | None]]:
    """Neighbours of one party as one: what lay between them lasted no time."""
    joined: list[tuple[str, datetime, datetime | None]] = []
    for party, since, until in sorted(found, key=lambda span: (span[0], span[1])):
        if joined and joined[-1][0] == party and joined[-1][2] == since:
            since = joined.pop()[1]
        joined.append((party, since, until))
    return set(joined)


@settings(max_examples=100, deadline=None)
@given(st.lists(_step, max_size=14))
def test_what_is_due_is_due_once_and_for_an_event_of_the_chain(steps: list[Step]) -> None:
    story = told(steps)
    running = [(item.rule, item.cause) for item in story.case.deadlines("custody")]
    assert len(set(running)) == len(running)
    assert {cause for _, cause in running} <= {*story.state.senders, *story.state.handovers}
    assert CustodyState.model_validate_json(story.state.model_dump_json()) == story.state

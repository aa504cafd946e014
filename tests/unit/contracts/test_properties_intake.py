"""Intake, driven at random: whatever is said, the rules hold, no fact is lost, and there is a way on.

What must hold is reckoned here from the accepted events alone, not from the journey's own state.
"""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.decision import Accept, Decision, Refuse, disputed
from contracts.envelope import Event
from contracts.events import Kind
from contracts.identifiers import derived_id
from contracts.journeys.intake import unacknowledged
from contracts.journeys.intake_state import is_adult
from tests.unit.contracts.casework import HEALTH, MINISTRY, POLICE, PROVINCE, SHELTER, START, Case
from tests.unit.contracts.rules.test_d107_status import reported

OTHERS = tuple(derived_id(START, name) for name in ("one", "two"))
NOBODY = "01890a5d-ac96-774b-bcce-b302099a8057"
AGENCIES = (POLICE, MINISTRY, SHELTER, HEALTH, PROVINCE)
PERSONS = st.sampled_from(["child", "adult", None])
RELATIONS = st.sampled_from(["Familial", "Acquainted", None])
GIVERS = st.sampled_from(["child", "self", "parent", "guardian", "representative"])
VICTIM = st.sampled_from(["ActualVictimOfTrafficking", "NotAVictimOfTrafficking"])
EVIDENCE = st.sampled_from(["birth-certificate", "identity-card", "dna", "physical-appearance"])
DIGEST = "A" * 43


def said(**facts: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {key: value if isinstance(value, st.SearchStrategy) else st.just(value) for key, value in facts.items()}
    )


SAYINGS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "screening-recorded": said(
        status="PossibleVictimOfTrafficking",
        organization="Police",
        person=st.sampled_from(["child", "adult"]),
        relationship=RELATIONS,
    ),
    "identification-decided": said(
        status=VICTIM,
        organization="Police",
        person=PERSONS,
        relationship=RELATIONS,
        nationality=st.sampled_from(["VN", "KH", None]),
    ),
    "age-determined": said(
        result=st.sampled_from(["child", "adult", "uncertain"]),
        evidence=st.lists(EVIDENCE, max_size=2),
        adult_from=st.sampled_from(["2007-12", "2008-01", None]),
    ),
    "interim-care-arranged": said(
        guardian="provider",
        legal_status=st.sampled_from(["temporary-stay", "applied-for", "national"]),
        charge=st.booleans(),
        person=PERSONS,
        with_siblings=st.booleans(),
    ),
    "cases-linked": said(
        other_case=st.sampled_from(OTHERS),
        confidence="probable",
        basis=st.sampled_from([["sibling"], ["same-document"]]),
    ),
    "cases-unlinked": said(other_case=st.sampled_from(OTHERS), reason="different-persons"),
    "consent-given": said(scope=["services"], given_by=GIVERS),
    "consent-withdrawn": said(
        consent="consent-given", withdrawn_by=GIVERS, receivers=st.lists(st.sampled_from(AGENCIES), max_size=3)
    ),
    "withdrawal-acknowledged": said(withdrawal="consent-withdrawn", to=st.sampled_from(AGENCIES), done="deleted"),
    "match-asked": said(to=st.sampled_from(AGENCIES), sealed_digest=DIGEST, answer_by="2008-02-01T00:00:00Z"),
    "match-answered": said(
        query="match-asked", to=st.sampled_from(AGENCIES), answer=st.sampled_from(["yes", "no", "maybe"])
    ),
    "corrected": said(corrects=st.sampled_from(["age-determined", "consent-given"]), reason="wrong-code"),
    "case-closed": said(exit="untraceable", status="Closed"),
    "case-reopened": said(reason="person-asks"),
}
"""What may be said. A name of an event in the place of an id is the latest of that name, or nobody's."""
STEPS = st.sampled_from(list(SAYINGS)).flatmap(
    lambda name: st.tuples(st.just(name), st.sampled_from(AGENCIES), SAYINGS[name], st.sampled_from([6, 30, 400]))
)


def resolved(case: Case, data: dict[str, Any]) -> dict[str, Any]:
    latest = {event.type.name: event.id for event in case.events}
    return {
        key: latest.get(value, NOBODY) if isinstance(value, str) and key != "to" and value in SAYINGS else value
        for key, value in data.items()
    }


class Ledger:
    """What has been accepted so far, by right, reckoned anew from the events."""

    def __init__(self, case: Case) -> None:
        self.events = [event for event in case.events if event.id not in case.claims]
        self.facts = [(event, event.data.model_dump(mode="json")) for event in self.events]

    def adult(self, event: Event) -> bool:
        """Whether the last determination that nobody took back says adult, or a child whose month is over."""
        now: dict[str, Any] = {}
        by = ""
        for earlier, data in self.facts:
            if earlier.type.name == "age-determined":
                now, by = data, earlier.id
            elif earlier.type.name == "corrected" and data["corrects"] == by:
                now, by = {}, ""
        month = now.get("adult_from") or "9999-99"
        return now.get("result") == "adult" or (now.get("result") == "child" and f"{event.time:%Y-%m}" > month)

    def familial(self) -> bool:
        """Whether the family is suspected."""
        suspected = False
        for event, data in self.facts:
            relation = data.get("relationship")
            if event.type.name in ("screening-recorded", "identification-decided") and relation == "Familial":
                suspected = True
            elif event.type.name == "identification-decided" and relation is not None:
                suspected = False
        return suspected

    def national(self) -> bool:
        """Whether the last word on nationality says that the person is Cambodian."""
        told = [data["nationality"] for _, data in self.facts if data.get("nationality") is not None]
        return bool(told) and told[-1] == "KH"

    def siblings(self) -> bool:
        """Whether a brother or sister is linked."""
        known: set[str] = set()
        for event, data in self.facts:
            if event.type.name == "cases-linked" and "sibling" in data["basis"]:
                known.add(data["other_case"])
            elif event.type.name == "cases-unlinked":
                known.discard(data["other_case"])
        return bool(known)


def forbidden(ledger: Ledger, event: Event) -> str | None:
    """Why an accepted proposal should have been refused; None when it was rightly accepted."""
    data, name, adult = event.data.model_dump(mode="json"), event.type.name, ledger.adult(event)
    if data.get("person") == "adult" and not adult:
        return "an adult procedure"
    if name == "age-determined" and data["result"] == "adult" and set(data["evidence"]) <= {"physical-appearance"}:
        return "an adult by an impression"
    if name == "interim-care-arranged":
        if data["charge"] and data["legal_status"] == "temporary-stay" and not (adult or ledger.national()):
            return "a charge"
        if ledger.siblings() and not data["with_siblings"] and not adult:
            return "parted"
    if name == "consent-given":
        if data["given_by"] == "parent" and (ledger.familial() or adult):
            return "a suspect parent"
        if data["given_by"] == "self" and not adult:
            return "a child as its own master"
    return None


@settings(max_examples=250, deadline=None)
@given(st.lists(STEPS, max_size=16), st.sampled_from(["child", "adult", "unknown"]))
def test_whatever_is_said_the_rules_hold_and_nothing_is_lost(
    steps: list[tuple[str, str, dict[str, Any], int]], person: str
) -> None:
    case, hours = reported(person=person), 0.0
    for name, actor, data, wait in steps:
        hours += wait
        case.wait("intake", hours)
        before, ledger = case.state("intake"), Ledger(case)
        event = case.event(actor, f"intake.{name}", hours, resolved(case, data))
        decision = case.judge(event, expired=True, countersigner=PROVINCE)
        holds(case, ledger, event, decision, before)
    ends(case, hours)


def holds(case: Case, ledger: Ledger, event: Event, decision: Decision, before: Any) -> None:
    """What is true after every step."""
    state = case.state("intake")
    if event.type.kind is Kind.FACT:
        assert isinstance(decision, Accept)
        assert case.events[-1] is event
    if isinstance(decision, Refuse):
        assert state == before
        assert all(problem.remedy and problem.citation for problem in decision.problems)
    elif isinstance(decision, Accept):
        assert event.type.kind is Kind.FACT or forbidden(ledger, event) is None
        assert not disputed(decision.breaches) or state == before
    assert type(state).model_validate_json(state.model_dump_json()) == state
    running = [(deadline.rule, deadline.cause) for deadline in case.deadlines("intake")]
    assert len(set(running)) == len(running)
    assert not set(running) & set(state.passed)
    for withdrawal in state.withdrawals.values():
        assert set(withdrawal.acknowledged) <= set(withdrawal.receivers)
        assert set(withdrawal.owing) == set(withdrawal.receivers) - set(withdrawal.acknowledged)
    assert is_adult(state, event.time.date()) == Ledger(case).adult(event)
    assert (state.child_since is None) <= (state.presumed == "adult" or state.age == "adult")


def ends(case: Case, hours: float) -> None:
    """From wherever it has come to, a case goes on, and all that is owed can be given."""
    if case.state("intake").closed is not None:
        case.says(POLICE, "intake.case-reopened", hours + 1, {"reason": "found-again"})
    case.says(POLICE, "intake.age-determined", hours + 2, {"result": "uncertain", "evidence": []})
    for withdrawal, agencies in unacknowledged(case.state("intake").withdrawals).items():
        for agency in agencies:
            told = {"withdrawal": withdrawal, "to": case.state("intake").withdrawals[withdrawal].by, "done": "locked"}
            assert isinstance(case.tries(agency, "intake.withdrawal-acknowledged", hours + 3, told), Accept)
    assert unacknowledged(case.state("intake").withdrawals) == {}

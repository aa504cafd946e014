"""A case told step by step, with the agencies that rules ask about: what is decided, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from contracts import need
from contracts.decision import Accept, Context, Deadline, Decision, Park, Refuse, Seen, disputed
from contracts.directory import AgencyEntry, AgreementEntry, Directory, MandateEntry, Statement, entry
from contracts.envelope import Event, compose, read
from contracts.fields import case_code
from contracts.identifiers import derived_id
from contracts.journeys import JOURNEYS, JourneyState
from contracts.journeys.registry import SERVICE_OF

START = datetime(2009, 3, 2, 8, tzinfo=UTC)
POLICE, FORCES, MINISTRY, SHELTER, ELDERLY = "kh-moi-ahtjp", "kh-cmp", "kh-mosvy", "kh-ngo-a", "kh-ngo-b"
PROVINCE, TRANSIT, EMBASSY, HEALTH = "kh-dosvy-12", "kh-transit-poipet", "kh-mfaic", "kh-moh"
THAI, THAI_POLICE, VIET, MALAY, MALAY_EMBASSY = "th-msdhs", "th-rtp", "vn-mps", "my-welfare", "my-mofa"
EXTERNAL = "kh-ext-clinic"
BAR, COURT = "kh-bar", "kh-moj"
COUNCIL = "kh-cncc"

_AGENCIES: dict[str, tuple[str, bool, tuple[str, ...]]] = {
    POLICE: ("KH", True, ("criminal-justice",)),
    FORCES: ("KH", True, ("criminal-justice",)),
    MINISTRY: ("KH", True, ("victim-support", "referral-authority", "repatriation-authority")),
    SHELTER: ("KH", False, ("victim-support", "shelter")),
    ELDERLY: ("KH", False, ("service",)),
    PROVINCE: ("KH", True, ("victim-support", "tracing")),
    TRANSIT: ("KH", True, ("victim-support", "transit")),
    EMBASSY: ("KH", True, ("diplomatic",)),
    HEALTH: ("KH", True, ("service",)),
    BAR: ("KH", False, ("service", "legal-aid")),
    COURT: ("KH", True, ("criminal-justice",)),
    COUNCIL: ("KH", True, ("oversight",)),
    THAI: ("TH", True, ("victim-support", "referral-authority", "repatriation-authority")),
    THAI_POLICE: ("TH", True, ("criminal-justice",)),
    VIET: ("VN", True, ("criminal-justice", "repatriation-authority")),
    MALAY: ("MY", True, ("victim-support",)),
    MALAY_EMBASSY: ("MY", True, ("diplomatic",)),
}


@cache
def directory() -> Directory:
    """Every agency of the table; the shelter's agreement covers children in 2009, to the last day."""
    said: list[Statement] = []
    for agency, (country, state, roles) in _AGENCIES.items():
        said.append(AgencyEntry(agency=agency, names={"en": agency}, country=country, state=state))
        said += [
            MandateEntry.model_validate({"agency": agency, "role": role, "effective_from": date(2000, 1, 1)})
            for role in roles
        ]
    said.append(AgencyEntry(agency=EXTERNAL, names={"en": "x"}, country="KH", state=False, standing="external"))
    first, last = date(2009, 1, 1), date(2009, 12, 31)
    said.append(AgreementEntry(agency=SHELTER, covers=("child-shelter",), effective_from=first, effective_until=last))
    said.append(AgreementEntry(agency=ELDERLY, covers=("elderly-care",), effective_from=first))
    known = Directory()
    for statement in said:
        line = entry(known, statement, START)
        known = known.extend(line, line.body())
    return known


@dataclass
class Case:
    """One case. Hours count from `start`; what is told is judged a minute after it happened, unless said otherwise."""

    start: datetime = START
    states: dict[str, JourneyState] = field(default_factory=dict)
    seen: dict[str, list[Seen]] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    claims: set[str] = field(default_factory=set)
    roles: need.Roles = field(default_factory=dict)
    count: int = 0

    @property
    def id(self) -> str:
        """The case's id."""
        return derived_id(self.start, "case")

    def at(self, hours: float) -> datetime:
        """An instant, that many hours into the case."""
        return self.start + timedelta(hours=hours)

    def state(self, family: str) -> Any:
        """A family's state."""
        return self.states.setdefault(family, JOURNEYS[family].state())

    def deadlines(self, family: str) -> tuple[Deadline, ...]:
        """What runs in a family."""
        return JOURNEYS[family].deadlines(self.state(family))

    def event(self, actor: str, name: str, hours: float, data: dict[str, Any], source: str = "agencies") -> Event:
        """An event that nobody has decided on yet."""
        self.count += 1
        time = self.at(hours)
        body = compose(
            id=derived_id(time, self.id, str(self.count)),
            source=f"/{source}/{actor}",
            type=f"safepassage.{name}.v1",
            subject=self.id,
            time=time,
            data={key: value for key, value in data.items() if value is not None},
        )
        return read(body)

    def judge(
        self,
        event: Event,
        *,
        later: timedelta = timedelta(minutes=1),
        expired: bool = False,
        countersigner: str | None = None,
    ) -> Decision:
        """What the journey says; an accepted event becomes part of the case."""
        journey = JOURNEYS[event.family]
        others = {
            family: tuple(item for item in seen if item.name in journey.followed)
            for family, seen in self.seen.items()
            if family != event.family
        }
        context = Context(directory(), event.time + later, others, expired, countersigner)
        decision = journey.decide(self.state(event.family), event, context)
        if isinstance(decision, Accept):
            self.states[event.family] = journey.evolve(self.state(event.family), event, disputed(decision.breaches))
            seen = self.seen.setdefault(event.family, [])
            if not disputed(decision.breaches):
                data = event.data.model_dump(mode="json", exclude_none=True)
                seen.append(Seen(len(seen) + 1, event.id, event.name, event.actor, event.time, data))
            self.events.append(event)
            self.claims |= {event.id} if disputed(decision.breaches) else set()
            self.roles = need.fold(self.roles, event, decision.breaches)
        return decision

    def tries(self, actor: str, name: str, hours: float, data: dict[str, Any], *, expired: bool = False) -> Decision:
        """The decision on one event."""
        return self.judge(self.event(actor, name, hours, data), expired=expired)

    def says(self, actor: str, name: str, hours: float, data: dict[str, Any], *marks: tuple[str, str]) -> str:
        """An event that must be accepted, with these breaches (rule, code) and no others; returns its id."""
        event = self.event(actor, name, hours, data)
        decision = self.judge(event, expired=bool(marks))
        assert isinstance(decision, Accept), (name, decision)
        assert breaches(decision) == set(marks), (name, decision)
        return event.id

    def passes(self, family: str, deadline: Deadline) -> Decision:
        """The family's service says that a deadline has passed."""
        hours = (deadline.due - self.start) / timedelta(hours=1)
        data = {"rule": deadline.rule, "cause": deadline.cause, "due": deadline.due.isoformat()}
        data |= {"owed_by": deadline.owed_by} if deadline.owed_by is not None else {}
        event = self.event(SERVICE_OF[family], f"{family}.deadline-passed", hours, data, source="services")
        return self.judge(event, expired=True)

    def wait(self, family: str, hours: float) -> None:
        """The family's service lets pass what was due by then."""
        for deadline in self.deadlines(family):
            if deadline.due < self.at(hours):
                self.passes(family, deadline)

    # -- steps that many tests begin with ------------------------------------------------------------------------

    def report(self, actor: str = POLICE, hours: float = 0, *, post: bool = True, person: str = "child") -> str:
        """A report."""
        data = {"channel": "police-rescue", "code": case_code(self.id), "found_country": "KH", "person": person}
        return self.says(actor, "intake.report-received", hours, data | {"at_police_post": post})

    def closes(self, hours: float) -> str:
        """The case is closed, by an exit that a second agency signs; returns the event's id."""
        data = {"exit": "untraceable", "status": "Closed"}
        event = self.event(MINISTRY, "intake.case-closed", hours, data)
        assert breaches(self.judge(event, countersigner=PROVINCE)) == set()
        return event.id

    def told(self, *, to: str = "child") -> Case:
        """The case, reported if it was not, with a person who was told of the process of a return half an hour in."""
        if self.state("intake").report is None:
            self.report(post=False, person=to)
        self.says(
            self.state("intake").reporter, "intake.child-informed", 0.5, {"topics": ["rights", "repatriation-process"]}
        )
        return self

    def opened(
        self, actor: str = POLICE, hours: float = 1, *, person: str = "child", place: str = "police-post"
    ) -> str:
        """A report at the start, and custody opened on it; returns the chain's id."""
        report = self.report(actor, post=False, person=person)
        data = {"holder": actor, "person": person, "place_kind": place, "from_report": report, "condition": "well"}
        return self.says(actor, "custody.opened", hours, data)

    def determined(self, hours: float, actor: str = THAI, **data: Any) -> str:
        """A child is heard, and its best interests are determined, to be the return unless `data` says otherwise."""
        views = self.says(actor, "repatriation.views-heard", hours, {"hearing": "heard", "wish": "return"})
        self.says(actor, "repatriation.risk-assessed", hours, {"level": "low", "with_agency": MINISTRY})
        said = {"solution": "return", "views": views} | data
        return self.says(actor, "repatriation.best-interests-determined", hours, said)

    def offer(self, actor: str, to: str, hours: float, **data: Any) -> dict[str, Any]:
        """What a handover offer says."""
        known = {"purpose": "shelter", "place_kind": "shelter", "to": to, "custody": self.state("custody").opened}
        return known | data

    def offered(self, actor: str, to: str, hours: float, **data: Any) -> str:
        """An accepted offer's id; the police assess a child's risk first, unless they name an emergency."""
        named = {"risk_assessment", "emergency_reason"} & data.keys()
        if actor in (POLICE, FORCES) and self.state("custody").person != "adult" and not named:
            data["risk_assessment"] = self.says(
                actor, "intake.risk-assessed", hours, {"level": "low", "safe_to_move": True}
            )
        return self.says(actor, "custody.handover-offered", hours, self.offer(actor, to, hours, **data))

    def step(self, offer: str, **data: Any) -> dict[str, Any]:
        """What a step of a handover says."""
        return {"custody": self.state("custody").opened, "handover": offer, **data}

    def handover(self, giver: str, to: str, hours: float, place: str = "shelter", **data: Any) -> str:
        """A whole handover, a step each half hour; returns the offer's id."""
        offer = self.offered(giver, to, hours, **data)
        self.says(to, "custody.handover-accepted", hours + 0.5, self.step(offer))
        self.releases(giver, to, offer, hours + 1)
        self.receives(to, giver, offer, hours + 1.5, place)
        return offer

    def releases(self, giver: str, to: str, offer: str, hours: float, *marks: tuple[str, str], **data: Any) -> str:
        """A release."""
        said = self.step(offer, to=to, condition="well") | data
        return self.says(giver, "custody.handover-released", hours, said, *marks)

    def receives(
        self,
        to: str,
        giver: str,
        offer: str,
        hours: float,
        place: str = "shelter",
        *marks: tuple[str, str],
        **data: Any,
    ) -> str:
        """A receipt."""
        said = self.step(offer, from_agency=giver, condition="well", place_kind=place) | data
        return self.says(to, "custody.handover-received", hours, said, *marks)


def breaches(decision: Decision) -> set[tuple[str, str]]:
    """The breaches of an acceptance, as (rule, code)."""
    assert isinstance(decision, Accept), decision
    return {(breach.rule, breach.code) for breach in decision.breaches}


def refused(decision: Decision) -> set[str]:
    """The rules that a proposal was refused for; each says what would be acceptable."""
    assert isinstance(decision, Refuse), decision
    assert all(problem.message and problem.remedy and problem.citation for problem in decision.problems)
    return {problem.rule for problem in decision.problems}


def waits_for(decision: Decision) -> str:
    """What an event waits for."""
    assert isinstance(decision, Park), decision
    return decision.waiting_for

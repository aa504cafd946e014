"""One child of a story: what is said of it, by whom, how many hours after the start; and what is known in the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from contracts.events import EVENTS, Kind
from contracts.fields import case_code
from contracts.identifiers import derived_id
from contracts.messages import Verdict
from contracts.signing import sign_detached
from infra.client.agency import Agency
from infra.kernel.records import COUNTERSIGNATURE, Record
from infra.simulation.world import world
from tests.unit.stories.cast import BORDER, FORCES, KEYS, NAME, POLICE

if TYPE_CHECKING:
    from tests.unit.stories.narrator import Network


@dataclass
class Child:
    """One case, told step by step; hours count from its start."""

    network: Network
    id: str
    start: datetime
    count: int = 0
    chain: str = ""

    def at(self, hours: float) -> datetime:
        """An instant of the story."""
        return self.start + timedelta(hours=hours)

    def until(self, hours: float) -> None:
        """Time passes."""
        self.network.until(self.at(hours))

    def tell(
        self,
        agency: str,
        name: str,
        hours: float,
        /,
        *,
        sealed: tuple[str, tuple[str, ...]] | None = None,
        with_signature_of: str | None = None,
        **data: Any,
    ) -> tuple[str, Verdict]:
        """An agency sends an event; its id, and what it is answered. `sealed`: a kind, and to whom."""
        self.count += 1
        event_id = derived_id(self.at(hours), self.id, str(self.count))
        who = world().agencies[agency]
        made = Agency(agency, KEYS.signer(who.signing_kid)).prepare(
            name,
            event_id=event_id,
            case=self.id,
            time=self.at(hours),
            data=data,
            sealed=(sealed[0], {"name": NAME}, sealed[1]) if sealed is not None else None,
            directory=self.network.registrar.directory,
        )
        headers = [*made.headers]
        if with_signature_of is not None:
            second = sign_detached(made.body, KEYS.signer(world().agencies[with_signature_of].signing_kid))
            headers.append((COUNTERSIGNATURE, second.encode()))
        self.network.count += 1
        record = Record(made.topic, 0, self.network.count, self.id.encode(), made.body, tuple(headers))
        fact = EVENTS[f"safepassage.{name}.v1"].kind is Kind.FACT
        return event_id, self.network.send(record, fact, self.at(hours))

    def says(self, agency: str, name: str, hours: float, /, *marks: tuple[str, str], **data: Any) -> str:
        """An event that is accepted, with these breaches (rule, code) and no others; its id."""
        event_id, verdict = self.tell(agency, name, hours, **data)
        assert verdict.outcome == "accepted", (name, verdict.outcome, verdict.problems, verdict.waiting_for)
        assert {(mark.rule, mark.code) for mark in verdict.breaches} == set(marks), (name, verdict.breaches)
        return event_id

    def refused(self, agency: str, name: str, hours: float, /, **data: Any) -> set[str]:
        """The rules by which an event is refused."""
        _, verdict = self.tell(agency, name, hours, **data)
        assert verdict.outcome == "refused", (name, verdict.outcome)
        return {problem.rule for problem in verdict.problems}

    # -- what many stories have in common ------------------------------------------------------------------------

    def reported(self, agency: str, hours: float = 0, channel: str = "police-rescue", **data: Any) -> str:
        """The report."""
        known: Mapping[str, Any] = {
            "code": case_code(self.id),
            "found_country": "KH",
            "person": "child",
            "at_police_post": False,
        }
        return self.says(agency, "intake.report-received", hours, channel=channel, **{**known, **data})

    def opened(self, agency: str, hours: float, report: str, place: str = "office", **data: Any) -> str:
        """An agency has the child, and answers."""
        known = {"holder": agency, "person": "child", "place_kind": place, "from_report": report}
        self.chain = self.says(agency, "custody.opened", hours, **{**known, **data})
        return self.chain

    def offered(self, giver: str, to: str, hours: float, place: str = "shelter", **data: Any) -> str:
        """An offer; the police assess the risk of a move before."""
        if giver in (POLICE, FORCES, BORDER) and "emergency_reason" not in data:
            data["risk_assessment"] = self.says(giver, "intake.risk-assessed", hours, level="low", safe_to_move=True)
        known = {"custody": self.chain, "to": to, "purpose": "shelter", "place_kind": place}
        return self.says(giver, "custody.handover-offered", hours, **{**known, **data})

    def step(self, offer: str) -> dict[str, Any]:
        """What every step of a handover names."""
        return {"custody": self.chain, "handover": offer}

    def handed_over(
        self, giver: str, to: str, hours: float, place: str = "shelter", *, named: bool = True, **data: Any
    ) -> str:
        """A whole handover, a step each half hour; the identity goes with the release. The offer's id."""
        offer = self.offered(giver, to, hours, place, **data)
        self.says(to, "custody.handover-accepted", hours + 0.5, **self.step(offer))
        sealed = {"sealed": ("identity", (to,))} if named else {}
        self.says(giver, "custody.handover-released", hours + 1, **self.step(offer), to=to, condition="well", **sealed)
        self.received(to, giver, hours + 1.5, offer, place)
        return offer

    def received(self, to: str, giver: str, hours: float, offer: str, place: str, *marks: tuple[str, str]) -> str:
        """A receipt."""
        return self.says(
            to,
            "custody.handover-received",
            hours,
            *marks,
            **self.step(offer),
            from_agency=giver,
            condition="well",
            place_kind=place,
        )

    # -- what is asked in the end --------------------------------------------------------------------------------

    def who(self, kind: str, hours: float) -> set[str]:
        """Who cared (`care`) or answered (`responsibility`) at an instant."""
        spans = [span for span in self.network.table(self.id).spans if span.kind == kind]
        at = self.at(hours)
        return {span.party for span in spans if span.since <= at and (span.until is None or at < span.until)}

    def gaps(self) -> list[str]:
        """The times that nobody explains, each by the name of the event that began it."""
        names = {event.id: event.name for event, _ in self.network.accepted(self.id)}
        return [names[gap.cause] for gap in self.network.table(self.id).gaps]

    @property
    def findings(self) -> set[tuple[str, str]]:
        """What the audit found."""
        return self.network.findings(self.id)

    @property
    def can_read(self) -> dict[str, set[str]]:
        """Who can read what was sealed."""
        return self.network.can_read(self.id)

    def told(self, agency: str) -> set[str]:
        """What an agency was handed."""
        return self.network.told(agency, self.id)

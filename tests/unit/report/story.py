"""Hand-made lines of the audit's streams: a case told event by event, as the audit service would have kept it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from contracts.envelope import compose
from contracts.fields import case_code
from contracts.identifiers import derived_id
from contracts.messages import Acceptance, BreachMark
from contracts.signing import Signer, digest
from infra.report.reader import Reader

START = datetime(2009, 3, 2, 8, tzinfo=UTC)
SIGNER = Signer.from_seed("intake/sig-1", bytes(32))


@dataclass
class Story:
    """One case. `tell` adds an event some hours after the start and gives its id."""

    name: str
    case: str = ""
    lines: list[dict[str, Any]] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)
    sequences: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.case = derived_id(START, self.name)

    def tell(
        self,
        agency: str,
        name: str,
        hours: float,
        data: dict[str, Any],
        *,
        breaches: tuple[tuple[str, str], ...] = (),
        source: str = "agencies",
    ) -> str:
        """Add an accepted event; returns its id."""
        family = name.partition(".")[0]
        time = START + timedelta(hours=hours)
        event = derived_id(time, self.case, agency, name, str(hours))
        body = compose(
            id=event,
            source=f"/{source}/{agency}",
            type=f"safepassage.{name}.v1",
            subject=self.case,
            time=time,
            data=data,
        )
        self.sequences[family] = self.sequences.get(family, 0) + 1
        acceptance = Acceptance(
            service=family,
            digest=digest(body),
            case=self.case,
            family=family,
            sequence=self.sequences[family],
            directory=1,
            rules="r",
            accepted=time,
            recorded=START + timedelta(seconds=len(self.lines)),
            breaches=tuple(BreachMark(rule=rule, code=code) for rule, code in breaches),
        )
        self.digests[event] = digest(body)
        self.lines.append({"index": 0, "body": body.decode(), "jws": "", "acceptance": acceptance.sign(SIGNER)})
        return event

    def report(self, agency: str, found: str, person: str = "child") -> str:
        """A report received."""
        return self.tell(
            agency,
            "intake.report-received",
            0,
            {
                "channel": "police-rescue",
                "code": case_code(self.case),
                "found_country": found,
                "person": person,
                "at_police_post": False,
            },
        )

    def opened(self, agency: str, hours: float, report: str, person: str = "child") -> str:
        """Custody opened."""
        data = {"holder": agency, "person": person, "place_kind": "shelter", "from_report": report}
        return self.tell(agency, "custody.opened", hours, data)

    def handover(self, one: str, other: str, hours: float, custody: str, *, received: bool = True) -> None:
        """A whole handover that takes three hours: offer, acceptance, release, and the receipt if it was sent."""
        offer = {"custody": custody, "to": other, "purpose": "shelter", "place_kind": "shelter"}
        handover = self.tell(one, "custody.handover-offered", hours, offer)
        step = {"custody": custody, "handover": handover}
        self.tell(other, "custody.handover-accepted", hours + 1, step)
        self.tell(one, "custody.handover-released", hours + 2, {**step, "to": other, "condition": "well"})
        if received:
            receipt = {**step, "from_agency": one, "condition": "well", "place_kind": "shelter"}
            self.tell(other, "custody.handover-received", hours + 3, receipt)

    def came_home(self, agency: str, hours: float, country: str) -> str:
        """A person received from a country."""
        data = {"from_country": country, "place_kind": "transit-centre", "condition": "well"}
        return self.tell(agency, "repatriation.received", hours, data)


def reader(*stories: Story, **summary: Any) -> Reader:
    """A reader that has read these stories' events, and a verdict 'accepted' for each that an agency sent."""
    found = Reader(summary)
    for story in stories:
        found.take_events(story.lines)
    found.take_verdicts(
        verdict(place, item.event.digest, event=item.event.id, actor=item.event.actor)
        for place, item in enumerate(found.events)
        if item.by_agency
    )
    return found


def verdict(offset: int, digest: str = "d", outcome: str = "accepted", **said: Any) -> dict[str, Any]:
    """A line of the verdicts."""
    return {
        "topic": "intake.submissions.v1",
        "partition": 0,
        "offset": offset,
        "digest": digest,
        "outcome": outcome,
        "first": None,
        "was_parked": False,
        "case": None,
        "event": None,
        "actor": None,
        "rules": [],
        "reason": None,
        **said,
    }


def sent(offset: int, fault: str | None) -> dict[str, Any]:
    """A line of the journal."""
    return {
        "case": "c",
        "agency": "kh-moi-ahtjp",
        "topic": "intake.submissions.v1",
        "partition": 0,
        "offset": offset,
        "fault": fault,
    }

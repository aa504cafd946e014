"""Who cared for a person and who answered for them, from when to when, derived from the accepted events alone. Pure.

This is the auditor's own reckoning. It does not look at the state that a service keeps (`journeys.custody_state`), so
that the two can be held against each other, and it counts what nobody can explain: gaps and overlaps.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from .custody_chain import Chain, Span, Unexplained
from .envelope import Event
from .guidelines.corridors import limit


@dataclass(frozen=True, slots=True)
class CustodyTable:
    """One person's chain. `opened` None: nobody ever opened it. Minutes are whole."""

    case: str
    child: bool
    opened: datetime | None
    ended: datetime | None
    spans: tuple[Span, ...]
    unexplained: tuple[Unexplained, ...]
    person_minutes: int
    joint_minutes: int

    @property
    def gaps(self) -> tuple[Unexplained, ...]:
        """Times in which nobody says that they have the person."""
        return tuple(item for item in self.unexplained if item.kind == "gap")

    @property
    def overlaps(self) -> tuple[Unexplained, ...]:
        """Times in which two say that they have the person."""
        return tuple(item for item in self.unexplained if item.kind == "overlap")


def custody_table(
    events: Sequence[Event], until: datetime, claims: Collection[str] = frozenset()
) -> CustodyTable | None:
    """The table of one case; None where nobody was reported and no chain opened.

    `events` are the case's accepted events of `intake` and `custody`, each family in its sequence; others are passed
    over, and what its sender has corrected is left out by whoever asks. `until` is the instant up to which an open
    chain is counted; `claims` are the ids of those that their acceptance disputes (`decision.disputed`).
    """
    report = next((event for event in events if event.name == "intake.report-received"), None)
    steps = [event for event in events if event.family == "custody" and not event.header.from_service]
    openings = [event for event in steps if event.name == "custody.opened"]
    if not openings:
        return _never_opened(report, until)
    opening = next((event for event in openings if event.id not in claims), openings[0])
    before = openings[
        : openings.index(opening)
    ]  # opened by no report of this case: one that has a report takes its place
    steps = [event for event in steps if event not in before]
    data = opening.data.model_dump(mode="json")
    holder = str(data["holder"])
    chain = Chain(opening.time, holder, {holder: opening.id}, opening.id, care_since=opening.time, claims=claims)
    chain.since[holder] = opening.time
    _late_opening(chain, report, opening, str(data["person"]) == "child")
    ended: datetime | None = None
    for event in steps:
        if event is not opening and ended is None:
            said = event.data.model_dump(mode="json")
            if _counts(chain, event, said, str(data["person"])):
                chain.boundary = max(chain.boundary, event.time)
                if event.name in ("custody.died", "custody.ended"):
                    ended = chain.boundary
            _step(chain, event, said)
    end = ended or max(until, chain.boundary)
    _close(chain, end, ended)
    return CustodyTable(
        case=opening.case,
        child=data["person"] == "child",
        opened=opening.time,
        ended=ended,
        spans=tuple(chain.spans),
        unexplained=tuple(chain.unexplained),
        person_minutes=_minutes(end - opening.time),
        joint_minutes=_minutes(chain.joint),
    )


def _never_opened(report: Event | None, until: datetime) -> CustodyTable | None:
    if report is None:
        return None
    child = report.data.model_dump(mode="json")["person"] != "adult"
    due = report.time + limit("report_to_custody_hours").time
    gap = (Unexplained("gap", report.time, until, report.id),) if child and until > due else ()
    return CustodyTable(report.case, child, None, None, (), gap, 0, 0)


def _late_opening(chain: Chain, report: Event | None, opening: Event, child: bool) -> None:
    if report is not None and child and opening.time > report.time + limit("report_to_custody_hours").time:
        chain.unexplained.append(Unexplained("gap", report.time, opening.time, report.id))


def _counts(chain: Chain, event: Event, data: dict[str, Any], person: str) -> bool:
    """Whether the chain has come to this event's time by it: a fact, and by somebody who may say it.

    A chain ends by the word of who answers, at a death by the carer's too; an adult's own word ends it always.
    """
    actor, name = _speaker(chain, event), event.type.name
    match name:
        case (
            "opened"
            | "handover-received"
            | "emergency-placed"
            | "entrusted"
            | "found"
            | "taken-over"
            | "dispute-resolved"
        ):
            return True
        case "handover-released":
            return _gives(chain, actor, chain.offers.get(str(data["handover"]), {}), str(data["to"]))
        case "ended" if person == "adult" and data["reason"] == "own-word":
            return True
        case "missing-reported" | "died" | "ended":
            at_hand = name != "ended" and actor == chain.carer
            return actor not in chain.claimed and (actor in chain.answering or at_hand)
        case _:
            return False


def _speaker(chain: Chain, event: Event) -> str:
    """Who says it; a claim counts as its signer's own."""
    return event.actor if event.id in chain.claims else event.data.on_behalf_of or event.actor


def _step(chain: Chain, event: Event, data: dict[str, Any]) -> None:
    at, actor = chain.boundary, _speaker(chain, event)
    offer = chain.offers.get(str(data.get("handover", "")), {})
    match event.type.name:
        case "opened":
            chain.care(str(data["holder"]), at, event.id)
            chain.claim(str(data["holder"]), at, event.id)
            chain.disputed = (at, event.id)
        case "handover-offered":
            chain.offers[event.id] = {"giver": actor, "to": data["to"], "corridor": data.get("corridor")}
        case "handover-failed" if actor in (offer.get("giver"), offer.get("to")):
            offer.pop("released", None)
        case "handover-released":
            _released(chain, event, offer, actor, str(data["to"]))
        case "handover-received":
            _received(chain, event, offer, actor)
        case "emergency-placed":
            if actor in chain.claimed or (actor not in chain.answering and actor != chain.carer):
                chain.claim(str(data["to"]), at, event.id)
            chain.care(str(data["to"]), at, event.id)
        case "entrusted":
            chain.claim(actor, at, event.id)
            chain.care(str(data["to_kind"]), at, event.id)
        case "found":
            carer = str(data.get("carer") or actor)
            if event.id in chain.claims and carer not in chain.answering:
                chain.claimed.add(carer)
            chain.care(carer, at, event.id)
        case "taken-over" if event.id in chain.claims:
            chain.care(str(data["to"]), at, event.id)
            chain.claim(str(data["to"]), at, event.id)
            chain.disputed = (at, event.id)
        case "taken-over":
            chain.care(str(data["to"]), at, event.id)
            chain.answer({str(data["to"])}, at, event.id)
            chain.claimed.clear()
        case "dispute-resolved":
            for held in chain.offers.values():
                if "received" not in held:
                    chain.overdue(held, event.time, event.id)
                    held.pop("released", None)
            chain.care(str(data.get("carer") or chain.carer), at, event.id)
            chain.answer({str(data["responsible"])}, at, event.id)
            chain.claimed.clear()


def _gives(chain: Chain, actor: str, offer: dict[str, Any], to: str) -> bool:
    """Who answers by right may give a person on, a claimant to such a one, and who offered what it offered."""
    givers = chain.answering.keys() if to in chain.rightful else chain.rightful
    return actor in givers or actor == offer.get("giver")


def _released(chain: Chain, event: Event, offer: dict[str, Any], actor: str, to: str) -> None:
    if not _gives(chain, actor, offer, to):
        return
    if not offer:
        offer = chain.offers.setdefault(str(event.data.model_dump()["handover"]), {"giver": actor, "to": to})
    offer["released"] = event.time
    if actor in chain.rightful and to in chain.claimed and to in chain.answering:
        chain.claimed.discard(to)
        offer.setdefault("received", chain.boundary)
        offer["to"] = to
    if "received" in offer and offer["to"] == to != actor and {actor, to} <= chain.answering.keys():
        chain.answer(chain.rightful - {actor} or {to}, chain.boundary, event.id)


def _received(chain: Chain, event: Event, offer: dict[str, Any], actor: str) -> None:
    at = chain.boundary
    rightful = offer.get("to") == actor and "received" not in offer and event.id not in chain.claims
    if rightful:
        chain.claimed.discard(actor)
        offer["received"] = event.time
        chain.overdue(offer, event.time, event.id)
    chain.care(actor, at, event.id)
    if rightful and "released" in offer and offer.get("giver") in chain.answering:
        chain.answer({actor}, at, event.id)
    elif rightful:
        chain.answer({*chain.answering, actor}, at, event.id)
    else:
        chain.claim(actor, at, event.id)
        chain.disputed = (at, event.id)


def _close(chain: Chain, end: datetime, ended: datetime | None) -> None:
    for offer_id, offer in chain.offers.items():
        if "received" not in offer:
            chain.overdue(offer, end, offer_id)
    if chain.disputed is not None:
        chain.unexplained.append(Unexplained("overlap", chain.disputed[0], end, chain.disputed[1]))
    chain.count_joint(end)
    chain.spans.append(Span("care", chain.carer, chain.care_since or end, ended, chain.care_by))
    chain.spans += [
        Span("responsibility", party, chain.since[party], ended, by) for party, by in sorted(chain.answering.items())
    ]


def _minutes(length: timedelta) -> int:
    return int(length.total_seconds() // 60)


__all__ = ["CustodyTable", "Span", "Unexplained", "custody_table"]

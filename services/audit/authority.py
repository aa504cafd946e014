"""On whose authority somebody came into hands, read from the event by which they did. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from contracts.envelope import Event
from contracts.events.custody import (
    EmergencyPlaced,
    Entrusted,
    Found,
    HandoverOffered,
    HandoverReceived,
    HandoverReleased,
    Opened,
    TakenOver,
)
from contracts.events.repatriation import FamilyAssessed, Requested
from contracts.steps import Channel


def authority(event: Event, events: Mapping[str, Event]) -> str:
    """In a few words, why this event moved care or responsibility. `events` are all of the case, by id."""
    data = event.data
    paper = f", paper {data.paper}" if data.paper is not None else ""
    match data:
        case Opened():
            return f"found or reported; {event.actor} took them in{paper}"
        case HandoverReceived() | HandoverReleased():
            return _handover(data.handover, events) + paper
        case TakenOver():
            return f"taken over by order of {data.ordered_by.value} ({data.reason.value}){paper}"
        case EmergencyPlaced():
            return f"emergency: {data.reason.value}{paper}"
        case Entrusted():
            return f"{event.actor} entrusted them to {data.to_kind.value}{_assessed(data.assessment, events)}{paper}"
        case Found():
            return f"found, said by {event.actor}{paper}"
        case _:
            return f"{event.name}, said by {event.actor}{paper}"


def _handover(handover: str, events: Mapping[str, Event]) -> str:
    offer = events.get(handover)
    if offer is None or not isinstance(offer.data, HandoverOffered):
        return "handed over without an offer"
    across = events.get(offer.data.repatriation or "")
    by = _instrument(across) if across is not None else ""
    return f"offered by {offer.actor} for {offer.data.purpose.value}{by}"


def _instrument(request: Event) -> str:
    if not isinstance(request.data, Requested):
        return ""
    if request.data.channel is Channel.DIPLOMATIC:
        return ", through the diplomatic channel"
    return f", under {request.data.instrument}"


def _assessed(assessment: str | None, events: Mapping[str, Event]) -> str:
    found = events.get(assessment or "")
    if found is None or not isinstance(found.data, FamilyAssessed):
        return ""
    return f"; family assessed by {found.actor}: {found.data.outcome.value}"

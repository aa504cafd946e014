"""The state of a custody chain, and how each accepted step changes it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from ..codes import Exit, PlaceKind
from ..envelope import Event
from ..events.custody import (
    Died,
    EmergencyPlaced,
    Ended,
    Entrusted,
    Found,
    HandoverOffered,
    HandoverReceived,
    HandoverReleased,
    MissingReported,
    Opened,
    TakenOver,
)
from ..guidelines.rules.cus_move import cus_move, cus_move_settled
from .base import JourneyState
from .common import passed, speaker


class Handover(BaseModel):
    """One offer and what became of it. `status`: offered, accepted, declined, failed, released, received."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    giver: str
    to: str
    status: str = "offered"
    corridor: str | None = None
    answer_by: datetime | None = None
    condition: str | None = None
    released_at: datetime | None = None
    received_at: datetime | None = None
    received_condition: str | None = None

    @property
    def unreceived(self) -> bool:
        """Released, and not received."""
        return self.released_at is not None and self.received_at is None and self.status != "failed"

    @property
    def unreleased(self) -> bool:
        """Received, and not released."""
        return self.received_at is not None and self.released_at is None


class Holding(BaseModel):
    """From `since` on: who cares (an agency, or a kind of caretaker) and who answers, by which event."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    carer: str
    responsible: tuple[str, ...]
    since: datetime
    by: str


class CustodyState(JourneyState):
    """The chain of one person. `boundary` is the time of the last step, never going back."""

    opened: str | None = None
    person: str | None = None
    responsible: tuple[str, ...] = ()
    carer: str | None = None
    place_kind: str | None = None
    boundary: datetime | None = None
    police_since: datetime | None = None
    police_cause: str | None = None
    handovers: dict[str, Handover] = {}
    holdings: tuple[Holding, ...] = ()
    missing: bool = False
    ended: bool = False


def entitled(state: CustodyState, event: Event) -> bool:
    """Whether who says a step without an offer may say it: who answers; of what happened at hand the carer too.

    An adult's own word ends accompaniment at any time, through whichever agency it is given.
    """
    data, actor = event.data, speaker(event)
    if isinstance(data, Ended) and data.reason is Exit.OWN_WORD and state.person == "adult":
        return True
    at_hand = isinstance(data, EmergencyPlaced | MissingReported | Died)
    return actor in state.responsible or (at_hand and actor == state.carer)


def evolve(state: CustodyState, event: Event) -> CustodyState:
    """The chain after an accepted step. Never refuses: what is accepted has happened.

    Who may not say a step does not end the chain by it: care follows the person, and both answer until it is resolved.
    """
    data, name = event.data, event.type.name
    if name == "deadline-passed":
        return state.model_copy(update={"passed": passed(event, state.passed)})
    if name == "corrected":
        return state
    actor, rightful = speaker(event), entitled(state, event)
    if isinstance(data, Opened):
        return _opened(state, event, data)
    if isinstance(data, HandoverOffered):
        return _offered(state, event, data)
    if isinstance(data, HandoverReleased):
        return _released(state, event, data, actor)
    if isinstance(data, HandoverReceived):
        return _received(state, event, data, actor)
    if isinstance(data, EmergencyPlaced):
        answering = state.responsible if rightful else cus_move(state.responsible, "", data.to, released=False)
        return _move(state, event, data.to, answering, data.place_kind)
    if isinstance(data, Entrusted):
        answering = state.responsible if rightful else cus_move(state.responsible, "", actor, released=False)
        return _move(state, event, data.to_kind.value, answering, PlaceKind.FAMILY_HOME)
    if isinstance(data, TakenOver):
        return _move(state, event, data.to, (data.to,), data.place_kind)
    if isinstance(data, Found):
        found = state.model_copy(update={"missing": False})
        return _move(found, event, data.carer or actor, state.responsible or (actor,), data.place_kind)
    if isinstance(data, MissingReported | Died | Ended) and not rightful:
        return state
    if name == "missing-reported":
        return state.model_copy(update={"missing": True, "boundary": _later(state, event)})
    if name in ("died", "ended"):
        return state.model_copy(update={"ended": True, "boundary": _later(state, event)})
    offer_id = str(vars(data)["handover"])
    offer = state.handovers.get(offer_id)
    if offer is None or actor not in (offer.giver, offer.to):
        return state
    return _handover(state, offer_id, status=name.removeprefix("handover-"))


def _opened(state: CustodyState, event: Event, data: Opened) -> CustodyState:
    if state.opened is not None:
        responsible = cus_move(state.responsible, "", data.holder, released=False)
        return _move(state, event, data.holder, responsible, data.place_kind)
    begun = state.model_copy(update={"opened": event.id, "person": data.person.value})
    if state.carer is not None:
        # Somebody said that they received the person before it was told who opened: the person is there.
        return _move(begun, event, state.carer, tuple(dict.fromkeys((data.holder, *state.responsible))), None)
    return _move(begun, event, data.holder, (data.holder,), data.place_kind)


def _offered(state: CustodyState, event: Event, data: HandoverOffered) -> CustodyState:
    offer = Handover(giver=speaker(event), to=data.to, corridor=data.corridor, answer_by=data.answer_by)
    return state.model_copy(update={"handovers": {**state.handovers, event.id: offer}})


def _released(state: CustodyState, event: Event, data: HandoverReleased, actor: str) -> CustodyState:
    offer = state.handovers.get(data.handover, Handover(giver=actor, to=data.to, status="released"))
    if actor not in (*state.responsible, offer.giver):
        return state
    change: dict[str, Any] = {"released_at": event.time, "condition": data.condition.value}
    changed = state.model_copy(
        update={
            "handovers": {
                **state.handovers,
                data.handover: offer.model_copy(
                    update=change | ({} if offer.received_at is not None else {"status": "released"})
                ),
            }
        }
    )
    if offer.received_at is None or actor not in state.responsible:
        return changed.model_copy(update={"boundary": _later(state, event)})
    return _move(changed, event, state.carer or actor, cus_move_settled(state.responsible, actor, offer.to), None)


def _received(state: CustodyState, event: Event, data: HandoverReceived, actor: str) -> CustodyState:
    offer = state.handovers.get(data.handover, Handover(giver=data.from_agency, to=actor))
    rightful = actor == offer.to and offer.received_at is None
    released = rightful and offer.released_at is not None
    responsible = cus_move(state.responsible, offer.giver, actor, released)
    change: dict[str, Any] = {}
    if rightful:
        change = {"status": "received", "received_at": event.time, "received_condition": data.condition.value}
    kept = {**state.handovers, data.handover: offer.model_copy(update=change)}
    return _move(
        state.model_copy(update={"handovers": kept, "missing": False}), event, actor, responsible, data.place_kind
    )


def _handover(state: CustodyState, offer_id: str, **change: Any) -> CustodyState:
    offer = state.handovers.get(offer_id)
    if offer is None:
        return state
    return state.model_copy(update={"handovers": {**state.handovers, offer_id: offer.model_copy(update=change)}})


def _move(
    state: CustodyState, event: Event, carer: str, responsible: tuple[str, ...], place_kind: PlaceKind | None
) -> CustodyState:
    """Somebody else cares, or answers, or somewhere else, from this step on."""
    since = _later(state, event)
    change: dict[str, Any] = {"carer": carer, "responsible": responsible, "boundary": since}
    if not state.holdings or (state.carer, state.responsible) != (carer, responsible):
        holding = Holding(carer=carer, responsible=responsible, since=since, by=event.id)
        change["holdings"] = (*state.holdings, holding)
    if place_kind is not None:
        change["place_kind"] = place_kind.value
        if place_kind is not PlaceKind.POLICE_POST:
            change |= {"police_since": None, "police_cause": None}
        elif state.police_since is None:
            change |= {"police_since": since, "police_cause": event.id}
    return state.model_copy(update=change)


def _later(state: CustodyState, event: Event) -> datetime:
    return event.time if state.boundary is None else max(event.time, state.boundary)

"""How each accepted step changes a custody chain. Nothing is refused here: what is accepted has happened."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ..codes import PlaceKind
from ..envelope import Event
from ..events.custody import (
    Corrected,
    DeletionAcknowledged,
    Died,
    DisputeResolved,
    EmergencyAssessed,
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
from ..guidelines.rules.d107_safe import UNSAFE
from .common import passed, speaker
from .corrections import noted
from .custody_state import CustodyState, Handover, Holding, Place, Undo, entitled

_PLACE = tuple(Place.model_fields)


def evolve(state: CustodyState, event: Event, disputed: bool = False) -> CustodyState:
    """The chain after an accepted step.

    Who may not say a step does not end the chain by it: care follows the person, and both answer until it is resolved.
    """
    if event.type.name == "deadline-passed":
        return state.model_copy(update={"passed": passed(event, state.passed)})
    state = noted(state, event, disputed)
    known = state.model_copy(update={"senders": {**state.senders, event.id: event.actor}})
    if isinstance(event.data, DeletionAcknowledged):
        return known
    if isinstance(event.data, Corrected):
        return known if disputed else _corrected(known, event, event.data)
    after = _step(known, event, disputed)
    if state.carer is None or all(getattr(state, name) == getattr(after, name) for name in _PLACE):
        return after
    before = Place(**{name: getattr(state, name) for name in _PLACE})
    handovers = {
        offer: handover for offer, handover in state.handovers.items() if after.handovers.get(offer) != handover
    }
    return after.model_copy(update={"undo": Undo(by=event.id, before=before, handovers=handovers)})


def _step(state: CustodyState, event: Event, disputed: bool) -> CustodyState:
    data, name = event.data, event.type.name
    if data.on_behalf_of is not None and not disputed:
        state = state.model_copy(update={"spokesmen": {**state.spokesmen, data.on_behalf_of: event.actor}})
    actor = event.actor if disputed else speaker(event)  # a claim counts as its signer's own
    rightful = entitled(state, event, actor)
    if isinstance(data, Opened):
        return _opened(state, event, data, disputed)
    if isinstance(data, HandoverOffered):
        return _offered(state, event, data)
    if isinstance(data, HandoverReleased):
        return _released(state, event, data, actor)
    if isinstance(data, HandoverReceived):
        return _received(state, event, data, actor, disputed)
    if isinstance(data, EmergencyPlaced):
        if not rightful:
            return _claim(state, event, data.to, data.to, data.place_kind)
        # Until a child has come to a safe place, whoever has it moves it as the police do.
        owing = _owing(state, event, actor) if state.unsafe_since is not None else state
        return _move(owing, event, data.to, state.responsible, data.place_kind)
    if isinstance(data, Entrusted):
        if not rightful:
            return _claim(state, event, data.to_kind.value, actor, PlaceKind.FAMILY_HOME)
        return _move(state, event, data.to_kind.value, state.responsible, PlaceKind.FAMILY_HOME)
    if isinstance(data, TakenOver):
        if disputed:
            return _claim(state, event, data.to, data.to, data.place_kind)
        return _move(_rightful(state, data.to), event, data.to, (data.to,), data.place_kind)
    if isinstance(data, Found):
        return _found(state, event, data, actor, disputed)
    if isinstance(data, DisputeResolved):
        return _resolved(state, event, data)
    if isinstance(data, EmergencyAssessed):
        return state if disputed else _assessed(state, data.move)
    if isinstance(data, MissingReported | Died | Ended) and not rightful:
        return state
    if name == "missing-reported":
        # Nobody can bring the person to a safe place until they are found; then the way there begins anew.
        gone = {"missing": True, "unsafe_since": None, "unsafe_cause": None}
        return state.model_copy(update={**gone, "boundary": _later(state, event)})
    if name in ("died", "ended"):
        return state.model_copy(update={"ended": True, "boundary": _later(state, event)})
    offer_id = str(vars(data)["handover"])
    offer = state.handovers.get(offer_id)
    if offer is None or actor not in (offer.giver, offer.to):
        return state
    change: dict[str, Any] = {"status": name.removeprefix("handover-")}
    if name == "handover-failed" and offer.received_at is None:
        change["released_at"] = None
    moved = state if name == "handover-accepted" else _assessed(state, offer_id)
    return _handover(moved, offer_id, **change)


def _opened(state: CustodyState, event: Event, data: Opened, disputed: bool) -> CustodyState:
    if state.opened is not None and disputed:
        return _claim(state, event, data.holder, data.holder, data.place_kind)
    carer = state.carer if state.opened is None else None
    begun = {"opened": event.id, "from_report": data.from_report, "person": data.person.value}
    claimed = tuple(dict.fromkeys((*state.claimed, *state.responsible)))
    chain = _rightful(state.model_copy(update=begun | {"claimed": claimed}), data.holder)
    responsible = tuple(dict.fromkeys((data.holder, *state.responsible)))
    if carer is not None:
        # Somebody said that they received the person before it was told who opened: the person is there.
        return _move(chain, event, carer, responsible, None)
    return _move(chain, event, data.holder, responsible, data.place_kind)


def _offered(state: CustodyState, event: Event, data: HandoverOffered) -> CustodyState:
    offer = Handover(
        giver=speaker(event),
        to=data.to,
        corridor=data.corridor,
        answer_by=data.answer_by,
        until=data.until,
        determination=data.determination,
    )
    put_off = data.emergency_reason is not None and data.risk_assessment is None
    return _handovers(_owing(state, event, offer.giver) if put_off else state, event.id, offer)


def _released(state: CustodyState, event: Event, data: HandoverReleased, actor: str) -> CustodyState:
    known = state.handovers.get(data.handover)
    if actor not in (*state.givers(data.to), *((known.giver,) if known is not None else ())):
        return state
    offer = known or Handover(giver=actor, to=data.to, status="released")
    change: dict[str, Any] = {"released_at": event.time, "condition": data.condition.value}
    if actor in state.rightful and data.to in state.claimed and data.to in state.responsible:
        # Who answers says that it gave the person to the one who claims to have them: that was the receipt.
        state = _rightful(state, data.to)
        change |= {"status": "received", "received_at": offer.received_at or _later(state, event), "to": data.to}
    elif offer.received_at is None:
        change["status"] = "released"
    offer = offer.model_copy(update=change)
    changed = _handovers(state, data.handover, offer)
    settles = offer.received_at is not None and offer.to == data.to != actor
    if not settles or not {actor, data.to} <= set(state.responsible):
        return changed.model_copy(update={"boundary": _later(state, event)})
    left = cus_move_settled(state.rightful, actor, data.to) or (data.to,)
    return _move(changed, event, state.carer or actor, left, None)


def _received(state: CustodyState, event: Event, data: HandoverReceived, actor: str, disputed: bool) -> CustodyState:
    here = state.model_copy(update={"missing": False})
    offer = state.handovers.get(data.handover)
    if offer is None or disputed or offer.received_at is not None:
        return _claim(here, event, actor, actor, data.place_kind)
    responsible = cus_move(state.responsible, offer.giver, actor, offer.released_at is not None)
    received = {"status": "received", "received_at": event.time, "received_condition": data.condition.value}
    kept = _handovers(_rightful(here, actor), data.handover, offer.model_copy(update=received))
    there = _move(kept, event, actor, responsible, data.place_kind)
    return there if offer.until is None else there.model_copy(update={"temporary": data.handover})


def _resolved(state: CustodyState, event: Event, data: DisputeResolved) -> CustodyState:
    """From here on one answers, by right, and the person is with whom the authority says; what was begun is over."""
    over = {
        offer: handover.model_copy(update={"status": "failed", "released_at": None})
        if handover.unreceived
        else handover
        for offer, handover in state.handovers.items()
    }
    clear = state.model_copy(update={"claimed": (), "handovers": over, "missing": False})
    return _move(clear, event, data.carer or state.carer or data.responsible, (data.responsible,), data.place_kind)


def _corrected(state: CustodyState, event: Event, data: Corrected) -> CustodyState:
    """The last step that moved or ended anything is taken back; so is an offer that nobody has acted on.

    What has been followed by another move is history: the record shows it corrected, and the chain goes on from where
    the person is now.
    """
    offer = state.handovers.get(data.corrects)
    if offer is not None and offer.status in ("offered", "accepted"):
        return _handover(_assessed(state, data.corrects), data.corrects, status="withdrawn")
    undo = state.undo
    if undo is None or undo.by != data.corrects:
        return state
    change = {name: getattr(undo.before, name) for name in _PLACE}
    back = {"handovers": {**state.handovers, **undo.handovers}, "undo": None, "boundary": _later(state, event)}
    after = _assessed(state, data.corrects).model_copy(update=change | back)
    return after.model_copy(update={"holdings": _holdings(state, after, event)})


def _owing(state: CustodyState, event: Event, actor: str) -> CustodyState:
    """An emergency put the assessment of the risk off: it is still to come."""
    return state.model_copy(update={"unassessed": {**state.unassessed, event.id: (actor, event.time)}})


def _assessed(state: CustodyState, move: str) -> CustodyState:
    """The risk of a move has been assessed, or there was no move."""
    left = {other: owed for other, owed in state.unassessed.items() if other != move}
    return state.model_copy(update={"unassessed": left})


def _holdings(state: CustodyState, after: CustodyState, event: Event) -> tuple[Holding, ...]:
    """The holdings, with a new one where somebody else cares or answers."""
    same = state.holdings and (state.carer, state.responsible) == (after.carer, after.responsible)
    if same or after.carer is None or after.boundary is None:
        return state.holdings
    now = Holding(carer=after.carer, responsible=after.responsible, since=after.boundary, by=event.id)
    return (*state.holdings, now)


def _found(state: CustodyState, event: Event, data: Found, actor: str, disputed: bool) -> CustodyState:
    carer, here = data.carer or actor, state.model_copy(update={"missing": False})
    if disputed and carer not in state.responsible:
        here = here.model_copy(update={"claimed": tuple(dict.fromkeys((*state.claimed, carer)))})
    place = None if disputed and state.place_kind is not None else data.place_kind  # a claim ends no stay
    return _move(here, event, carer, state.responsible or (actor,), place)


def _claim(state: CustodyState, event: Event, carer: str, agency: str, place_kind: PlaceKind | None) -> CustodyState:
    """An agency says that it has the person, or gave them to `carer`: it answers too, until it is resolved.

    A claim ends no stay: where the person is goes by those who answer by right.
    """
    if agency not in state.responsible and agency not in state.claimed:
        state = state.model_copy(update={"claimed": (*state.claimed, agency)})
    place = place_kind if state.place_kind is None else None
    return _move(state, event, carer, cus_move(state.responsible, "", agency, released=False), place)


def _rightful(state: CustodyState, agency: str) -> CustodyState:
    """What an agency claimed before, it now has by right."""
    return state.model_copy(update={"claimed": tuple(other for other in state.claimed if other != agency)})


def _handovers(state: CustodyState, offer_id: str, offer: Handover) -> CustodyState:
    return state.model_copy(update={"handovers": {**state.handovers, offer_id: offer}})


def _handover(state: CustodyState, offer_id: str, **change: Any) -> CustodyState:
    offer = state.handovers.get(offer_id)
    return state if offer is None else _handovers(state, offer_id, offer.model_copy(update=change))


def _move(
    state: CustodyState, event: Event, carer: str, responsible: tuple[str, ...], place_kind: PlaceKind | None
) -> CustodyState:
    """Somebody else cares, or answers, or somewhere else, from this step on."""
    since = _later(state, event)
    claimed = tuple(agency for agency in state.claimed if agency in responsible or agency == carer)
    change: dict[str, Any] = {"carer": carer, "responsible": responsible, "claimed": claimed, "boundary": since}
    stay = state.handovers.get(state.temporary or "")
    if stay is not None and (carer == stay.giver or stay.to not in responsible):
        change["temporary"] = None
    if place_kind is not None:
        change["place_kind"] = place_kind.value
        at_post, unsafe = place_kind is PlaceKind.POLICE_POST, place_kind in UNSAFE
        change |= _since("police", at_post, state.police_since, since, event.id)
        change |= _since("unsafe", unsafe, state.unsafe_since, since, event.id)
    after = state.model_copy(update=change)
    return after.model_copy(update={"holdings": _holdings(state, after, event)})


def _since(kind: str, there: bool, already: datetime | None, now: datetime, by: str) -> dict[str, Any]:
    """Since when the person is in places of a kind, without a break, and by which event."""
    if not there:
        return {f"{kind}_since": None, f"{kind}_cause": None}
    return {} if already is not None else {f"{kind}_since": now, f"{kind}_cause": by}


def _later(state: CustodyState, event: Event) -> datetime:
    return event.time if state.boundary is None else max(event.time, state.boundary)

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
    """The chain of one person. `boundary` is the time of the last step, never going back.

    `claimed` are those of `responsible`, or the carer, who are there by a claim alone (`decision.disputed`).
    `spokesmen` says which agency has spoken for one that cannot sign.
    """

    opened: str | None = None
    from_report: str | None = None
    person: str | None = None
    responsible: tuple[str, ...] = ()
    carer: str | None = None
    place_kind: str | None = None
    boundary: datetime | None = None
    police_since: datetime | None = None
    police_cause: str | None = None
    handovers: dict[str, Handover] = {}
    holdings: tuple[Holding, ...] = ()
    claimed: tuple[str, ...] = ()
    spokesmen: dict[str, str] = {}
    missing: bool = False
    ended: bool = False

    @property
    def rightful(self) -> tuple[str, ...]:
        """Those who answer, by more than a claim."""
        return tuple(agency for agency in self.responsible if agency not in self.claimed)

    def givers(self, to: str) -> tuple[str, ...]:
        """Who may give the person to `to`: whoever rightfully answers; a claimant may give back to such a one."""
        return self.responsible if to in self.rightful else self.rightful


def entitled(state: CustodyState, event: Event, actor: str) -> bool:
    """Whether who says a step without an offer may say it: who answers; of what happened at hand the carer too.

    An adult's own word ends accompaniment at any time, through whichever agency it is given.
    """
    data = event.data
    if isinstance(data, Ended) and data.reason is Exit.OWN_WORD and state.person == "adult":
        return True
    at_hand = isinstance(data, EmergencyPlaced | MissingReported | Died)
    return actor not in state.claimed and (actor in state.responsible or (at_hand and actor == state.carer))


def evolve(state: CustodyState, event: Event, disputed: bool = False) -> CustodyState:
    """The chain after an accepted step. Never refuses: what is accepted has happened.

    Who may not say a step does not end the chain by it: care follows the person, and both answer until it is resolved.
    """
    data, name = event.data, event.type.name
    if name == "deadline-passed":
        return state.model_copy(update={"passed": passed(event, state.passed)})
    if name == "corrected":
        return state
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
        return _move(state, event, data.to, state.responsible, data.place_kind)
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
    offer = Handover(giver=speaker(event), to=data.to, corridor=data.corridor, answer_by=data.answer_by)
    return state.model_copy(update={"handovers": {**state.handovers, event.id: offer}})


def _released(state: CustodyState, event: Event, data: HandoverReleased, actor: str) -> CustodyState:
    known = state.handovers.get(data.handover)
    if actor not in (*state.givers(data.to), *((known.giver,) if known is not None else ())):
        return state
    offer = known or Handover(giver=actor, to=data.to, status="released")
    change: dict[str, Any] = {"released_at": event.time, "condition": data.condition.value}
    if actor in state.rightful and data.to in state.claimed and data.to in state.responsible:
        # Who answers says that it gave the person to the one who claims to have them: that was the receipt.
        state = _rightful(state, data.to)
        change |= {"status": "received", "received_at": offer.received_at or _later(state, event)}
    elif offer.received_at is None:
        change["status"] = "released"
    offer = offer.model_copy(update=change)
    changed = _handovers(state, data.handover, offer)
    if offer.received_at is None or actor not in state.responsible:
        return changed.model_copy(update={"boundary": _later(state, event)})
    return _move(changed, event, state.carer or actor, cus_move_settled(state.rightful, actor, data.to), None)


def _received(state: CustodyState, event: Event, data: HandoverReceived, actor: str, disputed: bool) -> CustodyState:
    here = state.model_copy(update={"missing": False})
    offer = state.handovers.get(data.handover)
    if offer is None or disputed or offer.received_at is not None:
        return _claim(here, event, actor, actor, data.place_kind)
    responsible = cus_move(state.responsible, offer.giver, actor, offer.released_at is not None)
    received = {"status": "received", "received_at": event.time, "received_condition": data.condition.value}
    kept = _handovers(_rightful(here, actor), data.handover, offer.model_copy(update=received))
    return _move(kept, event, actor, responsible, data.place_kind)


def _found(state: CustodyState, event: Event, data: Found, actor: str, disputed: bool) -> CustodyState:
    carer, here = data.carer or actor, state.model_copy(update={"missing": False})
    if disputed and carer not in state.responsible:
        here = here.model_copy(update={"claimed": tuple(dict.fromkeys((*state.claimed, carer)))})
    return _move(here, event, carer, state.responsible or (actor,), data.place_kind)


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

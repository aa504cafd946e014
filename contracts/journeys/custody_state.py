"""The state of a custody chain: who cares, who answers, where the person is, and what is still owed."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from ..codes import Caretaker, Exit
from ..envelope import Event
from ..events.custody import Died, EmergencyPlaced, Ended, MissingReported
from .base import JourneyState


class Handover(BaseModel):
    """One offer and what became of it. `status`: offered, accepted, declined, failed, withdrawn, released, received.

    `until` is the end of a temporary placement; `determination` the best interests on which a border may be crossed.
    """

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
    until: datetime | None = None
    determination: str | None = None

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


class Place(BaseModel):
    """How a person stands at an instant: with whom, by whose right, and in what kind of place since when.

    `claimed` are those of `responsible`, or the carer, who are there by a claim alone (`decision.disputed`).
    `police_since` is the arrival at the first of consecutive police posts (D107-48H), `unsafe_since` at the first of
    consecutive unsafe places (D107-SAFE); each with the event that says so. `temporary` is the offer of the temporary
    placement in which the person is.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    responsible: tuple[str, ...] = ()
    carer: str | None = None
    claimed: tuple[str, ...] = ()
    place_kind: str | None = None
    police_since: datetime | None = None
    police_cause: str | None = None
    unsafe_since: datetime | None = None
    unsafe_cause: str | None = None
    temporary: str | None = None
    missing: bool = False
    ended: bool = False


class Undo(BaseModel):
    """How the person stood before the last step that moved or ended anything: a correction of it goes back there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    by: str
    before: Place
    handovers: dict[str, Handover] = {}


class CustodyState(Place, JourneyState):
    """The chain of one person. `boundary` is the time of the last step, never going back.

    `spokesmen` says which agency has spoken for one that cannot sign; `senders` who said each event. `unassessed` are
    the emergency moves whose risk is still to be assessed: of whom, and since when (D107-RISK).
    """

    opened: str | None = None
    from_report: str | None = None
    person: str | None = None
    boundary: datetime | None = None
    handovers: dict[str, Handover] = {}
    holdings: tuple[Holding, ...] = ()
    spokesmen: dict[str, str] = {}
    senders: dict[str, str] = {}
    unassessed: dict[str, tuple[str, datetime]] = {}
    undo: Undo | None = None

    @property
    def child(self) -> bool:
        """Whether child rules hold: for everybody who is not known to be an adult (D107-AGE)."""
        return self.person != "adult"

    @property
    def rightful(self) -> tuple[str, ...]:
        """Those who answer, by more than a claim."""
        return tuple(agency for agency in self.responsible if agency not in self.claimed)

    @property
    def parties(self) -> tuple[str, ...]:
        """The agencies that answer, and the one that cares, by right or by a claim."""
        known = (*self.responsible, *((self.carer,) if self.carer is not None else ()))
        return tuple(dict.fromkeys(agency for agency in known if agency not in frozenset(Caretaker)))

    @property
    def in_dispute(self) -> bool:
        """Whether two answer, or one is there by a claim alone, or the person was given away and never arrived."""
        lost = (offer for offer, handover in self.handovers.items() if handover.unreceived)
        return len(self.responsible) > 1 or bool(self.claimed) or any(("CUS-GAP", it) in self.passed for it in lost)

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

"""What simulated agencies do: a table of reactions, each looking at nothing but what its own agency has been told.

`opening` sets a case off; `on_delivery` and `on_answer` are called with what comes to an agency's mailbox, keep
its notes, and say what it does next. They are pure but for the notes: the same notes and message give the same acts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from contracts.envelope import Event
from contracts.messages import Answer

from . import (
    steps_abroad,
    steps_besides,
    steps_carried,
    steps_outbound,
    steps_police,
    steps_provider,
    steps_receiver,
    steps_return,
    steps_social_affairs,
)
from .act import Act, Notes
from .caseload import Assumptions
from .chance import Chance
from .desk import Desk, Heard, event_id, marker
from .plan import Plan
from .routes import OUTBOUND, ROUTES
from .world import World

Reaction = Callable[[Desk, Heard], list[Act]]
Table = Mapping[str, Reaction]

_ABROAD = frozenset(agency for route in ROUTES.values() for agency in (route.finder, route.holder, route.authority))
_TAKING_BACK = frozenset(agency for route in OUTBOUND.values() for agency in (route.home, route.receiver))
_PARTS: tuple[tuple[Callable[[str], bool], Table], ...] = (
    (lambda agency: agency == "kh-moi-ahtjp", steps_police.REACTIONS),
    (lambda agency: agency in ("kh-mosvy", "kh-mfaic"), steps_social_affairs.MINISTRY),
    (lambda agency: agency.startswith("kh-dosvy-"), steps_social_affairs.DEPARTMENT),
    (lambda agency: agency.startswith("kh-ngo-shelter-"), steps_provider.REACTIONS),
    (lambda agency: agency.startswith("kh-transit-") or agency == "kh-mosvy", steps_receiver.REACTIONS),
    (lambda agency: agency in _ABROAD, steps_abroad.REACTIONS),
    (lambda agency: agency in _ABROAD, steps_return.REACTIONS),
    (lambda agency: agency in ("kh-moi-ahtjp", "kh-mosvy"), steps_besides.REACTIONS),
    (lambda agency: agency in _TAKING_BACK, steps_outbound.REACTIONS),
    (lambda agency: agency == "kh-mosvy", steps_return.REACTIONS),
    (lambda agency: agency.startswith("kh-ngo-shelter-"), steps_carried.REACTIONS),
)
"""Which parts an agency plays; one may play several."""


@dataclass(frozen=True, slots=True)
class Script:
    """The behaviour of every simulated agency, for one seed."""

    chance: Chance
    world: World
    assumptions: Assumptions
    _parts: dict[str, tuple[Table, ...]] = field(default_factory=dict)

    def finder(self, plan: Plan) -> str:
        """The agency that meets a person first."""
        if plan.kind == "carried-over":
            return self.world.shelters_for(plan.home_province)[0]
        if plan.kind == "sent-home":
            return OUTBOUND["VN"].finder
        return "kh-moi-ahtjp" if plan.kind == "in-country" else ROUTES[plan.country].finder

    def notes(self, plan: Plan, agency: str) -> Notes:
        """The empty notes of an agency on a case. Only who meets the person has them before its eyes (the card)."""
        return Notes(agency, plan.case, self._card(plan) if agency == self.finder(plan) else {})

    def opening(self, plan: Plan, notes: Notes) -> list[Act]:
        """What the finder says and plans when it meets the person; `notes` are the finder's own, kept on."""
        desk = Desk(self.chance, self.world, self.assumptions, notes, plan.start)
        if plan.kind == "carried-over":
            return steps_carried.opening(desk)
        return steps_police.opening(desk) if plan.kind == "in-country" else steps_abroad.opening(desk)

    def on_delivery(self, notes: Notes, event: Event, sealed: Mapping[str, Any] | None, now: datetime) -> list[Act]:
        """Note an event that was handed to the agency, and react to it. `sealed` is the content that it could open."""
        heard = Heard.of(event, sealed)
        notes.known[heard.name] = heard.id
        desk = Desk(self.chance, self.world, self.assumptions, notes, now)
        acts: list[Act] = []
        for table in self._tables(notes.agency):
            if heard.name in table:
                acts += table[heard.name](desk, heard)
        return acts

    def on_answer(self, notes: Notes, answer: Answer, event: Event | None, now: datetime) -> list[Act]:
        """Note that an own event was accepted. Nothing is set off by it: the next step is always another's, or planned.

        `event` is the own event of which the answer speaks; None for what was no event.
        """
        if event is not None and answer.outcome == "accepted":
            notes.known[event.name] = event.id
            notes.facts[f"mine {event.id}"] = event.data.model_dump(mode="json", exclude_none=True)
        return []

    def event_id(self, case: str, act: Act) -> str:
        """The id of the event that an act is."""
        return event_id(self.chance, case, act)

    def _tables(self, agency: str) -> tuple[Table, ...]:
        if agency not in self._parts:
            self._parts[agency] = tuple(table for plays, table in _PARTS if plays(agency))
        return self._parts[agency]

    def _card(self, plan: Plan) -> Mapping[str, Any]:
        uncertain = plan.child and self.chance.happens(0.2, plan.case, "age uncertain")
        person = "child" if plan.child else "adult"
        return {
            "person": person,
            "presumed": "unknown" if uncertain else person,
            "gender": plan.gender.value,
            "home_province": plan.home_province,
            "found_province": plan.found_province,
            "incident": plan.incident,
            "marker": marker(self.chance, plan.case),
            "steps": plan.steps,
        }

"""What became of one person, from the accepted events of their case and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from contracts.codes import AgeResult, Person, Presumed
from contracts.events.custody import Opened
from contracts.events.intake import AgeDetermined, ReportReceived
from contracts.events.repatriation import Received

from .lines import Logged
from .year import carried_over

HOME = "KH"
_SERVED = frozenset(
    {"referral.started", "referral.completed", "custody.handover-received", "custody.entrusted"},
)


@dataclass(frozen=True, slots=True)
class Returned:
    """A person was received in the country of return, from another (ISO 3166), as a child or as an adult."""

    country: str
    child: bool


def standing(case: Iterable[Logged]) -> Iterator[Logged]:
    """A case's events without those that their own agency corrects later (EPCIS 2.0: a correction is a new event)."""
    known = list(case)
    corrected = {(item.event.actor, item.event.data.corrects) for item in known}
    return (item for item in known if (item.event.actor, item.event.id) not in corrected)


def returned(case: Sequence[Logged]) -> Returned | None:
    """The return to Cambodia that a case ended in or began with, if there was one."""
    for item in case:
        data = item.event.data
        if isinstance(data, Received) and item.event.actor.startswith(f"{HOME.lower()}-"):
            if data.from_country == HOME:
                continue
            return Returned(data.from_country, is_child(case))
    return None


def sent_home(case: Sequence[Logged]) -> str | None:
    """The country (ISO 3166) whose agency received somebody from Cambodia; None where nobody was."""
    for item in case:
        data = item.event.data
        if isinstance(data, Received) and data.from_country == HOME and not item.event.actor.startswith("kh-"):
            return item.event.actor.partition("-")[0].upper()
    return None


def found_and_served(case: Sequence[Logged]) -> bool:
    """Whether somebody was found within the country, and a provider, a department or a family then took them on.

    Who was found before the network had the case is not counted, and neither is who returned from Cambodia.
    """
    found = any(isinstance(item.event.data, ReportReceived) and item.event.data.found_country == HOME for item in case)
    if carried_over([item.event for item in case]) or sent_home(case) is not None:
        return False
    return found and returned(case) is None and any(item.event.name in _SERVED for item in case)


def under_way(case: Sequence[Logged]) -> bool:
    """Whether a return has begun since the network has the case, nobody has been received, and it is not closed."""
    begun = any(item.event.family == "repatriation" for item in case)
    ended = any(item.event.name in ("repatriation.received", "repatriation.closed") for item in case)
    return begun and not ended and not carried_over([item.event for item in case])


def is_child(case: Sequence[Logged]) -> bool:
    """Whether the person is one: by the last finding on age, else by who took them into care, else by the report.

    An age that is unknown or uncertain is a child's (D107-AGE, OPSC ¶113.1).
    """
    held: bool | None = None
    for item in case:
        data = item.event.data
        if isinstance(data, AgeDetermined):
            return _last_finding(case)
        if isinstance(data, Opened):
            held = data.person is Person.CHILD
        elif isinstance(data, ReportReceived) and held is None:
            held = data.person is not Presumed.ADULT
    return held is not False


def _last_finding(case: Sequence[Logged]) -> bool:
    found = [item for item in case if isinstance(item.event.data, AgeDetermined)]
    last = max(found, key=lambda item: item.acceptance.sequence).event.data
    assert isinstance(last, AgeDetermined)
    return last.result is not AgeResult.ADULT

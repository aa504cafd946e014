"""What the decisions of every family share."""

from __future__ import annotations

from ..decision import Breach, Context, Deadline, Decision, Park, Problem, Refuse, disputed, settle
from ..envelope import Event
from ..events import Kind
from ..guidelines.rules import network
from ..guidelines.rules.cus_time import cus_time_claim, cus_time_late, cus_time_proposal
from .base import park

SERVICE_OF = {
    "intake": "intake",
    "justice": "intake",
    "referral": "referral",
    "custody": "referral",
    "repatriation": "repatriation",
    "audit": "audit",
}
"""Each family and the service that writes it."""


def awaits(context: Context, there: bool, name: str, field: str) -> Park | Problem | None:
    """What must have been accepted first: wait for it, and once the wait is over, say that it never came."""
    if there:
        return None
    return park(context, name) or network.net_order(False, field, name)


def sort_out(
    event: Event, context: Context, found: list[Park | Problem | Breach | None], corridor: str | None = None
) -> Decision:
    """The decision from everything that the rules found: identity first, then waiting, then refusal or breaches.

    Who may say a thing at all is a matter of identity, so a fact is refused for it like a proposal. So is a claim of
    what is still to come: it has not happened, and it would move a chain's time past all that will.
    """
    items = [item for item in found if item is not None]
    problems = [item for item in items if isinstance(item, Problem)]
    false = [item for item in problems if item.rule in network.IDENTITY]
    if false:
        return Refuse(tuple(false))
    waiting = [item for item in items if isinstance(item, Park)]
    if waiting:
        return min(waiting, key=lambda item: (item.until, item.waiting_for))
    breaches = [item for item in items if isinstance(item, Breach)]
    if event.header.from_service:
        return settle(event, problems, breaches)
    if event.type.kind is Kind.FACT:
        late = cus_time_late(event.time, context.accepted, corridor)
        if late is not None and late.code != "late" and disputed((*problems, *breaches)):
            return Refuse((cus_time_claim(),))
        breaches += [late] if late is not None else []
    else:
        off = cus_time_proposal(event.time, context.accepted, context.countersigner is not None, corridor)
        problems += [off] if off is not None else []
    return settle(event, problems, breaches)


def speaker(event: Event) -> str:
    """Who says it: the agency that is spoken for, where there is one, else the signer."""
    return event.data.on_behalf_of or event.actor


def service_own(event: Event) -> Problem | None:
    """Types that only the network's services say, and types that they do not say."""
    own = event.type.name in ("deadline-passed", "finding-raised")
    if own:
        return network.net_service(event.header.from_service, event.actor, SERVICE_OF[event.family])
    if event.header.from_service:
        return network.SERVICE.problem("source", "a service says nothing of this kind", "let the agency say it")
    return None


def overdue(
    event: Event, running: tuple[Deadline, ...], after: tuple[Deadline, ...]
) -> list[Park | Problem | Breach | None]:
    """A breach for each deadline that this event ends although it happened after it was due.

    The deadline itself may not have been called yet: the service was down, or the event came within the grace. `after`
    are the deadlines that run once the event is accepted.
    """
    missed = [deadline for deadline in running if deadline.due < event.time]
    if not missed or event.header.from_service:
        return []
    going_on = {(deadline.rule, deadline.cause) for deadline in after}
    ended = [deadline for deadline in missed if (deadline.rule, deadline.cause) not in going_on]
    return [Breach(deadline.rule, "breach", "this happened after it was due") for deadline in ended]


def passed(event: Event, already: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """The deadlines that have passed, with the one that this event says."""
    data = vars(event.data)
    return (*already, (str(data["rule"]), str(data["cause"])))

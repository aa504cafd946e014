"""Who is shut out of a case, and who has opened it in an emergency: what is asked of such events, and what they change.

Delivery is elsewhere (`need`). Here nothing is refused to somebody for being shut out: that would tell them.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from ..decision import Breach, Context, Deadline, Park, Problem
from ..directory import Role
from ..envelope import Event
from ..events.intake_access import GlassBroken, GlassReviewed, ShutOutLifted, ShutOutOrdered
from ..guidelines.rules import net_glass, net_shut, network
from ..need import orderers
from .common import awaits

Found = list[Park | Problem | Breach | None]
PROTECT: tuple[Role, ...] = (
    "criminal-justice",
    "first-contact",
    "victim-support",
    "referral-authority",
    "repatriation-authority",
    "border",
    "shelter",
    "transit",
    "service",
)
"""The mandates by which an agency may have to protect somebody tonight."""
REVIEW: tuple[Role, ...] = ("referral-authority", "repatriation-authority", "oversight")


class Order(BaseModel):
    """An order about an agency; whether it has been lifted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    agency: str
    lifted: bool = False


class Glass(BaseModel):
    """A case opened by an agency at an instant; who judges it, and how."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    by: str
    at: datetime
    reviewer: str
    review: Literal["upheld", "condemned"] | None = None


class Access(BaseModel):
    """The orders and the broken glasses of a case, by their events."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    orders: dict[str, Order] = {}
    glasses: dict[str, Glass] = {}

    @property
    def shut(self) -> frozenset[str]:
        """Who is shut out now."""
        return frozenset(order.agency for order in self.orders.values() if not order.lifted)


def access(state: Access, event: Event, context: Context) -> Found:
    """What is asked of orders, and of cases opened in an emergency."""
    data, actor, on = event.data, event.actor, event.time.date()
    if isinstance(data, ShutOutOrdered):
        allowed = net_shut.net_shut(actor, orderers(), data.agency)
        if allowed is not None:
            return [allowed]
        secret = net_shut.net_shut_secret(data.agency, data.tells)
        return [secret, net_shut.net_shut_once(data.agency, state.shut)]
    if isinstance(data, ShutOutLifted):
        allowed = net_shut.net_shut(actor, orderers(), data.agency)
        if allowed is not None:
            return [allowed]
        order = state.orders.get(data.order)
        there = awaits(context, order is not None, "intake.shut-out-ordered", "data.order")
        if order is None:
            return [there]
        secret = net_shut.net_shut_secret(data.agency, data.tells)
        return [secret, net_shut.net_shut_lifts(data.agency, order.agency, order.lifted)]
    if isinstance(data, GlassBroken):
        reviews = data.reviewer != actor and _holds(context, data.reviewer, REVIEW, on)
        condemned = any(glass.by == actor and glass.review == "condemned" for glass in state.glasses.values())
        return [net_glass.net_glass(_holds(context, actor, PROTECT, on), reviews, condemned)]
    if isinstance(data, GlassReviewed):
        glass = state.glasses.get(data.glass)
        there = awaits(context, glass is not None, "intake.glass-broken", "data.glass")
        if glass is None:
            return [there]
        return [
            network.net_party(actor, glass.reviewer),
            net_glass.net_glass_judged(data.agency, glass.by, glass.review is not None),
            net_glass.net_glass_condemned(data.review == "condemned"),
        ]
    return []


def _holds(context: Context, agency: str, roles: tuple[Role, ...], on: date) -> bool:
    return any(context.directory.has_role(agency, role, on) for role in roles)


def admitted(state: Access, event: Event) -> Access:
    """The orders and glasses after an accepted event."""
    data = event.data
    orders, glasses = state.orders, state.glasses
    if isinstance(data, ShutOutOrdered):
        orders = {**orders, event.id: Order(agency=data.agency)}
    elif isinstance(data, ShutOutLifted) and data.order in orders:
        orders = {**orders, data.order: orders[data.order].model_copy(update={"lifted": True})}
    elif isinstance(data, GlassBroken):
        glasses = {**glasses, event.id: Glass(by=event.actor, at=event.time, reviewer=data.reviewer)}
    elif isinstance(data, GlassReviewed) and data.glass in glasses:
        judged = glasses[data.glass].model_copy(update={"review": data.review.value})
        glasses = {**glasses, data.glass: judged}
    return Access(orders=orders, glasses=glasses)


def owed(state: Access) -> list[Deadline]:
    """A judgement of each glass that was broken."""
    return [
        net_glass.net_glass_deadline(event, glass.at, glass.reviewer)
        for event, glass in state.glasses.items()
        if glass.review is None
    ]

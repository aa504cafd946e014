"""The event types of the network: one pydantic model a type and version, in one module a family.

`EVENTS` holds them all by their full CloudEvents type; importing this package registers every family.
"""

from . import audit, custody, intake, intake_access, justice, referral, repatriation
from ._base import EVENTS, EventData, EventType, Kind, Named, Party, SpokenOf, event, unknown_members

FAMILIES = ("intake", "justice", "referral", "custody", "repatriation", "audit")
"""The families, each written by one service."""

__all__ = [
    "EVENTS",
    "FAMILIES",
    "EventData",
    "EventType",
    "Kind",
    "Named",
    "Party",
    "SpokenOf",
    "audit",
    "custody",
    "event",
    "intake",
    "intake_access",
    "justice",
    "referral",
    "repatriation",
    "unknown_members",
]

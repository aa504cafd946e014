"""The journeys by family, and the service that writes each."""

from __future__ import annotations

from typing import Any

from . import audit, custody, intake, justice, referral, repatriation
from .base import Journey
from .common import SERVICE_OF

JOURNEYS: dict[str, Journey[Any]] = {
    module.JOURNEY.family: module.JOURNEY for module in (intake, justice, referral, custody, repatriation, audit)
}


def journey(family: str) -> Journey[Any]:
    """The journey of a family; raises `KeyError` for a family that the network does not have."""
    return JOURNEYS[family]


__all__ = ["JOURNEYS", "SERVICE_OF", "journey"]

"""The journeys: for each family of events a state, what is decided on the next event, and how it changes the state.

Pure: the services, the simulation, the audit's second judgement and an agency's own dry run all call these functions.
"""

from __future__ import annotations

from .base import Journey, JourneyState
from .registry import JOURNEYS, journey

__all__ = ["JOURNEYS", "Journey", "JourneyState", "journey"]

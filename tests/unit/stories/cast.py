"""Who plays in the stories: agencies of the simulated world, their keys, and the name that nobody is to read."""

from __future__ import annotations

from datetime import UTC, datetime

from infra.simulation.chance import Chance
from infra.simulation.world import SeededKeys

START = datetime(2009, 3, 2, 19, tzinfo=UTC)
"""Two in the morning of 3 March in Phnom Penh."""
KEYS = SeededKeys(Chance.of("stories"))
POLICE, FORCES, MINISTRY, COUNCIL = "kh-moi-ahtjp", "kh-cmp", "kh-mosvy", "kh-cncc"
SHELTER, NORTH, SOUTH = "kh-ngo-shelter-capital", "kh-ngo-shelter-north", "kh-ngo-shelter-south"
BORDER, TRANSIT, PROVINCE, THAI = "kh-border", "kh-transit-poipet", "kh-dosvy-12", "th-msdhs"
NAME = "Sok Dara"
"""A name that no child of these stories had."""

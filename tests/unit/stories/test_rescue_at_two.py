"""A rescue at two in the morning: the hotline rings, no shelter answers, and the child sleeps somewhere safe."""

from __future__ import annotations

from tests.unit.stories.cast import COUNCIL, MINISTRY, NORTH, POLICE, SHELTER
from tests.unit.stories.narrator import Network


def test_a_rescue_at_two_in_the_morning(network: Network) -> None:
    # Two o'clock. A neighbour rings; the hotline seals the place to the police, who are told at once (XB-NEED).
    child = network.child("rescued at two")
    report = child.reported(
        POLICE,
        channel="hotline",
        urgency="stat",
        responder=MINISTRY,
        sealed_kind="rescue-location",
        sealed=("rescue-location", (MINISTRY,)),
    )
    assert child.can_read == {MINISTRY: {"rescue-location"}}

    # Ten to three. The police have the child, and answer for it.
    child.opened(POLICE, 0.8, report, "vehicle", condition="distressed")
    assert child.who("responsibility", 0.9) == {POLICE}

    # No shelter takes the telephone: whom nobody has offered it to cannot be handed a child with a word.
    # So the child is brought to one that opens its door, before anyone could accept. The assessment is due in 24 h.
    placed = child.says(
        POLICE,
        "custody.emergency-placed",
        1.5,
        custody=child.chain,
        to=SHELTER,
        place_kind="shelter",
        reason="no-safe-place-here",
        condition="distressed",
    )
    assert child.who("care", 2) == {SHELTER}
    assert child.who("responsibility", 2) == {POLICE}

    # In the morning the police assess what they had put off, in time, and offer the child as the rules ask.
    assessed = child.says(POLICE, "intake.risk-assessed", 8, level="medium", safe_to_move=True, offer=placed)
    child.says(POLICE, "custody.emergency-assessed", 8.1, custody=child.chain, move=placed, assessment=assessed)
    child.handed_over(POLICE, SHELTER, 9)
    child.until(72)

    assert child.who("care", 71) == child.who("responsibility", 71) == {SHELTER}
    assert child.gaps() == []
    assert child.findings == set()
    assert child.can_read == {MINISTRY: {"rescue-location"}, SHELTER: {"identity"}}
    # Who had no part in it was told nothing, and oversight nothing but what it is owed.
    assert child.told(NORTH) == child.told(COUNCIL) == set()


def test_an_assessment_that_never_came_is_found(network: Network) -> None:
    child = network.child("placed and forgotten")
    report = child.reported(POLICE, channel="hotline", urgency="stat")
    child.opened(POLICE, 0.8, report, "vehicle")
    child.says(
        POLICE,
        "custody.emergency-placed",
        1.5,
        custody=child.chain,
        to=SHELTER,
        place_kind="shelter",
        reason="no-safe-place-here",
    )
    child.until(48)
    assert child.findings == {("D107-RISK", "breach")}
    assert child.who("responsibility", 47) == {POLICE}
    assert child.who("care", 47) == {SHELTER}
    assert child.gaps() == []

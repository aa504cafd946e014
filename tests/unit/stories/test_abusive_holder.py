"""An abusive holder: a child is taken over from the shelter that hurts it, and the shelter learns nothing more."""

from __future__ import annotations

from tests.unit.stories.cast import COUNCIL, MINISTRY, NORTH, POLICE, SHELTER
from tests.unit.stories.narrator import Network


def test_a_child_is_taken_from_the_shelter_that_hurts_it(network: Network) -> None:
    child = network.child("hurt by its shelter")
    report = child.reported(POLICE)
    child.opened(POLICE, 1, report, "police-post")
    child.handed_over(POLICE, SHELTER, 3)
    assert child.who("care", 10) == child.who("responsibility", 10) == {SHELTER}

    # The child tells its teacher. The ministry shuts the shelter out of the case first, and the shelter is not told.
    before = child.told(SHELTER)
    child.says(MINISTRY, "intake.shut-out-ordered", 100, agency=SHELTER, reason="staff-accused", tells=[COUNCIL])
    # Then it takes the child over at once: nobody asks the holder. What it knows of the child goes to the next one.
    child.says(
        MINISTRY,
        "custody.taken-over",
        101,
        custody=child.chain,
        from_agency=SHELTER,
        to=NORTH,
        reason="holder-accused",
        ordered_by="referral-authority",
        place_kind="shelter",
        condition="minor-injury",
        sealed=("care-notes", (NORTH,)),
    )
    assert child.who("care", 102) == child.who("responsibility", 102) == {NORTH}

    # The shelter says that the child ran away, and that it has it again. Both are in the record, as claims: neither
    # takes the child, or the answer for it, out of the hands that have it.
    child.says(SHELTER, "custody.missing-reported", 103, ("CUS-HOLDER", "dispute"), custody=child.chain, how="ran-away")
    assert child.who("care", 104) == child.who("responsibility", 104) == {NORTH}

    child.says(NORTH, "intake.risk-assessed", 110, level="high", safe_to_move=False, risks=["threats"])
    child.until(200)
    assert child.told(SHELTER) == before, "the accused holder was told something"
    assert child.told(COUNCIL) >= {"intake.shut-out-ordered"}
    # Its name the shelter has had since it accepted the child; what was sealed since, it cannot read.
    assert child.can_read == {SHELTER: {"identity"}, NORTH: {"care-notes"}}
    assert child.gaps() == []
    assert child.findings == {("CUS-HOLDER", "dispute")}

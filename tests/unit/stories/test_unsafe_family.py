"""An unsafe family: the house is not safe, the child is sent there all the same, and it is brought back."""

from __future__ import annotations

from tests.unit.stories.cast import MINISTRY, NORTH, POLICE, PROVINCE, SHELTER
from tests.unit.stories.narrator import Network


def test_a_family_that_is_not_safe(network: Network) -> None:
    child = network.child("of a family that is not safe")
    child.opened(POLICE, 1, child.reported(POLICE), "police-post")
    child.handed_over(POLICE, SHELTER, 3)
    child.says(
        POLICE,
        "intake.screening-recorded",
        5,
        status="PossibleVictimOfTrafficking",
        organization="Police",
        person="child",
        relationship="Familial",
    )

    # The ministry asks the department of her province to look at the house, and it says that it will.
    asked = child.says(
        MINISTRY,
        "referral.requested",
        20,
        to=PROVINCE,
        service="family-assessment",
        urgency="asap",
        person="child",
        answer_by=child.at(48).isoformat(),
    )
    child.says(PROVINCE, "referral.answered", 30, request=asked, answer="accepted", capacity="capacity")

    # The department sees the house. It is not safe, and no plan may put the child there.
    unsafe = child.says(
        PROVINCE,
        "repatriation.family-assessed",
        100,
        outcome="unsafe",
        caretaker="parent",
        risks=["family-involved", "debt"],
    )
    plan = {"lead": PROVINCE, "visit_every": 1, "follow_up": 3}
    assert child.refused(
        MINISTRY, "repatriation.reintegration-planned", 110, **plan, placement="parent", assessment=unsafe
    ) == {"CUS-FAMILY"}

    # The shelter is full, and sends the child home. That has happened: it is recorded, and it is found.
    child.says(
        SHELTER,
        "custody.entrusted",
        120,
        ("CUS-FAMILY", "breach"),
        custody=child.chain,
        to_kind="parent",
        assessment=unsafe,
    )
    assert child.who("care", 121) == {"parent"}
    assert child.who("responsibility", 121) == {SHELTER}, "who sent it home still answers for it"
    assert child.findings == {("CUS-FAMILY", "breach")}

    # The ministry takes the child over from the house and from the shelter, and has an aunt seen instead.
    child.says(
        MINISTRY,
        "custody.taken-over",
        130,
        custody=child.chain,
        from_agency=SHELTER,
        to=NORTH,
        reason="neglect",
        ordered_by="referral-authority",
        place_kind="shelter",
        condition="distressed",
        sealed=("identity", (NORTH,)),
    )
    safe = child.says(PROVINCE, "repatriation.family-assessed", 200, outcome="safe", caretaker="kin")
    child.says(PROVINCE, "repatriation.views-heard", 201, hearing="heard", wish="stay")
    child.says(MINISTRY, "repatriation.best-interests-determined", 202, solution="kin", family_assessment=safe)
    child.says(MINISTRY, "repatriation.reintegration-planned", 203, **plan, placement="kin", assessment=safe)
    child.says(NORTH, "custody.entrusted", 210, custody=child.chain, to_kind="kin", assessment=safe)
    child.until(240)

    assert child.who("care", 239) == {"kin"}
    assert child.who("responsibility", 239) == {NORTH}
    assert child.gaps() == []
    assert child.findings == {("CUS-FAMILY", "breach")}
    assert child.can_read == {SHELTER: {"identity"}, NORTH: {"identity"}}
    # From whom the child was taken, hears nothing of where it lives now.
    assert "custody.taken-over" not in child.told(SHELTER)
    assert "custody.entrusted" not in child.told(SHELTER)

"""A lapsed shelter: its agreement ends while children are there and on their way, and each keeps somebody."""

from __future__ import annotations

from datetime import date

from contracts.directory import AgreementEntry, MandateEntry
from tests.unit.stories.cast import MINISTRY, NORTH, POLICE
from tests.unit.stories.narrator import Network

LAPSED = "kh-ngo-elderly-care"
"""Its agreement covers the elderly alone, and so it covers no child once the one below is at its end."""
LAST = date(2009, 3, 3)


def test_the_agreement_of_a_shelter_ends(network: Network) -> None:
    network.registrar.states(
        AgreementEntry(agency=LAPSED, covers=("child-shelter",), effective_from=date(2008, 1, 1), effective_until=LAST),
        MandateEntry(agency=LAPSED, role="shelter", effective_from=date(2008, 1, 1)),
    )
    there, coming, late = network.child("there"), network.child("coming"), network.child("late")
    for child in (there, coming, late):
        child.opened(POLICE, 1, child.reported(POLICE), "police-post")

    # On the last day but one a child comes to the shelter, and another is offered to it.
    there.handed_over(POLICE, LAPSED, 3)
    offer = coming.offered(POLICE, LAPSED, 24)
    coming.says(LAPSED, "custody.handover-accepted", 25, **coming.step(offer))

    # The agreement is over. No child may be offered to it any more; to another shelter it may.
    risk = late.says(POLICE, "intake.risk-assessed", 29, level="low", safe_to_move=True)
    offers = {"custody": late.chain, "purpose": "shelter", "place_kind": "shelter", "risk_assessment": risk}
    assert late.refused(POLICE, "custody.handover-offered", 30, to=LAPSED, **offers) == {"A2007-MEMBER"}
    late.handed_over(POLICE, NORTH, 31)

    # The child on its way arrives all the same: what has happened is recorded, and the shelter answers.
    coming.says(
        POLICE,
        "custody.handover-released",
        33,
        **coming.step(offer),
        to=LAPSED,
        condition="well",
        sealed=("identity", (LAPSED,)),
    )
    coming.received(LAPSED, POLICE, 33.5, offer, "shelter")
    assert coming.who("care", 34) == coming.who("responsibility", 34) == {LAPSED}

    # The ministry takes both children over from a place that may not keep them.
    for child in (there, coming):
        child.says(
            MINISTRY,
            "custody.taken-over",
            72,
            custody=child.chain,
            from_agency=LAPSED,
            to=NORTH,
            reason="holder-suspended",
            ordered_by="referral-authority",
            place_kind="shelter",
            sealed=("identity", (NORTH,)),
        )
    for child in (there, coming, late):
        child.until(120)
        assert child.who("care", 119) == child.who("responsibility", 119) == {NORTH}
        assert child.gaps() == []
    assert there.can_read == coming.can_read == {LAPSED: {"identity"}, NORTH: {"identity"}}
    assert late.can_read == {NORTH: {"identity"}}
    assert there.findings == coming.findings == late.findings == set()

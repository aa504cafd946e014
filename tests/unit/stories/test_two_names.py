"""A child known under two names: two agencies hold one child on paper; it is found out and no name is told."""

from __future__ import annotations

from tests.unit.stories.cast import MINISTRY, NORTH, POLICE, PROVINCE, SHELTER, SOUTH
from tests.unit.stories.narrator import Network


def test_a_child_known_under_two_names(network: Network) -> None:
    # In the capital the police find a girl, who gives one name. She runs away from the shelter.
    first = network.child("as she said in the capital")
    first.opened(POLICE, 1, first.reported(POLICE), "police-post")
    first.handed_over(POLICE, SHELTER, 3)
    first.says(SHELTER, "custody.missing-reported", 30, custody=first.chain, how="ran-away", last_seen="shelter")
    assert first.who("responsibility", 40) == {SHELTER}

    # In the province a girl walks in, and gives another. Whoever has her answers for her.
    second = network.child("as she said in the province")
    second.opened(PROVINCE, 50, second.reported(PROVINCE, 49, "walk-in"))
    second.says(
        PROVINCE,
        "intake.screening-recorded",
        51,
        status="PossibleVictimOfTrafficking",
        organization="NonPoliceGovernmentalOrganization",
        person="child",
    )
    # The ministry is asked by a sealed query, and answers with one word.
    query = second.says(
        PROVINCE,
        "intake.match-asked",
        52,
        to=MINISTRY,
        answer_by=second.at(76).isoformat(),
        sealed=("identity", (MINISTRY,)),
    )
    second.says(MINISTRY, "intake.match-answered", 60, query=query, to=PROVINCE, answer="maybe")
    for child, other in ((first, second), (second, first)):
        child.says(
            MINISTRY,
            "intake.cases-linked",
            61,
            other_case=other.id,
            confidence="probable",
            basis=["sealed-match", "child-says-so"],
        )

    # It is she. The first case has her found where she is, and she stays with those whom she came to.
    first.says(SHELTER, "custody.found", 62, custody=first.chain, place_kind="office", condition="well", carer=PROVINCE)
    first.handed_over(SHELTER, PROVINCE, 63, "office")
    assert first.who("care", 70) == second.who("care", 70) == {PROVINCE}
    assert first.who("responsibility", 70) == second.who("responsibility", 70) == {PROVINCE}

    # The later case is closed as a duplicate, by two signatures; the earlier one goes on.
    closure = second.says(
        MINISTRY,
        "intake.case-closed",
        80,
        exit="duplicate",
        status="Closed",
        same_as=first.id,
        with_signature_of=PROVINCE,
    )
    second.says(PROVINCE, "custody.ended", 81, custody=second.chain, reason="duplicate", closure=closure)
    first.until(120)

    assert first.who("care", 119) == first.who("responsibility", 119) == {PROVINCE}
    assert network.table(second.id).ended == second.at(81)
    assert first.gaps() == second.gaps() == []
    assert first.findings == second.findings == set()
    # The shelter in the capital never learns what she said in the province, nor anybody else either name.
    assert first.can_read == {SHELTER: {"identity"}, PROVINCE: {"identity"}}
    assert second.can_read == {MINISTRY: {"identity"}}
    assert second.told(SHELTER) == second.told(POLICE) == set()
    for child in (first, second):
        assert child.told(NORTH) == child.told(SOUTH) == set()

"""Siblings: two children of one family are not parted without a reason, and what is told of one is not told of all."""

from __future__ import annotations

from tests.unit.stories.cast import MINISTRY, NORTH, POLICE, SHELTER, SOUTH
from tests.unit.stories.narrator import Network


def test_a_sister_and_a_brother(network: Network) -> None:
    sister, brother = network.child("sister"), network.child("brother")
    for child in (sister, brother):
        child.opened(POLICE, 1, child.reported(POLICE), "police-post")
    for child, other in ((sister, brother), (brother, sister)):
        child.says(
            MINISTRY,
            "intake.cases-linked",
            2,
            other_case=other.id,
            confidence="certain",
            basis=["sibling", "child-says-so"],
        )

    # There is one bed in the capital. Without a reason the two are not parted.
    care = {"guardian": "social-affairs", "legal_status": "national", "charge": False}
    assert brother.refused(MINISTRY, "intake.interim-care-arranged", 3, **care) == {"NET-SIBLINGS"}
    sister.says(MINISTRY, "intake.interim-care-arranged", 3, **care, with_siblings=True)
    brother.says(MINISTRY, "intake.interim-care-arranged", 3.1, **care, siblings_apart="no-place-together")

    sister.handed_over(POLICE, SHELTER, 4, needs=["with-sibling"])
    brother.handed_over(POLICE, NORTH, 5, needs=["with-sibling"])
    for child, where, other in ((sister, SHELTER, NORTH), (brother, NORTH, SHELTER)):
        assert child.who("care", 10) == child.who("responsibility", 10) == {where}
        # That they are linked, both may know. The other's case, the keeper of one of them may not.
        assert child.told(other) == set()
        assert child.can_read == {where: {"identity"}}

    # A bed is free: the brother comes to his sister, and what kept them apart is over.
    brother.handed_over(NORTH, SHELTER, 50)
    brother.says(MINISTRY, "intake.interim-care-arranged", 52, **care, with_siblings=True)
    for child in (sister, brother):
        child.until(100)
        assert child.who("care", 99) == child.who("responsibility", 99) == {SHELTER}
        assert child.gaps() == []
        assert child.findings == set()
        assert child.told(SOUTH) == set()
    assert brother.can_read == {NORTH: {"identity"}, SHELTER: {"identity"}}
    assert sister.can_read == {SHELTER: {"identity"}}

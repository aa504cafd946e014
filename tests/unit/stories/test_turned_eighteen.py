"""One who turned eighteen: from that day she decides, nothing done before is undone, and nobody sends her away."""

from __future__ import annotations

from tests.unit.stories.cast import MINISTRY, NORTH, POLICE, PROVINCE, SHELTER
from tests.unit.stories.narrator import Network

APRIL = 30 * 24
"""Hours from the start to the first of the next month, when she is eighteen: a month tells no date of birth."""


def test_she_turns_eighteen_in_the_shelter(network: Network) -> None:
    child = network.child("seventeen")
    child.opened(POLICE, 1, child.reported(POLICE), "police-post")
    child.says(
        POLICE,
        "intake.age-determined",
        2,
        result="child",
        evidence=["birth-certificate"],
        adult_from="2009-03",
    )
    child.handed_over(POLICE, SHELTER, 3)

    # She is seventeen. Her guardian consents for her, and she may not be asked as if she were alone in the world.
    guardians = {"scope": ["services"], "given_by": "guardian"}
    consent = child.says(MINISTRY, "intake.consent-given", 24, **guardians)
    _, answer = child.tell(MINISTRY, "intake.consent-given", 25, scope=["services"], given_by="self")
    child.until(26)
    assert network.answer_to(answer) == ("refused", {"D107-AGE"})

    # April comes. What was decided for the child stands; from now on nobody decides for her.
    child.until(APRIL)
    assert child.refused(MINISTRY, "intake.consent-given", APRIL, **guardians) == {"NET-CONSENT"}
    own = child.says(MINISTRY, "intake.consent-given", APRIL + 1, scope=["services", "follow-up"], given_by="self")
    assert {consent, own} <= {event.id for event, _ in network.accepted(child.id)}

    # Her birthday moves her nowhere: who answered for her still does, until she goes of her own word.
    assert child.who("care", APRIL + 2) == child.who("responsibility", APRIL + 2) == {SHELTER}
    child.handed_over(SHELTER, PROVINCE, APRIL + 10, "group-home", purpose="reintegration")
    assert child.who("care", APRIL + 20) == child.who("responsibility", APRIL + 20) == {PROVINCE}
    child.until(APRIL + 100)
    assert child.gaps() == []
    assert child.findings == set()
    assert child.can_read == {SHELTER: {"identity"}, PROVINCE: {"identity"}}
    assert child.told(NORTH) == set()

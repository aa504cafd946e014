"""A border shut: the child stands at the bridge, turns round with those who brought it, and crosses another day."""

from __future__ import annotations

from tests.unit.stories.cast import MINISTRY, POLICE, SHELTER, THAI, TRANSIT
from tests.unit.stories.narrator import Network
from tests.unit.stories.returning import across, asked_and_accepted, found_in_thailand, to_the_border


def test_the_border_is_shut(network: Network) -> None:
    child = found_in_thailand(network, "at the shut border")
    views = child.says(THAI, "repatriation.views-heard", 110, hearing="heard", wish="return")
    asked, best = asked_and_accepted(child, 120, views)
    offer = to_the_border(child, TRANSIT, 150, asked, best)

    # At the bridge it is told that the border is shut. The child was let out of the car already, by the paper.
    child.says(
        THAI,
        "custody.handover-released",
        174,
        **child.step(offer),
        to=TRANSIT,
        condition="well",
        sealed=("identity", (TRANSIT,)),
    )
    child.says(THAI, "custody.handover-failed", 174.5, **child.step(offer), reason="border-shut")
    assert child.who("care", 175) == child.who("responsibility", 175) == {THAI}

    # Nobody waits on the other side for a child that does not come, and nobody asks where it is for two days.
    child.until(174 + 72)
    assert child.who("care", 240) == child.who("responsibility", 240) == {THAI}
    assert child.findings == set()

    # The border opens. A failed handover is over: the child is offered anew, and crosses.
    again = to_the_border(child, TRANSIT, 300, asked, best)
    across(child, TRANSIT, 324, again, asked)
    child.until(400)
    assert child.who("care", 399) == child.who("responsibility", 399) == {TRANSIT}
    assert child.gaps() == []
    assert child.findings == set()
    # Who waited across the border was to have the name, and had it; nobody else on the way did.
    assert child.can_read == {MINISTRY: {"tracing-set"}, TRANSIT: {"identity"}}
    assert child.told(POLICE) == child.told(SHELTER) == set()

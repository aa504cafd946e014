"""An infant who cannot be heard: somebody speaks for it, and a day is set on which it is thought of again."""

from __future__ import annotations

from tests.unit.stories.cast import MINISTRY, SHELTER, THAI, TRANSIT
from tests.unit.stories.narrator import Network
from tests.unit.stories.returning import across, asked_and_accepted, found_in_thailand, to_the_border

UNHEARD = {"hearing": "could-not-be-heard", "not_heard": "infant"}


def test_an_infant_cannot_be_heard(network: Network) -> None:
    child = found_in_thailand(network, "an infant")
    child.says(MINISTRY, "repatriation.risk-assessed", 105, level="low", with_agency=THAI)

    # That it cannot speak is no reason to decide without it. Nothing is decided on a hearing that says no more.
    child.says(THAI, "repatriation.views-heard", 110, ("D107-VIEWS", "breach"), **UNHEARD)
    decided = {"solution": "return"}
    _, answer = child.tell(THAI, "repatriation.best-interests-determined", 111, **decided)
    assert answer.outcome == "parked"
    child.until(112)
    assert network.answer_to(answer) == ("refused", {"D107-VIEWS"})

    # With somebody to speak for it, and a day on which it is thought of again, it may be.
    views = child.says(
        THAI,
        "repatriation.views-heard",
        115,
        **UNHEARD,
        representative="social-affairs",
        hear_again_on=child.at(400).date().isoformat(),
    )
    asked, best = asked_and_accepted(child, 120, views)
    offer = to_the_border(child, TRANSIT, 150, asked, best)
    across(child, TRANSIT, 174, offer, asked)
    assert child.who("care", 175) == child.who("responsibility", 175) == {TRANSIT}

    # The day comes, and nobody has thought of it: that is found, and whose turn it was.
    child.until(500)
    assert child.findings == {("D107-VIEWS", "breach")}
    owed = [event for event, _ in network.accepted(child.id) if event.name == "repatriation.deadline-passed"]
    assert [event.data.model_dump()["owed_by"] for event in owed] == [THAI]
    assert child.who("care", 499) == child.who("responsibility", 499) == {TRANSIT}
    assert child.gaps() == []
    assert child.can_read == {MINISTRY: {"tracing-set"}, TRANSIT: {"identity"}}
    assert child.told(SHELTER) == set()

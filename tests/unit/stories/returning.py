"""What the stories of a return across the border have in common: a child in Thailand, on the way to Cambodia."""

from __future__ import annotations

from typing import Any

from tests.unit.stories.cast import MINISTRY, THAI
from tests.unit.stories.child import Child
from tests.unit.stories.narrator import Network

RETURN = {
    "to": MINISTRY,
    "from_country": "TH",
    "to_country": "KH",
    "corridor": "kh-th",
    "channel": "instrument",
    "instrument": "kh-th",
    "person": "child",
}


def found_in_thailand(network: Network, name: str) -> Child:
    """A child whom the Thai authority found, has, has told of the way home, and asks the ministry about."""
    child = network.child(name)
    report = child.reported(THAI, channel="outreach", found_country="TH", nationality="KH")
    child.opened(THAI, 1, report, "shelter")
    child.says(THAI, "intake.child-informed", 2, topics=["rights", "repatriation-process"])
    tracing = child.says(
        THAI,
        "repatriation.tracing-requested",
        3,
        to=MINISTRY,
        country="KH",
        tasks=["identity", "family"],
        answer_by=child.at(300).isoformat(),
        sealed=("tracing-set", (MINISTRY,)),
    )
    child.says(MINISTRY, "repatriation.tracing-answered", 10, request=tracing, answer="accepted")
    child.says(
        MINISTRY,
        "repatriation.tracing-answered",
        100,
        request=tracing,
        answer="result",
        established=["identity", "family"],
    )
    return child


def asked_and_accepted(child: Child, hours: float, views: str) -> tuple[str, str]:
    """The return is found best for the child, asked for, and accepted: the request's and the determination's ids."""
    child.says(MINISTRY, "repatriation.risk-assessed", hours, level="low", with_agency=THAI)
    best = child.says(THAI, "repatriation.best-interests-determined", hours + 1, solution="return", views=views)
    asked = child.says(THAI, "repatriation.requested", hours + 2, **RETURN, determination=best)
    child.says(MINISTRY, "repatriation.counterpart-answered", hours + 10, request=asked, answer="accepted")
    child.says(
        THAI,
        "repatriation.transit-entered",
        hours + 11,
        request=asked,
        apart_from_prisoners=True,
        health_care=True,
        counselling=True,
    )
    return asked, best


def to_the_border(child: Child, to: str, hours: float, asked: str, best: str) -> str:
    """The day of travel is set, and the child offered to those who wait across the border; the offer's id."""
    child.says(
        THAI,
        "repatriation.travel-scheduled",
        hours,
        request=asked,
        to=to,
        travel_at=child.at(hours + 24).isoformat(),
        crossing="poipet",
        escort="social-worker",
    )
    offer = child.offered(
        THAI,
        to,
        hours + 1,
        "transit-centre",
        purpose="repatriation",
        corridor="kh-th",
        repatriation=asked,
        determination=best,
        escort="social-worker",
    )
    child.says(to, "custody.handover-accepted", hours + 2, **child.step(offer))
    return offer


def across(child: Child, to: str, hours: float, offer: str, asked: str) -> None:
    """The child is handed over on the bridge, and received."""
    child.says(
        THAI,
        "custody.handover-released",
        hours,
        **child.step(offer),
        to=to,
        condition="well",
        sealed=("identity", (to,)),
    )
    crossing: dict[str, Any] = {"from_country": "TH", "to_country": "KH", "crossing": "poipet", "handover": offer}
    child.says(THAI, "repatriation.border-crossed", hours + 0.1, request=asked, **crossing)
    child.received(to, THAI, hours + 0.5, offer, "transit-centre")
    child.says(
        to,
        "repatriation.received",
        hours + 0.6,
        request=asked,
        from_country="TH",
        place_kind="transit-centre",
        condition="well",
        from_agency=THAI,
    )

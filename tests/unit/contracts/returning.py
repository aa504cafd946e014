"""A return told step by step: what each step says, and a case brought as far as a test needs it."""

from __future__ import annotations

from typing import Any

from contracts.journeys.repatriation import turn
from tests.unit.contracts.casework import MINISTRY, PROVINCE, THAI, TRANSIT, Case
from tests.unit.contracts.rules.test_xb_counterpart import RETURN, TRAVEL, WAITING
from tests.unit.contracts.rules.test_xb_need import TRACING

DAY = 24.0
MONTH = 30 * DAY
GRACE = 7 * DAY
"""Hours, as corridors.toml has them."""
HEARD = {"hearing": "heard", "wish": "return"}
NOT_HEARD = {"hearing": "could-not-be-heard", "not_heard": "infant", "representative": "provider"}
SAFE = {"outcome": "safe", "caretaker": "kin"}
JOINT = {"level": "low", "with_agency": THAI}
PLAN = {"placement": "kin", "lead": PROVINCE, "visit_every": 1, "follow_up": 2}
VISIT = {"contact": "visit", "outcome": "well"}
ARRIVED = {"from_country": "TH", "place_kind": "transit-centre", "condition": "well"}


def whose(case: Case) -> tuple[str, str | None]:
    """The next step of the return, and who owes it."""
    now = turn(case.state("repatriation"))
    assert now is not None
    assert not now.verified
    return now.step, now.agency


def requested(case: Case, hours: float = 30, **data: Any) -> str:
    """A child is told, and its return asked for; returns the request's id."""
    return case.told().says(THAI, "repatriation.requested", hours, RETURN | {"to": MINISTRY} | data)


def accepted(case: Case, hours: float = 30, **data: Any) -> str:
    """A return asked for and accepted an hour later; returns the request's id."""
    asked = requested(case, hours, **data)
    answer = {"request": asked, "answer": "accepted"}
    case.says(MINISTRY, "repatriation.counterpart-answered", hours + 1, answer)
    return asked


def determined(case: Case, hours: float = 3, solution: str = "return", **data: Any) -> str:
    """A child heard, the risk assessed together, and best interests determined; returns the determination's id."""
    case.says(THAI, "repatriation.tracing-requested", hours - 2, TRACING)
    case.says(THAI, "repatriation.views-heard", hours - 1, HEARD)
    case.says(MINISTRY, "repatriation.risk-assessed", hours - 0.5, JOINT)
    return case.says(THAI, "repatriation.best-interests-determined", hours, {"solution": solution} | data)


def received(case: Case, asked: str, hours: float = 100) -> str:
    """A child waits in a centre, travels, crosses and is received; returns the receipt's id."""
    case.says(THAI, "repatriation.transit-entered", hours - 10, WAITING | {"request": asked})
    travel = TRAVEL | {"request": asked, "to": TRANSIT}
    case.says(THAI, "repatriation.travel-scheduled", hours - 9, travel)
    crossing = {"request": asked, "from_country": "TH", "to_country": "KH", "crossing": "poipet"}
    case.says(THAI, "repatriation.border-crossed", hours - 1, crossing)
    return case.says(TRANSIT, "repatriation.received", hours, ARRIVED | {"request": asked})


def planned(case: Case, hours: float = 200, actor: str = MINISTRY, **data: Any) -> str:
    """A plan of reintegration; returns its id."""
    return case.says(actor, "repatriation.reintegration-planned", hours, PLAN | data)


def visits(case: Case, plan: str, first: float, count: int, lead: str = PROVINCE) -> str:
    """Visits a month apart, hours counted from the case's start; returns the last one's id."""
    made = ""
    for month in range(count):
        hours = first + month * MONTH
        made = case.says(lead, "repatriation.follow-up-made", hours, VISIT | {"plan": plan})
    return made

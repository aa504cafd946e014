"""Consents that were taken back in a case: who had received under each, who has said what became of it, who owes it.

Worked out again from the accepted events, by the same journey that the intake service moves. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from contracts.decision import disputed
from contracts.envelope import rfc3339, utc
from contracts.events.intake import WithdrawalAcknowledged
from contracts.guidelines.rules.net_consent import net_consent_deadline
from contracts.journeys.intake import JOURNEY
from infra.report.lines import Logged


def withdrawals(logged: Iterable[Logged], now: datetime) -> list[dict[str, Any]]:
    """A row for each agency that had received under a consent that was taken back, the earliest withdrawal first.

    `acknowledged` is when it said what it did, and `done` what (NET-CONSENT); both are None while it owes that.
    """
    own = sorted((item for item in logged if item.event.family == "intake"), key=lambda item: item.acceptance.sequence)
    state = JOURNEY.state()
    for item in own:
        state = JOURNEY.evolve(state, item.event, disputed(item.acceptance.breaches))
    said = {
        (item.event.data.withdrawal, item.event.actor): item.event
        for item in own
        if isinstance(item.event.data, WithdrawalAcknowledged)
    }
    rows = []
    for withdrawal, taken in state.withdrawals.items():
        for agency in taken.receivers:
            answer = said.get((withdrawal, agency)) if agency in taken.acknowledged else None
            owed = net_consent_deadline(withdrawal, taken.at, agency)
            rows.append(
                {
                    "consent": taken.consent,
                    "withdrawal": withdrawal,
                    "withdrawn": rfc3339(taken.at),
                    "agency": agency,
                    "acknowledged": rfc3339(answer.time) if answer is not None else None,
                    "done": answer.data.model_dump(mode="json")["done"] if answer is not None else None,
                    "due": rfc3339(owed.due),
                    "verified": owed.verified,
                    "overdue": answer is None and utc(owed.due) < utc(now),
                }
            )
    return sorted(rows, key=lambda row: (row["withdrawn"], row["agency"]))

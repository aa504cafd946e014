"""Consents of a case, and what is owed when one is taken back: every agency that had received says what it did."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from ..decision import Deadline
from ..envelope import Event
from ..events.intake import ConsentGiven, ConsentWithdrawn, WithdrawalAcknowledged
from ..guidelines.rules.net_consent import net_consent_deadline
from ..steps_intake import ConsentGiver


class Consent(BaseModel):
    """One consent: for what, by whom, taken down by which agency. `lapsed`: who gave it turned out to be suspect."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    scope: tuple[str, ...]
    given_by: str
    by: str
    status: Literal["given", "withdrawn", "lapsed", "corrected"] = "given"


class Withdrawal(BaseModel):
    """A consent taken back at an instant, told by an agency: who had received under it, and who has acknowledged."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    consent: str
    at: datetime
    by: str
    receivers: tuple[str, ...]
    acknowledged: tuple[str, ...] = ()

    @property
    def owing(self) -> tuple[str, ...]:
        """Who had received and has not said yet what became of it."""
        return tuple(agency for agency in self.receivers if agency not in self.acknowledged)


Consents = dict[str, Consent]
Withdrawals = dict[str, Withdrawal]


def unacknowledged(withdrawals: Mapping[str, Withdrawal]) -> dict[str, tuple[str, ...]]:
    """The withdrawals that somebody has not acknowledged yet, by their event, and who these agencies are."""
    return {event: withdrawal.owing for event, withdrawal in withdrawals.items() if withdrawal.owing}


def consented(consents: Consents, event: Event, data: ConsentGiven) -> Consents:
    """The consents with one more."""
    scope = tuple(item.value for item in data.scope)
    return {**consents, event.id: Consent(scope=scope, given_by=data.given_by.value, by=event.actor)}


def withdrawn(
    consents: Consents, withdrawals: Withdrawals, event: Event, data: ConsentWithdrawn
) -> tuple[Consents, Withdrawals]:
    """The consents and withdrawals after one was taken back. Who tells of it knows already, and owes nothing."""
    kept = consents[data.consent].model_copy(update={"status": "withdrawn"})
    receivers = tuple(agency for agency in dict.fromkeys(data.receivers) if agency != event.actor)
    taken = Withdrawal(consent=data.consent, at=event.time, by=event.actor, receivers=receivers)
    return {**consents, data.consent: kept}, {**withdrawals, event.id: taken}


def acknowledged(withdrawals: Withdrawals, event: Event, data: WithdrawalAcknowledged) -> Withdrawals:
    """The withdrawals after an agency has said what it did; of one that did not owe it nothing changes."""
    known = withdrawals[data.withdrawal]
    if event.actor not in known.owing:
        return withdrawals
    done = known.model_copy(update={"acknowledged": (*known.acknowledged, event.actor)})
    return {**withdrawals, data.withdrawal: done}


def lapsed(consents: Consents) -> Consents:
    """The consents once the family is suspected: what a parent gave counts no more."""
    return {
        event: consent.model_copy(update={"status": "lapsed"})
        if consent.given_by == ConsentGiver.PARENT and consent.status == "given"
        else consent
        for event, consent in consents.items()
    }


def owed(withdrawals: Mapping[str, Withdrawal]) -> list[Deadline]:
    """One deadline for each agency that has not acknowledged yet."""
    return [
        net_consent_deadline(event, withdrawal.at, agency)
        for event, withdrawal in withdrawals.items()
        for agency in withdrawal.owing
    ]

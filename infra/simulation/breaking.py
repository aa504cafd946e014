"""Proposals that the rules refuse, whatever the hour: made from a genuine act, by somebody who may not, or too soon."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from contracts.codes import PlaceKind, Purpose
from contracts.steps import Answer, Capacity, CounterpartAnswer

from .act import Act, Fault, Sealing
from .chance import Chance
from .desk import event_id, marker

STRANGERS = ("kh-cmp", "kh-moh", "kh-commit", "kh-immigration")
"""Agencies that have no part in any case of the replay."""

Breaking = Callable[[Chance, str, Act, str], Act]


def extras_against_a_rule(chance: Chance, case: str, act: Act) -> list[Act]:
    """One proposal against a rule that fits beside this act; none where nothing fits."""
    ways = _WAYS.get(act.name, ())
    if act.name == "custody.handover-offered":
        ways += _of_a_child(act)
    if not ways or act.fault is not None:
        return []
    stranger = chance.choice(STRANGERS, case, act.cause, "stranger")
    return [chance.choice(ways, case, act.cause, "way")(chance, case, act, stranger)]


def _of_a_child(act: Act) -> tuple[Breaking, ...]:
    """What only a child's offer breaks. The police name a risk assessment for a child alone; departments of social
    affairs are offered none but children.
    """
    if "risk_assessment" in act.data and "corridor" not in act.data:
        return (_offer_outside_agreement, _offer_without_risk)
    if str(act.data["to"]).startswith("kh-dosvy-"):
        return (_offer_outside_agreement,)
    return ()


def _answer_unasked(chance: Chance, case: str, act: Act, stranger: str) -> Act:
    """A referral answered by somebody who was not asked."""
    data = {"request": event_id(chance, case, act), "answer": Answer.ACCEPTED, "capacity": Capacity.CAPACITY}
    return _beside(act, "referral.answered", data, "not asked", stranger)


def _identity_too_soon(chance: Chance, case: str, act: Act, stranger: str) -> Act:
    """An identity disclosed before the request is accepted (XB-NEED)."""
    data = {"request": event_id(chance, case, act), "to": act.data["to"], "kinds": ["identity"]}
    extra = _beside(act, "referral.identity-disclosed", data, "too soon", act.agency)
    return replace(extra, sealing=Sealing("identity", {"marker": marker(chance, case)}, (act.data["to"],)))


def _accept_unnamed(chance: Chance, case: str, act: Act, stranger: str) -> Act:
    """A handover accepted by somebody to whom it was not offered (CUS-HOLDER)."""
    data = {"custody": act.data["custody"], "handover": event_id(chance, case, act)}
    return _beside(act, "custody.handover-accepted", data, "not named", stranger)


def _offer_without_holding(chance: Chance, case: str, act: Act, stranger: str) -> Act:
    """A person offered by somebody who does not answer for them (CUS-HOLDER)."""
    return _beside(act, "custody.handover-offered", dict(act.data), "not holder", stranger)


def _offer_outside_agreement(chance: Chance, case: str, act: Act, stranger: str) -> Act:
    """A person offered to a provider whose agreement covers the elderly (A2007-MEMBER)."""
    data = {**act.data, "to": "kh-ngo-elderly-care", "purpose": Purpose.SHELTER, "place_kind": PlaceKind.SHELTER}
    for across in ("corridor", "repatriation", "determination"):
        data.pop(across, None)
    return _beside(act, "custody.handover-offered", data, "no agreement", act.agency)


def _offer_without_risk(chance: Chance, case: str, act: Act, stranger: str) -> Act:
    """A move by the police without a risk assessment, and without a reason why (D107-RISK)."""
    data = {name: value for name, value in act.data.items() if name not in ("risk_assessment", "emergency_reason")}
    return _beside(act, "custody.handover-offered", data, "no risk assessment", act.agency)


def _request_unentitled(chance: Chance, case: str, act: Act, stranger: str) -> Act:
    """A return asked for by an agency that has no say in it (XB-COUNTERPART)."""
    return _beside(act, "repatriation.requested", dict(act.data), "no authority", stranger)


def _request_wrong_channel(chance: Chance, case: str, act: Act, stranger: str) -> Act:
    """A return asked for by an instrument that is not the corridor's (XB-CORRIDOR)."""
    wrong = "kh-vn" if act.data["corridor"] == "kh-th" else "kh-th"
    data = {**act.data, "channel": "instrument", "instrument": wrong}
    return _beside(act, "repatriation.requested", data, "wrong instrument", act.agency)


def _return_answered_unasked(chance: Chance, case: str, act: Act, stranger: str) -> Act:
    """A return accepted by somebody who was not asked (XB-COUNTERPART)."""
    data = {"request": event_id(chance, case, act), "answer": CounterpartAnswer.ACCEPTED}
    return _beside(act, "repatriation.counterpart-answered", data, "not asked", stranger)


def _beside(act: Act, name: str, data: Mapping[str, Any], cause: str, agency: str) -> Act:
    happened = (act.time or act.at) + timedelta(seconds=20)
    return Act(agency, name, act.at, data, f"{act.cause} {cause}", time=happened, fault=Fault.AGAINST_A_RULE)


_WAYS: dict[str, tuple[Breaking, ...]] = {
    "referral.requested": (_answer_unasked, _identity_too_soon),
    "custody.handover-offered": (_accept_unnamed, _offer_without_holding),
    "repatriation.requested": (_request_unentitled, _request_wrong_channel, _return_answered_unasked),
}

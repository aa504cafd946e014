"""The criminal side of a case: its order, who may say what, help across borders, and that it has a way on always."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from contracts.decision import Accept
from tests.unit.contracts.casework import (
    BAR,
    COURT,
    EMBASSY,
    FORCES,
    MALAY,
    MALAY_EMBASSY,
    MINISTRY,
    POLICE,
    SHELTER,
    THAI,
    THAI_POLICE,
    Case,
    breaches,
    refused,
    waits_for,
)

COMPLAINT = {"offences": ["trafficking", "sale-of-a-child"], "complainant": "family"}
VERDICT = {"outcome": "convicted", "compensation": True}
MANDATE, UNPROVEN = {("NET-MANDATE", "dispute")}, {("NET-ORDER", "unproven")}
OVER = {("NET-ORDER", "breach")}
BEFORE, ON = datetime(2010, 1, 25, 8, tzinfo=UTC), datetime(2010, 1, 26, 8, tzinfo=UTC)
NOBODY = "01890a5d-ac96-774b-bcce-b302099a8057"


def reported(start: datetime | None = None) -> Case:
    case = Case() if start is None else Case(start)
    case.report()
    return case


def opened(start: datetime | None = None) -> Case:
    case = reported(start)
    complaint = case.says(POLICE, "justice.complaint-filed", 1, COMPLAINT)
    case.says(POLICE, "justice.investigation-opened", 2, {"complaint": complaint})
    return case


def scheduling(case: Case, hours: float = 100) -> dict[str, Any]:
    return {"testimony_at": case.at(hours).isoformat(), "how": "tv-link", "measures": ["support-person"]}


def asking(to: str = THAI_POLICE, instrument: str | None = None) -> dict[str, Any]:
    channel = "diplomatic" if instrument is None else "instrument"
    return {"to": to, "kinds": ["taking-testimony"], "channel": channel, "instrument": instrument}


def test_from_the_complaint_to_the_verdict() -> None:
    case = opened()
    case.says(BAR, "justice.legal-aid-appointed", 3, {"provider": BAR})
    case.says(COURT, "justice.protective-measures-taken", 4, {"measures": ["tv-link"]})
    scheduled = case.says(COURT, "justice.testimony-scheduled", 5, scheduling(case))
    case.says(COURT, "justice.testimony-given", 100, {"how": "tv-link", "scheduled": scheduled})
    verdict = case.says(COURT, "justice.verdict-given", 200, VERDICT)
    state = case.state("justice")
    assert (state.stage, state.verdict, state.testimonies) == ("verdict", (verdict, COURT), 1)
    assert (state.lawyers, state.measures, state.count) == ((BAR,), ("tv-link",), 7)


@pytest.mark.parametrize(
    ("name", "data", "awaited"),
    [
        ("complaint-filed", COMPLAINT, "intake.report-received"),
        ("investigation-opened", {}, "intake.report-received"),
    ],
)
def test_proceedings_are_about_a_case_that_was_reported(name: str, data: dict[str, Any], awaited: str) -> None:
    case = Case()
    event = case.event(POLICE, f"justice.{name}", 1, data)
    assert waits_for(case.judge(event)) == awaited
    assert breaches(case.judge(event, expired=True)) == UNPROVEN
    assert case.state("justice").stage == "none"


@pytest.mark.parametrize(
    ("actor", "name", "data"),
    [
        (COURT, "protective-measures-taken", {"measures": ["recording"]}),
        (BAR, "legal-aid-appointed", {"provider": BAR}),
    ],
)
def test_steps_wait_for_a_complaint_or_an_investigation(actor: str, name: str, data: dict[str, Any]) -> None:
    case = reported()
    event = case.event(actor, f"justice.{name}", 1, data)
    assert waits_for(case.judge(event)) == "justice.complaint-filed"
    case.says(POLICE, "justice.complaint-filed", 1, COMPLAINT)
    assert breaches(case.judge(event)) == set()
    late = reported()
    assert breaches(late.tries(actor, f"justice.{name}", 1, data, expired=True)) == UNPROVEN
    assert (late.state("justice").measures, late.state("justice").lawyers) == ((), ())


def test_proposals_that_build_on_nothing_are_refused() -> None:
    case = reported()
    for name, data in (("testimony-scheduled", scheduling(case)), ("assistance-requested", asking())):
        assert waits_for(case.tries(COURT, f"justice.{name}", 1, data)) == "justice.complaint-filed"
        assert refused(case.tries(COURT, f"justice.{name}", 1, data, expired=True)) == {"NET-ORDER"}


def test_nobody_testifies_or_is_judged_before_an_investigation() -> None:
    case = reported()
    case.says(POLICE, "justice.complaint-filed", 1, COMPLAINT)
    for name, data in (("testimony-given", {"how": "tv-link"}), ("verdict-given", VERDICT)):
        event = case.event(COURT, f"justice.{name}", 2, data)
        assert waits_for(case.judge(event)) == "justice.investigation-opened"
        assert breaches(case.judge(event, expired=True)) == UNPROVEN
    assert (case.state("justice").stage, case.state("justice").testimonies) == ("complaint", 0)
    case.says(POLICE, "justice.investigation-opened", 3, {})
    case.says(COURT, "justice.verdict-given", 4, {"outcome": "discontinued"})


def test_what_a_step_names_is_waited_for() -> None:
    case = opened()
    assert waits_for(case.tries(POLICE, "justice.investigation-opened", 3, {"complaint": NOBODY})) == (
        "justice.complaint-filed"
    )
    given = {"how": "recording", "scheduled": NOBODY}
    assert waits_for(case.tries(COURT, "justice.testimony-given", 3, given)) == "justice.testimony-scheduled"
    answer = {"request": NOBODY, "answer": "granted"}
    assert (
        waits_for(case.tries(THAI_POLICE, "justice.assistance-answered", 3, answer)) == "justice.assistance-requested"
    )


def test_after_a_verdict_proceedings_go_on_only_once_they_are_opened_again() -> None:
    case = opened()
    first = case.says(COURT, "justice.verdict-given", 5, VERDICT)
    assert breaches(case.tries(COURT, "justice.verdict-given", 6, VERDICT)) == OVER
    assert breaches(case.tries(COURT, "justice.testimony-given", 6, {"how": "tv-link"})) == OVER
    assert refused(case.tries(COURT, "justice.testimony-scheduled", 6, scheduling(case))) == {"NET-ORDER"}
    assert case.state("justice").verdict == (first, COURT)
    case.says(COURT, "justice.protective-measures-taken", 7, {"measures": ["support-person"]})
    case.says(COURT, "justice.investigation-opened", 8, {})
    case.says(COURT, "justice.testimony-scheduled", 9, scheduling(case))
    case.says(COURT, "justice.verdict-given", 10, {"outcome": "acquitted"})
    case.says(POLICE, "justice.complaint-filed", 11, COMPLAINT)
    assert (case.state("justice").stage, case.state("justice").verdict) == ("complaint", None)


def test_a_second_complaint_does_not_set_an_investigation_back() -> None:
    case = opened()
    case.says(FORCES, "justice.complaint-filed", 3, COMPLAINT)
    assert case.state("justice").stage == "investigation"
    assert len(case.state("justice").complaints) == 2


def test_a_verdict_is_corrected_by_the_court_that_gave_it() -> None:
    case = opened()
    verdict = case.says(COURT, "justice.verdict-given", 5, VERDICT)
    wrong = {"corrects": verdict, "reason": "wrong-case"}
    assert breaches(case.tries(POLICE, "justice.corrected", 6, wrong)) == {("NET-PARTY", "dispute")}
    assert case.state("justice").stage == "verdict"
    case.says(COURT, "justice.corrected", 7, wrong)
    assert (case.state("justice").stage, case.state("justice").verdict) == ("investigation", None)
    case.says(POLICE, "justice.corrected", 8, wrong)


# ── who may say what ──


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("complaint-filed", COMPLAINT),
        ("investigation-opened", {}),
        ("protective-measures-taken", {"measures": ["tv-link"]}),
        ("testimony-given", {"how": "open-court"}),
        ("verdict-given", VERDICT),
    ],
)
@pytest.mark.parametrize("actor", [SHELTER, MINISTRY, BAR])
def test_only_criminal_justice_speaks_of_proceedings(actor: str, name: str, data: dict[str, Any]) -> None:
    case = opened()
    before = case.state("justice")
    assert breaches(case.tries(actor, f"justice.{name}", 5, data)) >= MANDATE
    assert case.state("justice") == before.model_copy(update={"count": before.count + 1})


def test_only_criminal_justice_calls_somebody_to_testify() -> None:
    case = opened()
    assert refused(case.tries(SHELTER, "justice.testimony-scheduled", 5, scheduling(case))) == {"NET-MANDATE"}


@pytest.mark.parametrize("actor", [SHELTER, POLICE, COURT])
def test_only_legal_aid_says_that_somebody_has_a_lawyer(actor: str) -> None:
    case = opened()
    assert breaches(case.tries(actor, "justice.legal-aid-appointed", 5, {"provider": BAR})) == MANDATE
    assert case.state("justice").lawyers == ()


# ── help from another country ──


@pytest.mark.parametrize(
    ("start", "instrument", "accepted"),
    [
        (BEFORE, None, True),
        (BEFORE, "asean-mla", False),
        (ON, None, True),
        (ON, "asean-mla", True),
        (ON, "kh-th", False),
    ],
)
def test_the_treaty_serves_from_its_day_and_the_embassies_always(
    start: datetime, instrument: str | None, accepted: bool
) -> None:
    case = opened(start)
    decision = case.tries(COURT, "justice.assistance-requested", 3, asking(instrument=instrument))
    assert isinstance(decision, Accept) if accepted else refused(decision) == {"XB-CORRIDOR"}


def test_a_channel_and_its_instrument_go_together() -> None:
    case = opened(ON)
    for wrong in ({"channel": "diplomatic"}, {"instrument": None}):
        data = asking(instrument="asean-mla") | wrong
        assert refused(case.tries(COURT, "justice.assistance-requested", 3, data)) == {"XB-CORRIDOR"}


def test_help_is_asked_of_another_countrys_justice_by_ones_own() -> None:
    case = opened(ON)
    by_treaty = asking(instrument="asean-mla")
    assert refused(case.tries(SHELTER, "justice.assistance-requested", 3, by_treaty)) == {"XB-COUNTERPART"}
    assert refused(case.tries(EMBASSY, "justice.assistance-requested", 3, by_treaty)) == {"XB-COUNTERPART"}
    assert refused(case.tries(COURT, "justice.assistance-requested", 3, by_treaty | {"to": THAI})) == {"XB-COUNTERPART"}
    assert refused(case.tries(COURT, "justice.assistance-requested", 3, asking(MALAY))) == {"XB-COUNTERPART"}
    assert refused(case.tries(COURT, "justice.assistance-requested", 3, asking(POLICE))) == {"XB-CORRIDOR"}
    case.says(EMBASSY, "justice.assistance-requested", 4, asking(MALAY_EMBASSY))
    case.says(THAI_POLICE, "justice.assistance-requested", 5, asking(POLICE, "asean-mla"))
    sealed = by_treaty | {"sealed_digest": "A" * 43}
    assert refused(case.tries(COURT, "justice.assistance-requested", 6, sealed)) == {"XB-NEED"}


def test_the_one_that_was_asked_answers_once_and_says_why_not() -> None:
    case = opened()
    request = case.says(COURT, "justice.assistance-requested", 3, asking())
    answer = {"request": request, "answer": "declined"}
    assert refused(case.tries(THAI, "justice.assistance-answered", 4, answer | {"answer": "granted"})) == {"NET-PARTY"}
    assert refused(case.tries(THAI_POLICE, "justice.assistance-answered", 4, answer)) == {"NET-PARTY"}
    case.says(THAI_POLICE, "justice.assistance-answered", 5, answer | {"reason": "not-competent"})
    assert case.state("justice").requests[request].answer == "declined"
    assert refused(case.tries(THAI_POLICE, "justice.assistance-answered", 6, answer | {"reason": "not-competent"})) == {
        "NET-PARTY"
    }


@pytest.mark.parametrize("named", [None, 48])
def test_an_answer_is_due_by_the_hour_named_or_the_networks(named: int | None) -> None:
    case = opened()
    by = None if named is None else case.at(3 + named).isoformat()
    request = case.says(COURT, "justice.assistance-requested", 3, asking() | {"answer_by": by})
    (owed,) = case.deadlines("justice")
    hours = 3 + (named or 1440)
    assert (owed.rule, owed.cause, owed.owed_by, owed.due) == ("NET-ANSWER", request, THAI_POLICE, case.at(hours))
    assert not owed.verified
    granted = {"request": request, "answer": "granted"}
    if named is None:
        assert breaches(case.tries(THAI_POLICE, "justice.assistance-answered", hours, granted)) == set()
        assert case.deadlines("justice") == ()
        return
    assert breaches(case.tries(THAI_POLICE, "justice.assistance-answered", hours + 1, granted)) == {
        ("NET-ANSWER", "breach")
    }


def test_a_deadline_that_has_passed_is_called_once() -> None:
    case = opened()
    case.says(COURT, "justice.assistance-requested", 3, asking())
    case.wait("justice", 3 + 1441)
    assert case.deadlines("justice") == ()


def test_nobody_floods_another_countrys_justice() -> None:
    case = opened()
    for _ in range(100):
        case.says(COURT, "justice.assistance-requested", 3, asking())
    assert refused(case.tries(COURT, "justice.assistance-requested", 3, asking())) == {"NET-MANY"}
    case.says(POLICE, "justice.assistance-requested", 3, asking())


# ── the child's case never waits ──


def test_a_case_goes_from_report_to_closing_whatever_becomes_of_the_proceedings() -> None:
    case = opened()
    case.closes(9)
    case.says(COURT, "justice.verdict-given", 10, VERDICT)


def test_a_request_abroad_that_its_asker_takes_back_is_owed_by_nobody() -> None:
    case = Case()
    case.report()
    case.says(POLICE, "justice.investigation-opened", 2, {})
    asked = case.says(
        POLICE, "justice.assistance-requested", 3, {"to": THAI_POLICE, "kinds": ["evidence"], "channel": "diplomatic"}
    )
    wrong = {"corrects": asked, "reason": "wrong-case"}
    assert [item.owed_by for item in case.deadlines("justice")] == [THAI_POLICE]
    case.tries(THAI_POLICE, "justice.corrected", 4, wrong)
    assert [item.owed_by for item in case.deadlines("justice")] == [THAI_POLICE]
    case.says(POLICE, "justice.corrected", 5, wrong)
    assert case.deadlines("justice") == ()

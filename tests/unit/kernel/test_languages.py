"""A refusal reaches its sender in the languages of the network, and again when the event comes again."""

from __future__ import annotations

from dataclasses import replace

from contracts.identifiers import new_id
from contracts.messages import Verdict
from infra.kernel.records import KIND
from tests.unit.kernel.desk import LONG_AGO, POLICE, REQUEST, START, Desk

CASE = new_id(START)


def verdicts(desk: Desk) -> list[Verdict]:
    """What was answered, in order."""
    said = [item for item in desk.tables.outbox.values() if item.headers.get(KIND) == "verdict"]
    return [Verdict.unverified(item.value.decode()) for item in said]


async def test_a_refusal_says_what_is_wrong_and_what_to_do_in_khmer_too() -> None:
    desk = Desk("referral")
    await desk.kernel.batch([desk.record(POLICE, "referral.requested", CASE, REQUEST, time=LONG_AGO)])
    (problem,) = verdicts(desk)[0].problems
    assert set(problem.texts) == {"km"}
    assert "ពេលវេលា" in problem.words("km").message
    assert problem.words("km").remedy != problem.remedy


async def test_a_refusal_across_a_border_is_said_in_the_languages_of_both_sides() -> None:
    desk = Desk("repatriation")
    tracing = {"to": "th-msdhs", "country": "VN", "tasks": ["family"], "answer_by": "2026-04-03T09:00:00+07:00"}
    await desk.kernel.batch([desk.record("kh-mosvy", "repatriation.tracing-requested", CASE, tracing)])
    (problem,) = verdicts(desk)[0].problems
    assert problem.rule == "XB-COUNTERPART"
    assert set(problem.texts) == {"km", "th", "vi"}
    assert problem.words("th").message == "หน่วยงานนี้เป็นของประเทศอื่น"


async def test_what_was_refused_is_refused_in_the_same_words_when_it_comes_again() -> None:
    desk = Desk("referral")
    record = desk.record(POLICE, "referral.requested", CASE, REQUEST, time=LONG_AGO)
    await desk.kernel.batch([record])
    await desk.kernel.batch([replace(record, offset=99)])
    first, again = verdicts(desk)
    assert (first.outcome, again.outcome) == ("refused", "duplicate")
    assert again.problems == first.problems

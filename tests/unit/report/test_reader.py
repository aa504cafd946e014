"""Counts, faults and fingerprints of the report, over hand-made lines."""

from __future__ import annotations

from itertools import permutations

import pytest

from contracts.messages import Answer, Delivery
from infra.kernel.records import DELIVERY, KIND, Record
from infra.report.reader import Reader
from tests.unit.report.story import SIGNER, START, Story, reader, sent, verdict


def _story(name: str = "a") -> Story:
    story = Story(name)
    custody = story.opened("kh-moi-ahtjp", 2, story.report("kh-moi-ahtjp", "KH"))
    story.handover("kh-moi-ahtjp", "kh-ngo-shelter-a", 4, custody)
    return story


def test_every_outcome_is_counted_and_every_rule_once_a_refusal() -> None:
    found = Reader({"unanswered": 0, "log": {"size": 7, "root": "ab"}})
    found.take_verdicts(
        [
            verdict(0, outcome="refused", rules=["CUS-HOLDER", "CUS-HOLDER", "XB-NEED"]),
            verdict(1, outcome="refused", rules=["CUS-HOLDER"]),
            verdict(2, outcome="duplicate", first="refused"),
            verdict(3, outcome="dead-lettered"),
            verdict(4, outcome="refused", was_parked=True, rules=["SCHEMA"]),
        ]
    )
    report = found.report(seconds=2)
    counted = {name: report["events"][name] for name in ("refused", "duplicate", "dead_lettered", "parked")}
    assert counted == {"refused": 3, "duplicate": 1, "dead_lettered": 1, "parked": 1}
    assert report["refused_by_rule"] == {"CUS-HOLDER": 2, "SCHEMA": 1, "XB-NEED": 1}
    assert (report["log"], report["seconds"]) == ({"size": 7, "root": "ab"}, 2)


def test_what_is_still_parked_is_unanswered() -> None:
    found = Reader({"unanswered": 0})
    found.take_verdicts([verdict(0, outcome="parked")])
    assert found.report()["events"]["unanswered"] == 1


def test_an_accepted_submission_that_is_not_in_the_log_shows() -> None:
    found = reader(_story())
    found.take_verdicts([verdict(99)])
    assert found.report()["events"]["not_logged"] == 1


def test_faults_say_what_became_of_each_record() -> None:
    story = Story("a")
    late = story.tell(
        "kh-mosvy",
        "intake.risk-assessed",
        1,
        {"level": "low", "safe_to_move": True},
        breaches=(("CUS-TIME", "late"),),
    )
    found = reader(story)
    found.take_verdicts(
        [
            verdict(0, event=late),
            verdict(1, outcome="duplicate"),
            verdict(2, outcome="refused"),
            verdict(3, was_parked=True),
            verdict(4, outcome="parked"),
        ]
    )
    kinds = ("late", "doubled", "against-a-rule", "out-of-order", "malformed", "malformed", None, None)
    found.take_journal(sent(offset, kind) for offset, kind in enumerate(kinds))
    report = found.report()
    assert {kind: item["outcomes"] for kind, item in report["faults"].items()} == {
        "late": {"accepted, marked late": 1},
        "doubled": {"duplicate": 1},
        "against-a-rule": {"refused": 1},
        "out-of-order": {"accepted, after waiting": 1},
        "malformed": {"unanswered": 2},
    }
    assert report["faults"]["malformed"]["share"] == 0.25
    assert report["events"]["late"] == 1


def test_services_own_words_are_not_agencies_events() -> None:
    story = _story()
    report = story.lines[0]
    cause = next(iter(story.digests))
    story.tell(
        "referral",
        "custody.deadline-passed",
        30,
        {"rule": "CUS-GAP", "cause": cause, "due": "2009-03-03T08:00:00Z"},
        source="services",
    )
    figures = reader(story).report()["events"]
    assert (figures["accepted"], figures["deadlines_passed"], figures["findings"]) == (6, 1, 0)
    assert report["index"] == 0


def test_fingerprints_do_not_depend_on_the_order_in_which_things_came() -> None:
    stories = [_story("a"), _story("b"), _story("c")]
    prints = [reader(*order).report()["sets"] for order in permutations(stories)]
    assert all(found == prints[0] for found in prints)


@pytest.mark.parametrize("kind", ["accepted", "refusals", "custody"])
def test_fingerprints_show_a_difference(kind: str) -> None:
    one, other = reader(_story("a")), reader(_story("a"), _story("b"))
    other.take_verdicts([verdict(77, outcome="refused", rules=["CUS-HOLDER"])])
    assert one.report()["sets"][kind] != other.report()["sets"][kind]


def _mail(reader: Reader, agency: str, kind: str, value: bytes, **headers: str) -> None:
    named = {KIND: kind, **headers}
    record = Record("mailbox", 0, 0, None, value, tuple((name, text.encode()) for name, text in named.items()))
    reader.mail.take(agency, record)


def test_a_sender_without_answer_or_receipt_shows() -> None:
    story = Story("a")
    told = story.digests[story.report("kh-moi-ahtjp", "KH")]
    found = reader(story)
    before = found.report()["mailboxes"]
    assert (before["senders_without_answer"], before["senders_without_receipt"]) == (1, 1)
    answer = Answer(service="intake", topic="t", partition=0, offset=0, digest=told, outcome="accepted", accepted=START)
    _mail(found, "kh-moi-ahtjp", "answer", answer.sign(SIGNER).encode())
    _mail(found, "kh-mosvy", "receipt", b"", digest=told)
    halfway = found.report()["mailboxes"]
    assert (halfway["senders_without_answer"], halfway["senders_without_receipt"]) == (0, 1)
    _mail(found, "kh-moi-ahtjp", "receipt", b"", digest=told)
    assert found.report()["mailboxes"]["senders_without_receipt"] == 0


def test_a_gap_in_the_numbers_of_a_mailbox_shows() -> None:
    found = Reader()
    for number in (1, 2, 4, 4):
        delivery = Delivery(
            service="intake", agency="kh-mosvy", number=number, digest="d", accepted=START, recorded=START
        )
        _mail(found, "kh-mosvy", "delivery", b"", **{DELIVERY: delivery.sign(SIGNER)})
    figures = found.report()["mailboxes"]
    assert (figures["deliveries"], figures["deliveries_missing"], figures["deliveries_doubled"]) == (4, 1, 1)


def test_steps_are_timed_by_what_belongs_together() -> None:
    steps = {item["step"]: item for item in reader(_story("a"), _story("b")).report()["steps"]}
    assert steps["released → received"] == {
        "step": "released → received",
        "count": 2,
        "median_hours": 1.0,
        "p95_hours": 1.0,
    }
    assert steps["report → in somebody's care"]["median_hours"] == 2.0
    assert "report → home" not in steps


def test_an_empty_network_has_a_report_too() -> None:
    report = Reader().report()
    assert (report["repatriated"]["total"], report["seconds"], report["events_per_second"]) == (0, 0, 0)

"""One case for people, over hand-made lines of the audit's record."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from click.testing import CliRunner

from contracts.messages import Acceptance
from contracts.signing import payload
from infra.cli.errors import WrongUse
from infra.cli.output import Output
from services.audit.commands import named
from services.audit.trace import Trace
from tests.unit.report.story import SIGNER, START, Story

NOW = START + timedelta(days=30)


def _story() -> Story:
    story = Story("a")
    custody = story.opened("kh-moi-ahtjp", 2, story.report("kh-moi-ahtjp", "KH"))
    story.handover("kh-moi-ahtjp", "kh-ngo-shelter-a", 4, custody)
    assessed = {"outcome": "safe", "caretaker": "kin"}
    assessment = story.tell("kh-dosvy-12", "repatriation.family-assessed", 99, assessed)
    entrusted = {"custody": custody, "to_kind": "kin", "assessment": assessment}
    story.tell("kh-ngo-shelter-a", "custody.entrusted", 100, entrusted)
    return story


def _trace(story: Story, *deadlines: dict[str, Any]) -> Trace:
    return Trace.of({"case": story.case, "events": story.lines, "deadlines": list(deadlines)}, NOW)


def _text(trace: Trace) -> str:
    with CliRunner().isolation() as (out, *_):
        trace.show(Output())
        return out.getvalue().decode()


def test_who_cared_and_who_answered_from_when_to_when_and_why() -> None:
    said = _trace(_story()).as_json()
    assert [(row["party"], row["from"], row["until"]) for row in said["care"]] == [
        ("kh-moi-ahtjp", "2009-03-02T10:00:00Z", "2009-03-02T15:00:00Z"),
        ("kh-ngo-shelter-a", "2009-03-02T15:00:00Z", "2009-03-06T12:00:00Z"),
        ("kin", "2009-03-06T12:00:00Z", None),
    ]
    assert [row["party"] for row in said["responsibility"]] == ["kh-moi-ahtjp", "kh-ngo-shelter-a"]
    assert said["responsibility"][-1]["until"] is None
    authorities = [row["authority"] for row in said["care"]]
    assert authorities[1] == "offered by kh-moi-ahtjp for shelter"
    assert authorities[2] == "kh-ngo-shelter-a entrusted them to kin; family assessed by kh-dosvy-12: safe"


def test_the_text_has_times_with_zones_and_what_is_due() -> None:
    deadline = {
        "family": "repatriation",
        "rule": "C009-FOLLOWUP",
        "cause": "x",
        "due": "2009-03-20T08:00:00+07:00",
        "owed_by": "kh-dosvy-12",
        "verified": False,
    }
    text = _text(_trace(_story(), deadline))
    for words in (
        "child, as of 2009-04-01 08:00 UTC",
        "2009-03-02 10:00 UTC",
        "3 d 21 h",
        "2009-03-20 08:00 +07:00 OVERDUE",
        "kh-dosvy-12",
        "C009-FOLLOWUP (no source states this time)",
    ):
        assert words in text
    assert "UNEXPLAINED" not in text


def test_a_case_without_anything_due_says_so() -> None:
    text = _text(_trace(_story()))
    assert "Nothing is due." in text
    assert "The audit found nothing to object to." in text


def test_a_release_that_nobody_received_is_unexplained() -> None:
    story = Story("a")
    custody = story.opened("kh-moi-ahtjp", 2, story.report("kh-moi-ahtjp", "KH"))
    story.handover("kh-moi-ahtjp", "kh-ngo-shelter-a", 4, custody, received=False)
    assert "UNEXPLAINED: from 2009-03-02 14:00 UTC until 2009-04-01 08:00 UTC nobody" in _text(_trace(story))


def test_a_missing_child_is_said_to_be_missing_until_found() -> None:
    story = _story()
    custody = _trace(story).as_json()["care"][0]["event"]
    story.tell("kh-dosvy-12", "custody.missing-reported", 200, {"custody": custody, "how": "ran-away"})
    assert "MISSING since 2009-03-10 16:00 UTC." in _text(_trace(story))
    found = {"custody": custody, "place_kind": "shelter", "condition": "well"}
    story.tell("kh-dosvy-12", "custody.found", 220, found)
    assert "MISSING" not in _text(_trace(story))


def test_findings_name_the_event_and_who_must_answer() -> None:
    story = _story()
    cause = _trace(story).as_json()["care"][1]["event"]
    finding = {
        "rule": "CUS-GAP",
        "code": "dispute",
        "cause": cause,
        "cause_digest": story.digests[cause],
        "of_family": "custody",
        "owner": "kh-ngo-shelter-a",
    }
    story.tell("audit", "audit.finding-raised", 300, finding, source="services")
    (found,) = _trace(story).findings
    wanted = {
        "rule": "CUS-GAP",
        "code": "dispute",
        "about": "custody.handover-received",
        "owner": "kh-ngo-shelter-a",
        "at": "2009-03-02T15:00:00Z",
        "state": "raised",
        "turn": "kh-ngo-shelter-a",
        "due": "2009-03-28T20:00:00Z",
        "verified": False,
        "overdue": True,
    }
    assert {name: found[name] for name in wanted} == wanted
    assert "kh-ngo-shelter-a until 2009-03-28 20:00 UTC OVERDUE" in _text(_trace(story))


def test_what_became_of_a_finding_is_told() -> None:
    story = _story()
    cause = _trace(story).as_json()["care"][1]["event"]
    finding = {
        "rule": "CUS-GAP",
        "code": "dispute",
        "cause": cause,
        "cause_digest": story.digests[cause],
        "of_family": "custody",
        "owner": "kh-ngo-shelter-a",
        "oversight": "kh-cncc",
    }
    raised = story.tell("audit", "audit.finding-raised", 300, finding, source="services")
    said = {"finding": raised, "reply": "explained", "grounds": ["network-down"], "evidence": [cause]}
    story.tell("kh-ngo-shelter-a", "audit.finding-answered", 310, said)
    (row,) = _trace(story).findings
    assert (row["state"], row["reply"], row["grounds"], row["evidence"]) == (
        "answered",
        "explained",
        ["network-down"],
        [cause],
    )
    assert (row["turn"], row["overdue"]) == ("kh-cncc", False)
    assert "explained network-down" in _text(_trace(story))
    judged = {"finding": raised, "outcome": "justified", "to": "kh-ngo-shelter-a"}
    story.tell("kh-cncc", "audit.finding-resolved", 320, judged)
    (row,) = _trace(story).findings
    assert (row["state"], row["outcome"], row["judged_by"], row["turn"]) == ("resolved", "justified", "kh-cncc", None)
    assert "justified, says kh-cncc" in _text(_trace(story))
    again = {"finding": raised, "reason": "new-evidence"}
    story.tell("kh-ngo-shelter-a", "audit.finding-reopened", 330, again)
    (row,) = _trace(story).findings
    assert (row["state"], row["reopened"], row["reply"]) == ("raised", 1, None)
    assert "raised again" in _text(_trace(story))


def test_a_case_that_nobody_opened_has_no_carer() -> None:
    story = Story("a")
    story.report("kh-moi-ahtjp", "KH")
    trace = Trace.of(
        {"case": story.case, "events": story.lines, "deadlines": []}, START.astimezone(timezone(timedelta(hours=7)))
    )
    assert trace.as_json()["care"] == []
    assert "Nobody has opened custody yet." in _text(trace)


def test_a_replayed_case_is_shown_as_of_its_own_clock() -> None:
    story = _story()
    for line in story.lines:
        said = Acceptance.model_validate(payload(line["acceptance"])).model_copy(update={"replay": True})
        line["acceptance"] = said.sign(SIGNER)
    assert _trace(story).as_json()["as_of"] == "2009-03-06T12:00:00Z"


@pytest.mark.parametrize("text", ["7K3QF-9XZM5", "rescue", "../summary", "", "7K3QF 9XZM"])
def test_what_is_neither_id_nor_code_is_wrong_use(text: str) -> None:
    with pytest.raises(WrongUse):
        named(text)


def test_a_code_may_be_typed_as_it_is_heard() -> None:
    story = Story("a")
    code = Trace.of({"case": story.case, "events": [], "deadlines": []}, datetime.now(UTC)).as_json()["code"]
    assert named(code.lower().replace("-", " ")) == code
    assert named(story.case.upper()) == story.case

"""One case explained: the same steps on three days come out by three texts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner

from contracts.decision import Accept, Decision
from contracts.envelope import Event
from contracts.fields import case_code
from contracts.messages import Acceptance, BreachMark
from infra.cli.output import Output
from services.audit.explain import Explained, Explanation
from tests.unit.contracts.casework import MINISTRY, POLICE, THAI, TRANSIT, Case, refused
from tests.unit.report.story import SIGNER, Story

DAYS = (date(2003, 4, 30), date(2003, 5, 31), date(2010, 1, 1))


@dataclass
class Kept(Case):
    """A case whose accepted events are kept as the audit service keeps them, with the breaches really found."""

    lines: list[dict[str, Any]] = field(default_factory=list)

    def judge(self, event: Event, **how: Any) -> Decision:
        decision = super().judge(event, **how)
        if isinstance(decision, Accept):
            said = Acceptance(
                service="s",
                digest=event.digest,
                case=event.case,
                family=event.family,
                sequence=len(self.lines) + 1,
                directory=1,
                rules="r",
                accepted=event.time,
                recorded=event.time,
                breaches=tuple(BreachMark(rule=mark.rule, code=mark.code) for mark in decision.breaches),
            )
            line = {"index": 0, "body": event.body.decode(), "jws": "", "acceptance": said.sign(SIGNER)}
            self.lines.append(line)
        return decision


def steps(day: date) -> Kept:
    """A child waits three days at a police post, and its return is asked for by the way that was open on the day."""
    case = Kept(datetime(day.year, day.month, day.day, 2, tzinfo=UTC))
    case.opened(POLICE, 0.5)
    case.told()
    ask = case.event(THAI, "repatriation.requested", 1, request("kh-th" if day > DAYS[0] else None))
    assert isinstance(case.judge(ask), Accept)
    case.wait("custody", 72)
    return case


def request(instrument: str | None) -> dict[str, Any]:
    said = {"to": MINISTRY, "from_country": "TH", "to_country": "KH", "corridor": "kh-th", "person": "child"}
    return said | {"channel": "diplomatic" if instrument is None else "instrument", "instrument": instrument}


def explained(case: Kept, on: date | None = None) -> Explanation:
    return Explanation.of({"case": case.id, "events": case.lines}, on)


def text(found: Explanation) -> str:
    with CliRunner().isolation() as (out, *_):
        found.show(Output())
        return out.getvalue().decode()


def one(found: Explanation, name: str) -> Explained:
    (item,) = [item for item in found.events if item.item.event.name == name]
    return item


def test_the_same_case_on_three_days_comes_out_by_three_texts() -> None:
    found = [explained(steps(day)) for day in DAYS]
    in_force = [[known.id for _, known in item.texts()] for item in found]
    assert in_force[0] == []
    assert in_force[1] == ["kh-th"]
    assert in_force[2][:2] == ["kh-th", "commit"]
    assert {"kh-decision-107", "kh-agreement-2007", "kh-vn-sop"} <= set(in_force[2])
    assert "asean-mla" not in in_force[2]
    ways = [one(item, "repatriation.requested").as_json()["way"] for item in found]
    assert ways == ["diplomatic channel", "kh-th", "kh-th beside commit"]
    passed = [[mark for event in item.events for mark in event.found if mark[1] == "passed"] for item in found]
    assert passed == [[], [], [("D107-48H", "passed")]]


@pytest.mark.parametrize(
    ("day", "instrument"), [(DAYS[0], "kh-th"), (DAYS[1], None), (DAYS[2], None), (DAYS[2], "commit")]
)
def test_a_way_of_another_day_is_refused(day: date, instrument: str | None) -> None:
    case = Kept(datetime(day.year, day.month, day.day, 2, tzinfo=UTC))
    case.told()
    assert refused(case.tries(THAI, "repatriation.requested", 1, request(instrument))) == {"XB-CORRIDOR"}


def test_a_rule_that_no_text_had_brought_is_said_so() -> None:
    old, new = (one(explained(steps(day)), "custody.opened") for day in (DAYS[1], DAYS[2]))
    assert ("D107-48H" in old.asked, "D107-48H" in old.not_yet) == (False, True)
    assert ("D107-48H" in new.asked, new.not_yet) == (True, ())
    assert [known.id for known in old.texts] == []
    assert [known.id for known in new.texts] == ["kh-decision-107"]


def test_by_another_days_texts_the_way_is_judged_again() -> None:
    case = steps(DAYS[2])
    again = one(explained(case, DAYS[0]), "repatriation.requested")
    assert again.found == (("XB-CORRIDOR", "wrong way"),)
    assert one(explained(case, DAYS[1]), "repatriation.requested").found == ()
    said = text(explained(case, DAYS[0]))
    assert "by the texts of 2003-04-30" in said
    assert "No text was in force" in said


def test_the_text_names_case_texts_rules_and_findings() -> None:
    case = steps(DAYS[2])
    said = text(explained(case))
    assert case_code(case.id) in said
    assert "way: kh-th beside commit" in said
    assert "D107-48H (passed)" in said
    assert "OPSC ¶105, ¶113, ¶121" in said
    assert "NET-ORDER" not in said
    assert "NET-ORDER" in str(explained(case).as_json())


def test_breaches_and_findings_of_the_audit_are_each_said_once_and_findings_are_no_events() -> None:
    story = Story("a")
    custody = story.opened("kh-ngo-a", 2, story.report("kh-moi-ahtjp", "KH"))
    missing = {"custody": custody, "how": "ran-away"}
    gone = story.tell("kh-x", "custody.missing-reported", 3, missing, breaches=(("CUS-HOLDER", "dispute"),))
    for rule, code in (("CUS-HOLDER", "dispute"), ("AUDIT-JUDGEMENT", "disagreement")):
        raised = {
            "rule": rule,
            "code": code,
            "cause": gone,
            "cause_digest": story.digests[gone],
            "of_family": "custody",
        }
        story.tell("audit", "audit.finding-raised", 4, raised, source="services")
    found = Explanation.of({"case": story.case, "events": story.lines})
    assert [item.item.event.family for item in found.events] == ["intake", "custody", "custody"]
    assert found.events[-1].found == (("CUS-HOLDER", "dispute"), ("AUDIT-JUDGEMENT", "disagreement"))


def test_a_text_that_came_into_force_on_the_way_is_listed_with_its_day() -> None:
    story = Story("b")
    hours = (datetime(2009, 8, 31, 3, tzinfo=UTC) - datetime(2009, 3, 2, 8, tzinfo=UTC)) / timedelta(hours=1)
    story.report("kh-moi-ahtjp", "KH")
    story.opened("kh-ngo-a", hours, "0" * 8 + "-0000-7000-8000-" + "0" * 12)
    found = Explanation.of({"case": story.case, "events": story.lines})
    assert found.texts()[-1][1].id == "kh-minimum-standards"
    assert found.texts()[-1][0] == date(2009, 8, 31)


def test_a_draft_is_shown_as_one_in_a_case_of_its_countries_from_its_day_on() -> None:
    early, late = explained(steps(DAYS[1])), explained(steps(DAYS[2]))
    assert early.as_json()["drafts"] == []
    assert [item["id"] for item in late.as_json()["drafts"]] == ["kh-th-criminal-justice"]
    assert "Only a draft, which warns and never refuses: kh-th-criminal-justice" in text(late)
    assert "Only a draft" not in text(early)
    home = Kept(datetime(2010, 1, 1, 2, tzinfo=UTC))
    home.opened(POLICE, 0.5)
    assert explained(home).drafts() == ()


def test_a_warning_of_a_draft_is_shown_with_its_event() -> None:
    case = Kept(datetime(2006, 12, 30, 2, tzinfo=UTC))
    case.opened(THAI, person="adult", place="shelter")
    ask = {**request("kh-th"), "person": "adult", "gender": "Feminine"}
    asked = case.says(THAI, "repatriation.requested", 20, ask)
    case.says(MINISTRY, "repatriation.counterpart-answered", 30, {"request": asked, "answer": "accepted"})
    way = {"corridor": "kh-th", "repatriation": asked, "place_kind": "transit-centre"}
    offer = case.says(THAI, "custody.handover-offered", 40, case.offer(THAI, TRANSIT, 40, **way))
    case.says(TRANSIT, "custody.handover-accepted", 41, case.step(offer))
    case.releases(THAI, MINISTRY, offer, 44, ("A2007-RECEIPT", "warning"))
    found = explained(case)
    assert one(found, "custody.handover-released").found == (("A2007-RECEIPT", "warning"),)
    assert "A2007-RECEIPT (warning)" in text(found).replace("\n", " ")

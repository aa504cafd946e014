"""Custody in the report: what is complete has no gap; withhold an agency's events, and its gaps show."""

from __future__ import annotations

from tests.unit.report.story import Story, reader


def _story(name: str, person: str = "child", *, withheld: bool = False) -> Story:
    """Police to a shelter, and ten days later home to the province; a withheld shelter never says that it received."""
    story = Story(name)
    custody = story.opened("kh-moi-ahtjp", 2, story.report("kh-moi-ahtjp", "KH", person), person)
    story.handover("kh-moi-ahtjp", "kh-ngo-shelter-a", 4, custody, received=not withheld)
    if not withheld:
        story.handover("kh-ngo-shelter-a", "kh-dosvy-12", 240, custody)
    story.tell("kh-dosvy-12", "custody.ended", 1000, {"custody": custody, "reason": "follow-up-done"})
    return story


def test_a_complete_chain_has_no_gap_and_every_minute() -> None:
    figures = reader(_story("a")).report()["custody"]
    assert figures == {"persons": 1, "person_minutes": 998 * 60, "joint_minutes": 0, "gaps": 0, "overlaps": 0}


def test_a_withheld_agency_gives_gaps() -> None:
    report = reader(_story("a", withheld=True), _story("b")).report()
    assert (report["custody"]["gaps"], report["custody"]["persons"]) == (1, 2)


def test_what_was_withheld_changes_the_fingerprint_of_custody() -> None:
    whole, lacking = reader(_story("a")).report(), reader(_story("a", withheld=True)).report()
    assert whole["sets"]["custody"] != lacking["sets"]["custody"]


def test_an_adult_is_accompanied_and_not_in_custody() -> None:
    report = reader(_story("a", "adult"), _story("b")).report()
    assert report["custody"]["persons"] == 1
    assert report["accompaniment"] == {
        "persons": 1,
        "person_minutes": 998 * 60,
        "joint_minutes": 0,
        "gaps": 0,
        "overlaps": 0,
    }


def test_a_child_that_nobody_took_is_a_gap() -> None:
    story = Story("a")
    story.report("kh-moi-ahtjp", "KH")
    story.tell("kh-mosvy", "intake.risk-assessed", 100, {"level": "low", "safe_to_move": True})
    assert reader(story).report()["custody"]["gaps"] == 1


def test_a_receipt_that_comes_before_its_release_is_joint_time_and_no_gap() -> None:
    story = Story("a")
    custody = story.opened("kh-moi-ahtjp", 2, story.report("kh-moi-ahtjp", "KH"))
    offer = {"custody": custody, "to": "kh-ngo-shelter-a", "purpose": "shelter", "place_kind": "shelter"}
    step = {"custody": custody, "handover": story.tell("kh-moi-ahtjp", "custody.handover-offered", 4, offer)}
    receipt = {**step, "from_agency": "kh-moi-ahtjp", "condition": "well", "place_kind": "shelter"}
    story.tell("kh-ngo-shelter-a", "custody.handover-received", 6, receipt)
    release = {**step, "to": "kh-ngo-shelter-a", "condition": "well"}
    story.tell("kh-moi-ahtjp", "custody.handover-released", 9, release)
    figures = reader(story).report()["custody"]
    assert (figures["joint_minutes"], figures["gaps"], figures["overlaps"]) == (180, 0, 0)

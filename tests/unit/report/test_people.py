"""Who was repatriated, and who was found within the country, by accepted events alone."""

from __future__ import annotations

from tests.unit.report.story import Story, reader


def _home(name: str, country: str, person: str = "child") -> Story:
    story = Story(name)
    report = story.report("th-rtp", country, person)
    story.opened("th-msdhs", 1, report, person)
    story.came_home("kh-transit-poipet", 90, country)
    return story


def test_people_are_counted_by_country_and_age() -> None:
    figures = reader(_home("a", "TH"), _home("b", "TH", "adult"), _home("c", "VN")).report()["repatriated"]
    assert figures == {"total": 3, "by_country": {"TH": 2, "VN": 1}, "children": 2, "adults": 1, "under_way": 0}


def test_somebody_received_twice_is_one_person() -> None:
    story = _home("a", "TH")
    story.came_home("kh-mosvy", 95, "TH")
    assert reader(story).report()["repatriated"]["total"] == 1


def test_a_return_to_another_country_is_no_return_to_cambodia() -> None:
    story = Story("out")
    story.report("kh-moi-ahtjp", "KH")
    story.came_home("vn-social", 90, "KH")
    assert reader(story).report()["repatriated"]["total"] == 0


def test_a_report_alone_repatriates_nobody() -> None:
    story = Story("a")
    story.report("th-rtp", "TH")
    figures = reader(story).report()["repatriated"]
    assert figures == {"total": 0, "by_country": {}, "children": 0, "adults": 0, "under_way": 0}


def test_a_return_that_has_begun_is_under_way_until_somebody_is_home() -> None:
    begun, home = Story("a"), _home("b", "VN")
    begun.report("th-rtp", "TH")
    begun.tell("th-msdhs", "repatriation.views-heard", 30, {"hearing": "heard", "wish": "return"})
    assert reader(begun, home).report()["repatriated"]["under_way"] == 1


def test_a_reception_that_was_corrected_does_not_count() -> None:
    story = Story("a")
    story.report("th-rtp", "TH")
    wrong = story.came_home("kh-mosvy", 90, "TH")
    story.tell("kh-mosvy", "repatriation.corrected", 91, {"corrects": wrong, "reason": "wrong-case"})
    assert reader(story).report()["repatriated"]["total"] == 0


def test_nobody_corrects_what_another_said() -> None:
    story = Story("a")
    story.report("th-rtp", "TH")
    told = story.came_home("kh-mosvy", 90, "TH")
    story.tell("kh-ngo-shelter-capital", "repatriation.corrected", 91, {"corrects": told, "reason": "entered-in-error"})
    assert reader(story).report()["repatriated"]["total"] == 1


def test_the_last_finding_on_age_is_the_one_that_counts() -> None:
    story = Story("a")
    story.report("th-rtp", "TH", "adult")
    story.tell("th-msdhs", "intake.age-determined", 2, {"result": "adult", "evidence": ["physical-appearance"]})
    story.tell("th-msdhs", "intake.age-determined", 9, {"result": "child", "evidence": ["birth-certificate"]})
    story.came_home("kh-transit-poipet", 90, "TH")
    assert reader(story).report()["repatriated"]["children"] == 1


def test_an_unknown_age_is_a_childs() -> None:
    story = Story("a")
    story.report("th-rtp", "TH", "unknown")
    story.came_home("kh-transit-poipet", 90, "TH")
    assert reader(story).report()["repatriated"]["children"] == 1


def test_found_within_the_country_means_found_there_and_served() -> None:
    reported, served, home = Story("reported"), Story("served"), _home("home", "TH")
    reported.report("kh-moi-ahtjp", "KH")
    custody = served.opened("kh-moi-ahtjp", 1, served.report("kh-moi-ahtjp", "KH"))
    served.handover("kh-moi-ahtjp", "kh-ngo-shelter-a", 2, custody)
    figures = reader(reported, served, home).report()
    assert (figures["in_country"], figures["cases"]) == (1, 3)

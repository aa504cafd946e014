"""Every refusal can be read in Khmer, and across a border in Thai and Vietnamese."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from contracts.decision import Problem
from contracts.guidelines.rules.network import net_many, net_order
from contracts.guidelines.rules.xb_corridor import xb_corridor
from contracts.guidelines.words import GAP, LANGUAGES, languages, said, sentences, translated
from contracts.guidelines.words import sentences as words
from contracts.messages import Answer, ProblemMark
from tests.unit.contracts.sentences import JOURNEYS, KERNEL, RULES, across, key_problems
from tests.unit.contracts.sentences import sentences as spoken

PLACES = [*RULES, *JOURNEYS, *KERNEL]
SCRIPT = {"km": r"[\u1780-\u17ff]", "th": r"[\u0e00-\u0e7f]", "vi": r"[a-zà-ỹđ]"}


def said_in_code() -> set[str]:
    return {text for path in PLACES for text in spoken(path)} | key_problems()


def said_across() -> set[str]:
    return {text for path in PLACES for text in across(path)}


def missing(texts: set[str], language: str) -> str:
    """The lines to write, ready for the file."""
    lines = [f'"{text}" = ""' for text in sorted(texts - set(words(language)))]
    return "\n".join([f"write these into contracts/guidelines/words/{language}.toml:", *lines]) if lines else ""


@pytest.mark.parametrize("path", PLACES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_sentence_of_a_refusal_is_said_in_khmer(path: Path) -> None:
    assert missing(spoken(path), "km") == ""


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_every_sentence_of_a_rule_of_the_border_is_said_in(language: str) -> None:
    assert missing(said_across(), language) == ""


def test_why_a_key_may_not_be_used_is_said_in_khmer() -> None:
    assert missing(key_problems(), "km") == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_is_of_a_sentence_that_nobody_says(language: str) -> None:
    left_over = sorted(set(words(language)) - said_in_code())
    assert left_over == [], f"take these out of contracts/guidelines/words/{language}.toml"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_is_in_its_script_keeps_the_gaps_and_the_names_of_fields(language: str) -> None:
    for text, translation in sentences(language).items():
        assert re.search(SCRIPT[language], translation), text
        assert translation.count(GAP) == text.count(GAP), text
        for name in re.findall(r"data\.[a-z_]+|[a-z]+_[a-z]+", text):
            assert name in translation, text


def test_the_sentences_are_really_found() -> None:
    found = said_in_code()
    assert {"the instrument {}", "use {} and name it", "a rejection says why", "{} has not been accepted"} <= found
    assert "seal to the agencies that the event names, and put the digest in data.sealed_digest" in said_across()
    assert len(found) > 80


def test_a_gap_is_filled_and_what_fills_it_is_translated_where_it_is_a_sentence() -> None:
    problem = xb_corridor(None, "kh-th", "diplomatic", None)
    assert problem is not None
    assert said("use the instrument kh-vn-sop and name it", "vi") == "hãy dùng văn kiện kh-vn-sop và ghi rõ"
    assert said("use the diplomatic channel and name it", "th") == "โปรดใช้ช่องทางการทูต และระบุไว้ด้วย"
    order, many = net_order(False, "data.request", "repatriation.requested"), net_many(100)
    assert order is not None
    assert many is not None
    assert said(order.message, "km") == "repatriation.requested មិនទាន់ត្រូវបានទទួលយកទេ"
    assert "100" in said(many.message, "km")


def test_a_sentence_with_a_gap_is_not_taken_for_another_that_is_known_whole() -> None:
    text = "the report that this chain names has not been accepted"
    assert said(text, "km") == words("km")[text]


def test_what_has_no_translation_stays_as_it_is() -> None:
    assert translated("it rains", "km") is None
    assert said("it rains", "km") == "it rains"
    assert said("this case is closed", "fr") == "this case is closed"


def test_thai_and_vietnamese_are_for_rules_of_the_border() -> None:
    assert languages("XB-NEED") == ("km", "th", "vi")
    assert languages("D107-RISK") == ("km",)


# -- the answer that carries them ------------------------------------------------------------------------------------


def problem(rule: str, message: str, remedy: str) -> Problem:
    return Problem("data.to", rule, "OPSC ¶1", message, remedy)


def test_a_problem_carries_the_languages_of_its_rule_and_keeps_them_in_an_answer() -> None:
    mark = ProblemMark.of(problem("XB-NEED", "a request carries no identity", "name it"))
    assert set(mark.texts) == {"km", "th", "vi"}
    assert mark.words("vi").message == "yêu cầu không được kèm danh tính"
    assert mark.words("en").message == mark.words("fr").message == "a request carries no identity"
    answer = Answer.model_validate(
        {
            "service": "s",
            "topic": "t",
            "partition": 0,
            "offset": 0,
            "digest": "d",
            "outcome": "refused",
            "accepted": "2009-03-02T08:00:00Z",
            "problems": (mark,),
        }
    )
    again = Answer.model_validate_json(answer.model_dump_json(exclude_none=True, exclude_defaults=True))
    assert again.problems == (mark,)


def test_a_problem_half_of_which_is_known_is_said_as_far_as_it_goes() -> None:
    mark = ProblemMark.of(problem("SCHEMA", "data.to: missing", "send what the schema asks for"))
    assert mark.words("km").message == "data.to: missing"
    assert mark.words("km").remedy == words("km")["send what the schema asks for"]


def test_a_problem_without_words_has_none_and_an_old_answer_is_read_in_english() -> None:
    assert ProblemMark.of(problem("D107-RISK", "it rains", "wait")).texts == {}
    old = ProblemMark.model_validate(problem("XB-NEED", "a request carries no identity", "name it").as_json())
    assert old.words("km").message == "a request carries no identity"

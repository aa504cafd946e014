"""In which language a refusal is shown: the one asked for, else that of the environment, else English."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from contracts.decision import Problem
from contracts.messages import Answer, ProblemMark
from infra.cli.command import Session, command
from infra.cli.options import in_language
from infra.client.letters import answer_in_words, problem_in_words

MARK = ProblemMark.of(
    Problem("data.sealed_digest", "XB-NEED", "UNIAP area 3", "a request carries no identity", "name it")
)


@command("speak", example="safepassage speak")
@in_language()
def speak(session: Session, language: str) -> None:
    """Say a language."""
    session.output.say(language)


@pytest.mark.parametrize(
    ("arguments", "environment", "language"),
    [
        ([], {}, "en"),
        ([], {"LANG": "km_KH.UTF-8"}, "km"),
        ([], {"LANG": "th_TH.UTF-8"}, "th"),
        ([], {"LANG": "fr_FR.UTF-8"}, "en"),
        ([], {"LANG": "C.UTF-8"}, "en"),
        ([], {"LANG": "km_KH.UTF-8", "LC_ALL": "vi_VN"}, "vi"),
        (["--lang", "th"], {"LANG": "km_KH.UTF-8"}, "th"),
        (["--lang", "en"], {"LANG": "km_KH.UTF-8"}, "en"),
    ],
)
def test_the_language_asked_for_comes_before_that_of_the_environment(
    arguments: list[str], environment: dict[str, str], language: str
) -> None:
    known: dict[str, str | None] = {"LANG": None, "LC_ALL": None, "LC_MESSAGES": None}
    result = CliRunner().invoke(speak, arguments, env=known | environment)
    assert result.stdout.strip() == language


def test_a_language_that_the_network_does_not_have_is_wrong_use() -> None:
    assert CliRunner().invoke(speak, ["--lang", "fr"]).exit_code == 2


@pytest.mark.parametrize("name", ["send", "inbox", "check"])
def test_every_command_that_shows_refusals_takes_a_language(name: str) -> None:
    from infra.client import commands

    declared = getattr(commands, name)
    assert isinstance(declared, click.Command)
    assert "language" in {option.name for option in declared.params}


def test_a_refusal_is_shown_in_the_language_and_keeps_field_rule_and_source() -> None:
    first, second = problem_in_words(MARK, "km")
    assert "សំណើមិនត្រូវមានអត្តសញ្ញាណទេ" in first
    assert "data.sealed_digest" in first
    assert "[XB-NEED; UNIAP area 3]" in first
    assert second.strip().startswith("→")
    assert problem_in_words(MARK)[0].startswith("  data.sealed_digest: a request carries no identity")


def test_an_answer_is_shown_in_the_language() -> None:
    answer = Answer.model_validate(
        {
            "service": "referral",
            "topic": "t",
            "partition": 0,
            "offset": 0,
            "digest": "d",
            "outcome": "refused",
            "accepted": "2009-03-02T08:00:00Z",
            "problems": (MARK,),
        }
    )
    assert any("yêu cầu không được kèm danh tính" in line for line in answer_in_words(answer, "vi"))

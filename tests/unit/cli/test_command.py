"""Every command: its help has an example, and how it ends is what its exit code says."""

from __future__ import annotations

import json
import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from infra.cli import main
from infra.cli.command import Session, command
from infra.cli.errors import CommandFailed, Lacking, Refused, Unreachable, WrongUse


def _ends_with(error: BaseException | None) -> click.Command:
    @command("try", example="safepassage try")
    async def attempt(session: Session) -> int:
        """Try something."""
        session.output.say("tried")
        session.output.data({"tried": True})
        if error is not None:
            raise error
        return 0

    return attempt


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (None, 0),
        (Refused("the child is not known", "look again"), 1),
        (WrongUse("no such file", "name a file"), 2),
        (Unreachable("nothing runs", "start it"), 3),
        (Lacking("no memory", "buy some"), 4),
    ],
)
def test_exit_codes(error: CommandFailed | None, code: int, tmp_path: Path) -> None:
    result = CliRunner().invoke(_ends_with(error), ["--data", str(tmp_path)])
    assert result.exit_code == code
    assert "Traceback" not in result.output
    if error is not None:
        assert f"safepassage: {error.message}" in result.stderr
        assert f"→ {error.remedy}" in result.stderr


def test_an_error_is_json_where_json_is_asked_for(tmp_path: Path) -> None:
    result = CliRunner().invoke(
        _ends_with(Unreachable("nothing [runs]", "start it")), ["--data", str(tmp_path), "--json"]
    )
    answer, error = result.stdout.split("}\n", 1)
    assert json.loads(answer + "}") == {"tried": True}
    assert json.loads(error)["error"] == {"code": "unreachable", "message": "nothing [runs]", "remedy": "start it"}
    assert "[runs]" in result.stderr


def test_an_unexpected_error_is_not_hidden(tmp_path: Path) -> None:
    result = CliRunner().invoke(_ends_with(ZeroDivisionError()), ["--data", str(tmp_path)])
    assert isinstance(result.exception, ZeroDivisionError)


def test_the_data_directory_can_be_named_by_the_environment(tmp_path: Path) -> None:
    seen: list[Path] = []

    @command("where", example="safepassage where")
    def where(session: Session) -> None:
        """Where."""
        seen.append(session.data)

    CliRunner().invoke(where, [], env={"SAFEPASSAGE_DATA": str(tmp_path)})
    assert seen == [tmp_path.resolve()]


def _declared() -> dict[str, str]:
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text("utf-8"))["project"]
    return dict(project["entry-points"][main.GROUP])


@pytest.mark.parametrize("name", sorted(_declared()))
def test_every_command_has_help_with_an_example(name: str) -> None:
    declared = EntryPoint(name, _declared()[name], main.GROUP).load()
    result = CliRunner().invoke(declared, ["--help"])
    assert result.exit_code == 0, result.output
    assert f"safepassage {name}" in result.output.partition("Example:")[2]
    for part in ("--json", "--data", "Exit codes:"):
        assert part in result.output


def test_a_command_that_does_not_exist_is_wrong_use() -> None:
    result = CliRunner().invoke(main.cli, ["rescue"])
    assert result.exit_code == 2
    assert "No such command 'rescue'" in result.output


def test_a_command_that_cannot_be_loaded_leaves_the_others_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    points = [
        EntryPoint("broken", "infra.no_such_module:it", main.GROUP),
        EntryPoint("doctor", "infra.commands.doctor:doctor", main.GROUP),
    ]
    monkeypatch.setattr(main, "entry_points", lambda group: _Points(points))
    listed = CliRunner().invoke(main.cli, ["--help"])
    assert listed.exit_code == 0
    assert "Say what is wrong on this machine" in listed.output
    broken = CliRunner().invoke(main.cli, ["broken"])
    assert broken.exit_code == 4
    assert "infra.no_such_module" in broken.output


class _Points(list[EntryPoint]):
    @property
    def names(self) -> set[str]:
        return {point.name for point in self}

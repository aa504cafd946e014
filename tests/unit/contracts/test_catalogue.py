"""The committed schemas are those of the models, and the check says when they are not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from contracts import catalogue
from contracts.events import EVENTS


def test_the_committed_schemas_are_those_of_the_models() -> None:
    assert catalogue.differences() == ()


def test_schemas_say_that_they_are_generated_and_allow_what_a_later_version_adds() -> None:
    for text in catalogue.catalogue().values():
        schema = json.loads(text)
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        assert "Generated" in schema["$comment"]
        assert EVENTS[schema["$id"]].kind == schema["x-kind"]
        assert "additionalProperties" not in schema


def test_the_check_finds_what_is_missing_changed_or_left_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    check = ["--check", "--folder", str(tmp_path)]
    assert catalogue.main(check) == 1
    assert catalogue.main(["--folder", str(tmp_path)]) == 0
    capsys.readouterr()
    assert catalogue.main(check) == 0
    assert capsys.readouterr().out == ""
    (tmp_path / "custody/died.v1.json").unlink()
    (tmp_path / "custody/found.v1.json").write_text("{}")
    (tmp_path / "custody/lost.v1.json").write_text("{}")
    assert catalogue.main(check) == 1
    assert capsys.readouterr().out.split() == [
        part for name in ("died", "found", "lost") for part in ("differs:", f"custody/{name}.v1.json")
    ]
    assert catalogue.main(["--folder", str(tmp_path)]) == 0
    assert catalogue.differences(tmp_path) == ()

"""What `up` says before it starts."""

from __future__ import annotations

from pathlib import Path

from infra.commands.up import broken_off
from infra.simulation.replay import BROKEN_OFF


def test_a_replay_that_did_not_reach_its_end_is_told_of(tmp_path: Path) -> None:
    assert broken_off(tmp_path) is None
    (tmp_path / BROKEN_OFF).touch()
    said = broken_off(tmp_path)
    assert said is not None
    assert "broken off" in said

"""What the doctor finds on this machine."""

from __future__ import annotations

import fcntl
import json
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
from click.testing import CliRunner

from infra.commands.demo import demo
from infra.commands.doctor import doctor, examine
from infra.commands.status import status
from infra.simulation.replay import SEED_FILE


def test_too_little_memory_is_wrong_and_ends_with_4(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=300_000_000))
    result = CliRunner().invoke(doctor, ["--data", str(tmp_path), "--json"])
    said = json.loads(result.stdout)
    memory = next(item for item in said["findings"] if item["what"] == "memory")
    assert (result.exit_code, said["well"], memory["level"]) == (4, False, "wrong")
    assert "300 MB" in memory["found"]
    assert memory["remedy"]


def test_a_directory_that_somebody_works_in_is_said(tmp_path: Path) -> None:
    with (tmp_path / "lock").open("w") as lock:
        lock.write("4711")
        lock.flush()
        fcntl.flock(lock, fcntl.LOCK_EX)
        used = next(item for item in examine(tmp_path) if item.what == "data directory")
    free = next(item for item in examine(tmp_path) if item.what == "data directory")
    assert (used.level, "4711" in used.found) == ("warning", True)
    assert free.level == "well"


def test_status_and_demo_say_so_too(tmp_path: Path) -> None:
    (tmp_path / SEED_FILE).write_text("2009")
    with (tmp_path / "lock").open("w") as lock:
        lock.write("4711")
        lock.flush()
        fcntl.flock(lock, fcntl.LOCK_EX)
        asked = CliRunner().invoke(status, ["--data", str(tmp_path)])
        again = CliRunner().invoke(demo, ["--data", str(tmp_path)])
    assert (asked.exit_code, "process 4711" in asked.stderr) == (3, True)
    assert (again.exit_code, "a network runs on" in again.stderr) == (2, True)
    assert (tmp_path / SEED_FILE).exists(), "nothing was cleared away"


def test_everything_that_is_not_well_says_what_to_do(tmp_path: Path) -> None:
    findings = list(examine(tmp_path / "new" / "place"))
    assert {"Python", "memory", "disk", "cores", "ports", "Java", "Kafka", "PostgreSQL", "user", "clock"} <= {
        item.what for item in findings
    }
    assert all(item.remedy for item in findings if item.level != "well")
    assert not (tmp_path / "new").exists()

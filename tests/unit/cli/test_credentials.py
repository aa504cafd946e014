"""The files by which commands find a running network and an agency's keys."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from contracts.signing import b64
from infra.cli.errors import Unreachable, WrongUse
from infra.client.credentials import Credentials, Running, listed

RUNNING = Running(os.getpid(), "127.0.0.1:9092", "ca.pem", {"intake": 1, "audit": 2}, b64(bytes(32)), "vkey", True)
SECRETS = Credentials("kh-mosvy", "kh-mosvy/sig-1", b64(b"1" * 32), "kh-mosvy/enc-1", b64(b"2" * 32), "pass-word")


def test_what_is_written_is_read_again_and_is_the_owners_alone(tmp_path: Path) -> None:
    files = [RUNNING.write(tmp_path), SECRETS.write(tmp_path), SECRETS.write(tmp_path)]
    assert Running.read(tmp_path) == RUNNING
    assert Credentials.read(tmp_path, "kh-mosvy") == SECRETS
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert stat.S_IMODE((tmp_path / "agencies").stat().st_mode) == 0o700
    assert listed(tmp_path) == ("kh-mosvy",)


def test_secrets_are_in_no_error_and_no_log(tmp_path: Path) -> None:
    assert all(secret not in repr(SECRETS) for secret in (SECRETS.seed, SECRETS.sealing, SECRETS.password))


def test_no_network_runs_without_its_file(tmp_path: Path) -> None:
    with pytest.raises(Unreachable) as error:
        Running.read(tmp_path)
    assert "safepassage up" in error.value.remedy


def test_a_network_whose_process_is_gone_does_not_run(tmp_path: Path) -> None:
    replace(RUNNING, pid=2**22 + 1).write(tmp_path)
    with pytest.raises(Unreachable, match="no network is running"):
        Running.read(tmp_path)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"pid": 1, "kafka": [], "services": {}}'])
def test_a_file_that_is_no_network_is_said_to_be_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "network.json").write_text(text)
    with pytest.raises(Unreachable, match=r"network\.json cannot be read"):
        Running.read(tmp_path)


def test_an_agency_that_is_not_here_is_answered_with_those_like_it(tmp_path: Path) -> None:
    SECRETS.write(tmp_path)
    with pytest.raises(WrongUse) as error:
        Credentials.read(tmp_path, "kh-moh")
    assert "kh-mosvy" in error.value.remedy


@pytest.mark.parametrize("name", ["../network", "kh-mosvy/../x", "", "KH-MOSVY"])
def test_a_name_that_is_no_agencys_opens_no_file(tmp_path: Path, name: str) -> None:
    RUNNING.write(tmp_path)
    SECRETS.write(tmp_path)
    with pytest.raises(WrongUse):
        Credentials.read(tmp_path, name)


def test_credentials_that_are_damaged_are_said_to_be(tmp_path: Path) -> None:
    replace(SECRETS, seed="short").write(tmp_path)
    with pytest.raises(WrongUse, match="not an agency's credentials"):
        Credentials.read(tmp_path, "kh-mosvy")

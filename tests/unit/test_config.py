"""A process's file of secrets: its owner's alone, whole when it is read again, and quiet about what stands in it."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from contracts.signing import b64
from infra.config import ConfigRefused, Secrets, ServiceConfig
from infra.directory.registrar import RegistrarConfig

SERVICE = ServiceConfig(
    *(
        "intake",
        "127.0.0.1:9092",
        "ca.pem",
        "pass-word",
        "postgres://x",
        b64(bytes(32)),
        "intake/sig-1",
        b64(bytes(32)),
    ),
    http_port=8080,
    instance="2",
)
REGISTRAR = RegistrarConfig("127.0.0.1:9092", "ca.pem", "pass-word", "registrar/sig-1", b64(bytes(32)), "first.json")


@pytest.mark.parametrize("config", [SERVICE, REGISTRAR])
def test_what_is_written_is_read_again_and_is_the_owners_alone(
    tmp_path: Path, config: ServiceConfig | RegistrarConfig
) -> None:
    path = tmp_path / "config.json"
    path.write_text("older and for everybody")
    path.chmod(0o644)
    assert config.write(path) == path
    assert type(config).read(path) == config
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("kind", [ServiceConfig, RegistrarConfig])
@pytest.mark.parametrize("text", [None, "", "[]", "pass-word", '{"kafka_password": "pass-word"}', '{"pass-word": 1}'])
def test_a_file_that_cannot_be_used_is_refused_without_its_content(
    tmp_path: Path, kind: type[Secrets], text: str | None
) -> None:
    path = tmp_path / "config.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(ConfigRefused) as refused:
        kind.read(path)
    assert str(path) in str(refused.value)
    assert "pass-word" not in str(refused.value)

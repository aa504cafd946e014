"""What a process is told when it starts: one JSON file, readable by its owner alone, made by whoever deploys it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from contracts.signing import Signer, unb64
from infra.kafka.settings import KafkaSettings

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


class ConfigRefused(Exception):
    """The configuration file cannot be used: make it anew with 'safepassage up', or compare it with infra/README.md."""


class Secrets:
    """A dataclass that is kept in a file which only its owner can read."""

    def write(self: DataclassInstance, path: Path) -> Path:
        """Write the file."""
        path.touch(mode=0o600)
        path.chmod(0o600)
        path.write_text(json.dumps(asdict(self), indent=2), encoding="utf-8")
        return path

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read the file; raises `ConfigRefused`."""
        try:
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise ConfigRefused(f"{path}: {type(error).__name__}") from error


@dataclass(frozen=True)
class ServiceConfig(Secrets):
    """Everything a service needs from outside. Keys are base64url of 32 bytes; `instance` numbers copies of a service.

    `log_key` is the audit service's log signing key (a C2SP skey, whose name is the log's origin).
    `linger_ms` is how long the broker may hold back a batch that is not full.
    `replay` lets the principal `replay` drive each case's clock; it is never set on a network that serves children.
    """

    service: str
    kafka_bootstrap: str
    kafka_ca: str
    kafka_password: str
    postgres_dsn: str
    registrar_key: str
    signing_kid: str
    signing_seed: str
    http_port: int
    instance: str = "1"
    replay: bool = False
    linger_ms: int = 50
    log_key: str = ""

    @property
    def principal(self) -> str:
        """The Kafka user of this service."""
        return f"svc-{self.service}"

    def kafka(self) -> KafkaSettings:
        """How to reach Kafka."""
        return KafkaSettings(self.kafka_bootstrap, Path(self.kafka_ca), self.principal, self.kafka_password)

    def signer(self) -> Signer:
        """The service's signing key."""
        return Signer.from_seed(self.signing_kid, unb64(self.signing_seed))

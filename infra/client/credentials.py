"""What a program on this machine needs to use a running network: where it is, and an agency's own keys and password.

Both are JSON files that their owner alone can read. Whoever starts the network writes `network.json` and, where it also
made the agencies' keys, `agencies/<agency>.json`; an agency elsewhere has its own copy of the second.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import psutil

from contracts.evidence.note import Ed25519Verifier
from contracts.sealing import SealingKey
from contracts.signing import SignatureRefused, Signer, unb64
from infra.cli.errors import Unreachable, WrongUse, nearest
from infra.kafka.settings import KafkaSettings

from .agency import Agency

NETWORK = "network.json"
AGENCIES = "agencies"
_ID = re.compile(r"[a-z]{2,3}(-[a-z0-9]+)+")


@dataclass(frozen=True, slots=True)
class Running:
    """A running network. `services` gives each service's HTTP port on loopback; keys are base64url of 32 bytes.

    `registrar_key` is the public key under which the directory is believed, `log_key` the one under which receipts are
    (a C2SP vkey); `replay` says that cases are replayed.
    """

    pid: int
    kafka_bootstrap: str
    kafka_ca: str
    services: dict[str, int]
    registrar_key: str
    log_key: str
    replay: bool = False

    def write(self, data: Path) -> Path:
        """Write `network.json` in a data directory."""
        said = {
            "pid": self.pid,
            "kafka": {"bootstrap": self.kafka_bootstrap, "ca": self.kafka_ca},
            "services": self.services,
            "registrar_key": self.registrar_key,
            "log_key": self.log_key,
            "replay": self.replay,
        }
        return _write(data / NETWORK, said)

    @classmethod
    def read(cls, data: Path) -> Running:
        """The network of a data directory; raises `Unreachable` when none is running there."""
        try:
            said = json.loads((data / NETWORK).read_text("utf-8"))
            found = cls(
                pid=int(said["pid"]),
                kafka_bootstrap=str(said["kafka"]["bootstrap"]),
                kafka_ca=str(said["kafka"]["ca"]),
                services={str(name): int(port) for name, port in said["services"].items()},
                registrar_key=str(said["registrar_key"]),
                log_key=str(said["log_key"]),
                replay=bool(said["replay"]),
            )
        except FileNotFoundError as error:
            raise not_running(data) from error
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise Unreachable(
                f"{data / NETWORK} cannot be read ({type(error).__name__})", "start the network anew: safepassage up"
            ) from error
        if not psutil.pid_exists(found.pid):
            raise not_running(data)
        return found

    def registrar(self) -> bytes:
        """The registrar's public key."""
        return unb64(self.registrar_key)

    def log(self) -> Ed25519Verifier:
        """The log's public key; raises `EvidenceRefused` when it is none."""
        return Ed25519Verifier.parse(self.log_key)


@dataclass(frozen=True, slots=True)
class Credentials:
    """An agency's own secrets: its Ed25519 signing seed and X25519 private key (base64url) and its Kafka password."""

    agency: str
    kid: str
    seed: str = field(repr=False)
    sealing_kid: str
    sealing: str = field(repr=False)
    password: str = field(repr=False)

    def write(self, data: Path) -> Path:
        """Write `agencies/<agency>.json` in a data directory."""
        folder = data / AGENCIES
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return _write(folder / f"{self.agency}.json", asdict(self))

    @classmethod
    def read(cls, data: Path, agency: str) -> Credentials:
        """An agency's credentials from a data directory; raises `WrongUse`."""
        path = data / AGENCIES / f"{agency}.json"
        if not _ID.fullmatch(agency) or not path.is_file():
            known = listed(data)
            remedy = (
                nearest(agency, known, f"ls {data / AGENCIES}") if known else "start a network first: safepassage demo"
            )
            raise WrongUse(f"there are no credentials of '{agency}' in {data}", remedy)
        try:
            said: dict[str, Any] = json.loads(path.read_text("utf-8"))
            found = cls(**{item.name: str(said[item.name]) for item in fields(cls)})
            found.as_agency()
        except (OSError, ValueError, KeyError, TypeError, SignatureRefused) as error:
            raise WrongUse(
                f"{path} is not an agency's credentials ({type(error).__name__})", "ask who made it for a new one"
            ) from error
        return found

    def signer(self) -> Signer:
        """The agency's signing key."""
        return Signer.from_seed(self.kid, unb64(self.seed))

    def sealing_key(self) -> SealingKey:
        """The key that opens what is sealed to the agency."""
        return SealingKey.from_private(self.sealing_kid, unb64(self.sealing))

    def as_agency(self) -> Agency:
        """The reference client of this agency."""
        return Agency(self.agency, self.signer(), (self.sealing_key(),))

    def kafka(self, running: Running) -> KafkaSettings:
        """How this agency reaches Kafka."""
        return KafkaSettings(running.kafka_bootstrap, Path(running.kafka_ca), self.agency, self.password)


def listed(data: Path) -> tuple[str, ...]:
    """The agencies whose credentials are in a data directory, by id."""
    return tuple(sorted(path.stem for path in (data / AGENCIES).glob("*.json")))


def not_running(data: Path) -> Unreachable:
    """No network runs on this data."""
    return Unreachable(f"no network is running on {data}", "start one: safepassage up (or safepassage demo)")


def _write(path: Path, said: dict[str, Any]) -> Path:
    """A file that its owner alone can read, whole or not there at all."""
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(said, file, indent=2)
    part.replace(path)
    return path

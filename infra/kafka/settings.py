"""How one principal reaches Kafka."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class KafkaSettings:
    """Bootstrap address, the certificate authority that the broker's certificate must be of, and a SCRAM user."""

    bootstrap: str
    ca_file: Path
    username: str
    password: str

    def context(self) -> ssl.SSLContext:
        """TLS that trusts this authority and no other."""
        return ssl.create_default_context(cafile=str(self.ca_file))

    def aiokafka(self) -> dict[str, Any]:
        """The arguments of an aiokafka client."""
        return {
            "bootstrap_servers": self.bootstrap,
            "security_protocol": "SASL_SSL",
            "ssl_context": self.context(),
            "sasl_mechanism": "SCRAM-SHA-512",
            "sasl_plain_username": self.username,
            "sasl_plain_password": self.password,
        }

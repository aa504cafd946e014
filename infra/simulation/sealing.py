"""Seeded sealing, for the simulation alone: the same cause gives the same bytes.

joserfc draws the content key, the vector and the ephemeral keys from the operating system. Here they come from a
digest of (seed, cause), so two replays agree on every byte. Nothing outside this folder imports it, and
`contracts.sealing.seal` has no way to be told its randomness.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from joserfc.jwe import JWERegistry, encrypt_json
from joserfc.jwk import OKPKey

from contracts.sealing import ALGORITHM, ENCRYPTION, encode, prepare
from contracts.signing import b64


@dataclass(frozen=True, slots=True)
class SeededSealer:
    """Seals with randomness that follows from (seed, cause). Good for one sealing: a cause is used once."""

    seed: bytes
    cause: str

    def __call__(self, content: Mapping[str, Any], kind: str, recipients: Mapping[str, Any]) -> bytes:
        """The JWE of `content` to `recipients`, byte for byte the same for the same seed and cause."""
        jwe = prepare(content, kind, recipients)
        for index, recipient in enumerate(jwe.recipients):
            private = self._bytes(f"ephemeral {index}", 32)
            pair = X25519PrivateKey.from_private_bytes(private)
            jwk = {"kty": "OKP", "crv": "X25519", "x": b64(pair.public_key().public_bytes_raw()), "d": b64(private)}
            recipient.ephemeral_key = OKPKey(pair, jwk)
        return encode(encrypt_json(jwe, None, registry=_SeededRegistry(self)))

    def _bytes(self, what: str, length: int) -> bytes:
        return sha256(b"\0".join((self.seed, self.cause.encode(), what.encode()))).digest()[:length]


class _SeededRegistry(JWERegistry):
    def __init__(self, sealer: SeededSealer) -> None:
        super().__init__(algorithms=[ALGORITHM, ENCRYPTION])
        self._sealer = sealer

    def get_enc(self, name: str) -> Any:
        enc = super().get_enc(name)
        return _SeededEncryption(enc, self._sealer)


class _SeededEncryption:
    def __init__(self, enc: Any, sealer: SeededSealer) -> None:
        self._enc = enc
        self._sealer = sealer

    def __getattr__(self, name: str) -> Any:
        return getattr(self._enc, name)

    def generate_cek(self) -> bytes:
        return self._sealer._bytes("content key", 32)

    def generate_iv(self) -> bytes:
        return self._sealer._bytes("vector", 12)

"""Sealing: what only named agencies may read, as JWE (RFC 7516, general JSON) to their X25519 keys.

One content key (A256GCM) wrapped for each recipient by ECDH-ES+A256KW (RFC 7518 §4.6, RFC 8037). The signed facts name
the sealed part by `sealed_digest`, so nobody can put another in its place. The network carries it and cannot open it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from joserfc.errors import JoseError
from joserfc.jwe import GeneralJSONEncryption, GeneralJSONSerialization, JWERegistry, decrypt_json, encrypt_json
from joserfc.jwk import OKPKey

from .signing import b64, digest, unb64

ALGORITHM, ENCRYPTION = "ECDH-ES+A256KW", "A256GCM"
KINDS = ("identity", "tracing-set", "rescue-location", "care-notes", "reporter", "manifest", "document")
MAX_RECIPIENTS = 16
_MEMBERS = {"protected", "recipients", "iv", "ciphertext", "tag"}
_PROTECTED = {"enc", "typ"}
_RECIPIENT = ("encrypted_key", "header", "alg", "epk", "kid", "crv", "kty", "x")
_REGISTRY = JWERegistry(algorithms=[ALGORITHM, ENCRYPTION])


class SealRefused(ValueError):
    """The sealed part cannot be used: ask its sender to seal it anew to the key that the directory lists for you."""


@dataclass(frozen=True, slots=True)
class SealingKey:
    """An agency's X25519 key pair for sealed parts, under its name in the directory."""

    kid: str
    key: OKPKey
    public: bytes
    """The 32 bytes of the public key, as the directory lists it."""

    @classmethod
    def from_private(cls, kid: str, private: bytes) -> SealingKey:
        """The pair whose private key is these 32 bytes (RFC 7748)."""
        pair = X25519PrivateKey.from_private_bytes(private)
        public = pair.public_key().public_bytes_raw()
        jwk: dict[str, str | list[str]] = {
            "kty": "OKP",
            "crv": "X25519",
            "x": b64(public),
            "d": b64(private),
            "kid": kid,
        }
        return cls(kid, OKPKey.import_key(jwk), public)


@lru_cache(maxsize=1024)
def recipient_key(kid: str, public: bytes) -> OKPKey:
    """The recipient key that `seal` takes, from the 32 bytes that the directory lists."""
    return OKPKey.import_key({"kty": "OKP", "crv": "X25519", "x": b64(public), "kid": kid})


def prepare(content: Mapping[str, Any], kind: str, recipients: Mapping[str, OKPKey]) -> GeneralJSONEncryption:
    """The JWE of `content` before encryption: `recipients` maps a key's name to the key; 1 to 16 of them."""
    if kind not in KINDS:
        raise SealRefused(f"a sealed part is one of {', '.join(KINDS)}")
    if not 1 <= len(recipients) <= MAX_RECIPIENTS:
        raise SealRefused("a sealed part has 1 to 16 recipients")
    plain = json.dumps(content, separators=(",", ":"), ensure_ascii=False, sort_keys=True).encode()
    jwe = GeneralJSONEncryption({"enc": ENCRYPTION, "typ": f"{kind}+jwe"}, plain)
    for kid, key in recipients.items():
        jwe.add_recipient({"alg": ALGORITHM, "kid": kid}, key)
    return jwe


def seal(content: Mapping[str, Any], kind: str, recipients: Mapping[str, OKPKey]) -> bytes:
    """Seal `content` to the named recipients, with fresh randomness of the operating system. Returns the JWE's JSON."""
    return encode(encrypt_json(prepare(content, kind, recipients), None, registry=_REGISTRY))


def encode(jwe: Mapping[str, Any]) -> bytes:
    """The bytes that travel in the header `sealed`."""
    return json.dumps(jwe, separators=(",", ":"), sort_keys=True).encode()


def sealed_digest(sealed: bytes) -> str:
    """What the signed facts name the sealed part by: SHA-256 of its bytes, base64url."""
    return digest(sealed)


def recipients_of(sealed: bytes) -> tuple[str, ...]:
    """The names of the keys that a sealed part is for; raises `SealRefused` when it is not a JWE of this network."""
    return _opened(sealed)[1]


def unseal(sealed: bytes, key: SealingKey) -> tuple[str, dict[str, Any]]:
    """The kind and content of a sealed part, for one of its recipients; raises `SealRefused`."""
    members, kids = _opened(sealed)
    if key.kid not in kids:
        raise SealRefused("this part is sealed to other agencies")
    try:
        members["recipients"] = [entry for entry in members["recipients"] if entry["header"]["kid"] == key.kid]
        jwe = decrypt_json(members, key.key, registry=_REGISTRY)
        content = json.loads(jwe.plaintext or b"")
    except (JoseError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise SealRefused("it does not open with this key") from error
    if not isinstance(content, dict):
        raise SealRefused("its content is not an object")
    return str(jwe.protected.get("typ", "")).removesuffix("+jwe"), content


def _opened(sealed: bytes) -> tuple[GeneralJSONSerialization, tuple[str, ...]]:
    """The members of a sealed part, and the names of the keys that it is for; raises `SealRefused`."""
    try:
        members = json.loads(sealed)
        headers = [entry["header"] for entry in members["recipients"]]
        kids = tuple([str(header["kid"]) for header in headers])
        shapes = {
            (*sorted(entry), *sorted(entry["header"]), *sorted(entry["header"]["epk"]))
            for entry in members["recipients"]
        }
        protected = set(json.loads(unb64(members["protected"])))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise SealRefused("not a general JSON JWE") from error
    if set(members) != _MEMBERS:
        raise SealRefused("a sealed part has protected, recipients, iv, ciphertext and tag, and nothing else")
    if protected != _PROTECTED or shapes != {_RECIPIENT}:
        raise SealRefused(
            "a recipient has alg, kid, epk and encrypted_key, and nothing else: more could be read by all"
        )
    if not 1 <= len(kids) <= MAX_RECIPIENTS or any(header.get("alg") != ALGORITHM for header in headers):
        raise SealRefused("a sealed part has 1 to 16 recipients by ECDH-ES+A256KW")
    return members, kids

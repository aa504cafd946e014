"""Signatures: JWS with Ed25519 (RFC 8037 keys, RFC 9864 algorithm name), detached over exact bytes (RFC 7797).

Two forms, both with one fixed header and no option:

* *detached*: ``<header>..<signature>`` beside the bytes it covers; used by agencies over an event's body.
* *compact*: ``<header>.<payload>.<signature>``; used by services for acceptances, deliveries and answers.

The header is checked byte by byte against the only one that is allowed, so there is no algorithm to confuse. joserfc
reads and writes the same form (the tests hold the two against each other); here PyNaCl is used directly because it
lets other threads run while it checks, at twice the speed.
"""

from __future__ import annotations

import json
import re
from binascii import a2b_base64, b2a_base64
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from nacl.bindings import crypto_sign_open
from nacl.exceptions import CryptoError
from nacl.signing import SigningKey
from pydantic_core import from_json

KID = re.compile(r"^[a-z0-9]+(?:-[a-z0-9]+)*/[a-z0-9]+(?:-[a-z0-9]+)*$")
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_PADDING = ("", "===", "==", "=")
_LAST = (_ALPHABET, "", _ALPHABET[::16], _ALPHABET[::4])
"""By length modulo 4: the characters that may come last, because the bits that encode nothing are 0 (RFC 4648 §3.5)."""


class SignatureRefused(ValueError):
    """The signature does not hold: sign the exact bytes that you send with the key that the directory lists for you."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def b64(data: bytes) -> str:
    """Base64url without padding (RFC 7515 §2)."""
    return b2a_base64(data, newline=False).rstrip(b"=").translate(_URL_SAFE).decode("ascii")


def unb64(text: str) -> bytes:
    """The bytes of canonical base64url without padding; any other spelling of the same bytes is refused."""
    over = len(text) % 4
    if not text or "+" in text or "/" in text:
        raise SignatureRefused("not base64url")
    try:
        data = a2b_base64(text.replace("-", "+").replace("_", "/") + _PADDING[over], strict_mode=True)
    except ValueError as error:
        raise SignatureRefused("not base64url") from error
    if text[-1] not in _LAST[over]:
        raise SignatureRefused("not canonical base64url")
    return data


def digest(body: bytes) -> str:
    """SHA-256 of exact bytes, base64url, 43 characters."""
    return b64(sha256(body).digest())


@dataclass(frozen=True, slots=True)
class Signer:
    """A private signing key and the name (`kid`: ``<agency or service>/<name>``) under which the directory lists it."""

    kid: str
    key: SigningKey

    @property
    def public(self) -> bytes:
        """The 32 bytes of the public key."""
        return bytes(self.key.verify_key)

    def secret(self, purpose: str) -> str:
        """64 hexadecimal digits that only the holder of this key can know, the same for the same purpose (RFC 5869)."""
        return HKDF(SHA256(), 32, None, purpose.encode()).derive(bytes(self.key)).hex()

    @classmethod
    def from_seed(cls, kid: str, seed: bytes) -> Signer:
        """The signer whose private key is these 32 bytes (RFC 8032 §5.1.5)."""
        return cls(kid, SigningKey(seed))


@lru_cache(maxsize=4096)
def _detached_header(kid: str) -> str:
    if not KID.match(kid):
        raise SignatureRefused("kid is not of the form name/name")
    return b64(f'{{"alg":"Ed25519","b64":false,"crit":["b64"],"kid":"{kid}"}}'.encode())


@lru_cache(maxsize=4096)
def _compact_header(kid: str, typ: str) -> str:
    return b64(f'{{"alg":"Ed25519","kid":"{kid}","typ":"{typ}"}}'.encode())


@lru_cache(maxsize=4096)
def _read_header(encoded: str) -> dict[str, Any]:
    try:
        header = json.loads(unb64(encoded))
    except (ValueError, RecursionError) as error:
        raise SignatureRefused("the header is not JSON") from error
    if not isinstance(header, dict) or not isinstance(header.get("kid"), str) or not KID.match(header["kid"]):
        raise SignatureRefused("the header names no key")
    return header


def sign_detached(body: bytes, signer: Signer) -> str:
    """A detached JWS over exact bytes: ``<header>..<signature>``."""
    header = _detached_header(signer.kid)
    signature = signer.key.sign(header.encode() + b"." + body).signature
    return f"{header}..{b64(signature)}"


def detached_kid(jws: str) -> str:
    """The key that a detached JWS names; raises `SignatureRefused` when its header is not the one allowed."""
    encoded, _, rest = jws.partition("..")
    if len(jws) > 512 or not rest:
        raise SignatureRefused("not a detached JWS")
    return _detached_header_kid(encoded)


@lru_cache(maxsize=4096)
def _detached_header_kid(encoded: str) -> str:
    kid = str(_read_header(encoded)["kid"])
    if encoded != _detached_header(kid):
        raise SignatureRefused("the header is not the one this network uses")
    return kid


def verify_detached(body: bytes, jws: str, public: bytes) -> None:
    """Raise `SignatureRefused` unless `jws` is `public`'s detached signature over exactly `body`."""
    detached_kid(jws)
    encoded, _, signature = jws.partition("..")
    _check(encoded.encode() + b"." + body, unb64(signature), public)


def sign_compact(body: bytes, signer: Signer, typ: str) -> str:
    """A compact JWS over the bytes of a JSON object; `typ` says what the object is (RFC 8725 §3.11)."""
    signing_input = f"{_compact_header(signer.kid, typ)}.{b64(body)}"
    return f"{signing_input}.{b64(signer.key.sign(signing_input.encode()).signature)}"


def compact_kid(token: str) -> str:
    """The key that a compact JWS names, unverified."""
    return str(_read_header(token.partition(".")[0])["kid"])


def verify_compact(token: str, public: bytes, typ: str) -> dict[str, Any]:
    """The object that `public` signed under this `typ`; raises `SignatureRefused`."""
    return _object(signed_payload(token, public, typ))


def signed_payload(token: str, public: bytes, typ: str) -> bytes:
    """The bytes that `public` signed under this `typ`; raises `SignatureRefused`."""
    parts = token.split(".")
    if len(parts) != 3 or len(token) > 262_144:
        raise SignatureRefused("not a compact JWS")
    kid = str(_read_header(parts[0])["kid"])
    if parts[0] != _compact_header(kid, typ):
        raise SignatureRefused("the header is not the one this network uses")
    _check(f"{parts[0]}.{parts[1]}".encode(), unb64(parts[2]), public)
    return unb64(parts[1])


def payload(token: str) -> dict[str, Any]:
    """What a compact JWS says, unverified: for a reader that has checked, or will check, the signature elsewhere."""
    return _object(payload_bytes(token))


def payload_bytes(token: str) -> bytes:
    """What a compact JWS covers, or a token of a batch says (see `batch`), unverified; raises `SignatureRefused`."""
    if "~" in token:
        return unb64(token.rpartition("~")[2])
    parts = token.split(".")
    if len(parts) != 3:
        raise SignatureRefused("not a compact JWS")
    return unb64(parts[1])


def _object(said: bytes) -> dict[str, Any]:
    try:
        members = from_json(said, allow_inf_nan=False)
    except (ValueError, RecursionError) as error:
        raise SignatureRefused("the payload is not JSON") from error
    if not isinstance(members, dict):
        raise SignatureRefused("the payload is not an object")
    return members


def _check(message: bytes, signature: bytes, public: bytes) -> None:
    if len(signature) != 64 or len(public) != 32:
        raise SignatureRefused("not an Ed25519 signature")
    try:
        crypto_sign_open(signature + message, public)
    except CryptoError as error:
        raise SignatureRefused("the signature does not match these bytes and this key") from error

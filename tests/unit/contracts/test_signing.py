"""Signatures hold over exact bytes, in one form only, and joserfc reads and writes the same."""

from __future__ import annotations

import json
from hashlib import sha256
from hmac import digest as hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import OKPKey

from contracts.signing import (
    SignatureRefused,
    Signer,
    b64,
    detached_kid,
    sign_compact,
    sign_detached,
    unb64,
    verify_compact,
    verify_detached,
)

SIGNER = Signer.from_seed("kh-a/s1", bytes(range(32)))
OTHER = Signer.from_seed("kh-b/s1", bytes(range(1, 33)))
KEY = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": b64(SIGNER.public), "d": b64(bytes(range(32)))})


@given(st.binary(max_size=200))
def test_a_detached_signature_holds_over_its_bytes_and_no_others(body: bytes) -> None:
    token = sign_detached(body, SIGNER)
    verify_detached(body, token, SIGNER.public)
    assert detached_kid(token) == "kh-a/s1"
    with pytest.raises(SignatureRefused):
        verify_detached(body + b" ", token, SIGNER.public)
    with pytest.raises(SignatureRefused):
        verify_detached(body, token, OTHER.public)


@given(st.binary(min_size=1, max_size=60), st.data())
def test_any_changed_character_of_a_signature_is_refused(body: bytes, data: st.DataObject) -> None:
    token = sign_detached(body, SIGNER)
    at = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from([c for c in "AZaz09-_.=" if c != token[at]]))
    with pytest.raises(SignatureRefused):
        verify_detached(body, token[:at] + other + token[at + 1 :], SIGNER.public)


def test_joserfc_signs_the_same_detached_bytes() -> None:
    protected = {"alg": "Ed25519", "b64": False, "crit": ["b64"], "kid": "kh-a/s1"}
    theirs = jws.serialize_compact(protected, b"{}", KEY, algorithms=["Ed25519"])
    header, _, signature = theirs.split(".")
    assert f"{header}..{signature}" == sign_detached(b"{}", SIGNER)


def test_joserfc_reads_a_compact_statement() -> None:
    token = sign_compact(b'{"a":1}', SIGNER, "answer+jws")
    read = jws.deserialize_compact(token, KEY, algorithms=["Ed25519"])
    assert json.loads(read.payload) == {"a": 1}
    assert read.protected["typ"] == "answer+jws"


def test_a_statement_of_one_kind_does_not_pass_as_another() -> None:
    token = sign_compact(b'{"a":1}', SIGNER, "answer+jws")
    assert verify_compact(token, SIGNER.public, "answer+jws") == {"a": 1}
    with pytest.raises(SignatureRefused):
        verify_compact(token, SIGNER.public, "delivery+jws")


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none", "b64": False, "crit": ["b64"], "kid": "kh-a/s1"},
        {"alg": "EdDSA", "b64": False, "crit": ["b64"], "kid": "kh-a/s1"},
        {"alg": "Ed25519", "kid": "kh-a/s1"},
        {"alg": "Ed25519", "b64": False, "crit": ["b64"], "kid": "kh-a/s1", "jwk": {}},
        {"alg": "Ed25519", "b64": False, "crit": ["b64"]},
        {"alg": "Ed25519", "b64": False, "crit": ["b64"], "kid": "../../etc"},
        ["Ed25519"],
    ],
)
def test_only_the_one_header_is_read(header: object) -> None:
    encoded = b64(json.dumps(header, separators=(",", ":")).encode())
    signature = b64(SIGNER.key.sign(encoded.encode() + b".{}").signature)
    with pytest.raises(SignatureRefused):
        verify_detached(b"{}", f"{encoded}..{signature}", SIGNER.public)


@pytest.mark.parametrize("text", ["AA==", "AB", "A", "A A", "AA+", ""])
def test_base64_has_one_spelling(text: str) -> None:
    with pytest.raises(SignatureRefused):
        unb64(text)


def test_a_secret_is_hkdf_by_the_standards_two_steps() -> None:
    """RFC 5869 §2.2 (no salt: 32 zero bytes) and §2.3 (32 bytes are one block), worked out by HMAC alone."""
    extracted = hmac(bytes(32), bytes(range(32)), sha256)
    assert SIGNER.secret("own events") == hmac(extracted, b"own events" + b"\x01", sha256).hex()


def test_a_secret_is_of_one_key_and_one_purpose() -> None:
    found = {signer.secret(purpose) for signer in (SIGNER, OTHER) for purpose in ("own events", "own event", "")}
    assert len(found) == 6
    assert SIGNER.secret("own events") == Signer.from_seed("another/name", bytes(range(32))).secret("own events")
    assert all(len(secret) == 64 and bytes.fromhex(secret) != bytes(range(32)) for secret in found)

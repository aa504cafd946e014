"""Sealed parts open for those named in them and for nobody else; only the simulation can seal the same twice."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys

import pytest
from joserfc.jwe import JWERegistry, encrypt_json

from contracts import sealing
from contracts.sealing import SealingKey, SealRefused, recipient_key, recipients_of, seal, unseal
from contracts.signing import b64
from infra.client.agency import Agency
from infra.simulation.sealing import SeededSealer

A = SealingKey.from_private("kh-a/e1", bytes(range(32)))
B = SealingKey.from_private("kh-b/e1", bytes(range(1, 33)))
C = SealingKey.from_private("kh-c/e1", bytes(range(2, 34)))
CONTENT = {"name": "ចាន់ · Trần", "note": "x" * 40}


def to(*keys: SealingKey) -> dict[str, object]:
    return {key.kid: recipient_key(key.kid, key.public) for key in keys}


def test_each_recipient_opens_it_and_nobody_else() -> None:
    part = seal(CONTENT, "identity", to(A, B))
    assert unseal(part, A) == unseal(part, B) == ("identity", CONTENT)
    assert recipients_of(part) == ("kh-a/e1", "kh-b/e1")
    with pytest.raises(SealRefused):
        unseal(part, C)
    with pytest.raises(SealRefused):
        unseal(part, SealingKey("kh-a/e1", C.key, C.public))
    assert b"name" not in part


def test_every_byte_counts() -> None:
    part = json.loads(seal(CONTENT, "identity", to(A)))
    for member in ("protected", "iv", "ciphertext", "tag"):
        changed = {**part, member: ("B" if part[member][3] != "B" else "C").join((part[member][:3], part[member][4:]))}
        with pytest.raises(SealRefused):
            unseal(sealing.encode(changed), A)


@pytest.mark.parametrize("part", [b"", b"{}", b"[]", b'{"recipients":[]}', b"[" * 90_000, b'{"recipients":5}'])
def test_what_is_no_sealed_part_is_refused(part: bytes) -> None:
    with pytest.raises(SealRefused):
        recipients_of(part)


@pytest.mark.parametrize("where", ["header", "epk", "recipient", "protected"])
def test_nothing_can_be_read_beside_what_is_sealed(where: str) -> None:
    part = json.loads(seal(CONTENT, "identity", to(A)))
    entry = part["recipients"][0]
    if where == "protected":
        part["protected"] = b64(b'{"enc":"A256GCM","note":"in the clear","typ":"identity+jwe"}')
    else:
        {"header": entry["header"], "epk": entry["header"]["epk"], "recipient": entry}[where]["note"] = "in the clear"
    with pytest.raises(SealRefused):
        recipients_of(json.dumps(part).encode())


def test_a_content_that_is_too_deep_is_refused() -> None:
    made = sealing.prepare({}, "identity", to(A))
    made.plaintext = b"[" * 20_000
    registry = JWERegistry(algorithms=[sealing.ALGORITHM, sealing.ENCRYPTION])
    with pytest.raises(SealRefused):
        unseal(sealing.encode(encrypt_json(made, None, registry=registry)), A)


def test_the_simulation_seals_the_same_for_the_same_cause() -> None:
    first = SeededSealer(b"seed", "cause")(CONTENT, "identity", to(A, B))
    assert first == SeededSealer(b"seed", "cause")(CONTENT, "identity", to(A, B))
    assert first != SeededSealer(b"seed", "other")(CONTENT, "identity", to(A, B))
    assert unseal(first, B) == ("identity", CONTENT)


def test_production_cannot_be_told_its_randomness() -> None:
    assert seal(CONTENT, "identity", to(A)) != seal(CONTENT, "identity", to(A))
    assert list(inspect.signature(seal).parameters) == ["content", "kind", "recipients"]
    assert Agency.__dataclass_fields__["sealer"].default is seal
    loaded = "import sys, services.intake.app, infra.client.agency, infra.hosting; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert "infra.hosting" in done.stdout.split()
    assert not [name for name in done.stdout.split() if name.startswith("infra.simulation")]

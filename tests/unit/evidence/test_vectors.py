"""The Merkle proofs that transparency-dev/merkle publishes (Apache-2.0), where the folder with them is there."""

from __future__ import annotations

import json
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest

from contracts.evidence.errors import ProofRefused
from contracts.evidence.proof import verify_consistency, verify_inclusion

FOLDER = Path(__file__).parents[4] / "shared" / "vectors"


def vectors(name: str) -> list[Any]:
    path = FOLDER / name
    if not path.is_file():
        absent = pytest.mark.skip(reason=f"published vectors not run: ../shared/vectors/{name} is not there")
        return [pytest.param({}, id="absent", marks=absent)]
    cases = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(cases) == 98
    return [pytest.param(case, id=case["name"]) for case in cases]


def proof_of(case: dict[str, Any]) -> list[bytes]:
    return [b64decode(value) for value in case["proof"] or []]


@pytest.mark.parametrize("case", vectors("merkle-inclusion.jsonl"))
def test_inclusion(case: dict[str, Any]) -> None:
    leaf, root = b64decode(case["leafHash"]), b64decode(case["root"])
    if case["wantErr"]:
        with pytest.raises(ProofRefused):
            verify_inclusion(leaf, case["leafIdx"], case["treeSize"], proof_of(case), root)
    else:
        verify_inclusion(leaf, case["leafIdx"], case["treeSize"], proof_of(case), root)


@pytest.mark.parametrize("case", vectors("merkle-consistency.jsonl"))
def test_consistency(case: dict[str, Any]) -> None:
    old, new = b64decode(case["root1"]), b64decode(case["root2"])
    if case["wantErr"]:
        with pytest.raises(ProofRefused):
            verify_consistency(case["size1"], case["size2"], proof_of(case), old, new)
    else:
        verify_consistency(case["size1"], case["size2"], proof_of(case), old, new)

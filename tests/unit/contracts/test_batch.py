"""One signature for many statements: each can be checked alone, and nothing else can be made of the parts."""

from __future__ import annotations

from hashlib import sha256

import pytest

from contracts.batch import sign_all, statement
from contracts.evidence.merkle import leaf_hash
from contracts.signing import SignatureRefused, Signer, b64, compact_kid, payload_bytes, unb64, verify_compact

SIGNER = Signer.from_seed("referral/1", sha256(b"one").digest())
OTHER = Signer.from_seed("referral/1", sha256(b"other").digest())


def _said(count: int) -> list[tuple[str, bytes]]:
    return [("answer+jws" if number % 2 else "verdict+jws", b'{"n":%d}' % number) for number in range(count)]


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 7, 8, 9, 31, 64, 65])
def test_each_statement_of_a_batch_can_be_checked_alone(count: int) -> None:
    said = _said(count)
    tokens = sign_all(said, SIGNER)
    assert len(set(tokens)) == count
    for (typ, body), token in zip(said, tokens, strict=True):
        assert statement(token, SIGNER.public, typ) == body
        assert payload_bytes(token) == body
        assert compact_kid(token) == "referral/1"


def test_one_statement_is_a_plain_compact_jws() -> None:
    (token,) = sign_all([("answer+jws", b'{"a":1}')], SIGNER)
    assert verify_compact(token, SIGNER.public, "answer+jws") == {"a": 1}
    assert sign_all([], SIGNER) == []


def test_another_key_type_or_body_is_refused() -> None:
    tokens = sign_all(_said(5), SIGNER)
    with pytest.raises(SignatureRefused):
        statement(tokens[1], OTHER.public, "answer+jws")
    with pytest.raises(SignatureRefused):
        statement(tokens[1], SIGNER.public, "delivery+jws")
    root, index, salt, path, body = tokens[1].split("~")
    nine = b64(b'{"n":9}')
    for forged in (
        f"{root}~{index}~{salt}~{path}~{nine}",
        f"{root}~2~{salt}~{path}~{body}",
        f"{root}~-1~{salt}~{path}~{body}",
        f"{root}~0{index}~{salt}~{path}~{body}",
        f"{root}~{chr(0x660 + int(index))}~{salt}~{path}~{body}",
        f"{root}~{'9' * 12}~{salt}~{path}~{body}",
        f"{root}~{index}~{b64(bytes(16))}~{path}~{body}",
        f"{root}~{index}~{salt}~{path[:-4]}~{body}",
        f"{root}~{index}~{salt}~~{body}",
        f"{root}~{index}~{salt}~{path}",
        f"{root[:-4]}AAAA~{index}~{salt}~{path}~{body}",
    ):
        with pytest.raises(SignatureRefused):
            statement(forged, SIGNER.public, "answer+jws")


def test_a_leaf_cannot_be_split_in_another_place() -> None:
    """The salt has one length: no byte of it can be taken for the type's, or the other way round."""
    tokens = sign_all([("aanswer+jws", b"{}"), ("answer+jws", b"{}")], SIGNER)
    root, index, salt, path, body = tokens[0].split("~")
    moved = f"{root}~{index}~{b64(unb64(salt) + b'a')}~{path}~{body}"
    with pytest.raises(SignatureRefused):
        statement(moved, SIGNER.public, "answer+jws")


def test_a_neighbour_cannot_be_guessed_from_its_hash() -> None:
    """What stands beside a statement in the tree is salted: who knows its words still does not know it is there."""
    said = _said(2)
    first, _ = sign_all(said, SIGNER)
    sibling = unb64(first.split("~")[3])
    assert sibling != leaf_hash(b"answer+jws\0" + said[1][1])
    again, _ = sign_all(said, SIGNER)
    assert unb64(again.split("~")[3]) != sibling


def test_the_root_itself_is_no_statement_of_another_type() -> None:
    root = sign_all(_said(2), SIGNER)[0].split("~")[0]
    with pytest.raises(SignatureRefused):
        statement(root, SIGNER.public, "answer+jws")

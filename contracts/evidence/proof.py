"""Checking proofs, strictly, with nothing trusted but the root (RFC 9162 §2.1.3.2, §2.1.4.2; hashing of RFC 6962)."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from .errors import ProofRefused, Reason
from .merkle import HASH_LENGTH, check_hash, check_index, check_sizes, node_hash


def verify_inclusion(leaf_hash: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Raise `ProofRefused` unless the tree of `size` leaves with this root has this leaf hash at `index`."""
    check_hash(root)
    if inclusion_root(check_hash(leaf_hash), index, size, b"".join(_hashes(proof))) != root:
        raise ProofRefused(Reason.ROOT_MISMATCH, "the proof leads to another root")


def inclusion_root(leaf_hash: bytes, index: int, size: int, path: bytes) -> bytes:
    """The root of the tree of `size` leaves in which `path`, a proof's hashes in one piece, leads up from this leaf.

    Raises `ProofRefused` when the tree has no such leaf, or the path is too long or too short for it.
    """
    check_index(index, size)
    if len(path) % HASH_LENGTH:
        raise ProofRefused(Reason.HASH_LENGTH, "a hash is 32 bytes")
    value, here, last = leaf_hash, index, size - 1
    for at in range(0, len(path), HASH_LENGTH):
        if last == 0:
            raise ProofRefused(Reason.PROOF_LENGTH, "the proof has a hash too many")
        sibling = path[at : at + HASH_LENGTH]
        if here & 1 or here == last:
            value = sha256(b"\x01" + sibling + value).digest()
            here, last = _climb(here, last)
        else:
            value = sha256(b"\x01" + value + sibling).digest()
        here, last = here >> 1, last >> 1
    if last:
        raise ProofRefused(Reason.PROOF_LENGTH, "the proof has a hash too few")
    return value


def verify_consistency(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    """Raise `ProofRefused` unless the tree of `new` leaves begins with all of the tree of `old`, unchanged.

    From size 0 there is nothing to prove, and a proof is refused: whoever starts from nothing pins what it sees. Roots
    for one size are compared and nothing is hashed, so their length is the checkpoint's to check.
    """
    check_sizes(old, new)
    hashes = _hashes(proof)
    if old == new:
        if hashes:
            raise ProofRefused(Reason.PROOF_LENGTH, "a tree needs no proof to extend itself")
        if not isinstance(old_root, bytes) or old_root != new_root:
            raise ProofRefused(Reason.ROOT_MISMATCH, "two roots for one size: the log has been forked")
        return
    check_hash(old_root)
    check_hash(new_root)
    if old & (old - 1) == 0:
        hashes = [old_root, *hashes]
    if not hashes:
        raise ProofRefused(Reason.PROOF_LENGTH, "the proof has a hash too few")
    here, last = old - 1, new - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    before = after = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            raise ProofRefused(Reason.PROOF_LENGTH, "the proof has a hash too many")
        if here & 1 or here == last:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            here, last = _climb(here, last)
        else:
            after = node_hash(after, sibling)
        here, last = here >> 1, last >> 1
    if last:
        raise ProofRefused(Reason.PROOF_LENGTH, "the proof has a hash too few")
    if before != old_root:
        raise ProofRefused(Reason.ROOT_MISMATCH, "the proof does not begin with the earlier tree")
    if after != new_root:
        raise ProofRefused(Reason.ROOT_MISMATCH, "the proof does not lead to the later tree")


def _climb(here: int, last: int) -> tuple[int, int]:
    """Up the right edge, past the levels on which the subtree has no sibling."""
    while here and not here & 1:
        here, last = here >> 1, last >> 1
    return here, last


def _hashes(proof: Sequence[bytes]) -> list[bytes]:
    # One hash a level, and in a consistency proof the subtree it starts from: a longer one is not even hashed.
    if len(proof) > 64:
        raise ProofRefused(Reason.PROOF_LENGTH, "a proof has at most 64 hashes")
    return [check_hash(value) for value in proof]

"""Checking proofs, strictly, with nothing trusted but the root (RFC 9162 §2.1.3.2, §2.1.4.2; hashing of RFC 6962)."""

from __future__ import annotations

from collections.abc import Sequence

from .errors import ProofRefused, Reason
from .merkle import check_hash, check_index, check_sizes, node_hash


def verify_inclusion(leaf_hash: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Raise `ProofRefused` unless the tree of `size` leaves with this root has this leaf hash at `index`."""
    check_index(index, size)
    check_hash(root)
    here, last = index, size - 1
    value = check_hash(leaf_hash)
    for sibling in _hashes(proof):
        if last == 0:
            raise ProofRefused(Reason.PROOF_LENGTH, "the proof has a hash too many")
        if here & 1 or here == last:
            value = node_hash(sibling, value)
            here, last = _climb(here, last)
        else:
            value = node_hash(value, sibling)
        here, last = here >> 1, last >> 1
    if last:
        raise ProofRefused(Reason.PROOF_LENGTH, "the proof has a hash too few")
    if value != root:
        raise ProofRefused(Reason.ROOT_MISMATCH, "the proof leads to another root")


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

"""The tree against the definition of RFC 6962 §2.1, written out here a second time, and against the published roots."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.evidence.errors import ProofRefused, Reason
from contracts.evidence.merkle import (
    EMPTY_ROOT,
    HASH_LENGTH,
    MAX_SIZE,
    Frontier,
    Node,
    all_siblings,
    consistency_plan,
    consistency_proof,
    fold,
    inclusion_plan,
    inclusion_proof,
    inclusion_proofs,
    leaf_hash,
    node_hash,
    perfect_subtrees,
    within,
)
from contracts.evidence.proof import inclusion_root, verify_consistency, verify_inclusion

# The entries and roots by which implementations of RFC 6962 check themselves (transparency-dev/merkle).
ENTRIES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def tree_hash(entries: Sequence[bytes]) -> bytes:
    """MTH of RFC 6962, by its words."""
    count = len(entries)
    if count == 0:
        return sha256(b"").digest()
    if count == 1:
        return sha256(b"\x00" + entries[0]).digest()
    split = 1
    while split * 2 < count:
        split *= 2
    return sha256(b"\x01" + tree_hash(entries[:split]) + tree_hash(entries[split:])).digest()


def some(count: int) -> list[bytes]:
    return [number.to_bytes(4, "big") for number in range(count)]


class Stored:
    """A tree with the nodes that a log would store."""

    def __init__(self, entries: Sequence[bytes]) -> None:
        self.entries = entries
        self.frontier, rows = Frontier().extend([leaf_hash(entry) for entry in entries])
        self.nodes: dict[Node, bytes] = {
            (row.level, row.first + place): value for row in rows for place, value in enumerate(row.hashes)
        }

    def inclusion(self, index: int, size: int) -> list[bytes]:
        return inclusion_proof(index, size, self.nodes.__getitem__)

    def consistency(self, old: int, new: int) -> list[bytes]:
        return consistency_proof(old, new, self.nodes.__getitem__)


@pytest.mark.parametrize("size", range(9))
def test_roots_of_small_trees(size: int) -> None:
    assert tree_hash(ENTRIES[:size]).hex() == ROOTS[size]
    assert Stored(ENTRIES[:size]).frontier.root().hex() == ROOTS[size]


def test_the_empty_tree() -> None:
    assert Frontier().root() == EMPTY_ROOT == sha256(b"").digest()
    assert Frontier().extend([]) == (Frontier(), [])


@given(st.lists(st.integers(0, 40), max_size=8))
def test_any_split_into_batches_grows_the_same_tree(batches: list[int]) -> None:
    entries = some(sum(batches))
    frontier, nodes, place = Frontier(), dict[Node, bytes](), 0
    for count in batches:
        frontier, rows = frontier.extend([leaf_hash(entry) for entry in entries[place : place + count]])
        place += count
        for row in rows:
            for number, value in enumerate(row.hashes):
                assert nodes.setdefault((row.level, row.first + number), value) is value
    assert frontier.root() == tree_hash(entries)
    assert (frontier, nodes) == (Stored(entries).frontier, Stored(entries).nodes)


@given(st.integers(0, 300), st.integers(0, 300))
def test_perfect_subtrees_cover_a_range_once(begin: int, count: int) -> None:
    nodes = perfect_subtrees(begin, begin + count)
    leaves = [leaf for level, index in nodes for leaf in range(index << level, (index + 1) << level)]
    assert leaves == list(range(begin, begin + count))


@pytest.mark.parametrize("size", range(1, 34))
def test_every_proof_of_small_trees(size: int) -> None:
    tree = Stored(some(size))
    root = tree_hash(tree.entries)
    for index, entry in enumerate(tree.entries):
        verify_inclusion(leaf_hash(entry), index, size, tree.inclusion(index, size), root)
    for old in range(1, size + 1):
        verify_consistency(old, size, tree.consistency(old, size), tree_hash(tree.entries[:old]), root)


@given(st.data())
def test_many_proofs_at_once_are_those_made_one_by_one(data: st.DataObject) -> None:
    tree = Stored(some(data.draw(st.integers(1, 300))))
    size = data.draw(st.integers(1, len(tree.entries)))
    indexes = data.draw(st.sets(st.integers(0, size - 1)))
    plans = {index: inclusion_plan(index, size) for index in indexes}
    hashes = {node: fold([tree.nodes[part] for part in within(node, size)]) for node in all_siblings(indexes, size)}
    assert len(hashes) <= sum(map(len, plans.values()))
    assert inclusion_proofs(indexes, size, hashes) == {index: tuple(tree.inclusion(index, size)) for index in indexes}
    with pytest.raises(ProofRefused):
        all_siblings({*indexes, size}, size)


@given(st.data())
def test_a_path_in_one_piece_leads_to_the_root_and_no_longer_or_shorter_one_does(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 300))
    index = data.draw(st.integers(0, size - 1))
    tree = Stored(some(size))
    path, leaf = b"".join(tree.inclusion(index, size)), leaf_hash(tree.entries[index])
    assert inclusion_root(leaf, index, size, path) == tree_hash(tree.entries)
    more = data.draw(st.binary(min_size=1, max_size=2 * HASH_LENGTH))
    for other in (path + more, path[: -len(more)] if path else more):
        with pytest.raises(ProofRefused) as refused:
            inclusion_root(leaf, index, size, other)
        assert refused.value.reason in (Reason.PROOF_LENGTH, Reason.HASH_LENGTH)
    for outside in (size, -1, True):
        with pytest.raises(ProofRefused):
            inclusion_root(leaf, outside, size, path)


@given(st.data())
def test_an_inclusion_proof_holds_for_its_leaf_index_and_size_alone(data: st.DataObject) -> None:
    tree = Stored(some(data.draw(st.integers(1, 600))))
    size = data.draw(st.integers(1, len(tree.entries)))
    index = data.draw(st.integers(0, size - 1))
    proof, root, leaf = tree.inclusion(index, size), tree_hash(tree.entries[:size]), leaf_hash(tree.entries[index])
    verify_inclusion(leaf, index, size, proof, root)
    for other in {index + 1, index - 1, index ^ 2, index * 2, index // 2} - {index}:
        with pytest.raises(ProofRefused):
            verify_inclusion(leaf, other, size, proof, root)
    _refused_when_changed(data, proof, lambda changed: verify_inclusion(leaf, index, size, changed, root))
    with pytest.raises(ProofRefused):
        verify_inclusion(_flip(data, leaf), index, size, proof, root)
    with pytest.raises(ProofRefused):
        verify_inclusion(leaf, index, size, proof, _flip(data, root))


@given(st.data())
def test_a_consistency_proof_holds_for_its_two_trees_alone(data: st.DataObject) -> None:
    tree = Stored(some(data.draw(st.integers(2, 600))))
    new = data.draw(st.integers(2, len(tree.entries)))
    old = data.draw(st.integers(1, new - 1))
    proof = tree.consistency(old, new)
    before, after = tree_hash(tree.entries[:old]), tree_hash(tree.entries[:new])
    verify_consistency(old, new, proof, before, after)
    _refused_when_changed(data, proof, lambda changed: verify_consistency(old, new, changed, before, after))
    for wrong in ((_flip(data, before), after), (before, _flip(data, after)), (after, before)):
        with pytest.raises(ProofRefused):
            verify_consistency(old, new, proof, *wrong)
    with pytest.raises(ProofRefused):
        verify_consistency(new, old, proof, after, before)


@settings(max_examples=50)
@given(st.integers(0, MAX_SIZE - 1), st.integers(1, MAX_SIZE))
def test_plans_of_huge_trees_stay_short(index: int, size: int) -> None:
    index, size = min(index, size - 1), max(index + 1, size)
    assert len(inclusion_plan(index, size)) <= 63
    assert len(consistency_plan(index + 1, size)) <= 64
    assert sum(len(part) for part in inclusion_plan(index, size)) <= 126


@pytest.mark.parametrize(
    ("index", "size", "reason"),
    [
        (1, 1, Reason.INDEX_OUTSIDE_TREE),
        (0, 0, Reason.INDEX_OUTSIDE_TREE),
        (2**64 - 1, 1, Reason.INDEX_OUTSIDE_TREE),
        (2**64, 2**63 - 1, Reason.INDEX_OUTSIDE_TREE),
        (2**4000, 1, Reason.INDEX_OUTSIDE_TREE),
        (-1, 1, Reason.NUMBER),
        (0, -1, Reason.NUMBER),
        (0, 2**63, Reason.NUMBER),
        (0, 2**4000, Reason.NUMBER),
        (True, 2, Reason.NUMBER),
        (0, True, Reason.NUMBER),
        (0.0, 1, Reason.NUMBER),
        ("0", 1, Reason.NUMBER),
        (None, 1, Reason.NUMBER),
    ],
)
def test_hostile_numbers(index: Any, size: Any, reason: Reason) -> None:
    leaf = leaf_hash(b"")
    with pytest.raises(ProofRefused) as refusal:
        verify_inclusion(leaf, index, size, [], leaf)
    assert refusal.value.reason is reason
    with pytest.raises(ProofRefused):
        inclusion_plan(index, size)


def test_reasons_of_refusal() -> None:
    tree = Stored(some(7))
    root, leaf, proof = tree.frontier.root(), leaf_hash(tree.entries[3]), tree.inclusion(3, 7)
    seven, four = tree.consistency(4, 7), tree_hash(tree.entries[:4])
    refusals: list[tuple[Reason, Any]] = [
        (Reason.PROOF_LENGTH, lambda: verify_inclusion(leaf, 3, 7, proof[:-1], root)),
        (Reason.PROOF_LENGTH, lambda: verify_inclusion(leaf, 3, 7, [*proof, root], root)),
        (Reason.PROOF_LENGTH, lambda: verify_inclusion(leaf, 3, 7, [root] * 65, root)),
        (Reason.HASH_LENGTH, lambda: verify_inclusion(leaf, 3, 7, [b"", *proof[1:]], root)),
        (Reason.HASH_LENGTH, lambda: verify_inclusion(leaf[:-1], 3, 7, proof, root)),
        (Reason.HASH_LENGTH, lambda: verify_inclusion(leaf, 3, 7, proof, root + b"\0")),
        (Reason.ROOT_MISMATCH, lambda: verify_inclusion(leaf, 3, 7, proof[::-1], root)),
        (Reason.ROOT_MISMATCH, lambda: verify_inclusion(root, 3, 7, proof, leaf)),
        (Reason.EMPTY_TREE, lambda: verify_consistency(0, 7, [], EMPTY_ROOT, root)),
        (Reason.SIZE_ORDER, lambda: verify_consistency(7, 4, seven, root, four)),
        (Reason.PROOF_LENGTH, lambda: verify_consistency(4, 7, [], four, root)),
        (Reason.PROOF_LENGTH, lambda: verify_consistency(3, 7, [], four, root)),
        (Reason.PROOF_LENGTH, lambda: verify_consistency(7, 7, [root], root, root)),
        (Reason.ROOT_MISMATCH, lambda: verify_consistency(7, 7, [], root, four)),
        (Reason.HASH_LENGTH, lambda: verify_consistency(4, 7, seven, four[:-1], root)),
        (Reason.NUMBER, lambda: verify_consistency(4, 2**64, seven, four, root)),
        (Reason.PROOF_LENGTH, lambda: Frontier(3, (root,))),
    ]
    for reason, attempt in refusals:
        with pytest.raises(ProofRefused) as refusal:
            attempt()
        assert refusal.value.reason is reason


def test_leaves_and_nodes_cannot_stand_for_each_other() -> None:
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    assert leaf_hash(left + right) != node_hash(left, right)
    with pytest.raises(ProofRefused):
        verify_inclusion(leaf_hash(left + right), 0, 1, [], node_hash(left, right))


def _flip(data: st.DataObject, value: bytes) -> bytes:
    bit = data.draw(st.integers(0, len(value) * 8 - 1))
    return bytes(byte ^ (1 << bit % 8 if place == bit // 8 else 0) for place, byte in enumerate(value))


def _refused_when_changed(data: st.DataObject, proof: list[bytes], verify: Any) -> None:
    place = data.draw(st.integers(0, len(proof)))
    changes = [[*proof[:place], bytes(32), *proof[place:]], [*proof, proof[-1] if proof else bytes(32)]]
    if place < len(proof):
        changes += [
            [*proof[:place], _flip(data, proof[place]), *proof[place + 1 :]],
            proof[:place] + proof[place + 1 :],
            [*proof[:place], proof[place][:-1], *proof[place + 1 :]],
        ]
    for changed in changes:
        with pytest.raises(ProofRefused):
            verify(changed)

"""The tree's hashing, its growing edge, and which stored nodes a proof is made of (RFC 6962 §2.1).

A *node* is ``(level, index)``: the root of the perfect subtree over the leaves ``index·2^level`` up to, not including,
``(index+1)·2^level``. Perfect subtrees never change once they are full, so they are all that a log stores; every other
hash of a tree of any size is folded from at most one of them a level.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from .errors import ProofRefused, Reason

HASH_LENGTH = 32
MAX_SIZE = (1 << 63) - 1
"""Tree sizes fit a signed 64-bit number, as other implementations and databases keep them."""

EMPTY_ROOT = sha256(b"").digest()

Node = tuple[int, int]
Plan = list[list[Node]]
"""For each hash of a proof, in order, the nodes that it is folded from, left to right."""


def leaf_hash(entry: bytes) -> bytes:
    """The hash of a leaf: ``SHA-256(00 ‖ entry)``."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node: ``SHA-256(01 ‖ left ‖ right)``."""
    return sha256(b"\x01" + left + right).digest()


def fold(hashes: Sequence[bytes]) -> bytes:
    """The root over neighbouring perfect subtrees, largest first; of none, the empty tree's."""
    if not hashes:
        return EMPTY_ROOT
    root = hashes[-1]
    for left in hashes[-2::-1]:
        root = node_hash(left, root)
    return root


@dataclass(frozen=True, slots=True)
class Row:
    """New neighbouring nodes of one level, from `first` on."""

    level: int
    first: int
    hashes: list[bytes]


@dataclass(frozen=True, slots=True)
class Frontier:
    """All that is needed to grow a tree of `size` leaves: the roots of its perfect subtrees, largest first."""

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        check_size(self.size)
        if len(self.hashes) != self.size.bit_count():
            raise ProofRefused(Reason.PROOF_LENGTH, "a frontier has one hash for each one-bit of its size")
        for value in self.hashes:
            check_hash(value)

    def root(self) -> bytes:
        """The root hash of the tree."""
        return fold(self.hashes)

    def extend(self, leaves: Sequence[bytes]) -> tuple[Frontier, list[Row]]:
        """The frontier with these leaf hashes appended, and every node that came to be, the leaves' own row first."""
        old = {level: value for (level, _), value in zip(perfect_subtrees(0, self.size), self.hashes, strict=True)}
        first, fresh, level = self.size, list(leaves), 0
        rows: list[Row] = []
        edge: list[bytes] = []
        while first or fresh:
            if fresh:
                rows.append(Row(level, first, fresh))
            line = [old[level], *fresh] if first & 1 else fresh[:]
            if len(line) & 1:
                edge.append(line.pop())
            fresh = [sha256(b"\x01" + a + b).digest() for a, b in zip(line[::2], line[1::2], strict=True)]
            first, level = first >> 1, level + 1
        return Frontier(self.size + len(leaves), tuple(reversed(edge))), rows


def perfect_subtrees(begin: int, end: int) -> list[Node]:
    """The nodes that cover the leaves from `begin` up to, not including, `end`, as large as they can be."""
    nodes: list[Node] = []
    while begin < end:
        level = (end - begin).bit_length() - 1
        if begin:
            level = min(level, (begin & -begin).bit_length() - 1)
        nodes.append((level, begin >> level))
        begin += 1 << level
    return nodes


def siblings(index: int, size: int) -> list[Node]:
    """The nodes beside the way from leaf `index` to the root; the last of a level may be cut short (see `within`)."""
    check_index(index, size)
    beside = [(level, (index >> level) ^ 1) for level in range((size - 1).bit_length())]
    return [(level, place) for level, place in beside if place << level < size]


def within(node: Node, size: int) -> list[Node]:
    """The full nodes that cover as much of `node` as lies in the tree of `size`: itself, unless the tree ends in it."""
    level, place = node
    begin, end = place << level, (place + 1) << level
    return [node] if end <= size else perfect_subtrees(begin, size)


def inclusion_plan(index: int, size: int) -> Plan:
    """What the proof that leaf `index` is in the tree of `size` consists of, the leaf's sibling first (§2.1.1)."""
    return [within(node, size) for node in siblings(index, size)]


def all_siblings(indexes: Collection[int], size: int) -> set[Node]:
    """The nodes beside the ways of these leaves to the root, each once: neighbours share most of them."""
    for index in indexes:
        check_index(index, size)
    beside: set[Node] = set()
    places = set(indexes)
    for level in range((size - 1).bit_length()):
        beside.update((level, place ^ 1) for place in places if (place ^ 1) << level < size)
        places = {place >> 1 for place in places}
    return beside


def inclusion_proofs(indexes: Collection[int], size: int, hashes: Mapping[Node, bytes]) -> dict[int, tuple[bytes, ...]]:
    """The proofs that these leaves are in the tree of `size`, from the hashes of `all_siblings`.

    From the root down: a way is the hash beside it and the way of the node above, which neighbours share.
    """
    ways: dict[int, tuple[bytes, ...]] = {0: ()}
    for level in reversed(range((size - 1).bit_length())):
        ways = {
            place: (hashes[level, place ^ 1], *ways[place >> 1]) if (place ^ 1) << level < size else ways[place >> 1]
            for place in {index >> level for index in indexes}
        }
    return {index: ways[index] for index in indexes}


def consistency_plan(old: int, new: int) -> Plan:
    """What the proof that the tree of `new` leaves extends the one of `old` consists of (§2.1.2)."""
    check_sizes(old, new)
    begin, end = 0, new
    ranges: list[tuple[int, int]] = []
    while old != end:
        middle = begin + _split(end - begin)
        if old <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((begin, middle))
            begin = middle
    if begin:
        ranges.append((begin, end))
    return [perfect_subtrees(*part) for part in reversed(ranges)]


def assemble(plan: Plan, get: Callable[[Node], bytes]) -> list[bytes]:
    """The hashes of a proof from stored nodes; whatever `get` raises passes through."""
    return [fold([get(node) for node in part]) for part in plan]


def inclusion_proof(index: int, size: int, get: Callable[[Node], bytes]) -> list[bytes]:
    """The proof that leaf `index` is in the tree of `size` leaves."""
    return assemble(inclusion_plan(index, size), get)


def consistency_proof(old: int, new: int, get: Callable[[Node], bytes]) -> list[bytes]:
    """The proof that the tree of `new` leaves begins with the tree of `old`."""
    return assemble(consistency_plan(old, new), get)


def check_hash(value: object) -> bytes:
    """A SHA-256 hash, or `ProofRefused`."""
    if not isinstance(value, bytes) or len(value) != HASH_LENGTH:
        raise ProofRefused(Reason.HASH_LENGTH, "a hash is 32 bytes")
    return value


def check_size(size: object) -> int:
    """A tree size, or `ProofRefused`: a bool is none, nor is a float that happens to be whole."""
    if type(size) is not int or not 0 <= size <= MAX_SIZE:
        raise ProofRefused(Reason.NUMBER, "a size is a whole number from 0 to 2^63-1")
    return size


def check_index(index: object, size: object) -> None:
    """A leaf's index in a tree of this size, or `ProofRefused`."""
    limit = check_size(size)
    if type(index) is not int or index < 0:
        raise ProofRefused(Reason.NUMBER, "an index is a whole number from 0")
    if index >= limit:
        raise ProofRefused(Reason.INDEX_OUTSIDE_TREE, "the index lies beyond the tree")


def check_sizes(old: object, new: object) -> None:
    """Sizes between which a consistency proof says something, or `ProofRefused`."""
    before, after = check_size(old), check_size(new)
    if before == 0:
        raise ProofRefused(Reason.EMPTY_TREE, "every tree extends the empty one: a proof says nothing")
    if before > after:
        raise ProofRefused(Reason.SIZE_ORDER, "the earlier tree is the larger")


def _split(count: int) -> int:
    """The largest power of two below `count`."""
    return 1 << (count - 1).bit_length() - 1

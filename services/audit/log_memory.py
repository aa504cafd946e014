"""The audit's log in memory: the same methods and promises as `Log`, for tests and simulation.

It has no transactions of its own: what is appended is there at once. A caller that has transactions appends when it
commits (`append_now`), and the `connection` of the other methods is not looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from contracts.evidence.checkpoint import Checkpoint, open_checkpoint
from contracts.evidence.entry import LogItem, Opening
from contracts.evidence.errors import EvidenceRefused
from contracts.evidence.merkle import Frontier, Node, assemble, consistency_plan, inclusion_plan, leaf_hash
from contracts.evidence.note import Ed25519Signer

from .log_errors import LogDamaged, NoSuchTree


class MemoryLog:
    """A log that lasts as long as the process."""

    def __init__(self) -> None:
        self.entries: list[bytes] = []
        self.records: dict[int, tuple[LogItem, Opening]] = {}
        self.checkpoints: dict[int, bytes] = {}
        self._indexes: dict[tuple[str, str, str, bytes], int] = {}
        self._levels: list[list[bytes]] = []
        self._frontier = Frontier()
        self._signed = Frontier()

    def append_now(self, items: Sequence[LogItem]) -> list[int]:
        """Append what is not there yet. Returns the index of each item, in order."""
        leaves: list[bytes] = []
        for item in items:
            key = item.key
            if key not in self._indexes:
                index = len(self.entries)
                opening = item.opening()
                self._indexes[key] = index
                self.records[index] = (item, opening)
                self.entries.append(opening.entry())
                leaves.append(leaf_hash(self.entries[-1]))
        self._frontier, rows = self._frontier.extend(leaves)
        for row in rows:
            if row.level == len(self._levels):
                self._levels.append([])
            self._levels[row.level] += row.hashes
        return [self._indexes[item.key] for item in items]

    async def append(self, connection: object, items: Sequence[LogItem]) -> list[int]:
        """As `append_now`."""
        return self.append_now(items)

    async def checkpoint(self, connection: object, signer: Ed25519Signer) -> bytes:
        """The head as a note signed by the log's key; what is new is hashed again before. Raises `LogDamaged`."""
        frontier, _ = self._signed.extend([leaf_hash(entry) for entry in self.entries[self._signed.size :]])
        if frontier != self._frontier:
            raise LogDamaged("what is stored is not the tree of the head")
        if self.checkpoints:
            last = max(self.checkpoints)
            try:
                open_checkpoint(self.checkpoints[last], signer.verifier)
            except EvidenceRefused as error:
                raise LogDamaged("the last checkpoint was not signed by this log's key") from error
            if last == frontier.size:
                return self.checkpoints[last]
        note = Checkpoint(signer.name, frontier.size, frontier.root()).sign(signer)
        self.checkpoints[frontier.size] = note
        self._signed = frontier
        return note

    async def prove(self, connection: object, index: int, size: int) -> list[bytes]:
        """The proof that entry `index` is in the tree of `size`, the sibling first; raises `NoSuchTree`."""
        if not 0 <= index < size:
            raise NoSuchTree(f"no tree of {size} entries has an entry {index}")
        self._reached(size)
        return assemble(inclusion_plan(index, size), self._node)

    async def prove_all(self, connection: object, indexes: Iterable[int], size: int) -> dict[int, tuple[bytes, ...]]:
        """Inclusion proofs of many entries against one tree."""
        return {index: tuple(await self.prove(connection, index, size)) for index in set(indexes)}

    async def consistency(self, connection: object, old: int, new: int) -> list[bytes]:
        """The proof that the tree of `new` begins with the one of `old` (at least 1); raises `NoSuchTree`."""
        if not 0 < old <= new:
            raise NoSuchTree(f"no proof leads from size {old} to {new}")
        self._reached(new)
        return assemble(consistency_plan(old, new), self._node)

    async def openings(self, connection: object, indexes: Iterable[int]) -> dict[int, Opening]:
        """The openings of these entries, for receipts. What has been erased is not among them."""
        return {index: self.records[index][1] for index in sorted(set(indexes)) if index in self.records}

    async def events(self, connection: object, first: int, past: int) -> list[tuple[int, LogItem, Opening]]:
        """Accepted events of all families but the audit's own, with their index, in its order."""
        found = [(index, *self.records[index]) for index in range(first, past) if index in self.records]
        return [row for row in found if row[1].kind == "event" and row[1].family != "audit"]

    async def size(self, connection: object) -> int:
        """How many entries there are."""
        return self._frontier.size

    def _reached(self, size: int) -> None:
        if size > self._frontier.size:
            raise NoSuchTree("the log has not reached this size")

    def _node(self, node: Node) -> bytes:
        return self._levels[node[0]][node[1]]

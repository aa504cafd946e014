"""Receipts: that an entry is in the log, checked without a network (C2SP tlog-proof, ``c2sp.org/tlog-proof@v1``)."""

from __future__ import annotations

from binascii import b2a_base64
from collections.abc import Iterable
from dataclasses import dataclass

from .checkpoint import SignedCheckpoint, open_checkpoint
from .errors import ProofRefused, Reason, ReceiptRefused
from .merkle import HASH_LENGTH, check_hash, check_size
from .note import MAX_NOTE, NoteVerifier
from .proof import verify_inclusion
from .spelling import decimal, unbase64

HEADER = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True, slots=True)
class Receipt:
    """An entry's index, its proof (the sibling first) and the checkpoint, verbatim, that it leads to.

    The tree's size is in the checkpoint alone. `extra` is not signed: here it is the entry's opening, which proves
    itself (`entry.Opening`).
    """

    index: int
    proof: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None

    def __post_init__(self) -> None:
        try:
            check_size(self.index)
            for value in self.proof:
                if type(value) is not bytes or len(value) != HASH_LENGTH:
                    check_hash(value)
        except ProofRefused as error:
            raise ReceiptRefused(error.reason, "an index is below 2^63 and a hash has 32 bytes") from error
        if len(self.proof) > 63:
            raise ReceiptRefused(Reason.PROOF_LENGTH, "a proof has at most 63 hashes")
        if self.extra == b"":
            raise ReceiptRefused(Reason.FORM, "extra data is left out when there is none")

    def encode(self) -> bytes:
        """The receipt as a file: `parse` of it gives the same receipt."""
        extra = b"" if self.extra is None else b"extra " + b2a_base64(self.extra)  # which ends the line
        head = b"%b\n%bindex %d\n" % (HEADER.encode(), extra, self.index)
        return b"".join([head, *map(b2a_base64, self.proof), b"\n", self.checkpoint])

    @classmethod
    def parse(cls, raw: bytes) -> Receipt:
        """A receipt from its bytes, nothing verified; raises `ReceiptRefused`."""
        if len(raw) > 2 * MAX_NOTE:
            raise ReceiptRefused(Reason.TOO_LONG, "a receipt has at most 2 MiB")
        head, blank, checkpoint = raw.partition(b"\n\n")
        if not blank or not head.isascii():
            raise ReceiptRefused(Reason.FORM, "a receipt is a proof, a blank line and a checkpoint")
        lines = head.decode("ascii").split("\n")
        if lines.pop(0) != HEADER:
            raise ReceiptRefused(Reason.FORM, f"a receipt begins with {HEADER}")
        extra = None
        if lines and lines[0].startswith("extra "):
            extra = _bytes(lines.pop(0).removeprefix("extra "))
        if not lines or not lines[0].startswith("index "):
            raise ReceiptRefused(Reason.FORM, "the index comes before the proof")
        index = decimal(lines.pop(0).removeprefix("index "))
        if index is None:
            raise ReceiptRefused(Reason.NUMBER, "an index is a plain decimal")
        return cls(index, tuple(map(_bytes, lines)), checkpoint, extra)

    def verify(self, leaf_hash: bytes, log: NoteVerifier, others: Iterable[NoteVerifier] = ()) -> SignedCheckpoint:
        """The checkpoint, after proof and signatures have held for this leaf; `others` as in `open_checkpoint`.

        Raises `NoteRefused`, `CheckpointRefused` or `ProofRefused`. Who of `others` has signed is in what it returns:
        whether that is enough is the policy's question.
        """
        opened = open_checkpoint(self.checkpoint, log, others)
        checkpoint = opened.checkpoint
        verify_inclusion(leaf_hash, self.index, checkpoint.size, self.proof, checkpoint.root)
        return opened


def _bytes(text: str) -> bytes:
    data = unbase64(text)
    if data is None:
        raise ReceiptRefused(Reason.BASE64, "a hash is canonical base64")
    return data

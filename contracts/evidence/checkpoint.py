"""Checkpoints: the size and root of a log's tree, signed as a note (C2SP tlog-checkpoint)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .errors import CheckpointRefused, ProofRefused, Reason
from .merkle import EMPTY_ROOT, check_hash, check_size
from .note import Ed25519Signer, Note, NoteSignature, NoteVerifier, is_name, sign_note
from .spelling import base64, decimal, unbase64


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The tree of a log at one size. The log's key name is its origin."""

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        if not is_name(self.origin):
            raise CheckpointRefused(Reason.ORIGIN, "an origin has no space and no '+'")
        try:
            check_size(self.size)
            check_hash(self.root)
        except ProofRefused as error:
            raise CheckpointRefused(
                error.reason, "a checkpoint has a size below 2^63 and a root of 32 bytes"
            ) from error
        if self.size == 0 and self.root != EMPTY_ROOT:
            raise CheckpointRefused(Reason.ROOT_MISMATCH, "the empty tree has one root only")

    @property
    def text(self) -> str:
        """The text that is signed: origin, size and root, a line each."""
        return f"{self.origin}\n{self.size}\n{base64(self.root)}\n"

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """A checkpoint from a note's text; raises `CheckpointRefused`, also for extension lines: nobody audits them."""
        lines = text.split("\n")
        if len(lines) != 4 or lines[3]:
            raise CheckpointRefused(Reason.FORM, "a checkpoint is three lines: origin, size, root")
        size, root = decimal(lines[1]), unbase64(lines[2])
        if size is None:
            raise CheckpointRefused(Reason.NUMBER, "a size is a plain decimal")
        if root is None:
            raise CheckpointRefused(Reason.BASE64, "a root is canonical base64")
        return cls(lines[0], size, root)

    def sign(self, signer: Ed25519Signer) -> bytes:
        """The checkpoint as a note signed by the log's key; raises `CheckpointRefused` for another log's."""
        if signer.name != self.origin:
            raise CheckpointRefused(Reason.ORIGIN, "a log signs by the name that is its origin")
        return sign_note(self.text, signer)


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint whose log has signed it, and every signature by a known key, the log's among them."""

    checkpoint: Checkpoint
    note: bytes
    signatures: tuple[NoteSignature, ...]


def open_checkpoint(note: bytes, log: NoteVerifier, others: Iterable[NoteVerifier] = ()) -> SignedCheckpoint:
    """The checkpoint in a note that `log` has signed; `others` are keys whose signatures are to be verified as well.

    Raises `NoteRefused` (malformed, a known key's signature fails, not signed by the log) or `CheckpointRefused`.
    """
    parsed = Note.parse(note)
    # The log's signature first and alone: witnesses do not stand in for it.
    parsed.verified((log,))
    signatures = parsed.verified((log, *others))
    checkpoint = Checkpoint.parse(parsed.text)
    if checkpoint.origin != log.name:
        raise CheckpointRefused(Reason.ORIGIN, "the checkpoint is of another log than the key's")
    return SignedCheckpoint(checkpoint, note, signatures)

"""Why a piece of evidence is refused: one closed family of errors, each with a reason code that a program can read."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """What exactly did not hold. The codes are stable: verifiers in other languages give the same."""

    NUMBER = "number"
    INDEX_OUTSIDE_TREE = "index-outside-tree"
    SIZE_ORDER = "size-order"
    EMPTY_TREE = "empty-tree"
    HASH_LENGTH = "hash-length"
    PROOF_LENGTH = "proof-length"
    ROOT_MISMATCH = "root-mismatch"
    KEY_FORM = "key-form"
    KEY_NAME = "key-name"
    KEY_TYPE = "key-type"
    KEY_ID = "key-id"
    KEY_AMBIGUOUS = "key-ambiguous"
    BASE64 = "base64"
    TOO_LONG = "too-long"
    NOT_UTF8 = "not-utf8"
    CONTROL_CHARACTER = "control-character"
    FORM = "form"
    SIGNATURE_LINE = "signature-line"
    TOO_MANY_SIGNATURES = "too-many-signatures"
    SIGNATURE_INVALID = "signature-invalid"
    SIGNER_UNKNOWN = "signer-unknown"
    ORIGIN = "origin"
    COMMITMENT_MISMATCH = "commitment-mismatch"


class EvidenceRefused(ValueError):
    """The evidence does not hold: keep the bytes as they are, and show them with `reason` to an auditor."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = reason


class ProofRefused(EvidenceRefused):
    """The Merkle proof does not lead to the root: ask the log for a proof for this index and exactly this tree size."""


class KeyRefused(EvidenceRefused):
    """The key is not written as C2SP signed-note says: copy it again, whole, from the policy that you were given."""


class NoteRefused(EvidenceRefused):
    """The note is malformed, or not signed by a key that you know: fetch it anew, and compare keys with your policy."""


class CheckpointRefused(EvidenceRefused):
    """The note is signed, but its text is no checkpoint of this log: ask the log's operator for its checkpoint."""


class ReceiptRefused(EvidenceRefused):
    """The file is no tlog-proof, or not of this log: ask the audit service for the receipt again."""


class EntryRefused(EvidenceRefused):
    """The entry does not commit to these facts: compare digest, case and reference with the event that you hold."""

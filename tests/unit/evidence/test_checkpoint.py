"""Checkpoints: three lines, of one log, signed by it."""

from __future__ import annotations

import pytest

from contracts.evidence.checkpoint import Checkpoint, open_checkpoint
from contracts.evidence.errors import CheckpointRefused, NoteRefused, Reason
from contracts.evidence.merkle import EMPTY_ROOT, leaf_hash
from contracts.evidence.note import Ed25519Signer, sign_note

LOG = Ed25519Signer.from_seed("log.example/kh", bytes(32))
WITNESS = Ed25519Signer.from_seed("witness.example", bytes(range(32)))
ROOT = leaf_hash(b"")
ROOT_TEXT = "bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0="


def test_the_text_is_as_the_specification_has_it() -> None:
    # The specification's own example (C2SP tlog-checkpoint).
    text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    checkpoint = Checkpoint.parse(text)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint.root.hex() == "0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62"
    assert checkpoint.text == text


def test_signed_and_opened() -> None:
    checkpoint = Checkpoint(LOG.name, 1, ROOT)
    note = checkpoint.sign(LOG)
    assert note.startswith(f"log.example/kh\n1\n{ROOT_TEXT}\n\n— log.example/kh ".encode())
    opened = open_checkpoint(note, LOG.verifier)
    assert (opened.checkpoint, opened.note) == (checkpoint, note)
    assert [signature.name for signature in opened.signatures] == [LOG.name]


def test_other_signatures_are_reported_and_do_not_stand_in_for_the_log() -> None:
    text = Checkpoint(LOG.name, 1, ROOT).text
    opened = open_checkpoint(sign_note(text, LOG, WITNESS), LOG.verifier, [WITNESS.verifier])
    assert [signature.name for signature in opened.signatures] == [LOG.name, WITNESS.name]
    with pytest.raises(NoteRefused) as refusal:
        open_checkpoint(sign_note(text, WITNESS), LOG.verifier, [WITNESS.verifier])
    assert refusal.value.reason is Reason.SIGNER_UNKNOWN


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"log.example/kh\n1\n{ROOT_TEXT}\nextension\n", Reason.FORM),
        (f"log.example/kh\n1\n{ROOT_TEXT}\n\n", Reason.FORM),
        ("log.example/kh\n1\n", Reason.FORM),
        (f"\n1\n{ROOT_TEXT}\n", Reason.ORIGIN),
        (f"log example\n1\n{ROOT_TEXT}\n", Reason.ORIGIN),
        *(
            (f"log.example/kh\n{size}\n{ROOT_TEXT}\n", Reason.NUMBER)
            for size in ("01", "+1", "-1", "1.0", "0x1", "", " 1", "1 ", "1_0", "１", "9223372036854775808", "1" * 5000)
        ),
        (f"log.example/kh\n1\n{ROOT_TEXT[:-1]}\n", Reason.BASE64),
        (f"log.example/kh\n1\n{ROOT_TEXT[:-2]}1=\n", Reason.BASE64),
        (f"log.example/kh\n1\n{ROOT_TEXT.replace('+', '-')}\n", Reason.BASE64),
        ("log.example/kh\n1\nAAAA\n", Reason.HASH_LENGTH),
        ("log.example/kh\n1\n\n", Reason.HASH_LENGTH),
        (f"log.example/kh\n0\n{ROOT_TEXT}\n", Reason.ROOT_MISMATCH),
    ],
)
def test_malformed_checkpoints(text: str, expected: Reason) -> None:
    with pytest.raises(CheckpointRefused) as refusal:
        Checkpoint.parse(text)
    assert refusal.value.reason is expected
    with pytest.raises(CheckpointRefused):
        open_checkpoint(sign_note(text, LOG), LOG.verifier)


def test_the_largest_and_the_smallest() -> None:
    assert Checkpoint.parse(f"log.example/kh\n9223372036854775807\n{ROOT_TEXT}\n").size == 2**63 - 1
    empty = Checkpoint(LOG.name, 0, EMPTY_ROOT)
    assert Checkpoint.parse(empty.text) == empty


def test_another_logs_checkpoint() -> None:
    other = Checkpoint("log.example/th", 1, ROOT)
    with pytest.raises(CheckpointRefused) as refusal:
        other.sign(LOG)
    assert refusal.value.reason is Reason.ORIGIN
    with pytest.raises(CheckpointRefused) as refusal:
        open_checkpoint(sign_note(other.text, LOG), LOG.verifier)
    assert refusal.value.reason is Reason.ORIGIN

"""Receipts: written as C2SP tlog-proof says, checked offline, and refused when anything in them was touched."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.evidence.checkpoint import Checkpoint
from contracts.evidence.entry import LogItem, Opening
from contracts.evidence.errors import EvidenceRefused, NoteRefused, ProofRefused, Reason, ReceiptRefused
from contracts.evidence.merkle import Frontier, inclusion_proof, leaf_hash
from contracts.evidence.note import Ed25519Signer
from contracts.evidence.receipt import Receipt

LOG = Ed25519Signer.from_seed("log.example/kh", bytes(32))
SIZE, INDEX = 11, 6
ITEMS = [LogItem("event", "custody", f"event-{number}", None, b"%d" % number) for number in range(SIZE)]
OPENINGS = [item.opening_with(bytes([7]) * 32, bytes([number]) * 32) for number, item in enumerate(ITEMS)]


def receipt(size: int = SIZE, index: int = INDEX, extra: bytes | None = None) -> Receipt:
    frontier, rows = Frontier().extend([opening.leaf_hash() for opening in OPENINGS[:size]])
    nodes = {(row.level, row.first + at): value for row in rows for at, value in enumerate(row.hashes)}
    note = Checkpoint(LOG.name, size, frontier.root()).sign(LOG)
    return Receipt(index, tuple(inclusion_proof(index, size, nodes.__getitem__)), note, extra)


GOOD = receipt(extra=OPENINGS[INDEX].encode())
RAW = GOOD.encode()


def test_the_form_is_line_for_line_that_of_the_specification() -> None:
    lines = RAW.decode().split("\n")
    assert lines[0] == "c2sp.org/tlog-proof@v1"
    assert lines[1].startswith("extra ")
    assert lines[2] == "index 6"
    assert [len(line) for line in lines[3:7]] == [44] * 4
    assert lines[7:10] == ["", "log.example/kh", "11"]
    assert RAW.endswith(GOOD.checkpoint)
    assert receipt(1, 0).encode().startswith(b"c2sp.org/tlog-proof@v1\nindex 0\n\nlog.example/kh\n1\n")


@pytest.mark.parametrize("size", range(1, SIZE + 1))
def test_what_is_written_is_read_and_holds(size: int) -> None:
    for index in range(size):
        written = receipt(size, index)
        read = Receipt.parse(written.encode())
        assert read == written
        assert read.verify(OPENINGS[index].leaf_hash(), LOG.verifier).checkpoint.size == size


def check(raw: bytes) -> None:
    """As one does who holds the event and the log's key, and nothing else."""
    read = Receipt.parse(raw)
    opening = Opening.decode(read.extra or b"")
    opening.check(ITEMS[INDEX].body, {})
    read.verify(opening.leaf_hash(), LOG.verifier)


def test_the_opening_in_the_receipt_leads_from_the_event_to_the_log() -> None:
    check(RAW)


def test_another_leaf_another_index_another_log() -> None:
    with pytest.raises(ProofRefused) as refusal:
        GOOD.verify(leaf_hash(b"another"), LOG.verifier)
    assert refusal.value.reason is Reason.ROOT_MISMATCH
    leaf = OPENINGS[INDEX].leaf_hash()
    for index in (INDEX - 1, INDEX + 1, INDEX * 2, INDEX // 2):
        with pytest.raises(ProofRefused):
            Receipt(index, GOOD.proof, GOOD.checkpoint).verify(leaf, LOG.verifier)
    with pytest.raises(NoteRefused):
        GOOD.verify(leaf, Ed25519Signer.from_seed(LOG.name, bytes([1]) * 32).verifier)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"", Reason.FORM),
        (b"\n\n", Reason.FORM),
        (RAW.replace(b"@v1", b"@v2"), Reason.FORM),
        (RAW.replace(b"tlog-proof@v1\n", b"tlog-proof@v1\n\n"), Reason.FORM),
        (RAW.replace(b"@v1\n", b"@v1\r\n"), Reason.FORM),
        (RAW.replace(b"index 6\n", b""), Reason.FORM),
        (RAW.replace(b"index 6\n", b"index 6\nindex 6\n"), Reason.BASE64),
        (RAW.replace(b"extra", b"extras"), Reason.FORM),
        (RAW.replace(b"index 6\n", b"index 6\nextra AAAA\n"), Reason.BASE64),
        (receipt().encode().replace(b"@v1\n", b"@v1\nextra \n"), Reason.FORM),
        (receipt().encode().replace(b"@v1\n", b"@v1\nextra AB==\n"), Reason.BASE64),
        *(
            (RAW.replace(b"index 6", b"index " + index), Reason.NUMBER)
            for index in (b"06", b"+6", b"-6", b"6 ", b"", b"6.0", b"0x6", b"9223372036854775808", b"1" * 5000)
        ),
        (RAW.replace(b"index 6\n", b"index 6\nAAAA\n"), Reason.HASH_LENGTH),
        (RAW.replace(b"index 6\n", b"index 6\n" + (b"A" * 43 + b"=\n") * 64), Reason.PROOF_LENGTH),
        (RAW.replace(b"index 6", "index ６".encode()), Reason.FORM),
        (bytes(3 << 20), Reason.TOO_LONG),
    ],
)
def test_malformed_receipts(raw: bytes, expected: Reason) -> None:
    assert raw != RAW
    with pytest.raises(ReceiptRefused) as refusal:
        Receipt.parse(raw)
    assert refusal.value.reason is expected


@settings(max_examples=300)
@given(st.integers(0, len(RAW) * 8 - 1))
def test_no_flipped_bit_is_taken(place: int) -> None:
    changed = bytearray(RAW)
    changed[place // 8] ^= 1 << place % 8
    with pytest.raises(EvidenceRefused):
        check(bytes(changed))


@given(st.binary(max_size=200).map(lambda tail: b"c2sp.org/tlog-proof@v1\nindex 1\n" + tail) | st.binary(max_size=99))
def test_parsing_is_exact_or_refuses(raw: bytes) -> None:
    try:
        read = Receipt.parse(raw)
    except ReceiptRefused:
        return
    assert read.encode() == raw

"""Notes and their keys, against a published example and against everything that is nearly one."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.evidence.errors import EvidenceRefused, KeyRefused, NoteRefused, Reason
from contracts.evidence.note import Ed25519Signer, Ed25519Verifier, Note, NoteSignature, sign_note

# A key and a signature of another implementation's tests (golang.org/x/mod, sumdb/note).
VKEY = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
LINE = "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"
NOTE = f"{TEXT}\n{LINE}".encode()

# RFC 8032 §7.1, test 1.
SEED = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
PUBLIC = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")

LOG = Ed25519Signer.from_seed("log.example/kh", SEED)
WITNESS = Ed25519Signer.from_seed("witness.example", bytes(range(32)))


def b64(data: bytes) -> str:
    return b64encode(data).decode()


def reason(raw: bytes, *verifiers: Ed25519Verifier) -> Reason:
    with pytest.raises(NoteRefused) as refusal:
        Note.parse(raw).verified(verifiers)
    return refusal.value.reason


def test_a_note_that_another_implementation_signed() -> None:
    verifier = Ed25519Verifier.parse(VKEY)
    note = Note.parse(NOTE)
    assert note.text == TEXT
    assert note.encode() == NOTE
    assert note.verified([verifier]) == note.signatures
    assert verifier.vkey == VKEY


def test_the_encoding_of_keys() -> None:
    key_id = sha256(b"log.example/kh\n\x01" + PUBLIC).digest()[:4].hex()
    assert LOG.verifier.vkey == f"log.example/kh+{key_id}+{b64(bytes([1]) + PUBLIC)}"
    assert LOG.skey == f"PRIVATE+KEY+log.example/kh+{key_id}+{b64(bytes([1]) + SEED)}"
    assert Ed25519Verifier.parse(LOG.verifier.vkey) == LOG.verifier
    assert Ed25519Signer.parse(LOG.skey).skey == LOG.skey
    assert LOG.sign(b"").signature.hex().startswith("e5564300c360ac729086e2cc806e828a")


def test_a_private_key_is_not_shown_by_chance() -> None:
    assert b64(b"\x01" + SEED) not in repr(LOG)
    with pytest.raises(KeyRefused) as refusal:
        Ed25519Signer.parse(LOG.skey[:-4])
    assert LOG.skey[-20:-4] not in str(refusal.value)


@pytest.mark.parametrize("place", range(len(VKEY)))
def test_every_single_byte_mutation_of_a_verifier_key_is_refused(place: int) -> None:
    good = VKEY.encode()
    for byte in range(256):
        if byte != good[place]:
            with pytest.raises(KeyRefused):
                Ed25519Verifier.parse((good[:place] + bytes([byte]) + good[place + 1 :]).decode("latin-1"))


def test_every_single_byte_mutation_of_a_signer_key_is_refused() -> None:
    good = LOG.skey.encode()
    for place in range(len(good)):
        for byte in {good[place] ^ 1, good[place] ^ 0x20, 0, 0xFF, ord("+")} - {good[place]}:
            with pytest.raises(KeyRefused):
                Ed25519Signer.parse((good[:place] + bytes([byte]) + good[place + 1 :]).decode("latin-1"))


@pytest.mark.parametrize("key", [VKEY, LOG.skey])
def test_no_part_of_a_key_is_a_key(key: str) -> None:
    for begin, end in combinations(range(len(key) + 1), 2):
        part = key[begin:end]
        if part not in (key, LOG.verifier.vkey):
            with pytest.raises(KeyRefused):
                (Ed25519Signer if part.startswith("PRIVATE+KEY+") else Ed25519Verifier).parse(part)


@pytest.mark.parametrize(
    ("material", "expected"),
    [
        (b"\x01" + PUBLIC + b"\0", Reason.KEY_FORM),
        (b"\x01" + PUBLIC[:-1], Reason.KEY_FORM),
        (b"\x04" + PUBLIC, Reason.KEY_TYPE),
        (b"\x06" + PUBLIC, Reason.KEY_TYPE),
        (b"", Reason.BASE64),
    ],
)
def test_keys_of_another_kind_or_length(material: bytes, expected: Reason) -> None:
    key_id = sha256(b"log.example\n" + material).digest()[:4].hex()
    with pytest.raises(KeyRefused) as refusal:
        Ed25519Verifier.parse(f"log.example+{key_id}+{b64(material)}")
    assert refusal.value.reason is expected


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u00a0b", "a\u2003b", "a\nb", "a\x00b", "\ud800"])
def test_names_that_no_key_may_have(name: str) -> None:
    with pytest.raises(KeyRefused) as refusal:
        Ed25519Verifier(name, PUBLIC)
    assert refusal.value.reason is Reason.KEY_NAME


def test_keys_of_small_order_sign_nothing() -> None:
    weak = Ed25519Verifier("weak.example", b"\x01" + bytes(31))
    assert not weak.holds(b"anything", b"\x01" + bytes(63))


def test_strangers_are_ignored_and_known_signers_must_hold() -> None:
    raw = sign_note(TEXT, LOG, WITNESS)
    note = Note.parse(raw)
    assert [found.name for found in note.verified([LOG.verifier])] == ["log.example/kh"]
    assert note.verified([WITNESS.verifier, LOG.verifier]) == note.signatures
    forged = Note(TEXT, (note.signatures[0], NoteSignature("witness.example", WITNESS.verifier.key_id, bytes(64))))
    assert len(forged.verified([LOG.verifier])) == 1
    assert reason(forged.encode(), LOG.verifier, WITNESS.verifier) is Reason.SIGNATURE_INVALID
    assert reason(raw) is Reason.SIGNER_UNKNOWN


def test_the_same_name_with_another_id_is_a_stranger() -> None:
    other = Ed25519Signer.from_seed(LOG.name, bytes(32))
    assert reason(sign_note(TEXT, other), LOG.verifier) is Reason.SIGNER_UNKNOWN
    both = Note.parse(sign_note(TEXT, other, LOG))
    assert [found.key_id for found in both.verified([LOG.verifier])] == [LOG.verifier.key_id]


def test_a_signer_counts_once() -> None:
    signature = LOG.sign(TEXT.encode())
    assert Note(TEXT, (signature, signature)).verified([LOG.verifier]) == (signature,)
    broken = NoteSignature(signature.name, signature.key_id, signature.signature[::-1])
    assert reason(Note(TEXT, (signature, broken)).encode(), LOG.verifier) is Reason.SIGNATURE_INVALID


def test_two_known_keys_of_one_name_and_id_are_refused() -> None:
    with pytest.raises(KeyRefused) as refusal:
        Note.parse(NOTE).verified([Ed25519Verifier.parse(VKEY), Ed25519Verifier.parse(VKEY)])
    assert refusal.value.reason is Reason.KEY_AMBIGUOUS


def test_many_signatures() -> None:
    strangers = [Ed25519Signer.from_seed(f"s{number}.example", number.to_bytes(32, "big")) for number in range(99)]
    note = Note.parse(sign_note(TEXT, LOG, *strangers))
    assert len(note.verified([LOG.verifier])) == 1
    one_more = note.encode() + WITNESS.sign(TEXT.encode()).line.encode()
    assert reason(one_more, LOG.verifier) is Reason.TOO_MANY_SIGNATURES


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"", Reason.FORM),
        (TEXT.encode(), Reason.FORM),
        (f"{TEXT}\n".encode(), Reason.FORM),
        (LINE.encode(), Reason.FORM),
        (NOTE[:-1], Reason.FORM),
        (f"{TEXT}{LINE}".encode(), Reason.FORM),
        (NOTE + b"\n", Reason.FORM),
        (NOTE + b"\n\n", Reason.FORM),
        (NOTE + b"Unexpected line.\n", Reason.SIGNATURE_LINE),
        (b"\x01" + NOTE, Reason.CONTROL_CHARACTER),
        (NOTE.replace(b"\n", b"\r\n"), Reason.CONTROL_CHARACTER),
        (NOTE.replace(b"think", b"th\x00nk"), Reason.CONTROL_CHARACTER),
        (NOTE.replace(b"think", b"th\tnk"), Reason.CONTROL_CHARACTER),
        (b"\xff" + NOTE, Reason.NOT_UTF8),
        (b"\xed\xa0\x80" + NOTE, Reason.NOT_UTF8),
        (NOTE.replace("—".encode(), b"-"), Reason.SIGNATURE_LINE),
        (NOTE.replace("— ".encode(), "—".encode()), Reason.SIGNATURE_LINE),
        (NOTE.replace(b"EnochRoot ", b"EnochRoot  "), Reason.SIGNATURE_LINE),
        (NOTE.replace(b"EnochRoot ", b"Enoch Root "), Reason.SIGNATURE_LINE),
        (NOTE.replace(b"EnochRoot", b"Enoch+Root"), Reason.SIGNATURE_LINE),
        (NOTE.replace(b"EnochRoot", "Enoch\u00a0Root".encode()), Reason.SIGNATURE_LINE),
        (NOTE.replace(b"QQ=\n", b"QR=\n"), Reason.BASE64),
        (NOTE.replace(b"QQ=\n", b"QQ\n"), Reason.BASE64),
        (NOTE.replace(b"QQ=\n", b"QQ==\n"), Reason.BASE64),
        (NOTE.replace(b"rwz+", b"rwz-"), Reason.BASE64),
        (f"{TEXT}\n— EnochRoot rwz+eA==\n".encode(), Reason.SIGNATURE_LINE),
        (f"{TEXT}\n— EnochRoot rwz+eAA=\n".encode(), Reason.SIGNATURE_INVALID),
        (NOTE.replace(b"answer", b"anwser"), Reason.SIGNATURE_INVALID),
        (b"\n" + NOTE, Reason.SIGNATURE_INVALID),
        (bytes(2 << 20), Reason.TOO_LONG),
    ],
)
def test_malformed_notes(raw: bytes, expected: Reason) -> None:
    assert raw != NOTE
    assert reason(raw, Ed25519Verifier.parse(VKEY)) is expected


@pytest.mark.parametrize("place", range(0, len(NOTE) * 8, 5))
def test_no_flipped_bit_is_taken(place: int) -> None:
    changed = bytearray(NOTE)
    changed[place // 8] ^= 1 << place % 8
    with pytest.raises(NoteRefused):
        Note.parse(bytes(changed)).verified([Ed25519Verifier.parse(VKEY)])


def test_the_last_blank_line_ends_the_text() -> None:
    text = "first\n\nsecond\n\n"
    assert Note.parse(sign_note(text, LOG)).text == text


@pytest.mark.parametrize("text", ["", "no newline", "tab\there\n", "return\r\n"])
def test_a_text_that_no_reader_takes_is_not_signed(text: str) -> None:
    with pytest.raises(NoteRefused):
        sign_note(text, LOG)


@given(st.binary(max_size=300) | st.text(max_size=80).map(lambda text: f"{text}\n\n{LINE}".encode(errors="replace")))
def test_parsing_is_exact_or_refuses(raw: bytes) -> None:
    try:
        note = Note.parse(raw)
    except EvidenceRefused:
        return
    assert note.encode() == raw


def test_reason_codes_are_words_with_hyphens_and_unique() -> None:
    codes = sorted(Reason)
    assert all(code.replace("-", "").isalnum() and code.islower() for code in codes)
    assert all(one != other for one, other in pairwise(codes))

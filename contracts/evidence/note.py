"""Notes: text signed by one or more keys (C2SP signed-note), and their Ed25519 keys (type 01, RFC 8032).

A note's text is worth nothing until `Note.verified` has returned: it ignores signers it does not know, and refuses the
whole note when a signer that it does know is there with a signature that fails.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Protocol

from nacl.bindings import crypto_sign_open
from nacl.exceptions import CryptoError
from nacl.signing import SigningKey

from .errors import KeyRefused, NoteRefused, Reason
from .spelling import base64, unbase64

ED25519 = 0x01
MAX_SIGNATURES = 100
MAX_NOTE = 1 << 20
"""Bytes. The specification asks for a limit, and for at least 16 signatures, of which one may have 5 kB."""

_PRIVATE = "PRIVATE+KEY+"


class NoteVerifier(Protocol):
    """A key that may sign notes, of any signature type."""

    @property
    def name(self) -> str:
        """The key's name."""
        ...

    @property
    def key_id(self) -> bytes:
        """The 4 bytes that tell this key from others of the same name."""
        ...

    def holds(self, text: bytes, signature: bytes) -> bool:
        """Whether these bytes, without the key id, are this key's signature over the text."""
        ...


def key_id(name: str, kind: int, public: bytes) -> bytes:
    """The first 4 bytes of ``SHA-256(name ‖ 0A ‖ type ‖ public key)``."""
    return sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


def is_name(name: str) -> bool:
    """Whether a key may be called so: UTF-8, not empty, no Unicode space, no ``+``, no control character."""
    return bool(name) and not any(
        char.isspace() or char == "+" or char < " " or "\ud800" <= char <= "\udfff" for char in name
    )


@dataclass(frozen=True, slots=True)
class Ed25519Verifier:
    """An Ed25519 key that signs notes: its name and its 32 public bytes."""

    name: str
    public: bytes
    key_id: bytes = field(init=False)

    def __post_init__(self) -> None:
        if not is_name(self.name):
            raise KeyRefused(Reason.KEY_NAME, "a key's name has no space and no '+'")
        if len(self.public) != 32:
            raise KeyRefused(Reason.KEY_FORM, "an Ed25519 public key has 32 bytes")
        object.__setattr__(self, "key_id", key_id(self.name, ED25519, self.public))

    @classmethod
    def parse(cls, vkey: str) -> Ed25519Verifier:
        """The key of ``name+hex8(key id)+base64(01 ‖ public key)``; raises `KeyRefused`."""
        name, claimed, material = _split_key(vkey)
        verifier = cls(name, material)
        if verifier.key_id.hex() != claimed:
            raise KeyRefused(Reason.KEY_ID, "the key id does not belong to this name and key")
        return verifier

    @property
    def vkey(self) -> str:
        """The key as it is published."""
        return f"{self.name}+{self.key_id.hex()}+{base64(bytes([ED25519]) + self.public)}"

    def holds(self, text: bytes, signature: bytes) -> bool:
        """Whether this is the key's Ed25519 signature over the text."""
        if len(signature) != 64:
            return False
        try:
            crypto_sign_open(signature + text, self.public)
        except CryptoError:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Ed25519Signer:
    """A private key that signs notes."""

    name: str
    key: SigningKey = field(repr=False)

    def __post_init__(self) -> None:
        if not is_name(self.name):
            raise KeyRefused(Reason.KEY_NAME, "a key's name has no space and no '+'")

    @classmethod
    def from_seed(cls, name: str, seed: bytes) -> Ed25519Signer:
        """The signer whose private key is these 32 bytes (RFC 8032 §5.1.5)."""
        if len(seed) != 32:
            raise KeyRefused(Reason.KEY_FORM, "an Ed25519 private key has 32 bytes")
        return cls(name, SigningKey(seed))

    @classmethod
    def parse(cls, skey: str) -> Ed25519Signer:
        """The key of ``PRIVATE+KEY+name+hex8(key id)+base64(01 ‖ seed)``; raises `KeyRefused`, never quoting it."""
        if not skey.startswith(_PRIVATE):
            raise KeyRefused(Reason.KEY_FORM, "not a private note key")
        name, claimed, material = _split_key(skey.removeprefix(_PRIVATE))
        signer = cls.from_seed(name, material)
        if signer.verifier.key_id.hex() != claimed:
            raise KeyRefused(Reason.KEY_ID, "the key id does not belong to this name and key")
        return signer

    @property
    def skey(self) -> str:
        """The key as it is kept: whoever reads it can sign."""
        return f"{_PRIVATE}{self.name}+{self.verifier.key_id.hex()}+{base64(bytes([ED25519]) + bytes(self.key))}"

    @property
    def verifier(self) -> Ed25519Verifier:
        """The public side."""
        return Ed25519Verifier(self.name, bytes(self.key.verify_key))

    def sign(self, text: bytes) -> NoteSignature:
        """A signature over a note's text."""
        return NoteSignature(self.name, self.verifier.key_id, self.key.sign(text).signature)


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line of a note, not yet verified by anyone."""

    name: str
    key_id: bytes
    signature: bytes

    @property
    def line(self) -> str:
        """The line, with its newline."""
        return f"— {self.name} {base64(self.key_id + self.signature)}\n"

    @classmethod
    def parse(cls, line: str) -> NoteSignature:
        """A line without its newline; raises `NoteRefused`."""
        parts = line.split(" ")
        if len(parts) != 3 or parts[0] != "—" or not is_name(parts[1]):
            raise NoteRefused(Reason.SIGNATURE_LINE, "a signature line is an em dash, a name and base64")
        data = unbase64(parts[2])
        if data is None:
            raise NoteRefused(Reason.BASE64, "a signature is canonical base64")
        if len(data) < 5:
            raise NoteRefused(Reason.SIGNATURE_LINE, "a signature has a key id of 4 bytes and more")
        return cls(parts[1], data[:4], data[4:])


@dataclass(frozen=True, slots=True)
class Note:
    """A text, with its final newline, and its signatures in order."""

    text: str
    signatures: tuple[NoteSignature, ...]

    @classmethod
    def parse(cls, raw: bytes) -> Note:
        """A note from its bytes, nothing verified; raises `NoteRefused`."""
        if len(raw) > MAX_NOTE:
            raise NoteRefused(Reason.TOO_LONG, "a note has at most 1 MiB")
        try:
            whole = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            raise NoteRefused(Reason.NOT_UTF8, "a note is UTF-8") from error
        if any(char < " " and char != "\n" for char in whole):
            raise NoteRefused(Reason.CONTROL_CHARACTER, "a note has no control character but the newline")
        gap = whole.rfind("\n\n")
        text, block = whole[: gap + 1], whole[gap + 2 :]
        if gap < 0 or not block.endswith("\n"):
            raise NoteRefused(Reason.FORM, "a note is a text, a blank line, and signature lines that end")
        lines = block[:-1].split("\n")
        if len(lines) > MAX_SIGNATURES:
            raise NoteRefused(Reason.TOO_MANY_SIGNATURES, "a note has at most 100 signatures")
        return cls(text, tuple(NoteSignature.parse(line) for line in lines))

    def encode(self) -> bytes:
        """The note's bytes: `parse` of them gives the same note."""
        return (self.text + "\n" + "".join(signature.line for signature in self.signatures)).encode()

    def verified(self, verifiers: Iterable[NoteVerifier]) -> tuple[NoteSignature, ...]:
        """The signatures by known keys, each key once; raises `NoteRefused` if there is none, or one of them fails."""
        known: dict[tuple[str, bytes], NoteVerifier] = {}
        for verifier in verifiers:
            if (verifier.name, verifier.key_id) in known:
                raise KeyRefused(Reason.KEY_AMBIGUOUS, "two of the known keys have one name and one key id")
            known[verifier.name, verifier.key_id] = verifier
        text = self.text.encode()
        good: dict[tuple[str, bytes], NoteSignature] = {}
        for signature in self.signatures:
            signer = (signature.name, signature.key_id)
            if signer not in known:
                continue
            if not known[signer].holds(text, signature.signature):
                raise NoteRefused(Reason.SIGNATURE_INVALID, "a known key is there with a signature that fails")
            good.setdefault(signer, signature)
        if not good:
            raise NoteRefused(Reason.SIGNER_UNKNOWN, "nobody that you know has signed this")
        return tuple(good.values())


def sign_note(text: str, *signers: Ed25519Signer) -> bytes:
    """A note's bytes; raises `NoteRefused` for a text that no reader would take."""
    data = text.encode()
    note = Note(text, tuple(signer.sign(data) for signer in signers)).encode()
    if not text.endswith("\n") or Note.parse(note).text != text:
        raise NoteRefused(Reason.FORM, "a note's text ends with a newline")
    return note


def _split_key(text: str) -> tuple[str, str, bytes]:
    """Name, key id in hex, and the 32 bytes of a key of type 01."""
    parts = text.split("+", 2)
    if len(parts) != 3:
        raise KeyRefused(Reason.KEY_FORM, "a key is name+id+base64")
    data = unbase64(parts[2])
    if data is None or not data:
        raise KeyRefused(Reason.BASE64, "a key is canonical base64")
    if data[0] != ED25519:
        raise KeyRefused(Reason.KEY_TYPE, "only Ed25519 keys of type 01 are read here")
    return parts[0], parts[1], data[1:]

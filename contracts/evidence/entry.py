"""What an entry of the log is: 32 bytes that commit to a record, and 32 random ones.

``commitment = SHA-256(salt ‖ record)``, the salt 32 random bytes. The record is canonical bytes: the domain, then each
part behind its length, body and headers as their digests. So the one who holds the body opens the entry without being
shown a header that is not for it, such as an acceptance that counts a case's other events. When record and salt are
erased, what is left is as good as 64 random bytes.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256

from .errors import EntryRefused, Reason
from .merkle import HASH_LENGTH, leaf_hash

ENTRY_LENGTH = 64
SALT_LENGTH = 32
_DOMAIN = b"safepassage/record/v1"
_MAX_PART = 1 << 16
_A_DIGEST_FOLLOWS = HASH_LENGTH.to_bytes(4, "big")


@dataclass(slots=True)
class LogItem:
    """Something that is to be logged, once for each `key`.

    `kind` says what it is (an accepted event, a refusal …); `ref` what identifies it among its kind: an event's id, or
    the place ``topic/partition/offset`` of a submission. `case` is None where none is known. `headers` are committed to
    as well, each apart.
    """

    kind: str
    family: str
    ref: str
    case: str | None
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str, str, bytes]:
        """What makes it another entry: two bodies under one event's id are two, and both are evidence."""
        return self.family, self.ref, self.kind, sha256(self.body).digest()

    def opening(self) -> Opening:
        """This item's opening under fresh salt and fresh random bytes."""
        fresh = secrets.token_bytes(2 * SALT_LENGTH)
        return self.opening_with(fresh[:SALT_LENGTH], fresh[SALT_LENGTH:])

    def opening_with(self, salt: bytes, filler: bytes) -> Opening:
        """This item's opening under the salt and the filler that were stored with it."""
        headers = {name: sha256(value.encode()).digest() for name, value in self.headers.items()}
        return Opening(salt, filler, self.kind, self.family, self.ref, self.case, sha256(self.body).digest(), headers)


@dataclass(slots=True)
class Opening:
    """All that is needed to see that an entry commits to a body: digests (SHA-256) stand for body and headers."""

    salt: bytes
    filler: bytes
    kind: str
    family: str
    ref: str
    case: str | None
    body: bytes
    headers: Mapping[str, bytes]

    def __post_init__(self) -> None:
        if len(self.salt) != SALT_LENGTH or len(self.filler) != SALT_LENGTH:
            raise EntryRefused(Reason.HASH_LENGTH, "salt and filler have 32 bytes each")
        for value in (self.body, *self.headers.values()):
            if len(value) != HASH_LENGTH:
                raise EntryRefused(Reason.HASH_LENGTH, "a digest has 32 bytes")

    def record(self) -> bytes:
        """The canonical bytes that are committed to."""
        # An entry in the log costs this three times over; kinds, families and names of headers are always the same few.
        parts = [_beginning(self.kind, self.family), _part(self.ref.encode()), _part((self.case or "").encode())]
        parts += (_A_DIGEST_FOLLOWS, self.body)
        for name in sorted(self.headers):
            parts += (_name(name), self.headers[name])
        return b"".join(parts)

    def entry(self) -> bytes:
        """The 64 bytes of the log's entry."""
        return sha256(self.salt + self.record()).digest() + self.filler

    def leaf_hash(self) -> bytes:
        """The entry's leaf in the tree, for `receipt.Receipt.verify`."""
        return leaf_hash(self.entry())

    def check(self, body: bytes, headers: Mapping[str, str]) -> None:
        """Raise `EntryRefused` unless this is the opening for these bytes, and for each of these headers."""
        if sha256(body).digest() != self.body:
            raise EntryRefused(Reason.COMMITMENT_MISMATCH, "the entry commits to another body")
        for name, value in headers.items():
            if self.headers.get(name) != sha256(value.encode()).digest():
                raise EntryRefused(Reason.COMMITMENT_MISMATCH, f"the entry commits to another header '{name}'")

    def encode(self) -> bytes:
        """The opening as bytes (a receipt's `extra`): `decode` of them gives the same opening."""
        return self.salt + self.filler + self.record()

    @classmethod
    def decode(cls, data: bytes) -> Opening:
        """An opening from its bytes; raises `EntryRefused` for any other spelling than `encode`'s."""
        salt, filler, parts = data[:32], data[32:64], _parts(data[64:])
        if len(parts) < 6 or len(parts) % 2 or parts[0] != _DOMAIN:
            raise EntryRefused(Reason.FORM, "an opening is salt, filler and the parts of a record")
        try:
            kind, family, ref, case = (part.decode() for part in parts[1:5])
            names = [part.decode() for part in parts[6::2]]
        except UnicodeDecodeError as error:
            raise EntryRefused(Reason.NOT_UTF8, "a record's names are UTF-8") from error
        headers = dict(zip(names, parts[7::2], strict=True))
        opening = cls(salt, filler, kind, family, ref, case or None, parts[5], headers)
        if opening.encode() != data:
            raise EntryRefused(Reason.FORM, "headers come once each, in order of name")
        return opening


def _part(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data


@lru_cache(maxsize=256)
def _beginning(kind: str, family: str) -> bytes:
    return _part(_DOMAIN) + _part(kind.encode()) + _part(family.encode())


@lru_cache(maxsize=256)
def _name(header: str) -> bytes:
    return _part(header.encode()) + _A_DIGEST_FOLLOWS


def _parts(record: bytes) -> list[bytes]:
    parts: list[bytes] = []
    place = 0
    while place < len(record):
        length = int.from_bytes(record[place : place + 4], "big")
        end = place + 4 + length
        if length > _MAX_PART or end > len(record):
            raise EntryRefused(Reason.FORM, "a part of the record is longer than it may be")
        parts.append(record[place + 4 : end])
        place = end
    return parts

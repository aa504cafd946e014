"""Reading a mailbox: every message is checked before it is believed.

Four kinds come: deliveries (an agency's event, with its signature and the service's delivery), answers to one's own
submissions, notices (somebody used this agency's name) and receipts of the audit service.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import TypeVar

from pydantic import ValidationError

from contracts.directory import Directory
from contracts.envelope import EnvelopeError, Event, read
from contracts.evidence.checkpoint import SignedCheckpoint, open_checkpoint
from contracts.evidence.entry import Opening
from contracts.evidence.errors import EvidenceRefused
from contracts.evidence.note import Ed25519Verifier
from contracts.evidence.proof import verify_inclusion
from contracts.evidence.receipt import Receipt as Proof
from contracts.journeys.registry import SERVICE_OF
from contracts.messages import Answer, Delivery, Notice
from contracts.sealing import SealingKey, SealRefused, sealed_digest, unseal
from contracts.signing import SignatureRefused, b64, compact_kid, detached_kid, verify_detached
from infra.kernel.records import DELIVERY, JWS, KIND, SEALED, Record

SERVICES = frozenset(SERVICE_OF.values())
FALSE = (EnvelopeError, EvidenceRefused, SignatureRefused, SealRefused, ValidationError, UnicodeDecodeError)
M = TypeVar("M", Answer, Delivery, Notice)


class MailRefused(ValueError):
    """A message in the mailbox does not hold: keep it, do not act on it, and tell the hub's operator and an auditor."""


class KeyNotListed(MailRefused):
    """The directory that was given does not list the key: read it to its end once more, then open the message again."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """An event that this agency has been handed. `sealed` is the content of its sealed part, when it was for us."""

    event: Event
    delivery: Delivery
    sealed: tuple[str, dict[str, object]] | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """The audit service's proof that an event is in the log (C2SP tlog-proof text), checked against the log's key.

    `index` and `size` say where it stands in a tree of how many entries.
    """

    event_digest: str
    proof: str
    index: int
    size: int


Mail = Delivered | Answer | Notice | Receipt


@dataclass
class Order:
    """What has come of each service's numbered deliveries: doubles are dropped, gaps are shown."""

    highest: dict[str, int] = field(default_factory=dict)
    missing: dict[str, set[int]] = field(default_factory=dict)

    def take(self, delivery: Delivery) -> bool:
        """Note a delivery; False when it has come before."""
        highest = self.highest.get(delivery.service, 0)
        missing = self.missing.setdefault(delivery.service, set())
        if delivery.number > highest:
            missing.update(range(highest + 1, delivery.number))
            self.highest[delivery.service] = delivery.number
            return True
        if delivery.number in missing:
            missing.discard(delivery.number)
            return True
        return False


def open_mail(
    record: Record, agency: str, directory: Directory, keys: Sequence[SealingKey], log: Ed25519Verifier
) -> Mail:
    """What a record in this agency's mailbox is; raises `MailRefused` when a signature, digest or proof does not hold.

    Raises `KeyNotListed`, one of those, where a newer directory may tell otherwise: see `reader.MailReader`.
    `log` is the log's key: a receipt is nobody's word but a proof.
    """
    kind = record.header(KIND)
    value = record.value or b""
    try:
        if kind == "delivery":
            return _delivered(record, value, agency, directory, keys)
        if kind == "receipt":
            return _receipt(record.header("digest") or "", value, log)
        token = value.decode("ascii")
        if kind == "answer":
            answer = _said(Answer, token, record, directory)
            return _about(answer, answer.topic)
        if kind == "notice":
            notice = _said(Notice, token, record, directory)
            if notice.agency != agency:
                raise MailRefused("the notice is another agency's")
            return _about(notice, notice.topic)
    except FALSE as error:
        raise MailRefused(
            f"{kind}: {error if isinstance(error, SignatureRefused) else type(error).__name__}"
        ) from error
    raise MailRefused(f"kind '{kind}' is not known")


@lru_cache(maxsize=4096)
def signed_event(body: bytes, jws: str, public: bytes) -> Event:
    """The event of these bytes, signed by this key. What was found of the same bytes and key before still holds."""
    verify_detached(body, jws, public)
    return read(body)


def _delivered(
    record: Record, value: bytes, agency: str, directory: Directory, keys: Sequence[SealingKey]
) -> Delivered:
    token = record.header(DELIVERY) or ""
    delivery = _said(Delivery, token, record, directory)
    jws = record.header(JWS) or ""
    kid = detached_kid(jws)
    signer = directory.signing_key(kid)
    if signer is None:
        raise KeyNotListed("delivery: the directory does not list the key that signed the event")
    event = signed_event(value, jws, signer)
    if directory.keys[kid].agency != event.actor:
        raise SignatureRefused("not signed by its source")
    if delivery.digest != event.digest or delivery.agency != agency:
        raise MailRefused("the delivery is another event's or another agency's")
    if delivery.service != SERVICE_OF[event.family]:
        raise MailRefused("the delivery is not by the service whose family this is")
    sealed = record.header(SEALED)
    if sealed is None:
        return Delivered(event, delivery)
    if sealed_digest(sealed.encode()) != event.data.sealed_digest:
        raise SealRefused("not the sealed part that the event names")
    for key in keys:
        try:
            return Delivered(event, delivery, unseal(sealed.encode(), key))
        except SealRefused:
            continue
    return Delivered(event, delivery)


def _said(model: type[M], token: str, record: Record, directory: Directory) -> M:
    """What a service of this network signed with a key of its own that was valid when Kafka took the record."""
    kid = compact_kid(token)
    public = directory.signing_key(kid)
    if public is None:
        raise KeyNotListed(f"{record.header(KIND)}: the directory does not list the key that signed this")
    if directory.keys[kid].agency not in SERVICES:
        raise SignatureRefused("not signed by a service of this network")
    said = model.verify(token, public)
    if directory.keys[kid].agency != said.service:
        raise SignatureRefused("signed by another service than it names")
    written = datetime.fromtimestamp(record.timestamp / 1000, UTC) if record.timestamp else None
    fault = directory.key_problem(kid, said.service, written) if written is not None else None
    if fault is not None:
        raise SignatureRefused(fault)
    return said


def _about(said: M, topic: str) -> M:
    """A service speaks of the submissions that it reads, and of no others."""
    if SERVICE_OF.get(topic.partition(".")[0]) != said.service:
        raise SignatureRefused("said by another service than the one that reads this topic")
    return said


def _receipt(digest: str, value: bytes, log: Ed25519Verifier) -> Receipt:
    proof = Proof.parse(value)
    opening = Opening.decode(proof.extra or b"")
    if opening.kind != "event" or b64(opening.body) != digest:
        raise MailRefused("the receipt is for something else than the event that it names")
    checkpoint = _opened(proof.checkpoint, log).checkpoint
    verify_inclusion(opening.leaf_hash(), proof.index, checkpoint.size, proof.proof, checkpoint.root)
    return Receipt(digest, value.decode(), proof.index, checkpoint.size)


@lru_cache(maxsize=64)
def _opened(note: bytes, log: Ed25519Verifier) -> SignedCheckpoint:
    """Many receipts lead to one checkpoint."""
    return open_checkpoint(note, log)


__all__ = ["Delivered", "KeyNotListed", "Mail", "MailRefused", "Order", "Receipt", "open_mail"]

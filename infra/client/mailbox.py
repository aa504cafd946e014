"""Reading a mailbox: every message is checked before it is believed.

Four kinds come: deliveries (an agency's event, with its signature and the service's delivery), answers to one's own
submissions, notices (somebody used this agency's name) and receipts of the audit service.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from pydantic import ValidationError

from contracts.directory import Directory
from contracts.envelope import EnvelopeError, Event, read
from contracts.messages import Answer, Delivery, Message, Notice
from contracts.sealing import SealingKey, SealRefused, sealed_digest, unseal
from contracts.signing import SignatureRefused, compact_kid, detached_kid, verify_detached
from infra.kernel.records import DELIVERY, JWS, KIND, SEALED, Record

SERVICES = frozenset({"intake", "referral", "repatriation", "audit"})


class MailRefused(ValueError):
    """A message in the mailbox does not hold: keep it, do not act on it, and tell the hub's operator and an auditor."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """An event that this agency has been handed. `sealed` is the content of its sealed part, when it was for us."""

    event: Event
    delivery: Delivery
    sealed: tuple[str, dict[str, object]] | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """The audit service's proof that an event is in the log (C2SP tlog-proof text)."""

    event_digest: str
    proof: str


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


def open_mail(record: Record, agency: str, directory: Directory, keys: Sequence[SealingKey]) -> Mail:
    """What a record in this agency's mailbox is; raises `MailRefused` when any signature or digest does not hold."""
    kind = record.header(KIND)
    value = record.value or b""
    try:
        if kind == "delivery":
            return _delivered(record, value, agency, directory, keys)
        if kind == "receipt":
            return Receipt(record.header("digest") or "", value.decode("utf-8"))
        token = value.decode("ascii")
        if kind == "answer":
            return Answer.verify(token, _service_key(token, directory))
        if kind == "notice":
            return Notice.verify(token, _service_key(token, directory))
    except (EnvelopeError, SignatureRefused, SealRefused, ValidationError, UnicodeDecodeError) as error:
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
    delivery = Delivery.verify(token, _service_key(token, directory))
    jws = record.header(JWS) or ""
    kid = detached_kid(jws)
    signer = directory.signing_key(kid)
    if signer is None:
        raise SignatureRefused("the directory does not list the key that signed this")
    event = signed_event(value, jws, signer)
    if directory.keys[kid].agency != event.actor:
        raise SignatureRefused("not signed by its source")
    if delivery.digest != event.digest or delivery.agency != agency:
        raise MailRefused("the delivery is another event's or another agency's")
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


def _service_key(token: str, directory: Directory) -> bytes:
    kid = compact_kid(token)
    public = directory.signing_key(kid)
    if public is None or directory.keys[kid].agency not in SERVICES:
        raise SignatureRefused("not signed by a service of this network")
    return public


__all__ = ["Delivered", "Mail", "MailRefused", "Message", "Order", "Receipt", "open_mail"]

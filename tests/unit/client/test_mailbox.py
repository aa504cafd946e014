"""What comes to a mailbox is believed only when it holds: who signed, for which topic, and a receipt by its proof."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from contracts.directory import RevocationEntry, entry
from contracts.evidence.checkpoint import Checkpoint
from contracts.evidence.entry import LogItem
from contracts.evidence.merkle import Frontier
from contracts.evidence.note import Ed25519Signer
from contracts.evidence.receipt import Receipt as Proof
from contracts.identifiers import new_id
from contracts.messages import Answer, Delivery, Notice
from contracts.signing import b64
from infra.client.mailbox import Delivered, Mail, MailRefused, Receipt, open_mail
from infra.kernel.records import DELIVERY, KIND, Record
from infra.simulation.world import service_kid
from tests.unit.kernel.desk import KEYS, POLICE, REQUEST, SHELTER, START, Desk

LOG = Ed25519Signer.from_seed("log.example", bytes(32))
OTHER = Ed25519Signer.from_seed("log.example", bytes([1]) * 32)
DESK = Desk("referral")
DIRECTORY = DESK.hand.known
AT = int((START + timedelta(seconds=1)).timestamp() * 1000)
Change = Callable[[Record], Record]


def opened(record: Record, agency: str) -> Mail:
    """What the agency finds."""
    return open_mail(record, agency, DIRECTORY, (), LOG.verifier)


async def sent() -> tuple[Record, Record]:
    """A request's delivery to the shelter, and its answer to the police."""
    desk = Desk("referral")
    await desk.kernel.batch([desk.record(POLICE, "referral.requested", new_id(START), REQUEST)])
    found = {}
    for number, item in enumerate(desk.tables.outbox.values()):
        headers = tuple((name, value.encode()) for name, value in item.headers.items())
        found[item.headers.get(KIND)] = Record(item.topic, 0, number, item.key.encode(), item.value, headers, AT)
    return found["delivery"], found["answer"]


def header(name: str, value: str) -> Change:
    """The record with one header changed."""
    return lambda it: replace(it, headers=tuple((k, value.encode() if k == name else v) for k, v in it.headers))


def signed_as(signs: str, **changes: object) -> Change:
    """The record's message, signed by a service, perhaps with other words."""
    signer = KEYS.signer(service_kid(signs))

    def change(record: Record) -> Record:
        token = record.header(DELIVERY)
        if token is not None:
            delivery = Delivery.unverified(token).model_copy(update=changes)
            return header(DELIVERY, delivery.sign(signer))(record)
        answer = Answer.unverified((record.value or b"").decode()).model_copy(update=changes)
        return replace(record, value=answer.sign(signer).encode())

    return change


async def test_a_delivery_and_an_answer_are_read() -> None:
    delivery, answer = await sent()
    found = opened(delivery, SHELTER)
    assert isinstance(found, Delivered)
    assert (found.event.actor, found.delivery.number) == (POLICE, 1)
    said = opened(answer, POLICE)
    assert isinstance(said, Answer)
    assert said.outcome == "accepted"


@pytest.mark.parametrize(
    "change",
    [
        signed_as("intake"),
        signed_as("intake", service="intake"),
        signed_as("audit", service="audit"),
        lambda it: replace(it, value=(it.value or b"")[:-9]),
        header(KIND, "letter"),
        header(KIND, "receipt"),
        header(KIND, "notice"),
    ],
)
async def test_what_another_service_says_or_nobody_said_is_refused(change: Change) -> None:
    delivery, answer = await sent()
    for record, agency in ((delivery, SHELTER), (answer, POLICE)):
        with pytest.raises(MailRefused):
            opened(change(record), agency)


async def test_another_agencys_delivery_is_refused() -> None:
    delivery, _ = await sent()
    with pytest.raises(MailRefused, match="another agency's"):
        opened(delivery, POLICE)


@pytest.mark.parametrize(("ago", "holds"), [(timedelta(minutes=1), False), (-timedelta(minutes=1), True)])
async def test_a_key_that_was_revoked_says_nothing_more(ago: timedelta, holds: bool) -> None:
    line = entry(DIRECTORY, RevocationEntry(kid=service_kid("referral"), revoked_at=START - ago), START)
    directory = DIRECTORY.extend(line, line.body())
    for record, agency in zip(await sent(), (SHELTER, POLICE), strict=True):
        if holds:
            open_mail(record, agency, directory, (), LOG.verifier)
        else:
            with pytest.raises(MailRefused, match="revoked"):
                open_mail(record, agency, directory, (), LOG.verifier)


def test_a_notice_is_this_agencys_and_of_a_topic_that_its_service_reads() -> None:
    said = Notice(
        service="referral",
        agency=POLICE,
        topic="custody.submissions.v1",
        partition=0,
        offset=1,
        digest="d",
        reason="not signed",
        recorded=START,
    )
    signer = KEYS.signer(service_kid("referral"))
    for changes, holds in (
        ({}, True),
        ({"topic": "intake.submissions.v1"}, False),
        ({"agency": SHELTER}, False),
        ({"service": "intake"}, False),
    ):
        token = said.model_copy(update=changes).sign(signer)
        record = Record("mailbox", 0, 0, b"", token.encode(), ((KIND, b"notice"),), AT)
        if holds:
            assert isinstance(opened(record, POLICE), Notice)
        else:
            with pytest.raises(MailRefused):
                opened(record, POLICE)


def receipt(signer: Ed25519Signer = LOG, *, index: int = 0, kind: str = "event", told: bytes = b"{}") -> Record:
    """A receipt from a log of one entry."""
    opening = LogItem(kind, "intake", "e", None, b"{}").opening()
    frontier, _ = Frontier().extend([opening.leaf_hash()])
    note = Checkpoint(signer.name, 1, frontier.root()).sign(signer)
    value = Proof(index, (), note, opening.encode()).encode()
    digest = b64(LogItem("event", "intake", "e", None, told).opening().body)
    return Record("mailbox", 0, 0, b"", value, ((KIND, b"receipt"), ("digest", digest.encode())), AT)


def test_a_receipt_is_believed_for_its_proof() -> None:
    found = opened(receipt(), POLICE)
    assert isinstance(found, Receipt)
    assert (found.index, found.size) == (0, 1)


NOTHING = [
    receipt(OTHER),
    receipt(index=1),
    receipt(told=b"[]"),
    receipt(kind="refusal"),
    replace(receipt(), value=b"c2sp"),
]


@pytest.mark.parametrize("record", [*NOTHING, replace(receipt(), value=None)])
def test_a_receipt_that_proves_nothing_is_refused(record: Record) -> None:
    with pytest.raises(MailRefused):
        opened(record, POLICE)

"""A mailbox whose directory lags loses nothing: the directory is read to its end once more, and then it is decided."""

from __future__ import annotations

from collections.abc import AsyncIterator
from io import StringIO
from typing import Any

import pytest

from contracts.directory import Directory
from contracts.messages import Answer
from infra.client import commands
from infra.client.mailbox import Delivered, KeyNotListed, MailRefused
from infra.client.reader import MailReader
from infra.kernel.records import KIND, Record
from tests.unit.client.test_mailbox import DIRECTORY, LOG, header, receipt, sent
from tests.unit.kernel.desk import POLICE, SHELTER


class Registry:
    """The directory's topic, which has grown since it was last read."""

    def __init__(self, *versions: Directory) -> None:
        self.versions = list(versions)
        self.read = 0

    async def __call__(self) -> Directory:
        self.read += 1
        return self.versions.pop(0)


def reader(agency: str, registry: Registry) -> MailReader:
    """A reader that has read an empty directory so far."""
    return MailReader(agency, (), LOG.verifier, registry, Directory())


async def test_a_key_that_is_listed_by_now_is_believed_and_the_directory_is_kept() -> None:
    delivery, answer = await sent()
    registry = Registry(DIRECTORY)
    mine = reader(SHELTER, registry)
    assert isinstance(await mine.open(delivery), Delivered)
    assert isinstance(await mine.open(delivery), Delivered)
    assert registry.read == 1
    assert isinstance(await reader(POLICE, Registry(DIRECTORY)).held(answer), Answer)


async def test_a_key_that_is_not_listed_at_the_end_either_is_refused_after_one_reading() -> None:
    _, answer = await sent()
    registry = Registry(Directory())
    with pytest.raises(KeyNotListed, match="does not list the key"):
        await reader(POLICE, registry).open(answer)
    assert registry.read == 1


@pytest.mark.parametrize("record", [receipt(told=b"[]"), header(KIND, "letter")(receipt())])
async def test_what_no_directory_mends_is_refused_without_reading_it_again(record: Record) -> None:
    registry = Registry()
    with pytest.raises(MailRefused):
        await reader(POLICE, registry).open(record)
    assert registry.read == 0


async def test_what_cannot_be_judged_while_the_directory_is_away_is_not_refused() -> None:
    async def away() -> Directory:
        raise ConnectionError

    _, answer = await sent()
    with pytest.raises(ConnectionError):
        await MailReader(POLICE, (), LOG.verifier, away, Directory()).held(answer)


async def test_who_sends_is_answered_although_the_answers_key_is_newer_than_its_directory() -> None:
    _, answer = await sent()

    class Mailbox:
        async def mail(self, *, follow: bool) -> AsyncIterator[Record]:
            yield receipt(told=b"[]")
            yield answer

    session: Any = type("Session", (), {"output": type("Output", (), {"say": StringIO().write})})
    connection: Any = Mailbox()
    place = Answer.unverified((answer.value or b"").decode())
    found = await commands._answer(
        session, connection, reader(POLICE, Registry(DIRECTORY)), (place.topic, place.partition, place.offset)
    )
    assert found.outcome == "accepted"

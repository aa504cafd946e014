"""The registrar: what it states first is stated once, wherever it was stopped; no second one writes beside it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from contracts.directory import AgencyEntry, DirectoryRefused, HeadEntry, MandateEntry, Statement
from contracts.signing import Signer
from infra.directory.follower import TOPIC, Follower
from infra.directory.registrar import Moved, Registrar
from infra.kernel.records import Outgoing, Record

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SIGNER = Signer.from_seed("registrar/sig-1", bytes(32))
AGENCIES = ("kh-a", "kh-b", "th-c")
FIRST: list[Statement] = [
    statement
    for agency in AGENCIES
    for statement in (
        AgencyEntry(agency=agency, names={"en": agency, "km": "ក"}, country=agency[:2].upper(), state=True),
        MandateEntry(agency=agency, role="border", effective_from=date(2020, 1, 1)),
    )
]


class Topic:
    """The directory's topic; it takes so many records, and then its writer is killed."""

    def __init__(self) -> None:
        self.log: list[Record] = []
        self.takes = 1_000_000

    async def send(self, records: Sequence[Outgoing]) -> list[int]:
        for number, record in enumerate(records):
            if self.takes == 0:
                return list(range(number, len(records)))
            self.takes -= 1
            headers = tuple((name, value.encode()) for name, value in record.headers.items())
            self.log.append(Record(TOPIC, 0, len(self.log), record.key.encode(), record.value, headers))
        return []

    async def read(self, position: int) -> list[Record]:
        return self.log[position:]

    def registrar(self) -> Registrar:
        producer: Any = self
        return Registrar(SIGNER, producer, self.read)

    async def followed(self) -> Follower:
        follower = Follower(SIGNER.public)
        await follower.records(self.log)
        return follower


@pytest.mark.parametrize("written", range(len(FIRST) + 1))
async def test_one_that_was_stopped_between_its_first_statements_goes_on(written: int) -> None:
    topic = Topic()
    topic.takes = written
    if written < len(FIRST):
        with pytest.raises(ConnectionError):
            await topic.registrar().first(FIRST, NOW)
    else:
        await topic.registrar().first(FIRST, NOW)
    assert len(topic.log) == written
    topic.takes = 1_000_000
    for turn in range(3):
        registrar = topic.registrar()
        await registrar.first(FIRST, NOW + timedelta(days=turn))
        await registrar.state([HeadEntry(at=NOW + timedelta(days=turn))], NOW)
    follower = await topic.followed()
    assert follower.refused is None
    assert follower.directory.sequence == len(FIRST) == registrar.directory.sequence
    assert tuple(follower.directory.agencies) == AGENCIES
    assert follower.directory.head_at == NOW + timedelta(days=2)
    more = AgencyEntry(agency="th-d", names={}, country="TH", state=False)
    await topic.registrar().first([*FIRST, more], NOW)
    assert (await topic.followed()).directory.sequence == len(FIRST) + 1


async def test_a_second_one_stops_the_first_and_forks_nothing() -> None:
    topic = Topic()
    one, two = topic.registrar(), topic.registrar()
    await one.first(FIRST[:2], NOW)
    await two.first(FIRST[:2], NOW)
    for registrar in (one, two, one):
        await registrar.state([HeadEntry(at=NOW)], NOW)
    await two.state(FIRST[2:3], NOW)
    before = len(topic.log)
    for statements in (FIRST[3:], [HeadEntry(at=NOW)]):
        with pytest.raises(Moved, match="entry 3"):
            await one.state(statements, NOW)
    assert len(topic.log) == before
    await two.state(FIRST[3:], NOW)
    follower = await topic.followed()
    assert follower.refused is None
    assert follower.directory.sequence == len(FIRST)


async def test_a_chain_that_was_forked_is_not_gone_on_with() -> None:
    """Both read the end in the same moment: what cannot be excluded is found, and nobody goes on."""
    topic, other = Topic(), Topic()
    await topic.registrar().first(FIRST[:2], NOW)
    await other.registrar().first(FIRST[2:4], NOW)
    topic.log += other.log
    for registrar in (topic.registrar(), topic.registrar()):
        with pytest.raises(DirectoryRefused, match="does not follow"):
            await registrar.first(FIRST, NOW)
    assert len(topic.log) == 4

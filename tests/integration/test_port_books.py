"""The audit's books: what both of their sides promise, in memory and on PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest

from contracts.decision import Seen
from contracts.evidence.entry import LogItem
from contracts.messages import Acceptance, Verdict
from contracts.signing import Signer
from infra.embedded.cluster import Endpoints
from infra.kernel.casebook import CaseRecord
from infra.kernel.ports import Store, Transaction
from infra.kernel.records import ACCEPTANCE
from services.audit.books import Books, MemoryBooks, PostgresBooks, Undecided
from services.audit.log import Log

from .stores import CASE, CASES, EVENT, EVENTS, NOW, Failed, opened

TOPIC = "intake.submissions.v1"


@dataclass
class Side:
    """One side of the books, in the transactions of its store."""

    store: Store
    books: Books

    async def save(
        self,
        dockets: Sequence[CaseRecord] = (),
        waiting: Sequence[Undecided] = (),
        judged: Sequence[Undecided] = (),
        items: Sequence[LogItem] = (),
        verdicts: Sequence[tuple[Verdict, str]] = (),
        fails: bool = False,
    ) -> None:
        """Write all this in one transaction, or in vain."""
        with suppress(Failed):
            async with self.store.transaction() as transaction:
                await transaction.load({docket.case for docket in dockets})
                await self.books.dockets(transaction, [docket.case for docket in dockets])
                await self.books.save(transaction, dockets, waiting, judged, items)
                await self.books.verdicts(transaction, verdicts)
                if fails:
                    raise Failed

    async def dockets(self, cases: Collection[str]) -> dict[str, CaseRecord]:
        async with self.store.transaction() as transaction:
            return await self.books.dockets(transaction, cases)

    async def undecided(self, cases: Collection[str]) -> list[Undecided]:
        async with self.store.transaction() as transaction:
            return await self.books.undecided(transaction, cases)

    async def judged(self, cases: Collection[str]) -> dict[tuple[str, str, int], str]:
        async with self.store.transaction() as transaction:
            return await self.books.judged(transaction, cases)

    async def logged(self) -> list[str]:
        """What the log commits to, in its order."""
        async with self.store.transaction() as transaction:
            log: Any = self.books.log if isinstance(self.books, MemoryBooks) else Log()
            connection = _connection(transaction)
            openings = await log.openings(connection, range(await log.size(connection)))
        return [openings[index].ref for index in sorted(openings)]

    async def outcomes(self) -> dict[int, str]:
        """The outcome of each submission, by its offset."""
        if isinstance(self.books, MemoryBooks):
            return {place[2]: verdict.outcome for place, verdict in self.books.outcomes.items()}
        async with self.store.transaction() as transaction:
            rows = await _connection(transaction).fetch('SELECT "offset" AS at, outcome, token FROM verdict')
        assert {row["token"] for row in rows} <= {f"token-{row['at']}-{row['outcome']}" for row in rows}
        return {row["at"]: row["outcome"] for row in rows}


def _connection(transaction: Transaction) -> Any:
    return getattr(transaction, "connection", None)


@pytest.fixture(params=["memory", "real"])
async def side(request: pytest.FixtureRequest, cluster: Endpoints) -> AsyncIterator[Side]:
    async with opened(request.param, cluster, "audit") as made:
        yield Side(made.store, MemoryBooks() if request.param == "memory" else PostgresBooks(Log()))


def docket(case: str, **sequences: int) -> CaseRecord:
    """A case as the audit has judged it: all that a docket is made of."""
    made = CaseRecord(case, sequences=sequences)
    made.states["intake"] = made.state("intake").model_copy(update={"report": EVENT})
    made.seen["custody"] = (Seen(1, EVENT, "custody.assumed", "kh-mosvy", NOW, {"of": 1}),)
    return made


def undecided(family: str, sequence: int, case: str = CASE) -> Undecided:
    return Undecided(case, family, sequence, b"\x00\xff", f"acceptance-{sequence}")


def item(ref: str, kind: str = "event", family: str = "intake") -> LogItem:
    return LogItem(kind, family, ref, CASE, b"{}", {"jws": "a..b"})


def verdict(offset: int, outcome: str) -> tuple[Verdict, str]:
    said = {"service": "intake", "topic": TOPIC, "partition": 0, "offset": offset, "digest": "d", "accepted": NOW}
    return Verdict.model_validate({**said, "outcome": outcome}), f"token-{offset}-{outcome}"


async def test_a_case_not_judged_yet_has_an_empty_docket(side: Side) -> None:
    assert await side.dockets([CASES[1], CASE]) == {case: CaseRecord(case) for case in CASES[:2]}
    assert await side.dockets([]) == {}


async def test_a_docket_is_given_back_as_it_was_saved(side: Side) -> None:
    await side.save([docket(CASE, intake=1), docket(CASES[1], intake=5, custody=2)])
    await side.save([docket(CASE, intake=2)])
    expected = {CASE: docket(CASE, intake=2), CASES[1]: docket(CASES[1], intake=5, custody=2)}
    for _ in range(2):
        assert await side.dockets([CASE, CASES[1]]) == expected


async def test_of_two_events_in_one_place_the_first_in_the_log_stands_there(side: Side) -> None:
    signer = Signer.from_seed("intake/s1", bytes(32))

    def logged(event: str, case: str, sequence: int, digest: str) -> LogItem:
        said = {"service": "intake", "digest": digest, "case": case, "family": "intake", "sequence": sequence}
        token = Acceptance.model_validate(said | {"directory": 1, "rules": "r", "accepted": NOW, "recorded": NOW}).sign(
            signer
        )
        return LogItem("event", "intake", event, case, b"{}", {"jws": "a..b", ACCEPTANCE: token})

    await side.save(items=[logged(EVENTS[0], CASE, 1, "one"), logged(EVENTS[1], CASES[1], 1, "elsewhere")])
    await side.save(items=[logged(EVENTS[2], CASE, 1, "two"), logged(EVENTS[3], CASE, 2, "next"), item("r", "refusal")])
    assert await side.judged([CASE]) == {(CASE, "intake", 1): "one", (CASE, "intake", 2): "next"}
    assert await side.judged([]) == {}


def change(docket: CaseRecord) -> CaseRecord:
    """The docket as a block that fails may leave it."""
    docket.sequences["intake"], docket.seen["custody"] = 99, ()
    docket.states["intake"] = docket.state("intake").model_copy(update={"closed": EVENT})
    return docket


async def test_a_docket_that_was_changed_in_vain_is_never_seen(side: Side) -> None:
    await side.save([docket(CASE, intake=1)])
    for _ in range(2):
        change((await side.dockets([CASE]))[CASE])
    assert await side.dockets([CASE]) == {CASE: docket(CASE, intake=1)}


async def test_a_docket_that_was_saved_in_vain_is_never_seen(side: Side) -> None:
    """Only the sequences are looked at: PostgreSQL's side makes the rest anew, from what the log holds of the case."""
    await side.save([docket(CASE, intake=1)])
    await side.save([change(docket(CASE, intake=1))], fails=True)
    found = (await side.dockets([CASE]))[CASE]
    assert found.sequences == {"intake": 1}
    assert found.state("intake").model_dump()["closed"] is None


async def test_what_waits_comes_in_order_of_family_and_sequence(side: Side) -> None:
    rows = [undecided("intake", 10), undecided("intake", 9), undecided("custody", 11), undecided("custody", 2)]
    await side.save(waiting=[*rows[:3], undecided("audit", 1, CASES[1])])
    await side.save(waiting=rows[3:])
    assert await side.undecided([CASE, CASES[2]]) == [rows[3], rows[2], rows[1], rows[0]]
    assert await side.undecided(CASES) == [rows[3], rows[2], rows[1], rows[0], undecided("audit", 1, CASES[1])]
    assert await side.undecided([]) == []


async def test_what_was_judged_waits_no_longer(side: Side) -> None:
    rows = [undecided("intake", 2), undecided("intake", 3), undecided("custody", 2)]
    await side.save(waiting=rows)
    await side.save(waiting=rows[:1])
    await side.save(waiting=[undecided("custody", 7)], judged=[rows[0], rows[2], undecided("justice", 1)])
    assert await side.undecided([CASE]) == [undecided("custody", 7), rows[1]]
    await side.save(judged=[rows[1], undecided("custody", 7)])
    assert await side.undecided([CASE]) == []


async def test_the_log_holds_each_thing_once_in_the_order_in_which_it_came(side: Side) -> None:
    await side.save(items=[item(EVENTS[2]), item(EVENTS[1])])
    await side.save(items=[item(EVENTS[1]), item(EVENT), item(EVENT), item(EVENTS[2])])
    await side.save(items=[item(EVENT, "refusal"), item(EVENT, family="custody")])
    assert await side.logged() == [EVENTS[2], EVENTS[1], EVENT, EVENT, EVENT]


async def test_a_final_answer_takes_the_place_of_parked(side: Side) -> None:
    await side.save(verdicts=[verdict(1, "parked"), verdict(2, "accepted"), verdict(3, "parked")])
    assert await side.outcomes() == {1: "parked", 2: "accepted", 3: "parked"}
    await side.save(verdicts=[verdict(1, "accepted"), verdict(4, "parked"), verdict(4, "refused")])
    assert await side.outcomes() == {1: "accepted", 2: "accepted", 3: "parked", 4: "refused"}
    await side.save()
    assert await side.outcomes() == {1: "accepted", 2: "accepted", 3: "parked", 4: "refused"}


async def test_nothing_takes_the_place_of_a_final_answer(side: Side) -> None:
    await side.save(verdicts=[verdict(1, "parked"), verdict(2, "duplicate")])
    await side.save(verdicts=[verdict(1, "refused")])
    await side.save(verdicts=[verdict(1, "parked"), verdict(2, "accepted")])
    assert await side.outcomes() == {1: "refused", 2: "duplicate"}


async def test_a_block_that_raises_leaves_nothing(side: Side) -> None:
    await side.save(waiting=[undecided("intake", 2)], items=[item(EVENT)], verdicts=[verdict(1, "parked")])
    await side.save(
        [docket(CASE, intake=1)],
        [undecided("custody", 2)],
        [undecided("intake", 2)],
        [item(EVENTS[1])],
        [verdict(1, "accepted"), verdict(2, "accepted")],
        fails=True,
    )
    assert await side.dockets([CASE]) == {CASE: CaseRecord(CASE)}
    assert await side.undecided([CASE]) == [undecided("intake", 2)]
    assert await side.logged() == [EVENT]
    assert await side.outcomes() == {1: "parked"}
    await side.save(items=[item(EVENTS[2])])
    assert await side.logged() == [EVENT, EVENTS[2]]

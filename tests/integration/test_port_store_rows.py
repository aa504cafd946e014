"""The kernel's store, in memory and on PostgreSQL: what is kept of events, numbers, timers, the outbox, refusals."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from infra.embedded.cluster import Endpoints
from infra.kernel.casebook import CaseRecord
from infra.kernel.effects import Effects
from infra.kernel.ports import DataRefused
from infra.kernel.records import Outgoing

from .stores import CASE, CASES, EVENT, EVENTS, NOW, OTHER, PLACE, Failed, Side, accepted, inbox, opened, parked


@pytest.fixture(params=["memory", "real"])
async def side(request: pytest.FixtureRequest, cluster: Endpoints) -> AsyncIterator[Side]:
    async with opened(request.param, cluster) as made:
        yield made


# -- events ----------------------------------------------------------------------------------------------------------


async def test_the_inbox_tells_what_was_decided_without_bodies(side: Side) -> None:
    rows = {EVENT: accepted(EVENT, 1), EVENTS[1]: inbox(EVENTS[1], outcome="refused", problems='["two"]')}
    await side.save(Effects(inbox=rows))
    told = {event: replace(row, body=None, headers="{}") for event, row in rows.items()}
    assert await side.ask("inbox", EVENTS) == told
    assert await side.ask("inbox", [EVENTS[1]]) == {EVENTS[1]: told[EVENTS[1]]}
    assert await side.ask("inbox", []) == {}


async def test_accepted_events_come_in_their_sequence(side: Side) -> None:
    rows = [
        accepted(EVENT, 11),
        accepted(EVENTS[1], 2),
        inbox(EVENTS[2], outcome="refused"),
        accepted(EVENTS[3], 1, family="custody"),
        accepted(EVENTS[4], 1, CASES[1]),
        accepted(EVENTS[5], 1, CASES[2]),
    ]
    await side.save(Effects(inbox={row.event_id: row for row in rows[:3]}))
    await side.save(Effects(inbox={row.event_id: row for row in rows[3:]}))
    told = [replace(row, body=None, headers="{}") for row in rows]
    assert await side.ask("accepted", [CASES[1], CASE, CASES[3]]) == {
        CASE: [told[3], told[1], told[0]],
        CASES[1]: [told[4]],
    }


async def test_bodies_are_those_of_accepted_events(side: Side) -> None:
    rows = [accepted(EVENT, 1), accepted(EVENTS[1], 2, body=b"", headers="{}"), inbox(EVENTS[2], outcome="refused")]
    await side.save(Effects(inbox={row.event_id: row for row in rows}))
    assert await side.ask("bodies", EVENTS) == {EVENT: (b"\x00\xff", '{"jws":"x"}'), EVENTS[1]: (b"", "{}")}


async def test_a_later_delivery_is_noted(side: Side) -> None:
    rows = {EVENT: accepted(EVENT, 1), EVENTS[1]: accepted(EVENTS[1], 2)}
    await side.save(Effects(inbox=rows))
    new = {EVENTS[2]: accepted(EVENTS[2], 3)}
    await side.save(Effects(inbox=new, redelivered={EVENT: ("a", "c"), EVENTS[2]: ("d",), EVENTS[4]: ("nobody",)}))
    found = (await side.ask("accepted", [CASE]))[CASE]
    assert [row.delivered for row in found] == [("a", "c"), ("a",), ("d",)]
    assert [row.named for row in found] == [("a", "b")] * 3


async def test_what_waits_comes_in_the_order_in_which_it_came(side: Side) -> None:
    rows = [parked(EVENTS[3]), parked(EVENTS[1], CASES[1]), parked(EVENTS[2])]
    await side.save(Effects(parked={row.event_id: row for row in rows}))
    last = parked(EVENT, until=NOW + timedelta(days=1), waiting_for="custody.assumed")
    await side.save(Effects(parked={EVENT: last}))
    assert await side.ask("parked", CASES) == {CASE: [rows[0], rows[2], last], CASES[1]: [rows[1]]}
    await side.save(Effects(unparked={EVENTS[2], EVENTS[5]}))
    assert await side.ask("parked", [CASE]) == {CASE: [rows[0], last]}
    await side.save(Effects(unparked={EVENTS[3]}, parked={EVENTS[3]: rows[0]}))
    assert await side.ask("parked", [CASE]) == {CASE: [last, rows[0]]}
    await side.save(Effects(unparked=set(EVENTS)))
    assert await side.ask("parked", CASES) == {}


# -- numbers, timers, outbox -----------------------------------------------------------------------------------------


async def test_what_waits_is_known_by_its_id_in_whatever_case(side: Side) -> None:
    rows = [parked(EVENTS[1]), parked(EVENTS[2], CASES[1])]
    await side.save(Effects(parked={row.event_id: row for row in rows}))
    async with side.store.transaction() as transaction:
        assert await transaction.held([EVENTS[2], EVENTS[3]]) == {EVENTS[2]: CASES[1]}
        assert await transaction.held(EVENTS) == {EVENTS[1]: rows[0].case, EVENTS[2]: CASES[1]}


async def test_numbers_have_no_gap(side: Side) -> None:
    assert await side.ask("numbers", {"kh-mosvy": 3, "th-msdhs": 1}) == {"kh-mosvy": 1, "th-msdhs": 1}
    with suppress(Failed):
        async with side.store.transaction() as transaction:
            assert await transaction.numbers({"kh-mosvy": 10, "new": 1}) == {"kh-mosvy": 4, "new": 1}
            raise Failed
    async with side.store.transaction() as transaction:
        assert await transaction.numbers({"kh-mosvy": 2}) == {"kh-mosvy": 4}
        assert await transaction.numbers({"kh-mosvy": 1, "new": 1}) == {"kh-mosvy": 6, "new": 1}
        assert await transaction.numbers({}) == {}
    assert await side.ask("numbers", {"kh-mosvy": 1, "th-msdhs": 1}) == {"kh-mosvy": 7, "th-msdhs": 2}


async def test_two_that_take_numbers_at_once_share_none(side: Side) -> None:
    other, taken = side.copy(), list[int]()

    async def take(count: int) -> None:
        for number in range(10):
            async with (side.store if number % 2 else other).transaction() as transaction:
                first = (await transaction.numbers({"kh-mosvy": count}))["kh-mosvy"]
                taken.extend(range(first, first + count))

    await asyncio.gather(take(1), take(3))
    assert sorted(taken) == list(range(1, 41))


async def test_timers_are_set_moved_and_cleared(side: Side) -> None:
    def after(minutes: int) -> datetime:
        return NOW + timedelta(minutes=minutes)

    await side.save(timers={case: after(number) for number, case in enumerate(CASES)})
    assert await side.store.due(after(9), 10) == list(CASES)
    assert await side.store.due(after(9), 3) == list(CASES[:3])
    assert await side.store.due(after(1), 10) == list(CASES[:2])
    assert await side.store.due(NOW - timedelta(milliseconds=1), 10) == []
    await side.save(timers={CASE: after(9), CASES[1]: after(1), CASES[2]: None, EVENT: None})
    assert await side.store.due(after(9), 10) == [CASES[1], CASES[3], CASE]
    assert await side.store.due(after(8), 10) == [CASES[1], CASES[3]]


async def test_the_outbox_is_in_order_and_forgets_only_what_was_named(side: Side) -> None:
    records = [Outgoing(f"topic-{n % 2}", "ក", bytes([n, 255]), {"jws": "ក", "": "\x00"}) for n in range(5)]
    await side.save(outbox=records[:3])
    await side.save(outbox=records[3:])
    rows = await side.store.outbox(10)
    assert [row.record for row in rows] == records
    assert [row.position for row in rows] == sorted({row.position for row in rows})
    assert await side.store.outbox(2) == rows[:2]
    await side.store.sent([rows[1].position, rows[3].position, 10**9])
    await side.store.sent([])
    assert await side.store.outbox(10) == [rows[0], rows[2], rows[4]]
    await side.store.sent([row.position for row in rows])
    await side.save(outbox=records[:1])
    (last,) = await side.store.outbox(10)
    assert last.position > rows[-1].position, "a position is never given again: a late 'sent' would forget another"


async def test_the_outbox_passes_over_topics_and_keys(side: Side) -> None:
    records = [Outgoing(f"topic-{n % 3}", f"key-{n % 2}", bytes([n])) for n in range(12)]
    await side.save(outbox=records)

    async def left(limit: int, topics: list[str], keys: list[tuple[str, str]]) -> list[bytes]:
        return [row.record.value for row in await side.store.outbox(limit, topics, keys)]

    assert await left(99, ["topic-1"], []) == [r.value for r in records if r.topic != "topic-1"]
    keys = [("topic-0", "key-0"), ("topic-2", "key-1"), ("topic-1", "nobody")]
    assert await left(99, [], keys) == [r.value for r in records if (r.topic, r.key) not in keys]
    assert await left(2, ["topic-1"], keys) == [bytes([2]), bytes([3])]
    assert await left(99, ["topic-0", "topic-1", "topic-2", "nowhere"], []) == []


async def test_positions_go_on_from_what_is_stored(side: Side) -> None:
    await side.save(Effects({PLACE: 5}))
    assert await side.ask("positions", [PLACE, OTHER]) == {PLACE: 5, OTHER: 0}
    await side.save(Effects({OTHER: 2**40}))
    assert await side.store.stored_positions([PLACE, OTHER]) == {PLACE: 5, OTHER: 2**40}
    assert await side.store.stored_positions([OTHER]) == {OTHER: 2**40}
    assert await side.ask("positions", []) == {}


# -- refusals --------------------------------------------------------------------------------------------------------

NUL, LONE = "a\x00b", "a\ud800b"
REFUSED = {
    "NUL in an event's digest": Effects(inbox={EVENT: inbox(EVENT, digest=NUL)}),
    "NUL in problems": Effects(inbox={EVENT: inbox(EVENT, problems=NUL)}),
    "NUL in the name of an agency": Effects(inbox={EVENT: accepted(EVENT, 1, named=(NUL,))}),
    "NUL in what is waited for": Effects(parked={EVENT: parked(EVENT, waiting_for=NUL)}),
    "a lone surrogate in an event": Effects(inbox={EVENT: inbox(EVENT, name=LONE)}),
    "a lone surrogate in what waits": Effects(parked={EVENT: parked(EVENT, headers=LONE)}),
    "a lone surrogate in a case": Effects(cases={CASE: CaseRecord(CASE, follows={"kh-mosvy": LONE})}),
    "an event twice": Effects(inbox={EVENTS[1]: inbox(EVENTS[1])}),
    "a sequence twice at once": Effects(inbox={event: accepted(event, 8) for event in EVENTS[2:4]}),
    "a sequence twice": Effects(inbox={EVENT: accepted(EVENT, 7)}),
    "what waits already": Effects(parked={EVENTS[1]: parked(EVENTS[1])}),
}
UNWRITABLE = {
    "NUL in a key": Outgoing("t", NUL, b""),
    "NUL in a topic": Outgoing(NUL, "k", b""),
    "a lone surrogate in a key": Outgoing("t", LONE, b""),
    "a lone surrogate in a header": Outgoing("t", "k", b"", {"jws": LONE}),
}


@pytest.mark.parametrize("what", [*REFUSED, *UNWRITABLE])
async def test_what_cannot_be_stored_is_refused_and_nothing_of_it_stays(side: Side, what: str) -> None:
    await side.save(Effects(inbox={EVENTS[1]: accepted(EVENTS[1], 7)}, parked={EVENTS[1]: parked(EVENTS[1])}))
    effects = replace(REFUSED.get(what, Effects()), positions={PLACE: 3})
    with pytest.raises(DataRefused):
        await side.save(effects, {CASE: NOW}, [UNWRITABLE.get(what, Outgoing("t", "k", b""))])
    assert (await side.store.stored_positions([PLACE])).get(PLACE, 0) == 0
    assert await side.store.outbox(10) == []
    assert await side.store.due(NOW, 10) == []
    assert await side.ask("load", [CASE]) == {CASE: CaseRecord(CASE)}
    assert set(await side.ask("inbox", EVENTS)) == {EVENTS[1]}
    await side.save(Effects({PLACE: 4}, {CASE: CaseRecord(CASE, waiting=1)}))


async def test_one_sequence_is_refused_only_in_its_case_and_family(side: Side) -> None:
    rows = [accepted(EVENT, 1), accepted(EVENTS[1], 1, CASES[1]), accepted(EVENTS[2], 1, family="custody")]
    rows += [inbox(EVENTS[3]), inbox(EVENTS[4])]
    await side.save(Effects(inbox={row.event_id: row for row in rows}))
    assert len(await side.ask("inbox", EVENTS)) == 5

"""The kernel's store, in memory and on PostgreSQL: transactions, cases, locks and the relay's lease."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from contracts.decision import Seen
from infra.embedded.cluster import Endpoints
from infra.kernel.casebook import CaseRecord, Tick
from infra.kernel.effects import Effects
from infra.kernel.ports import Store, Transaction, Unavailable
from infra.kernel.records import Outgoing, Place

from .stores import CASE, CASES, EVENT, EVENTS, NOW, OTHER, PLACE, Failed, Side, accepted, opened, parked


@pytest.fixture(params=["memory", "real"])
async def side(request: pytest.FixtureRequest, cluster: Endpoints) -> AsyncIterator[Side]:
    async with opened(request.param, cluster) as made:
        yield made


def whole(case: str) -> CaseRecord:
    """A case of which every member says something."""
    made = CaseRecord(
        case,
        clock=NOW,
        sequences={"intake": 3},
        seen={"custody": (Seen(1, EVENT, "custody.assumed", "kh-mosvy", NOW, {"of": ["ក", None, 1.5]}),)},
        followed={"custody": [1, 2]},
        roles={"custody": {"custodian": ("kh-mosvy", "kh-ngo-shelter")}},
        follows={"kh-mosvy": EVENT},
        waiting=2,
        open=True,
        tick=Tick(NOW + timedelta(days=1), {"intake": 3}, 7, True),
    )
    made.states["intake"] = made.state("intake").model_copy(update={"report": EVENT, "risks": (EVENT,)})
    return made


# -- transactions and cases ------------------------------------------------------------------------------------------


async def test_a_block_that_raises_leaves_nothing(side: Side) -> None:
    effects = Effects({PLACE: 5}, {CASE: whole(CASE)}, {EVENT: accepted(EVENT, 1)}, {}, {EVENTS[1]: parked(EVENTS[1])})
    with suppress(Failed):
        async with side.store.transaction() as transaction:
            assert await transaction.positions([PLACE]) == {PLACE: 0}
            await transaction.load([CASE])
            await transaction.numbers({"kh-mosvy": 3})
            await transaction.save(effects, {CASE: NOW}, [Outgoing("t", "k", b"v")])
            raise Failed
    assert (await side.store.stored_positions([PLACE])).get(PLACE, 0) == 0
    assert await side.ask("load", [CASE]) == {CASE: CaseRecord(CASE)}
    assert await side.ask("inbox", [EVENT]) == {}
    assert await side.ask("parked", [CASE]) == {}
    assert await side.ask("numbers", {"kh-mosvy": 1}) == {"kh-mosvy": 1}
    assert await side.store.outbox(10) == []
    assert await side.store.due(NOW, 10) == []


async def test_nothing_is_seen_before_the_block_ends(side: Side) -> None:
    async with side.store.transaction() as transaction:
        await transaction.positions([PLACE])
        await transaction.save(Effects({PLACE: 5}), {CASE: NOW}, [Outgoing("t", "k", b"v")])
        assert (await side.store.stored_positions([PLACE])).get(PLACE, 0) == 0
        assert await side.store.outbox(10) == []
        assert await side.store.due(NOW, 10) == []
    assert await side.store.stored_positions([PLACE]) == {PLACE: 5}
    assert [row.record.key for row in await side.store.outbox(10)] == ["k"]
    assert await side.store.due(NOW, 10) == [CASE]


async def test_new_cases_are_made(side: Side) -> None:
    assert await side.ask("load", [CASES[1], CASE]) == {case: CaseRecord(case) for case in CASES[:2]}
    assert await side.ask("load", [CASE]) == {CASE: CaseRecord(CASE)}


@pytest.mark.parametrize("copies", [1, 2])
async def test_a_case_is_given_back_as_it_was_saved(side: Side, copies: int) -> None:
    stores = [side.store, side.copy()][:copies]
    await side.save(Effects(cases={CASE: whole(CASE), CASES[1]: CaseRecord(CASES[1])}))
    for _ in range(3):
        for store in stores:
            async with store.transaction() as transaction:
                assert await transaction.load(CASES[:2]) == {CASE: whole(CASE), CASES[1]: CaseRecord(CASES[1])}


async def test_what_was_changed_in_vain_is_never_seen(side: Side) -> None:
    await side.save(Effects(cases={CASE: whole(CASE)}))
    for saved in (False, True):
        with suppress(Failed):
            async with side.store.transaction() as transaction:
                case = (await transaction.load([CASE]))[CASE]
                case.sequences["intake"], case.follows["th-msdhs"], case.waiting = 99, EVENT, 99
                case.followed["custody"].append(3)
                if saved:
                    await transaction.save(Effects(cases={CASE: case}), {}, [])
                raise Failed
        assert await side.ask("load", [CASE]) == {CASE: whole(CASE)}
    assert await side.ask("load", [CASE]) == {CASE: whole(CASE)}


async def test_what_another_copy_wrote_is_seen(side: Side) -> None:
    other = side.copy()
    await side.save(Effects(cases={CASE: whole(CASE)}))
    for number, store in enumerate((other, side.store, other, other, side.store)):
        async with store.transaction() as transaction:
            case = (await transaction.load([CASE]))[CASE]
            assert case.waiting == whole(CASE).waiting + number
            case.waiting += 1
            await transaction.save(Effects(cases={CASE: case}), {}, [])


# -- locks -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("copies", [1, 2])
async def test_who_comes_second_waits_and_sees_what_the_first_did(side: Side, known: bool, copies: int) -> None:
    if known:
        await side.save(Effects({PLACE: 1}, {CASE: whole(CASE)}))
    other = side.copy() if copies == 2 else side.store
    held, saved, order = asyncio.Event(), asyncio.Event(), list[str]()

    async def first() -> None:
        async with side.store.transaction() as transaction:
            await transaction.positions([PLACE])
            case = (await transaction.load([CASE]))[CASE]
            held.set()
            await saved.wait()
            case.waiting = 50
            await transaction.save(Effects({PLACE: 8}, {CASE: case}), {}, [])
            order.append("first")

    async def second(ask: Callable[[Transaction], Any]) -> Any:
        await held.wait()
        async with other.transaction() as transaction:
            found = await ask(transaction)
            order.append("second")
            return found

    async def late() -> None:
        await held.wait()
        await asyncio.sleep(0.1)
        early = list(order)
        saved.set()
        assert early == []

    _, _, places, cases = await asyncio.gather(
        first(), late(), second(lambda it: it.positions([OTHER, PLACE])), second(lambda it: it.load([CASE]))
    )
    assert order == ["first", "second", "second"]
    assert places == {PLACE: 8, OTHER: 0}
    assert cases[CASE].waiting == 50


async def test_an_id_is_one_copys_until_it_has_been_written(side: Side) -> None:
    """Two cases, two copies and one id: whoever comes second finds it waiting in the first one's case."""
    claimed = asyncio.Event()

    async def park(store: Store, case: str, order: Sequence[str]) -> dict[str, str]:
        async with store.transaction() as transaction:
            await transaction.claim(order)
            claimed.set()
            await transaction.load([case])
            held = await transaction.held([EVENT])
            await asyncio.sleep(0.05)
            if not held:
                await transaction.save(Effects(parked={EVENT: parked(EVENT, case)}), {}, [])
            return dict(held)

    async def later() -> dict[str, str]:
        await claimed.wait()
        return await park(side.copy(), CASES[1], [*EVENTS[::-1]])

    found = await asyncio.wait_for(asyncio.gather(park(side.store, CASE, EVENTS), later()), 20)
    assert found == [{}, {EVENT: CASE}]


async def test_two_batches_at_once_do_not_wait_for_each_other_for_ever(side: Side) -> None:
    async def add(store: Store, cases: Sequence[str], places: Sequence[Place]) -> None:
        for _ in range(10):
            async with store.transaction() as transaction:
                stored = await transaction.positions(places)
                loaded = await transaction.load(cases)
                await transaction.numbers(dict.fromkeys(("b", "a") if cases[0] == CASE else ("a", "b"), 1))
                for case in loaded.values():
                    case.waiting += 1
                after = {place: offset + 1 for place, offset in stored.items()}
                await transaction.save(Effects(after, loaded), {}, [])

    both = (add(side.store, CASES, [PLACE, OTHER]), add(side.copy(), CASES[::-1], [OTHER, PLACE]))
    await asyncio.wait_for(asyncio.gather(*both), 20)
    assert {case.waiting for case in (await side.ask("load", CASES)).values()} == {20}
    assert await side.store.stored_positions([PLACE, OTHER]) == {PLACE: 20, OTHER: 20}
    assert await side.ask("numbers", {"a": 1, "b": 1}) == {"a": 21, "b": 21}


async def test_the_lease_is_one_copys_until_its_block_ends(side: Side) -> None:
    other = side.copy()
    async with other.relay_lease() as others:
        with suppress(Failed):
            async with side.store.relay_lease() as mine:
                assert await mine()
                assert not await others()
                assert await mine()
                raise Failed
        assert await others()
        for _ in range(2):  # a block that never had the lease gives nothing back
            async with side.store.relay_lease() as again:
                assert not await again()
        assert await others()
    async with side.store.relay_lease() as again:
        assert await again()


async def test_who_is_cut_off_leaves_nothing_and_holds_nothing(side: Side) -> None:
    other = side.copy()

    async def write() -> None:
        async with side.store.transaction() as transaction:
            await transaction.positions([PLACE])
            await transaction.save(Effects({PLACE: 5}), {CASE: NOW}, [Outgoing("t", "k", b"v")])
            await side.cut()

    with pytest.raises(Unavailable):
        await write()
    assert (await other.stored_positions([PLACE])).get(PLACE, 0) == 0
    assert await other.outbox(10) == []
    async with other.transaction() as transaction:
        assert await transaction.positions([PLACE]) == {PLACE: 0}


async def test_the_lease_of_who_is_cut_off_can_be_taken(side: Side) -> None:
    other = side.copy()

    async def relay() -> None:
        async with side.store.relay_lease() as mine:
            assert await mine()
            await side.cut()
            assert not await mine()

    with pytest.raises(Unavailable):
        await relay()
    async with other.relay_lease() as others:
        assert await others()

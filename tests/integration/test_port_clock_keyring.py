"""The kernel's clock and its keyring: what both sides of each promise."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest

from contracts.directory import AgencyEntry, Directory, HeadEntry, KeyEntry, MandateEntry, RevocationEntry, entry
from contracts.signing import Signer, b64, sign_detached
from infra.directory.follower import TOPIC, Follower
from infra.kernel.clock import WallClock
from infra.kernel.ports import Clock, Keyring
from infra.kernel.records import JWS, Record
from infra.simulation.universe import FixedKeyring
from infra.simulation.virtual import START, VirtualClock, VirtualLoop, run

# -- the clock -------------------------------------------------------------------------------------------------------

Use = Callable[[Clock], Awaitable[Any]]


@pytest.fixture(params=["memory", "real"])
def with_clock(request: pytest.FixtureRequest) -> Callable[[Use], Awaitable[Any]]:
    """Runs something with a clock: on this loop, or on one of virtual time."""

    async def real(use: Use) -> Any:
        return await use(WallClock())

    async def virtual(use: Use) -> Any:
        loop = VirtualLoop()

        async def main() -> Any:
            return await use(VirtualClock(loop, Random(1)))

        return await asyncio.to_thread(run, main(), loop)

    return virtual if request.param == "memory" else real


async def test_the_time_is_in_utc_to_the_millisecond_and_does_not_go_back(
    with_clock: Callable[[Use], Awaitable[Any]],
) -> None:
    async def use(clock: Clock) -> list[datetime]:
        told = [clock.now() for _ in range(50)]
        for _ in range(20):
            await clock.sleep(0.001)
            told.append(clock.now())
        return told

    told = await with_clock(use)
    assert {instant.tzinfo for instant in told} == {UTC}
    assert {instant.microsecond % 1000 for instant in told} == {0}
    assert told == sorted(told)
    assert told[-1] - told[0] >= timedelta(milliseconds=20)


@pytest.mark.parametrize("seconds", [0, 0.003, 0.05, 0.1])
async def test_a_wait_is_no_shorter_than_asked(with_clock: Callable[[Use], Awaitable[Any]], seconds: float) -> None:
    async def use(clock: Clock) -> tuple[datetime, float, datetime, float]:
        began, at = clock.now(), asyncio.get_running_loop().time()
        await clock.sleep(seconds)
        return began, at, clock.now(), asyncio.get_running_loop().time()

    began, at, ended, later = await with_clock(use)
    assert ended - began >= timedelta(seconds=seconds)
    assert later - at >= seconds * 0.999_999
    assert later - at < seconds * 1.1 + 2


async def test_who_waits_less_goes_on_first(with_clock: Callable[[Use], Awaitable[Any]]) -> None:
    async def use(clock: Clock) -> list[int]:
        order: list[int] = []

        async def wait(number: int) -> None:
            await clock.sleep(number * 0.05)
            order.append(number)

        await asyncio.gather(*(wait(number) for number in (3, 1, 2, 0)))
        return order

    assert await with_clock(use) == [0, 1, 2, 3]


async def test_virtual_time_costs_none_and_is_at_most_a_tenth_more() -> None:
    loop, began = VirtualLoop(), time.monotonic()
    clock = VirtualClock(loop, Random(1))
    assert clock.now() == START
    await asyncio.to_thread(run, clock.sleep(86_400), loop)
    assert 86_400 <= loop.time() <= 86_400 * 1.1
    assert clock.now() - START == timedelta(milliseconds=int(loop.time() * 1000))
    assert time.monotonic() - began < 5


# -- the keyring -----------------------------------------------------------------------------------------------------

REGISTRAR = Signer.from_seed("registrar/sig-1", bytes([1]) * 32)
STRANGER = Signer.from_seed("registrar/sig-1", bytes([2]) * 32)
NOW = datetime(2026, 7, 1, tzinfo=UTC)
DAY = date(2026, 7, 1)
Line = tuple[bytes, str]


def statements(agency: str = "kh-mosvy") -> list[Any]:
    public = b64(Signer.from_seed("k", bytes(32)).public)
    return [
        AgencyEntry(agency=agency, names={"en": "Social affairs"}, country="KH", state=True),
        MandateEntry(agency=agency, role="victim-support", effective_from=DAY),
        KeyEntry(agency=agency, kid=f"{agency}/sig-1", use="sig", public=public, valid_from=NOW),
    ]


def chained(directory: Directory, said: Sequence[Any], signer: Signer = REGISTRAR) -> tuple[Directory, list[Line]]:
    """The directory with these statements, and the signed lines that say them."""
    lines: list[Line] = []
    for statement in said:
        line = entry(directory, statement, NOW)
        body = line.body()
        directory = directory.extend(line, body)
        lines.append((body, sign_detached(body, signer)))
    return directory, lines


def records(lines: Sequence[Line]) -> list[Record]:
    return [Record(TOPIC, 0, n, b"directory", body, ((JWS, jws.encode()),)) for n, (body, jws) in enumerate(lines)]


@dataclass
class Stopped:
    """A clock that stands."""

    def now(self) -> datetime:
        return NOW

    async def sleep(self, seconds: float) -> None:
        raise AssertionError("nobody waits here")


Ring = Callable[[Directory, Sequence[Line]], Awaitable[Keyring]]


@pytest.fixture(params=["memory", "real"])
def ring(request: pytest.FixtureRequest) -> Ring:
    """A keyring that knows a directory: as it is, or from the lines that the registrar signed."""

    async def memory(directory: Directory, lines: Sequence[Line]) -> Keyring:
        return FixedKeyring(directory, Stopped())  # type: ignore[arg-type]

    async def real(directory: Directory, lines: Sequence[Line]) -> Keyring:
        follower = Follower(REGISTRAR.public)
        await follower.records(records(lines))
        assert follower.refused is None
        return follower

    return memory if request.param == "memory" else real


async def test_the_directory_is_what_was_signed_and_chained(ring: Ring) -> None:
    said = [*statements(), *statements("th-msdhs"), RevocationEntry(kid="th-msdhs/sig-1", revoked_at=NOW)]
    directory, lines = chained(Directory(), [*said, HeadEntry(at=NOW)])
    keyring = await ring(directory, lines)
    assert keyring.directory == directory
    assert keyring.directory.sequence == 7
    assert keyring.directory.head_at == NOW
    assert keyring.directory.key_problem("kh-mosvy/sig-1", "kh-mosvy", NOW) is None
    assert keyring.directory.key_problem("th-msdhs/sig-1", "th-msdhs", NOW) == "this key has been revoked"
    assert keyring.directory.has_role("kh-mosvy", "victim-support", DAY)


async def test_what_was_known_at_an_entry_can_be_asked_for(ring: Ring) -> None:
    directory, lines = chained(Directory(), [*statements(), HeadEntry(at=NOW)])
    keyring = await ring(directory, lines)
    last = keyring.at(directory.sequence)  # type: ignore[attr-defined]
    assert replace(last, head_at=None) == replace(directory, head_at=None)
    with pytest.raises(LookupError):
        keyring.at(99)  # type: ignore[attr-defined]


# -- the real keyring takes nothing else -----------------------------------------------------------------------------


def unchained() -> dict[str, Line]:
    """Lines that do not follow what `statements` said."""
    known, lines = chained(Directory(), statements())
    new = statements("th-msdhs")[:1]
    body = entry(known, new[0], NOW).body()
    _, later = chained(known, statements("th-msdhs")[:2])
    fork, _ = chained(Directory(), statements("vn-molisa"))
    return {
        "no signature": (body, ""),
        "a stranger's signature": (body, sign_detached(body, STRANGER)),
        "another line's signature": (body, lines[0][1]),
        "changed after it was signed": (
            body.replace(b"TH", b"XX").replace(b"KH", b"XX"),
            sign_detached(body, REGISTRAR),
        ),
        "an entry again": lines[-1],
        "an entry left out": later[1],
        "an entry of a fork": chained(fork, new)[1][0],
        "a head of a fork": chained(fork, [HeadEntry(at=NOW)])[1][0],
        "a head of a longer directory": chained(chained(known, new)[0], [HeadEntry(at=NOW)])[1][0],
        "no entry": (b"{}", sign_detached(b"{}", REGISTRAR)),
        "nothing": (b"", ""),
    }


@pytest.mark.parametrize("kind", unchained())
async def test_what_does_not_follow_is_not_taken_nor_anything_after_it(kind: str) -> None:
    known, lines = chained(Directory(), statements())
    _, good = chained(known, [*statements("th-msdhs"), HeadEntry(at=NOW)])
    follower = Follower(REGISTRAR.public)
    await follower.records(records([*lines, unchained()[kind], *good]))
    assert follower.refused is not None
    assert follower.directory == known
    await follower.records(records(good))
    assert follower.directory == known
    follower.caught_up()
    assert not follower.read.is_set(), "no head: proposals wait"


async def test_a_null_record_is_not_taken() -> None:
    follower = Follower(REGISTRAR.public)
    await follower.records([Record(TOPIC, 0, 0, None, None, ((JWS, None),))])
    assert follower.refused is not None
    assert follower.directory == Directory()


async def test_each_entry_stays_known_and_a_head_does_not_go_back() -> None:
    stages, directory, follower = [Directory()], Directory(), Follower(REGISTRAR.public)
    for statement in statements():
        directory, lines = chained(directory, [statement])
        await follower.records(records(lines))
        stages.append(directory)
    for at in (NOW, NOW + timedelta(seconds=10), NOW + timedelta(seconds=5)):
        _, lines = chained(directory, [HeadEntry(at=at)])
        await follower.records(records(lines))
        follower.caught_up()
        assert follower.read.is_set()
    assert follower.directory.head_at == NOW + timedelta(seconds=10)
    assert [follower.at(sequence) for sequence in range(4)] == stages

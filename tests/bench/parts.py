"""What the parts of an event's way cost one processor, counted in signature checks: a figure that machines share."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from nacl.signing import SigningKey

from contracts.envelope import read
from contracts.identifiers import new_id
from contracts.messages import Answer, sign_messages
from contracts.signing import Signer, verify_detached
from infra.kernel.decode import decode
from infra.kernel.records import Record
from infra.simulation.world import world
from tests.unit.kernel.desk import KEYS, POLICE, SHELTER, START, Desk

ROUNDS = 5
EVENTS = 500


def best(work: Callable[[], object], count: int) -> float:
    """Microseconds of processor time for one of `count`, in the best of a few rounds."""
    times = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        work()
        times.append(time.process_time() - begun)
    return min(times) / count * 1e6


def requests(desk: Desk) -> list[Record]:
    """One request in each of many cases: each is accepted."""
    by = (START + timedelta(days=3)).isoformat()
    asked = {"to": SHELTER, "service": "child-shelter", "urgency": "asap", "person": "child", "answer_by": by}
    return [desk.record(POLICE, "referral.requested", new_id(START), asked) for _ in range(EVENTS)]


def parts() -> dict[str, float]:
    """Microseconds an event, by part; `one signature check` is libsodium's alone."""
    key = SigningKey.generate()
    signed = key.sign(bytes(700))
    records = requests(Desk("referral"))
    bodies = [record.value or b"" for record in records]
    headers = [{name: (value or b"").decode() for name, value in record.headers} for record in records]
    public = KEYS.signer(world().agencies[POLICE].signing_kid).public
    found = {"one signature check": best(lambda: [key.verify_key.verify(signed) for _ in range(EVENTS)], EVENTS)}
    found["decode a record"] = best(lambda: [decode(record) for record in records], EVENTS)
    found["read an event"] = best(lambda: [read(body) for body in bodies], EVENTS)
    found["check its signature"] = best(
        lambda: [verify_detached(body, own["jws"], public) for body, own in zip(bodies, headers, strict=True)], EVENTS
    )
    signer = Signer.from_seed("bench/s1", bytes(32))
    answers = [_answer(number) for number in range(EVENTS)]
    found["sign an answer, alone"] = best(lambda: [answer.sign(signer) for answer in answers], EVENTS)
    found["sign an answer, in a batch"] = best(lambda: sign_messages(answers, signer), EVENTS)
    desks = iter([(desk, requests(desk)) for desk in (Desk("referral") for _ in range(ROUNDS))])
    found["accept a request (kernel, tables in memory)"] = best(lambda: _accept(*next(desks)), EVENTS)
    return found


def _accept(desk: Desk, records: list[Record]) -> None:
    asyncio.run(desk.kernel.batch(records))


def _answer(number: int) -> Answer:
    now = datetime(2026, 3, 2, tzinfo=UTC)
    return Answer(
        service="referral",
        topic="referral.submissions.v1",
        partition=0,
        offset=number,
        digest="A" * 43,
        outcome="accepted",
        accepted=now,
    )

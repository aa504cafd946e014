"""A whole network of real processes: hostile records among good ones, and what may be found in no file and no trace."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psutil
import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import MessageSizeTooLargeError

from contracts.fields import case_code
from contracts.identifiers import new_id
from contracts.signing import sign_detached, unb64
from infra.client.agency import Agency, Prepared
from infra.client.credentials import Credentials, Running
from infra.client.http import Service
from infra.directory.follower import Follower
from infra.directory.reader import read_to_end
from infra.kafka.topology import SERVICES
from infra.network import Network
from infra.simulation.chance import Chance
from infra.simulation.replay import members, write_credentials
from infra.simulation.world import REVOKED_KEY, SeededKeys

from .batches import batch, record, write
from .collector import Collector, collecting

POLICE = "kh-moi-ahtjp"
MARKER = "qZx7-Wm2Kd9Lr4Tn8Vb1Hy6Jc3Gf5Ps0Aq-marker-uE2oR7iX"
RUNS = [MARKER[start : start + 8].encode() for start in range(len(MARKER) - 7)]
Headers = tuple[tuple[str, bytes | None], ...]
NO_TEXT = "x-\udcff"
"""A header's name that is no UTF-8 on the wire. No client's library writes it: its batch is made by hand."""


@dataclass
class Stage:
    """A running network, and the police's way to it."""

    network: Network
    producer: AIOKafkaProducer
    agency: Agency
    chance: Chance
    collector: Collector

    def report(self, case: str, **changes: Any) -> Prepared:
        """A good report that opens a case."""
        now = datetime.now(UTC) - timedelta(minutes=1)
        facts = {
            "channel": "hotline",
            "code": case_code(case),
            "found_country": "KH",
            "person": "adult",
            "at_police_post": False,
        }
        event = {"event_id": new_id(now), "case": case, "time": now, "data": facts}
        return self.agency.prepare("intake.report-received", **{**event, **changes})

    async def write(self, value: bytes | None, headers: Headers, key: str = "same") -> tuple[str, int, int]:
        """Put a record where the good ones go."""
        topic, partition = "intake.submissions.v1", min(await self.producer.partitions_for("intake.submissions.v1"))
        if any(name == NO_TEXT for name, _ in headers):
            raw = [(name.encode("utf-8", "surrogateescape"), content) for name, content in headers]
            made = batch([record(0, key.encode(), value, raw)])
            return topic, partition, await write(self.network.kafka(POLICE), topic, partition, made)
        at = await self.producer.send_and_wait(topic, value, key.encode(), partition=partition, headers=list(headers))
        return at.topic, at.partition, at.offset

    async def outcome(self, place: tuple[str, int, int]) -> str:
        """What became of one record, once it is known."""
        for _ in range(60):
            verdict = (await self.verdicts(1)).get(place)
            if verdict is not None:
                return str(verdict["outcome"])
            await asyncio.sleep(0.5)
        raise AssertionError("no answer within 30 s")

    async def verdicts(self, count: int) -> dict[tuple[str, int, int], dict[str, Any]]:
        """Every final answer, once there are so many."""
        data = self.network.directory
        async with Service(Running.read(data), "audit", Credentials.read(data, "kh-cncc")) as audit:
            for _ in range(120):
                lines = [line async for line in audit.lines("/v1/verdicts")]
                if len(lines) >= count:
                    break
                await asyncio.sleep(0.5)
        return {(line["topic"], line["partition"], line["offset"]): line for line in lines}


@pytest.fixture(scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """A network that runs by the wall clock."""
    chance = Chance.of("tests")
    directory = tmp_path_factory.mktemp("network")
    with collecting() as collector:
        async with Network(directory, members(chance), environment=collector.environment()) as network:
            write_credentials(network, chance)
            agency = Credentials.read(network.directory, POLICE).as_agency()
            async with AIOKafkaProducer(**network.kafka(POLICE).aiokafka(), enable_idempotence=True) as producer:
                yield Stage(network, producer, agency, chance, collector)


def hostile(stage: Stage) -> dict[str, tuple[bytes | None, Headers, str, str]]:
    """Each kind of bad record: value, headers, key, and the outcome that it must have."""
    case = new_id(datetime.now(UTC))
    good = stage.report(case)
    keys = SeededKeys(stage.chance)
    jws = dict(good.headers)["jws"]
    body = json.loads(good.body)

    def signed(**changes: Any) -> tuple[bytes, Headers]:
        changed = json.dumps({**body, "id": new_id(datetime.now(UTC)), **changes}).encode()
        return changed, (("jws", sign_detached(changed, stage.agency.signer).encode()),)

    def by(kid: str) -> Headers:
        return (("jws", sign_detached(good.body, keys.signer(kid)).encode()),)

    deep = b'{"a":' * 8000 + b"1" + b"}" * 8000
    dead, no = "dead-lettered", "refused"
    other = new_id(datetime.now(UTC))
    return {
        "binary header": (good.body, (*good.headers, ("x-trace", b"\xff\xfe\x00")), case, dead),
        "null header": (good.body, (*good.headers, ("x-null", None)), case, dead),
        "header's name that is no text": (good.body, (*good.headers, (NO_TEXT, b"v")), case, dead),
        "doubled header": (good.body, (*good.headers, ("jws", jws)), case, dead),
        "null value": (None, good.headers, case, dead),
        "NUL in a string": (*signed(data={**body["data"], "province": "1\x00"}), case, no),
        "a name where a code belongs": (*signed(data={**body["data"], "name": "Somebody"}), case, no),
        "200 kB of noise": (bytes(range(256)) * 800, (), case, dead),
        "deep JSON": (deep, (("jws", jws),), case, dead),
        "not JSON": (b"hello", (), case, dead),
        "unknown type": (*signed(type="safepassage.intake.vanished.v1"), case, no),
        "wrong subject": (*signed(subject=other), case, no),
        "no signature": (good.body, (), case, no),
        "signature of another agency": (good.body, by("th-msdhs/sig-1"), case, no),
        "revoked key": (good.body, by(REVOKED_KEY), case, no),
        "another agency's source": (*signed(source="/agencies/th-msdhs"), case, no),
        "a service's source": (*signed(source="/services/intake"), case, no),
    }


async def test_hostile_records_are_answered_and_their_neighbours_go_through(stage: Stage) -> None:
    bad: dict[tuple[str, int, int], tuple[str, str]] = {}
    good: list[tuple[str, int, int]] = []
    writing = []
    for name, (value, headers, key, outcome) in hostile(stage).items():
        neighbour = stage.report(new_id(datetime.now(UTC)))
        writing.append((None, stage.write(neighbour.body, neighbour.headers, neighbour.key)))
        writing.append(((name, outcome), stage.write(value, headers, key)))
    places = await asyncio.gather(*(record for _, record in writing))
    for (expected, _), place in zip(writing, places, strict=True):
        if expected is None:
            good.append(place)
        else:
            bad[place] = expected
    first = stage.report(new_id(datetime.now(UTC)))
    reused = json.dumps({**json.loads(first.body), "specversion": "1.0", "time": "2026-01-01T00:00:00Z"}).encode()
    once = await stage.write(first.body, first.headers, first.key)
    again = await stage.write(first.body, first.headers, first.key)
    twice = await stage.write(reused, (("jws", sign_detached(reused, stage.agency.signer).encode()),), first.key)

    verdicts = await stage.verdicts(len(places) + 3)
    assert {name: verdicts[place]["outcome"] for place, (name, _) in bad.items()} == dict(bad.values())
    assert {verdicts[place]["outcome"] for place in good} == {"accepted"}
    for place, (name, _) in bad.items():
        assert verdicts[place]["reason"] or verdicts[place]["rules"], name
    assert [verdicts[place]["outcome"] for place in (once, again, twice)] == ["accepted", "duplicate", "refused"]
    assert verdicts[twice]["rules"] == ["EVENT-ID"]


async def test_what_a_client_compresses_is_unpacked_by_the_broker(stage: Stage) -> None:
    """Small on the wire and large in a reader's hands: refused; a good record that was packed: accepted."""
    packing = {"compression_type": "gzip", "max_request_size": 8_000_000, "max_batch_size": 8_000_000}
    report = stage.report(new_id(datetime.now(UTC)))
    async with AIOKafkaProducer(**stage.network.kafka(POLICE).aiokafka(), **packing) as producer:
        with pytest.raises(MessageSizeTooLargeError):
            await producer.send_and_wait("intake.submissions.v1", b" " * 5_000_000)
        at = await producer.send_and_wait(
            "intake.submissions.v1", report.body, report.key.encode(), headers=list(report.headers)
        )
    assert await stage.outcome((at.topic, at.partition, at.offset)) == "accepted"


async def mark(stage: Stage) -> str:
    """Let the police seal the marker to another agency; returns the case, once the report has been accepted."""
    follower = Follower(stage.network.members.registrar_key)
    await follower.records(await read_to_end(stage.network.kafka(POLICE), "tests"))
    case = new_id(datetime.now(UTC))
    facts = {
        "channel": "hotline",
        "code": case_code(case),
        "found_country": "KH",
        "person": "child",
        "at_police_post": True,
        "responder": "kh-mosvy",
        "sealed_kind": "rescue-location",
    }
    seal = ("rescue-location", {"address": MARKER}, ("kh-mosvy",))
    report = stage.report(case, data=facts, sealed=seal, directory=follower.directory)
    place = await stage.write(report.body, report.headers, report.key)
    assert await stage.outcome(place) == "accepted"
    return case


async def test_a_sealed_marker_is_found_in_no_file(stage: Stage) -> None:
    await mark(stage)
    files = await asyncio.to_thread(lambda: [p for p in stage.network.directory.rglob("*") if p.is_file()])
    assert len(files) > 100
    found = await asyncio.to_thread(_holding, files, RUNS)
    assert not found
    planted = stage.network.directory / "logs" / "planted"
    planted.write_bytes(b"...." + RUNS[3])
    assert await asyncio.to_thread(_holding, [planted], RUNS) == ["planted"]
    planted.unlink()


async def test_spans_and_metrics_tell_of_work_and_of_nobody(stage: Stage) -> None:
    """Every service exports both, and no byte of it is of a case, an event, an agency or what is sealed."""
    collector = stage.collector
    case = await mark(stage)
    # Metrics are sent once a second and spans twice: by a service's second metrics it has sent what it did till now.
    begun = len(collector.received)
    names = [f"safepassage-{service}" for service in SERVICES]
    for _ in range(60):
        since = [body for path, body in collector.received[begun:] if path == "/v1/metrics"]
        if all(sum(name.encode() in body for body in since) >= 2 for name in names):
            break
        await asyncio.sleep(0.5)
    else:
        raise AssertionError("a service sends no metrics")
    for path in ("/v1/traces", "/v1/metrics"):
        assert [name for name in names if not collector.told(path, name)] == []
    assert collector.told("/v1/traces", "process intake.submissions.v1")
    assert collector.told("/v1/traces", "send mailbox")
    assert collector.told("/v1/metrics", "messaging.client.consumed.messages")

    verdicts = list((await stage.verdicts(1)).values())
    assert case in {verdict["case"] for verdict in verdicts}
    hidden = [*told_of(verdicts), *told_of_agencies(stage.network), *RUNS]
    assert await asyncio.to_thread(collector.telling, hidden) == set()
    for secret in (case, MARKER, f"mailbox-{POLICE}", stage.agency.signer.kid):
        honest = len(collector.received)
        await asyncio.to_thread(collector.plant, secret)
        assert collector.telling(hidden, honest) == {"/v1/traces", "/v1/metrics"}, "the search would find nothing"


def told_of(verdicts: list[dict[str, Any]]) -> list[bytes]:
    """Every case, event and digest, in each form in which it could be written."""
    names = {str(verdict[name]) for verdict in verdicts for name in ("case", "event", "digest") if verdict[name]}
    ids = [name for name in names if len(name) == 36]
    forms = [form for name in names for form in (name.encode(), name.replace("-", "").encode())]
    return [*forms, *(UUID(name).bytes for name in ids), *(case_code(name).encode() for name in ids)]


def told_of_agencies(network: Network) -> list[bytes]:
    """Every agency's id, with which its mailbox and its keys are named, its secret keys and its password."""
    forms: list[bytes] = []
    for agency in network.members.agencies:
        held = Credentials.read(network.directory, agency)
        keys = [unb64(held.seed), unb64(held.sealing)]
        forms += [agency.encode(), held.password.encode(), held.seed.encode(), held.sealing.encode()]
        forms += [form for key in keys for form in (key, key.hex().encode())]
    return forms


def _holding(files: list[Path], runs: list[bytes]) -> list[str]:
    holding = []
    for path in files:
        if path.exists():
            content = path.read_bytes()
            holding += [path.name] if any(run in content for run in runs) else []
    return holding


async def test_a_service_stays_small_and_killed_it_comes_back(stage: Stage) -> None:
    child = stage.network.services["intake"][0]
    assert psutil.Process(child.pid).memory_info().rss < 150 * 2**20
    report = stage.report(new_id(datetime.now(UTC)))
    restarted = asyncio.ensure_future(stage.network.restart("intake"))
    place = await stage.write(report.body, report.headers, report.key)
    await restarted
    assert await stage.outcome(place) == "accepted"

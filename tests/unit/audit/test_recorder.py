"""What the audit makes of the other services' topics: nothing accepted is lost, and nothing is believed unchecked."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from contracts.directory import Directory, RevocationEntry, entry
from contracts.envelope import read
from contracts.events.audit import FindingRaised
from contracts.identifiers import new_id
from contracts.messages import Acceptance, Message, Verdict
from infra.kernel.following import AHEAD, SLACK
from infra.kernel.records import ACCEPTANCE, COUNTERSIGNATURE, Record
from infra.simulation.world import service_kid, world
from services.audit.books import MemoryBooks
from services.audit.recorder import Recorder
from tests.unit.kernel.test_poison import KEYS, POLICE, SHELTER, START, Desk
from tests.unit.kernel.test_second_signature import LONG_AGO, REQUEST, countersigned

CASE = new_id(START)


@dataclass
class Keyring:
    """A directory that can be given later: when somebody waits for a newer one, the next comes. The clock stands."""

    directory: Directory
    coming: list[Directory] = field(default_factory=list)
    waits: int = 0

    def now(self) -> datetime:
        """The time."""
        return START

    def at(self, sequence: int) -> Directory:
        """The directory after an entry: this one, whose sequence must be that."""
        assert sequence == self.directory.sequence
        return self.directory

    async def sleep(self, seconds: float) -> None:
        """The next directory comes."""
        self.waits += 1
        self.directory = self.coming.pop(0)


class Audit:
    """The audit's recorder on books and tables in memory."""

    def __init__(self) -> None:
        self.desk = Desk("audit")
        self.keyring = Keyring(replace(self.desk.hand.known, head_at=START))
        self.desk.kernel.keyring = self.desk.kernel.clock = self.keyring
        self.books = MemoryBooks()
        self.recorder = Recorder(self.desk.kernel, self.books, self.keyring)
        self.offset = 0

    async def reads(self, *records: Record) -> None:
        """One batch; every record comes at a place of its own."""
        batch = []
        for record in records:
            self.offset += 1
            batch.append(replace(record, offset=self.offset))
        await self.recorder.batch(batch)

    def logged(self) -> list[str]:
        """The ids of agencies' events in the log."""
        items = [item for item, _ in self.books.log.records.values() if item.kind == "event"]
        return [item.ref for item in items if item.family != "audit"]

    def findings(self) -> list[tuple[str, str, str]]:
        """What was raised: rule, code, the event that shows it."""
        rows = self.desk.tables.inbox.values()
        said = [read(row.body or b"").data for row in rows if row.name == "audit.finding-raised"]
        return sorted((item.rule, item.code.value, item.cause) for item in said if isinstance(item, FindingRaised))


def written(desk: Desk, what: str) -> list[Record]:
    """What a service wrote on topics of one kind (`events`, `answers`), a second after START."""
    at = int((START + timedelta(seconds=1)).timestamp() * 1000)
    items = [item for item in desk.tables.outbox.values() if item.topic.split(".")[1] == what]
    return [
        Record(
            item.topic,
            0,
            number,
            item.key.encode(),
            item.value,
            tuple((name, value.encode()) for name, value in item.headers.items()),
            at,
        )
        for number, item in enumerate(items)
    ]


async def accepted(*records: Record, desk: Desk | None = None) -> tuple[list[Record], list[Record]]:
    """What the referral service writes when these come: events and answers."""
    desk = desk or Desk("referral")
    await desk.kernel.batch([replace(record, offset=number) for number, record in enumerate(records, 1)])
    return written(desk, "events"), written(desk, "answers")


def resigned(message: Message, by: str, /, **changed: Any) -> bytes:
    """The statement with other values, signed by a service of the network."""
    return message.model_copy(update=changed).sign(KEYS.signer(service_kid(by))).encode()


def request(**more: Any) -> Record:
    """A request of the police."""
    return Desk("referral").record(POLICE, "referral.requested", CASE, REQUEST, **more)


def without(directory: Directory, kid: str) -> Directory:
    """The directory before this key was listed."""
    keys = {name: key for name, key in directory.keys.items() if name != kid}
    return replace(directory, keys=keys)


@pytest.mark.parametrize("kid", [service_kid("referral"), world().agencies[POLICE].signing_kid])
async def test_what_the_directory_does_not_tell_yet_is_waited_for(kid: str) -> None:
    audit = Audit()
    whole = audit.keyring.directory
    audit.keyring.directory, audit.keyring.coming = without(whole, kid), [without(whole, kid), whole]
    events, answers = await accepted(request())
    await audit.reads(*events, *answers)
    assert audit.keyring.waits == 2
    assert len(audit.logged()) == len(audit.books.outcomes) == 1


@pytest.mark.parametrize("stamped", [True, False])
async def test_an_acceptance_by_an_entry_that_was_not_read_is_waited_for_long(stamped: bool) -> None:
    audit = Audit()
    whole = audit.keyring.directory
    lags = replace(whole, sequence=whole.sequence - 1, head_at=START + AHEAD)
    audit.keyring.directory, audit.keyring.coming = lags, [replace(lags), replace(lags), whole]
    events, _ = await accepted(request())
    await audit.reads(*(event if stamped else replace(event, timestamp=0) for event in events))
    assert (audit.keyring.waits, len(audit.logged())) == (3, 1)
    assert audit.findings() == [], "judged by the directory that it names"


async def test_an_entry_that_there_will_never_be_stops_nobody_for_ever() -> None:
    audit = Audit()
    whole = audit.keyring.directory
    audit.keyring.directory = replace(whole, sequence=whole.sequence - 1, head_at=START + 2 * AHEAD)
    (event,), _ = await accepted(request())
    await audit.reads(event)
    assert (audit.keyring.waits, audit.logged()) == (0, [])


async def test_what_a_newer_head_does_not_tell_either_is_nobodys() -> None:
    audit = Audit()
    later = START + timedelta(seconds=2) + SLACK
    audit.keyring.directory = replace(without(audit.keyring.directory, service_kid("referral")), head_at=later)
    events, answers = await accepted(request())
    await audit.reads(*events, *answers)
    assert (audit.keyring.waits, audit.logged(), audit.books.outcomes) == (0, [], {})


@pytest.mark.parametrize(("ago", "believed"), [(timedelta(minutes=1), False), (-timedelta(minutes=1), True)])
async def test_a_service_signs_with_a_key_that_is_valid_then(ago: timedelta, believed: bool) -> None:
    audit = Audit()
    revoked = entry(
        audit.keyring.directory, RevocationEntry(kid=service_kid("referral"), revoked_at=START - ago), START
    )
    events, answers = await accepted(request())
    audit.keyring.directory = replace(
        audit.keyring.directory.extend(revoked, revoked.body()), sequence=audit.keyring.directory.sequence
    )
    await audit.reads(*events, *answers)
    assert len(audit.logged()) == len(audit.books.outcomes) == believed


async def test_a_service_answers_for_its_own_families_alone() -> None:
    audit = Audit()
    _, (answer,) = await accepted(request())
    await audit.reads(replace(answer, topic="intake.answers.v1"))
    named = resigned(Verdict.unverified((answer.value or b"").decode()), "referral", service="intake")
    await audit.reads(replace(answer, value=named))
    assert audit.books.outcomes == {}


@pytest.mark.parametrize(
    ("signer", "said"), [("intake", {}), ("referral", {"service": "intake"}), ("referral", {"directory": -1})]
)
async def test_a_service_accepts_for_its_own_families_alone(signer: str, said: dict[str, Any]) -> None:
    audit = Audit()
    (event,), _ = await accepted(request())
    headers: dict[str, bytes | None] = dict(event.headers)
    acceptance = Acceptance.unverified(event.header(ACCEPTANCE) or "")
    for by, changed in ((signer, said), ("referral", {})):
        assert audit.logged() == []
        headers[ACCEPTANCE] = resigned(acceptance, by, **changed)
        await audit.reads(replace(event, headers=tuple(headers.items())))
    assert len(audit.logged()) == 1, "the right one is believed"


async def test_a_second_signature_that_the_service_only_claims_is_not_believed() -> None:
    audit = Audit()
    (event,), _ = await accepted(countersigned(request(time=LONG_AGO), SHELTER))
    headers = tuple(item for item in event.headers if item[0] != COUNTERSIGNATURE)
    await audit.reads(replace(event, headers=headers))
    assert audit.logged() == []
    await audit.reads(event)
    assert len(audit.logged()) == 1
    assert audit.findings() == [], "judged by the same two signatures"


@pytest.mark.parametrize("together", [True, False])
async def test_two_events_under_one_sequence_are_both_logged_and_found(together: bool) -> None:
    audit = Audit()
    (first,), _ = await accepted(request())
    (second,), _ = await accepted(request())
    await audit.reads(*([first, second, first] if together else [first]))
    if not together:
        assert audit.findings() == []
        await audit.reads(first)
        assert audit.findings() == [], "written once more by a relay"
        await audit.reads(second)
        await audit.reads(second, first)
    ids = [read(record.value or b"").id for record in (first, second)]
    assert audit.logged() == ids
    assert audit.findings() == [("AUDIT-SEQUENCE", "disagreement", ids[1])]


async def test_an_id_with_other_facts_is_found_once() -> None:
    audit, desk, taken = Audit(), Desk("referral"), new_id(START)
    other = request(event_id=taken, time=START - timedelta(minutes=3))
    events, answers = await accepted(request(event_id=taken), other, desk=desk)
    await audit.reads(*events, *answers)
    assert audit.findings() == [("EVENT-ID", "breach", taken)]
    await audit.reads(*answers)
    assert audit.findings() == [("EVENT-ID", "breach", taken)]
    assert ACCEPTANCE in dict(events[0].headers)

"""What other services accepted waits for a directory as new as it is; what agencies submit waits for none."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from contracts.directory import AgencyEntry, Directory, entry
from contracts.fields import case_code
from contracts.signing import Signer, sign_detached
from infra.directory.follower import TOPIC, Follower, Unread
from infra.kernel.casebook import CaseRecord
from infra.kernel.following import settle
from infra.kernel.records import ACCEPTANCE, JWS, Record
from infra.simulation.world import service_kid, world
from tests.unit.audit.office import CASE, Keyring, accepted, request, without
from tests.unit.kernel.desk import POLICE, SHELTER, START, Desk

SIGNER = Signer.from_seed("registrar/sig-1", bytes(32))


@dataclass
class Asked:
    """A record that is checked by the directory: it waits for an entry, and counts how often it was asked."""

    wants: int
    record: Record = field(default_factory=lambda: Record("referral.events.v1", 3, 0, b"", b"", ()))
    asked: int = 0

    def check(self, directory: Directory) -> str | None:
        self.asked += 1
        return f"entry {self.wants}" if directory.sequence < self.wants else None


async def test_it_is_asked_again_when_the_directory_is_another_and_says_what_is_missing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    old, new = Directory(sequence=1), Directory(sequence=2)
    keyring = Keyring(old, [*[old] * 200, new])
    here, waits = Asked(1), Asked(2)
    await settle([here, waits], keyring, keyring, None)
    assert (here.asked, waits.asked, keyring.waits) == (1, 2, 201)
    said: list[Any] = [record for record in caplog.records if record.levelname == "WARNING"]
    assert [(it.reason, it.topic, it.partition, it.count) for it in said] == [
        ("entry 2", "referral.events.v1", 3, 1)
    ] * 2


def _keyed(desk: Desk, directory: Directory, *coming: Directory) -> Keyring:
    keyring = Keyring(replace(directory, head_at=START), [replace(later, head_at=START) for later in coming])
    desk.kernel.keyring = desk.kernel.clock = keyring
    return keyring


async def test_a_service_waits_for_the_key_under_which_another_accepted() -> None:
    intake, follows = Desk("intake"), Desk("referral")
    code = case_code(CASE)
    report = {"channel": "hotline", "code": code, "found_country": "KH", "person": "child", "at_police_post": False}
    (event,), _ = await accepted(intake.record(POLICE, "intake.report-received", CASE, report), desk=intake)
    assert event.header(ACCEPTANCE)
    whole = follows.hand.known
    keyring = _keyed(follows, without(whole, service_kid("intake")), whole)
    await follows.kernel.batch([event])
    assert keyring.waits == 1
    assert CaseRecord.from_json(follows.tables.cases[CASE]).seen["intake"][0].name == "intake.report-received"


async def test_nobody_waits_for_what_an_agency_submits() -> None:
    desk = Desk("referral")
    submission = replace(request(), offset=1, timestamp=int(START.timestamp() * 1000) + 1000)
    keyring = _keyed(desk, without(desk.hand.known, world().agencies[POLICE].signing_kid))
    assert await desk.outcomes(submission) == ["refused"]
    assert keyring.waits == 0


async def test_the_directory_of_an_entry_that_was_not_read_is_not_told() -> None:
    follower, directory = Follower(SIGNER.public), Directory()
    line = entry(directory, AgencyEntry(agency="kh-a", names={"en": "A"}, country="KH", state=True), START)
    body = line.body()
    jws = sign_detached(body, SIGNER).encode()
    with pytest.raises(Unread):
        follower.at(1)
    await follower.records([Record(TOPIC, 0, 0, b"directory", body, ((JWS, jws),))])
    assert follower.at(1) == directory.extend(line, body) != follower.at(0) == directory
    for unread in (2, -1):
        with pytest.raises(Unread):
            follower.at(unread)


async def test_a_claim_is_followed_and_is_nothing_that_a_guard_asks_for() -> None:
    intake, follows = Desk("intake"), Desk("referral")
    report = {"channel": "hotline", "code": case_code(CASE), "found_country": "KH", "person": "child"}
    records = [
        intake.record(agency, "intake.report-received", CASE, report | {"at_police_post": False})
        for agency in (POLICE, SHELTER)
    ]
    (first, second), _ = await accepted(*records, desk=intake)
    _keyed(follows, follows.hand.known)
    await follows.kernel.batch([first, second])
    case = CaseRecord.from_json(follows.tables.cases[CASE])
    assert case.followed["intake"] == [1, 2]
    assert [(seen.sequence, seen.actor) for seen in case.seen["intake"]] == [(1, POLICE)]

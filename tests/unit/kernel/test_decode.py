"""From a record to a submission: what is too much is said to be too much, and the answer stays small."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from contracts.envelope import MAX_BODY
from contracts.fields import case_code
from contracts.identifiers import new_id
from contracts.signing import Signer, sign_detached
from infra.kernel.decode import MAX_FAULTS, MAX_KEPT, MAX_SEALED, DeadLetter, Submission, decode
from infra.kernel.records import JWS, SEALED, Record

NOW = datetime(2009, 6, 1, tzinfo=UTC)
SIGNER = Signer.from_seed("kh-moi-ahtjp/sig-1", bytes(32))


def record(body: bytes, **headers: bytes) -> Record:
    """A record with this body, signed."""
    named = {JWS: sign_detached(body, SIGNER).encode(), **headers}
    return Record("intake.submissions.v1", 0, 0, None, body, tuple(named.items()))


def event(**more: object) -> bytes:
    """A good report, with other members beside its own."""
    case = new_id(NOW)
    facts = {"channel": "hotline", "found_country": "KH", "person": "adult", "at_police_post": False}
    facts["code"] = case_code(case)
    said = {"specversion": "1.0", "id": new_id(NOW), "source": "/agencies/kh-moi-ahtjp", "subject": case}
    said |= {"type": "safepassage.intake.report-received.v1", "time": "2009-06-01T00:00:00Z"}
    return json.dumps({**said, "data": facts | more}).encode()


@pytest.mark.parametrize(("over", "taken"), [(0, True), (1, False)])
def test_body_and_headers_together_leave_room_for_what_the_network_adds(over: int, taken: bool) -> None:
    body = event()
    body += b" " * (MAX_BODY - len(body))
    room = MAX_KEPT - MAX_BODY - len(sign_detached(body, SIGNER))
    assert room < MAX_SEALED
    found = decode(record(body, **{SEALED: b"a" * (room + over)}))
    assert isinstance(found, Submission if taken else DeadLetter)


def test_thousands_of_faults_are_told_in_part() -> None:
    """Each fault is some hundred bytes of an answer that has to fit into one record."""
    found = decode(record(event(**{f"m{number}": 0 for number in range(4000)})))
    assert isinstance(found, Submission)
    found.interpret()
    assert len(found.faults) == MAX_FAULTS + 1
    assert "more faults" in found.faults[-1][1]

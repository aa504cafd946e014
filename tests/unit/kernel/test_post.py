"""What a sender is told of its own event, and what the audit service is told beside."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from contracts.messages import Answer, BreachMark, Verdict
from contracts.signing import Signer
from infra.kernel.effects import Letter
from infra.kernel.post import post

NOW = datetime(2009, 3, 2, tzinfo=UTC)
LATE = BreachMark(rule="CUS-GAP", code="breach")
SIGNER = Signer.from_seed("svc-referral/sig-1", bytes(32))


@pytest.mark.parametrize(("curt", "told"), [(False, (LATE,)), (True, ())])
def test_who_is_shut_out_is_not_told_what_was_wrong_and_the_audit_is(curt: bool, told: tuple[BreachMark, ...]) -> None:
    verdict = Verdict(
        service="referral",
        topic="custody.submissions.v1",
        partition=0,
        offset=7,
        digest="A" * 43,
        outcome="accepted",
        accepted=NOW,
        breaches=(LATE,),
    )
    letter = Letter("case", verdict=verdict, reply_to="kh-moi-ahtjp", curt=curt)
    audits, senders = post([letter], {}, "referral", SIGNER, NOW, replay=False, answers="custody.answers.v1")
    assert (audits.topic, senders.topic) == ("custody.answers.v1", "mailbox.kh-moi-ahtjp.v1")
    assert Verdict.unverified(audits.value.decode()).breaches == (LATE,)
    assert Answer.unverified(senders.value.decode()).breaches == told

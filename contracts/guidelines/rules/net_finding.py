"""NET-FINDING: whom a finding is about says its side; another agency judges it; and each has a time for that."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from ...decision import Deadline, Problem
from ...guidelines.corridors import limit
from ...steps_audit import FindingOutcome, FindingReply
from ._rule import Rule

RULE = Rule(
    "NET-FINDING",
    "Whom a finding is about says its side before another agency judges it, and each has a time for that.",
    "network",
    "network",
    "refuse; deadline",
    policy=True,
)


def net_finding_open(resolved: bool) -> Problem | None:
    """What has been resolved is neither answered nor judged, until it is reopened."""
    if not resolved:
        return None
    return RULE.problem("data.finding", "this finding has been resolved", "reopen it, and say why")


def net_finding_reply(actor: str, owner: str | None) -> Problem | None:
    """The agency that a finding is about answers it, and no other."""
    if actor == owner:
        return None
    return RULE.problem("source", "this finding is about another agency, or about none", "let that agency answer")


def net_finding_grounds(reply: str, grounds: Collection[str]) -> Problem | None:
    """Who explains or disputes says by what."""
    if reply == FindingReply.ADMITTED or grounds:
        return None
    return RULE.problem("data.grounds", "what explains it is not said", "name at least one ground, or admit it")


def net_finding_judge(actor: str, owner: str | None, oversees: bool) -> Problem | None:
    """Who judges has oversight, and nobody judges a finding about itself."""
    if oversees and actor != owner:
        return None
    return RULE.problem(
        "source",
        "this agency does not judge the finding: it has no oversight, or the finding is about it",
        "let an agency judge that has oversight and that the finding is not about",
    )


def net_finding_heard(outcome: str, heard: bool) -> Problem | None:
    """Nothing is upheld against an agency that has not been heard and still has time to answer."""
    if outcome != FindingOutcome.UPHELD or heard:
        return None
    return RULE.problem(
        "data.outcome",
        "the agency that it is about has not answered, and its time is not over",
        "wait for its answer, or for the end of its time",
    )


def net_finding_reopen(actor: str, owner: str | None, oversees: bool) -> Problem | None:
    """Whom it is about may ask to look again, and so may an agency with oversight."""
    if oversees or actor == owner:
        return None
    return RULE.problem("source", "this agency may not reopen the finding", "tell an agency with oversight what is new")


def net_finding_resolved(resolved: bool) -> Problem | None:
    """What is still open needs no reopening."""
    if resolved:
        return None
    return RULE.problem("data.finding", "this finding is still open", "answer it, or judge it")


def net_finding_told(to: str | None, actor: str, owner: str | None) -> Problem | None:
    """Whom a finding is about is told what is said of it by another."""
    if to == (None if actor == owner else owner):
        return None
    return RULE.problem("data.to", "this is not the agency that the finding is about", "name the finding's owner")


def net_finding_deadline(cause: str, since: datetime, owed_by: str | None, *, reply: bool) -> Deadline:
    """By when a finding is answered (`reply`) or judged. No source states a time."""
    allowed = limit("finding_reply_hours" if reply else "finding_judge_hours")
    return Deadline(RULE.id, cause, since + allowed.time, owed_by, verified=allowed.verified)

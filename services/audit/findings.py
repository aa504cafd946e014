"""The findings of a case and what became of each: who answered, who judged, whose turn it is, and until when.

Worked out again from the accepted events, by the journey that the audit service itself moves. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from contracts.decision import disputed
from contracts.envelope import Event, rfc3339, utc
from contracts.events.audit import FindingAnswered, FindingRaised, FindingResolved
from contracts.journeys.audit import JOURNEY, AuditState, Finding
from infra.report.lines import Logged


def findings(logged: Iterable[Logged], events: Mapping[str, Event], now: datetime) -> list[dict[str, Any]]:
    """A row for each finding, in the order of what they are about.

    `about` names the event that shows it (`events` has them by id), `state` is raised, answered, unanswered or
    resolved; `turn` and `due` say who must act next, and until when.
    """
    own = sorted((item for item in logged if item.event.family == "audit"), key=lambda item: item.acceptance.sequence)
    state = JOURNEY.state()
    for item in own:
        state = JOURNEY.evolve(state, item.event, disputed(item.acceptance.breaches))
    said = {item.event.id: item.event for item in own}
    rows = [_row(said[name], finding, said, events, state, now) for name, finding in state.findings.items()]
    return sorted(rows, key=lambda row: (row["at"], row["rule"], row["code"]))


def _row(
    raised: Event,
    finding: Finding,
    said: Mapping[str, Event],
    events: Mapping[str, Event],
    state: AuditState,
    now: datetime,
) -> dict[str, Any]:
    data = raised.data
    assert isinstance(data, FindingRaised)
    cause = events.get(data.cause)
    alone = state.model_copy(update={"findings": {raised.id: finding}, "passed": ()})
    due = next(iter(JOURNEY.deadlines(alone)), None)
    answer = said[finding.answer].data if finding.answer is not None else None
    judged = said[finding.judged[0]].data if finding.judged is not None else None
    return {
        "id": raised.id,
        "rule": data.rule,
        "code": data.code.value,
        "about": cause.name if cause is not None else data.of_family.value,
        "owner": data.owner,
        "at": rfc3339(cause.time if cause is not None else raised.time),
        "state": finding.status,
        "reply": answer.reply.value if isinstance(answer, FindingAnswered) else None,
        "grounds": [ground.value for ground in answer.grounds] if isinstance(answer, FindingAnswered) else [],
        "evidence": list(answer.evidence) if isinstance(answer, FindingAnswered) else [],
        "outcome": judged.outcome.value if isinstance(judged, FindingResolved) else None,
        "judged_by": finding.judged[1] if finding.judged is not None else None,
        "reopened": finding.reopened,
        "turn": due.owed_by if due is not None else None,
        "due": rfc3339(due.due) if due is not None else None,
        "verified": due.verified if due is not None else None,
        "overdue": due is not None and utc(due.due) < utc(now),
    }

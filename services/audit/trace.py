"""One case for people: who cared and who answered from when to when, on whose authority, what is open, what was found.

Everything is worked out here again from the accepted events that the audit service keeps; nothing is taken from the
state of the services that accepted them. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from contracts.custody_table import CustodyTable, Span, custody_table
from contracts.envelope import Event, rfc3339, utc
from contracts.fields import case_code
from infra.cli.output import Output
from infra.report.lines import Logged, claims
from infra.report.people import is_child, standing

from .authority import authority
from .consents import withdrawals
from .findings import findings

_THERE_AGAIN = frozenset({"custody.found", "custody.handover-received", "custody.taken-over", "custody.died"})


@dataclass(frozen=True, slots=True)
class Trace:
    """A case's events that stand, its table of custody, and what is due.

    `now` is the case's own clock in a replay, as the services knew it (the audit service judges by the wall clock).
    """

    case: str
    events: tuple[Logged, ...]
    table: CustodyTable | None
    deadlines: tuple[Mapping[str, Any], ...]
    withdrawn: tuple[Mapping[str, Any], ...]
    findings: tuple[Mapping[str, Any], ...]
    now: datetime
    child: bool

    @classmethod
    def of(cls, answer: Mapping[str, Any], now: datetime) -> Trace:
        """The trace in an answer of ``GET /v1/cases/CASE``."""
        logged = sorted(map(Logged.of, answer["events"]), key=lambda it: (it.event.family, it.acceptance.sequence))
        events = tuple(standing(logged))
        if any(item.acceptance.replay for item in events):
            now = max(item.acceptance.accepted for item in events if item.event.family != "audit")
        table = custody_table([item.event for item in events], now, claims(events))
        return cls(
            case=str(answer["case"]),
            events=events,
            table=table,
            deadlines=tuple(answer["deadlines"]),
            withdrawn=tuple(withdrawals(logged, now)),
            findings=tuple(findings(logged, {item.event.id: item.event for item in logged}, now)),
            now=now,
            child=is_child(events),
        )

    @property
    def by_id(self) -> dict[str, Event]:
        """Every event by its id."""
        return {item.event.id: item.event for item in self.events}

    def missing_since(self) -> datetime | None:
        """Since when the person has been missing, if they are."""
        since = None
        for item in self.events:
            if item.event.name == "custody.missing-reported":
                since = item.event.time
            elif item.event.name in _THERE_AGAIN:
                since = None
        return since

    def open(self) -> list[dict[str, Any]]:
        """What is due, the nearest first; `verified` is false where no source states the time."""
        events = self.by_id
        rows = []
        for item in self.deadlines:
            cause = events.get(str(item["cause"]))
            overdue = datetime.fromisoformat(str(item["due"])) < self.now
            rows.append({**item, "set_by": cause.name if cause is not None else None, "overdue": overdue})
        return sorted(rows, key=lambda row: str(row["due"]))

    def as_json(self) -> dict[str, Any]:
        """The whole trace."""
        table, missing = self.table, self.missing_since()
        return {
            "case": self.case,
            "code": case_code(self.case),
            "person": "child" if self.child else "adult",
            "as_of": rfc3339(self.now),
            "missing_since": rfc3339(missing) if missing is not None else None,
            "care": [self._span(span) for span in self._spans("care")],
            "responsibility": [self._span(span) for span in self._spans("responsibility")],
            "joint_minutes": table.joint_minutes if table is not None else 0,
            "unexplained": [
                {"kind": item.kind, "from": rfc3339(item.since), "until": rfc3339(item.until), "cause": item.cause}
                for item in (table.unexplained if table is not None else ())
            ],
            "open": self.open(),
            "consents_withdrawn": list(self.withdrawn),
            "findings": list(self.findings),
            "events": [_event(item) for item in sorted(self.events, key=lambda item: utc(item.event.time))],
        }

    def show(self, output: Output) -> None:
        """The trace as tables of text; every time with its zone."""
        said = self.as_json()
        word = "custody" if self.child else "accompaniment"
        output.say(f"Case {said['code']} ({self.case}), {said['person']}, as of {minute(said['as_of'])}", "bold")
        if said["missing_since"] is not None:
            output.say(f"MISSING since {minute(said['missing_since'])}.", "bold")
        for kind, title in (("care", "Who cared"), ("responsibility", "Who answered")):
            rows = [
                (minute(row["from"]), minute(row["until"]), _length(row["minutes"]), row["party"], row["authority"])
                for row in said[kind]
            ]
            if not rows:
                continue
            output.say()
            output.table(("from", "until", "for", "who", "on whose authority"), rows, title)
        if not said["care"]:
            output.say(f"Nobody has opened {word} yet.")
        for item in said["unexplained"]:
            what = (
                "nobody says that they had the person" if item["kind"] == "gap" else "two say that they had the person"
            )
            output.say(f"UNEXPLAINED: from {minute(item['from'])} until {minute(item['until'])} {what}.")
        if said["joint_minutes"]:
            output.say(f"Two answered together for {_length(said['joint_minutes'])}.")
        output.say()
        _show_open(output, said["open"])
        output.say()
        _show_withdrawn(output, said["consents_withdrawn"])
        _show_findings(output, said["findings"])

    def _spans(self, kind: str) -> list[Span]:
        spans = self.table.spans if self.table is not None else ()
        return sorted((span for span in spans if span.kind == kind), key=lambda span: (utc(span.since), span.party))

    def _span(self, span: Span) -> dict[str, Any]:
        events = self.by_id
        cause = events.get(span.authority)
        return {
            "party": span.party,
            "from": rfc3339(span.since),
            "until": rfc3339(span.until) if span.until is not None else None,
            "minutes": int(((span.until or self.now) - span.since) / timedelta(minutes=1)),
            "authority": authority(cause, events) if cause is not None else "not known",
            "event": span.authority,
        }


def minute(time: str | None) -> str:
    """A time to the minute, with its zone; what goes on has no end yet."""
    if time is None:
        return "now"
    return datetime.fromisoformat(time).strftime("%Y-%m-%d %H:%M ") + ("UTC" if time.endswith("Z") else time[-6:])


def _show_open(output: Output, rows: list[dict[str, Any]]) -> None:
    if not rows:
        output.say("Nothing is due.")
        return
    cells = [
        (
            minute(row["due"]) + (" OVERDUE" if row["overdue"] else ""),
            row["owed_by"] or "nobody named",
            row["rule"] + ("" if row["verified"] else " (no source states this time)"),
            row["set_by"] or "",
        )
        for row in rows
    ]
    output.table(("due", "whose turn", "rule", "set by"), cells, "What is open")


def _show_withdrawn(output: Output, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    cells = [
        (
            minute(row["withdrawn"]),
            row["agency"],
            f"{minute(row['acknowledged'])}: {row['done']}" if row["acknowledged"] else "NOT ACKNOWLEDGED",
            minute(row["due"]) + (" OVERDUE" if row["overdue"] else ""),
        )
        for row in rows
    ]
    output.table(("taken back", "had received", "acknowledged", "due"), cells, "Consent that was taken back")
    output.say()


def _show_findings(output: Output, rows: list[dict[str, Any]]) -> None:
    if not rows:
        output.say("The audit found nothing to object to.")
        return
    cells = [
        (minute(row["at"]), row["rule"], row["code"], row["about"], row["owner"] or "", _became(row), _turn(row))
        for row in rows
    ]
    columns = ("at", "rule", "", "about", "whom it is about", "what became of it", "whose turn")
    output.table(columns, cells, "What the audit found")


def _became(row: Mapping[str, Any]) -> str:
    """Where a finding stands, in words."""
    again = " again" if row["reopened"] else ""
    if row["outcome"] is not None:
        return f"{row['outcome']}, says {row['judged_by']}"
    if row["reply"] is not None:
        return " ".join((f"{row['reply']}{again}", *row["grounds"]))
    return f"{row['state']}{again}"


def _turn(row: Mapping[str, Any]) -> str:
    """Who must act next on a finding, and until when."""
    if row["due"] is None:
        return ""
    return f"{row['turn'] or 'oversight'} until {minute(row['due'])}" + (" OVERDUE" if row["overdue"] else "")


def _event(item: Logged) -> dict[str, Any]:
    return {
        "id": item.event.id,
        "name": item.event.name,
        "source": item.event.header.source,
        "time": rfc3339(item.event.time),
        "accepted": rfc3339(item.acceptance.accepted),
        "digest": item.event.digest,
        "breaches": [breach.model_dump() for breach in item.acceptance.breaches],
    }


def _length(minutes: int) -> str:
    days, rest = divmod(minutes, 24 * 60)
    hours, left = divmod(rest, 60)
    return f"{days} d {hours} h" if days else f"{hours} h {left:02} min"

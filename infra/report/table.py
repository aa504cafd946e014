"""The report for people: what is known beside what was recorded, what went wrong and became of it, what took long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from contracts.fields import case_code
from infra.cli.output import Output

BAR = 40
"""Characters of the longest bar."""
COUNTRIES = {"TH": "Thailand", "VN": "Viet Nam", "MY": "Malaysia", "LA": "Lao PDR", "ID": "Indonesia", "IN": "India"}
COUNTRIES |= {"TL": "Timor-Leste", "ZA": "South Africa"}
_MINUTES_A_YEAR = 60 * 24 * 365.25


def show(output: Output, report: Mapping[str, Any], published: Mapping[str, Any], case: str | None = None) -> None:
    """Print the whole report. `published` are known figures (TOML, see `compared`); `case` one to trace."""
    output.say()
    rows = compared(report, published)
    title = f"Known figures of {published['year']} ({published['source']}) and what the network recorded"
    output.table(("", "known", "recorded", ""), rows, title)
    _show_carried_over(output, report, published)
    _show_published_only(output, published)
    if report["repatriated"]["under_way"]:
        output.say(
            f"Under way when the replay ended, and counted nowhere above: {report['repatriated']['under_way']} returns."
        )
    output.say()
    _show_events(output, report)
    output.say()
    output.table(("sent wrong on purpose", "sent", "share", "what became of them"), faults(report), "Faults")
    output.say()
    if report["refused_by_rule"]:
        refused = [(rule, str(count)) for rule, count in report["refused_by_rule"].items()]
        output.table(("refused by", "times"), refused, "What was refused, and by which rule")
        output.say()
    output.say("The slowest steps (median on the cases' own clock; p95 in brackets)", "bold")
    for line in bars(report["steps"]):
        output.say(line)
    output.say()
    _show_way_on(output, case)


def compared(report: Mapping[str, Any], published: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    """Rows of a figure's name, what is known, what was recorded, and whether they agree.

    `published` has ``repatriated.{total,by_country}`` and ``in_country.total``, and may have ``repatriated.children``,
    ``sent_home.by_country`` and ``steps`` (what was done in the year, with the cases of earlier years).
    """
    known, found = published["repatriated"], report["repatriated"]
    rows = [("repatriated to Cambodia", known["total"], found["total"])]
    for country in sorted(known["by_country"].keys() | found["by_country"].keys()):
        name = f"  from {COUNTRIES.get(country, country)}"
        rows.append((name, known["by_country"].get(country, 0), found["by_country"].get(country, 0)))
    if "children" in known:
        rows.append(("  of them children", known["children"], found["children"]))
        rows.append(("  of them adults", known["total"] - known["children"], found["adults"]))
    rows.append(("found within the country and served", published["in_country"]["total"], report["in_country"]))
    sent, recorded = published.get("sent_home", {}).get("by_country", {}), report.get("sent_home", {})
    for country in sorted(sent.keys() | recorded.keys()):
        name = f"from Cambodia to {COUNTRIES.get(country, country)}"
        rows.append((name, sent.get(country, 0), recorded.get(country, 0)))
    year = _of_the_year(report, published)
    for step, count in published.get("steps", {}).items():
        rows.append((f"{step.replace('_', ' ')} in the year", count, year.get(step, {}).get("recorded", 0)))
    return [(name, f"{one:,}", f"{other:,}", "✓" if one == other else "✗ differs") for name, one, other in rows]


def met(report: Mapping[str, Any], published: Mapping[str, Any]) -> bool:
    """Whether every known figure was recorded, every submission answered, and nobody was left in no one's hands."""
    figures = all(mark == "✓" for *_, mark in compared(report, published))
    unexplained = sum(report[chain][kind] for chain in ("custody", "accompaniment") for kind in ("gaps", "overlaps"))
    return figures and not report["events"]["unanswered"] and not unexplained


def faults(report: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    """A row for each kind of fault."""
    return [
        (
            kind,
            f"{found['sent']:,}",
            f"{found['share']:.1%}",
            "; ".join(f"{outcome} {count:,}" for outcome, count in found["outcomes"].items()),
        )
        for kind, found in report["faults"].items()
    ]


def bars(steps: Sequence[Mapping[str, Any]]) -> list[str]:
    """A bar for each step, as long as its median."""
    if not steps:
        return ["  none"]
    longest = max(float(step["median_hours"]) for step in steps) or 1.0
    width = max(len(str(step["step"])) for step in steps)
    lines = []
    for step in steps:
        median, high = float(step["median_hours"]), float(step["p95_hours"])
        bar = "█" * max(1, round(BAR * median / longest))
        lines.append(f"  {step['step']:<{width}}  {bar} {_time(median)} ({_time(high)}), {step['count']:,} times")
    return lines


def _of_the_year(report: Mapping[str, Any], published: Mapping[str, Any]) -> Mapping[str, Mapping[str, int]]:
    steps: Mapping[str, Mapping[str, int]] = report.get("years", {}).get(str(published["year"]), {})
    return steps


def _show_carried_over(output: Output, report: Mapping[str, Any], published: Mapping[str, Any]) -> None:
    """The opening caseload apart: no source says how the year's steps divide between old cases and new ones."""
    if "steps" not in published:
        return
    year = _of_the_year(report, published)
    steps = ", ".join(
        f"{step.replace('_', ' ')} {year.get(step, {}).get('carried_over', 0):,}" for step in published["steps"]
    )
    output.say(
        f"Of these in {report['carried_over']:,} cases carried over from earlier years (an assumption): {steps}."
    )
    if "children" not in published["repatriated"]:
        output.say(
            f"Children among the repatriated (not published, an assumption): {report['repatriated']['children']:,}."
        )


def _show_published_only(output: Output, published: Mapping[str, Any]) -> None:
    if published.get("shown"):
        shown = ", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in published["shown"].items())
        output.say(f"Published, with earlier years among them, and not replayed: {shown}.")


def _show_events(output: Output, report: Mapping[str, Any]) -> None:
    events, custody, mail = report["events"], report["custody"], report["mailboxes"]
    log, adults = report["log"], report["accompaniment"]
    rows = [
        ("events accepted", f"{events['accepted']:,} of {report['cases']:,} cases"),
        ("", f"{events['late']:,} marked late, {events['parked']:,} had waited for another"),
        (
            "refused, doubled, unreadable",
            f"{events['refused']:,}, {events['duplicate']:,}, {events['dead_lettered']:,}",
        ),
        ("without an answer", f"{events['unanswered']:,}"),
        ("deadlines passed, findings", f"{events['deadlines_passed']:,}, {events['findings']:,}"),
        ("mail", f"{mail['deliveries']:,} deliveries, {mail['answers']:,} answers, {mail['receipts']:,} receipts"),
        (
            "children in care",
            f"{_years(custody['person_minutes'])}; {custody['joint_minutes']:,} minutes with two to answer for them",
        ),
        ("adults accompanied", _years(adults["person_minutes"])),
        (
            "no carer, two carers at once",
            f"{custody['gaps'] + adults['gaps']:,} times, {custody['overlaps'] + adults['overlaps']:,} times",
        ),
        ("the log", f"{log.get('size', 0):,} entries, root {str(log.get('root', ''))[:16]}…"),
        ("time", f"{report['seconds']:,} s; {report['events_per_second']:,} accepted events a second"),
    ]
    output.table(("", "recorded"), rows, "What the network recorded")


def _show_way_on(output: Output, case: str | None) -> None:
    code = case_code(case) if case is not None else "CODE"
    output.say("How to go on", "bold")
    for line, means in (
        ("safepassage up", "the network of this replay goes on; leave it running"),
        (f"safepassage trace {code}", "who cared for one person, and who answered, from when to when"),
        ("safepassage board --corridor kh-th", "open returns on a corridor: whose turn it is, and until when"),
    ):
        output.say(f"  {line:<38} {means}")


def _years(minutes: int) -> str:
    return f"{minutes:,} person-minutes ({minutes / _MINUTES_A_YEAR:,.1f} years)"


def _time(hours: float) -> str:
    return f"{hours:.1f} h" if hours < 48 else f"{hours / 24:.1f} d"

"""Fingerprints of what a replay came to, so that two replays can be compared without keeping either.

Each is the SHA-256 of the sorted lines of one kind: the order in which things came does not matter, and wall-clock
times, sequences and offsets are not in it, because two undisturbed runs differ in them.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from .lines import Judged, Logged


def fingerprints(events: Iterable[Logged], verdicts: Iterable[Judged], custody: Iterable[str]) -> dict[str, str]:
    """SHA-256 (hex) of accepted agency events, deadlines that passed, findings, refusals, and the tables of custody."""
    kinds: dict[str, set[str]] = {
        "accepted": set(),
        "deadlines": set(),
        "findings": set(),
        "refusals": {_refusal(verdict) for verdict in verdicts if verdict.outcome in ("refused", "dead-lettered")},
        "custody": set(custody),
    }
    for item in events:
        if item.by_agency:
            kind = "accepted"
        else:
            kind = "deadlines" if item.event.type.name == "deadline-passed" else "findings"
        kinds[kind].add(f"{item.event.name} {item.event.id} {item.event.digest}")
    return {kind: fingerprint(lines) for kind, lines in kinds.items()}


def fingerprint(lines: Iterable[str]) -> str:
    """SHA-256 (hex) of lines, each once, in their sorted order."""
    return sha256("".join(f"{line}\n" for line in sorted(set(lines))).encode()).hexdigest()


def _refusal(verdict: Judged) -> str:
    return f"{verdict.event or '-'} {verdict.digest} {verdict.outcome} {','.join(sorted(verdict.rules))}"

"""One line of each stream that the report reads: accepted events, verdicts, and the journal of what was sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from contracts.decision import disputed
from contracts.envelope import Event, read
from contracts.messages import Acceptance

Place = tuple[str, int, int]
"""Where a submission stands: topic, partition, offset."""


@dataclass(frozen=True, slots=True)
class Logged:
    """An accepted event, as the log keeps it. Its signatures were checked by the audit service before it was kept."""

    event: Event
    acceptance: Acceptance

    @classmethod
    def of(cls, line: Mapping[str, Any]) -> Logged:
        """A line of ``GET /v1/events``; raises `ValueError` for any other."""
        return cls(read(str(line["body"]).encode("utf-8")), Acceptance.unverified(str(line["acceptance"])))

    @property
    def by_agency(self) -> bool:
        """Whether an agency said it, and not a service of the network."""
        return not self.event.header.from_service

    @property
    def late(self) -> bool:
        """Whether it was accepted as told late (CUS-TIME)."""
        return any(breach.code == "late" for breach in self.acceptance.breaches)


def claims(events: Iterable[Logged]) -> frozenset[str]:
    """The ids of those that were accepted as claims alone."""
    return frozenset(item.event.id for item in events if disputed(item.acceptance.breaches))


@dataclass(frozen=True, slots=True)
class Judged:
    """What a submission was answered in the end. `waited`: it was parked before."""

    place: Place
    digest: str
    outcome: str
    waited: bool
    event: str | None
    actor: str | None
    rules: tuple[str, ...]

    @classmethod
    def of(cls, line: Mapping[str, Any]) -> Judged:
        """A line of ``GET /v1/verdicts``."""
        return cls(
            (str(line["topic"]), int(line["partition"]), int(line["offset"])),
            str(line["digest"]),
            str(line["outcome"]),
            bool(line["was_parked"]) or line["outcome"] == "parked",
            line["event"],
            line["actor"],
            tuple(line["rules"] or ()),
        )


@dataclass(frozen=True, slots=True)
class Journalled:
    """A record that was sent, and the fault for which it was sent on purpose, if any."""

    place: Place
    agency: str
    fault: str | None

    @classmethod
    def of(cls, line: Mapping[str, Any]) -> Journalled:
        """A line of the journal: case, agency, topic, partition, offset, fault."""
        place = (str(line["topic"]), int(line["partition"]), int(line["offset"]))
        return cls(place, str(line["agency"]), line.get("fault"))

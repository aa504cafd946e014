"""Seeded caseloads: from published totals to plans of single cases that add up to exactly those totals."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import Any, Literal

from contracts.identifiers import derived_id
from contracts.standards import Gender

from .chance import Chance
from .world import world

PUBLISHED = Path(__file__).with_name("published.toml")
"""The figures of 2009 (OPSC ¶110)."""

Kind = Literal["repatriation", "in-country"]
_OFFSETS = {"MY": 8}


class CaseloadRefused(ValueError):
    """These figures cannot be met by any set of cases: compare their sums with the publication."""


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What no source states; every figure is the replay's own and is shown as such. Shares are of 1."""

    girls_in_country: float
    feminine_repatriated: float
    actual_victims: float
    grouped: float
    group_size: tuple[int, int]
    past_48_hours: float
    no_room: float
    handover_fails: float
    family_unsafe: float
    first_day: date
    last_day_abroad: date
    last_day_in_country: date


@dataclass(frozen=True, slots=True)
class Plan:
    """One case before it begins. `country` is where the person is found; provinces are two-digit codes.

    `incident` is shared by people found together. `start` is the instant of the report, in the country's own zone. What
    falls later than `until` does not happen in the replay: the case stays open.
    """

    case: str
    kind: Kind
    country: str
    child: bool
    gender: Gender
    home_province: str
    found_province: str | None
    start: datetime
    incident: str | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Caseload:
    """How many people, from where; `children` counts those among the repatriated.

    Besides, `under_way` returns have begun and nobody has come home yet when the year ends. The events of agencies in
    `withhold` are not sent: the driver leaves them out, to show what the network then finds missing.
    """

    by_country: Mapping[str, int]
    children: int
    in_country: int
    assumptions: Assumptions
    shown: Mapping[str, int] = field(default_factory=dict)
    withhold: frozenset[str] = frozenset()
    under_way: int = 0

    def __post_init__(self) -> None:
        if min(self.children, self.in_country, *self.by_country.values(), 0) < 0:
            raise CaseloadRefused("a figure is negative")
        if self.children > self.repatriated:
            raise CaseloadRefused(f"{self.children} children among {self.repatriated} repatriated")
        if unknown := set(self.by_country) - {"TH", "VN", "MY"}:
            raise CaseloadRefused(f"no simulated counterpart in {', '.join(sorted(unknown))}")

    @property
    def repatriated(self) -> int:
        """People repatriated, from all countries."""
        return sum(self.by_country.values())

    @property
    def total(self) -> int:
        """All people whom the figures count."""
        return self.repatriated + self.in_country

    def plans(self, chance: Chance) -> tuple[Plan, ...]:
        """One plan a person, by their start; the totals are met exactly, all else follows from the chance."""
        countries = [country for country, count in sorted(self.by_country.items()) for _ in range(count)]
        countries += ["KH"] * self.in_country
        girls = chance.pick(round(self.assumptions.girls_in_country * self.in_country), self.in_country, "girls")
        children = chance.pick(self.children, self.repatriated, "children")
        children |= {self.repatriated + index for index in girls}
        groups = self._groups(chance, countries)
        plans = (
            self._plan(chance, index, country, index in children, groups.get(index))
            for index, country in enumerate(countries)
        )
        under_way = (self._under_way(chance, self.total + number) for number in range(self.under_way))
        return tuple(sorted((*plans, *under_way), key=lambda plan: (plan.start, plan.case)))

    def _groups(self, chance: Chance, countries: list[str]) -> dict[int, int]:
        """Who was found together: index → index of the first of the group, of neighbours in one country."""
        groups: dict[int, int] = {}
        index = 0
        while index < len(countries):
            size = chance.between(*self.assumptions.group_size, "group size", str(index))
            members = range(index, min(index + size, len(countries)))
            together = len({countries[member] for member in members}) == 1 and len(members) > 1
            if together and chance.happens(self.assumptions.grouped, "group", str(index)):
                groups |= dict.fromkeys(members, index)
            index += size
        return groups

    def _plan(self, chance: Chance, index: int, country: str, child: bool, group: int | None) -> Plan:
        cause = str(index)
        start = self._start(chance, country, str(index if group is None else group))
        feminine = country == "KH" or chance.happens(self.assumptions.feminine_repatriated, "gender", cause)
        provinces = world().provinces
        found_with = str(index if group is None else group)
        return Plan(
            case=derived_id(start, chance.token("case", cause)),
            kind="in-country" if country == "KH" else "repatriation",
            country=country,
            child=child,
            gender=Gender.FEMININE if feminine else Gender.MASCULINE,
            home_province=chance.choice(provinces, "home", cause),
            found_province=chance.choice(provinces, "found", found_with) if country == "KH" else None,
            start=start,
            incident=None if group is None else derived_id(start, chance.token("incident", str(group))),
        )

    def _under_way(self, chance: Chance, index: int) -> Plan:
        """A return that the year's end finds under way: nobody is home within ten days of the report."""
        cause = str(index)
        country = chance.choice(("TH", "VN"), "country", cause)
        plan = self._plan(chance, index, country, chance.happens(0.5, "child", cause), None)
        end = datetime(self.assumptions.first_day.year + 1, 1, 1, tzinfo=plan.start.tzinfo)
        start = end - timedelta(hours=chance.between(4 * 24, 9 * 24, "under way", cause))
        return replace(plan, case=derived_id(start, chance.token("case", cause)), start=start, until=end)

    def _start(self, chance: Chance, country: str, cause: str) -> datetime:
        first = self.assumptions.first_day
        last = self.assumptions.last_day_in_country if country == "KH" else self.assumptions.last_day_abroad
        day = first + timedelta(days=chance.between(0, (last - first).days, "day", cause))
        seconds = chance.between(5 * 3600, 21 * 3600, "time of day", cause)
        zone = timezone(timedelta(hours=_OFFSETS.get(country, 7)))
        return datetime.combine(day, time(), zone) + timedelta(seconds=seconds)


def ends(plans: Iterable[Plan]) -> dict[str, datetime]:
    """When the replay leaves those cases that it does not bring to their end."""
    return {plan.case: plan.until for plan in plans if plan.until is not None}


def load(path: Path = PUBLISHED, withhold: frozenset[str] = frozenset()) -> Caseload:
    """The caseload of a TOML file; raises `CaseloadRefused` when its figures contradict each other."""
    data = tomllib.loads(path.read_text("utf-8"))
    repatriated = data["repatriated"]
    caseload = Caseload(
        by_country=repatriated["by_country"],
        children=repatriated["children"],
        in_country=data["in_country"]["total"],
        assumptions=_assumptions(data["assumptions"]),
        shown=data.get("shown", {}),
        withhold=withhold,
        under_way=data["under_way"]["total"],
    )
    if caseload.repatriated != repatriated["total"]:
        raise CaseloadRefused(f"the countries add up to {caseload.repatriated}, the total says {repatriated['total']}")
    return caseload


def small(
    by_country: Mapping[str, int],
    children: int,
    in_country: int,
    withhold: frozenset[str] = frozenset(),
    under_way: int = 0,
) -> Caseload:
    """Another caseload, on the published one's assumptions: for tests, and to try something out."""
    assumptions = load().assumptions
    return Caseload(by_country, children, in_country, assumptions, withhold=withhold, under_way=under_way)


def _assumptions(data: Mapping[str, Any]) -> Assumptions:
    return Assumptions(**{**data, "group_size": tuple(data["group_size"])})

"""Seeded caseloads: from published totals to plans of single cases that add up to exactly those totals."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import Any

from contracts.identifiers import derived_id
from contracts.standards import Gender

from .chance import Chance
from .plan import Plan
from .routes import OUTBOUND, ROUTES
from .turn_of_year import Opening, Whole, carried_over, in_part
from .world import world

PUBLISHED = Path(__file__).with_name("published")
"""The figures of each year, one file a year."""
DEFAULT_YEAR = 2009

_OFFSETS = {"MY": 8, "TL": 9, "ZA": 2}


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
    fewest_visits: float
    first_day: date
    last_day_abroad: date
    last_day_in_country: date


@dataclass(frozen=True, slots=True)
class Caseload:
    """How many people, from where; `children` counts those among the repatriated.

    Besides, `under_way` returns have begun and nobody has come home yet when the year ends. The events of agencies in
    `withhold` are not sent: the driver leaves them out, to show what the network then finds missing.
    `sent_home` return from Cambodia, by country. `opening` cases are carried over from the year before. Without `whole`
    every case goes its whole way.
    """

    by_country: Mapping[str, int]
    children: int
    in_country: int
    assumptions: Assumptions
    shown: Mapping[str, int] = field(default_factory=dict)
    withhold: frozenset[str] = frozenset()
    under_way: int = 0
    sent_home: Mapping[str, int] = field(default_factory=dict)
    opening: tuple[Opening, ...] = ()
    whole: Whole | None = None

    def __post_init__(self) -> None:
        if min(self.children, self.in_country, *self.by_country.values(), *self.sent_home.values(), 0) < 0:
            raise CaseloadRefused("a figure is negative")
        if self.children > self.repatriated:
            raise CaseloadRefused(f"{self.children} children among {self.repatriated} repatriated")
        if unknown := (self.by_country.keys() - ROUTES.keys()) | (self.sent_home.keys() - OUTBOUND.keys()):
            raise CaseloadRefused(f"no simulated counterpart in {', '.join(sorted(unknown))}")

    @property
    def repatriated(self) -> int:
        """People repatriated, from all countries."""
        return sum(self.by_country.values())

    @property
    def year(self) -> int:
        """The year in which its cases begin."""
        return self.assumptions.first_day.year

    @property
    def horizon(self) -> datetime:
        """Until when deadlines are let pass once every agency has done what it meant to."""
        return datetime(self.year + 1, 12, 31, tzinfo=UTC)

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
        plans = [
            self._plan(chance, index, country, index in children, groups.get(index))
            for index, country in enumerate(countries)
        ]
        if self.whole is not None:
            plans = in_part(plans, self.whole, chance)
        under_way = (self._under_way(chance, self.total + number) for number in range(self.under_way))
        besides = [*under_way, *self._sent_home(chance), *carried_over(self.opening, self.year, chance)]
        return tuple(sorted((*plans, *besides), key=lambda plan: (plan.start, plan.case)))

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

    def _sent_home(self, chance: Chance) -> list[Plan]:
        """Girls of other countries who are found in Cambodia and return from it."""
        girls = [country for country, count in sorted(self.sent_home.items()) for _ in range(count)]
        plans = [self._plan(chance, self.total + self.under_way + n, "KH", True, None) for n in range(len(girls))]
        last = datetime.combine(self.assumptions.last_day_abroad, time(), timezone(timedelta(hours=7)))
        return [
            replace(plan, kind="sent-home", found_province=None, start=min(plan.start, last), incident=None)
            for plan in plans
        ]

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


def years() -> tuple[int, ...]:
    """The years whose figures are published here."""
    return tuple(sorted(int(path.stem) for path in PUBLISHED.glob("*.toml")))


def published(year: int = DEFAULT_YEAR) -> dict[str, Any]:
    """A year's figures and the assumptions of its replay; raises `FileNotFoundError` for a year that has none."""
    return tomllib.loads((PUBLISHED / f"{year}.toml").read_text("utf-8"))


def load(year: int = DEFAULT_YEAR, withhold: frozenset[str] = frozenset()) -> Caseload:
    """The caseload of a year; raises `CaseloadRefused` when its figures contradict each other."""
    data = published(year)
    own: dict[str, int] = data.get("of_the_year", {})
    repatriated = data["repatriated"]
    caseload = Caseload(
        by_country=repatriated["by_country"],
        children=repatriated["children"] if "children" in repatriated else own["children"],
        in_country=data["in_country"]["total"],
        assumptions=_assumptions(data["assumptions"]),
        shown=data.get("shown", {}),
        withhold=withhold,
        under_way=data["under_way"]["total"],
        sent_home=data.get("sent_home", {}).get("by_country", {}),
        opening=tuple(Opening(item["cases"], tuple(item["steps"])) for item in data.get("opening", ())),
        whole=Whole(own["whole_children"], own["whole_adults"], own["whole_in_country"]) if own else None,
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

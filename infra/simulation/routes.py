"""The ways home: for each country which agencies meet a person, ask, answer and receive, and by which instrument."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from contracts.steps import Channel, Crossing


@dataclass(frozen=True, slots=True)
class Route:
    """One country's way to Cambodia.

    `finder` meets the person first, `holder` shelters them, `authority` asks for the return (all may be one agency);
    `home` answers in Cambodia and `receiver` takes the person at the `crossing`. `instruments` are (name, first day).
    """

    country: str
    corridor: str
    finder: str
    holder: str
    authority: str
    home: str
    receiver: str
    crossing: Crossing
    language: str
    instruments: tuple[tuple[str, date], ...] = ()

    @property
    def channel(self) -> Channel:
        """The diplomatic channel where no instrument is (XB-CORRIDOR)."""
        return Channel.INSTRUMENT if self.instruments else Channel.DIPLOMATIC

    def instrument(self, day: date) -> str | None:
        """The newest instrument that is in force on a day."""
        in_force = [(first, name) for name, first in self.instruments if first <= day]
        return max(in_force)[1] if in_force else None


ROUTES = {
    "TH": Route(
        "TH",
        "kh-th",
        finder="th-msdhs",
        holder="th-msdhs",
        authority="th-msdhs",
        home="kh-mosvy",
        receiver="kh-transit-poipet",
        crossing=Crossing.POIPET,
        language="km",
        instruments=(("kh-th", date(2003, 5, 31)),),
    ),
    "VN": Route(
        "VN",
        "kh-vn",
        finder="vn-mps",
        holder="vn-social",
        authority="vn-mps",
        home="kh-mosvy",
        receiver="kh-transit-bavet",
        crossing=Crossing.BAVET,
        language="km",
        instruments=(("kh-vn", date(2005, 10, 31)), ("kh-vn-sop", date(2009, 12, 3))),
    ),
    "MY": Route(
        "MY",
        "kh-my",
        finder="my-welfare",
        holder="my-welfare",
        authority="my-mofa",
        home="kh-mfaic",
        receiver="kh-mosvy",
        crossing=Crossing.PHNOM_PENH_AIRPORT,
        language="km",
    ),
}
"""By country, ISO 3166."""


def route_of(agency: str) -> Route | None:
    """The route in which an agency abroad takes part."""
    return next((route for route in ROUTES.values() if agency in (route.finder, route.holder, route.authority)), None)

"""The ways home: for each country who meets a person, asks, answers and receives, and where the border is crossed."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.steps import Crossing


@dataclass(frozen=True, slots=True)
class Route:
    """One way home, from `country` to `to`.

    `finder` meets the person first, `holder` shelters them, `authority` asks for the return (all may be one agency);
    `home` answers in the country of return and `receiver` takes the person at the `crossing`. By which instrument or
    channel is the guidelines' to say, for the person and the day.
    """

    country: str
    finder: str
    holder: str
    authority: str
    home: str
    receiver: str
    crossing: Crossing
    to: str = "KH"


ROUTES = {
    "TH": Route("TH", "th-msdhs", "th-msdhs", "th-msdhs", "kh-mosvy", "kh-transit-poipet", Crossing.POIPET),
    "VN": Route("VN", "vn-mps", "vn-social", "vn-mps", "kh-mosvy", "kh-transit-bavet", Crossing.BAVET),
    "MY": Route("MY", "my-welfare", "my-welfare", "my-mofa", "kh-mfaic", "kh-mosvy", Crossing.PHNOM_PENH_AIRPORT),
}
"""To Cambodia, by the country where somebody is found (ISO 3166)."""
ROUTES |= {
    code: Route(
        code,
        f"{code.lower()}-welfare",
        f"{code.lower()}-welfare",
        f"{code.lower()}-mofa",
        "kh-mfaic",
        "kh-mosvy",
        Crossing.PHNOM_PENH_AIRPORT,
    )
    for code in ("ID", "IN", "TL", "ZA")
}
OUTBOUND = {
    "VN": Route("KH", "kh-mosvy", "kh-mosvy", "kh-mosvy", "vn-mps", "vn-social", Crossing.BAVET, to="VN"),
}
"""From Cambodia, by the country to which somebody returns."""


def route_of(agency: str) -> Route | None:
    """The route in which an agency abroad takes part."""
    return next(
        (
            route
            for route in (*ROUTES.values(), *OUTBOUND.values())
            if agency in (route.finder, route.holder, route.authority)
        ),
        None,
    )

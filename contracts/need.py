"""Need to know (XB-NEED): which agencies an accepted event is handed to, by the roles that they have in the case.

Roles follow from accepted events and are kept by family, so they do not depend on how families interleave. A claim
(`decision.disputed`) gives none: whoever knows a case's id could say anything. The table is
`guidelines/need_to_know.toml`; the parties that an event names always get it, and nobody else but by a role. Who is
shut out of the case gets nothing of it, whatever its roles (NET-SHUT); who has opened it in an emergency gets its facts
(NET-GLASS).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast

from .decision import CLAIMS, Mark, disputed
from .directory import Directory, Role
from .envelope import Event
from .events import FAMILIES

Roles = dict[str, dict[str, tuple[str, ...]]]
"""Family → role → agencies."""

Level = Literal["nothing", "facts"]
"""What a role gives; what is sealed beside the facts goes to the agencies that an event names."""
TABLE = Path(__file__).parent / "guidelines" / "need_to_know.toml"
ROLE_EVENTS = frozenset(
    {
        "intake.report-received",
        "intake.shut-out-ordered",
        "intake.shut-out-lifted",
        "intake.glass-broken",
        "intake.glass-reviewed",
        "justice.complaint-filed",
        "justice.investigation-opened",
        "justice.legal-aid-appointed",
        "referral.requested",
        "referral.answered",
        "custody.opened",
        "custody.handover-offered",
        "custody.handover-received",
        "custody.taken-over",
        "custody.dispute-resolved",
        "repatriation.tracing-requested",
        "repatriation.requested",
        "repatriation.travel-scheduled",
        "repatriation.reintegration-planned",
    }
)
"""The events that give a role."""
NO_ROLE = CLAIMS | {"XB-NEED"}
"""The rules whose breach keeps an event from giving a role."""
NOT_OPENED = ("XB-NEED", "breach")
"""The breach by which what is sealed beside a fact is handed to nobody; the fact itself stands as it is."""
ACCESS = frozenset(
    {"intake.shut-out-ordered", "intake.shut-out-lifted", "intake.glass-broken", "intake.glass-reviewed"}
)
"""The events that keep an agency out of a case, let it in, or open the case to it."""
SHUT_OUT, KEPT_OUT = "shut-out", "kept-out"
"""Who is shut out now; who ever was."""


def fold(roles: Mapping[str, Mapping[str, tuple[str, ...]]], event: Event, breaches: Iterable[Mark]) -> Roles:
    """The roles after an event that was accepted with these breaches."""
    known = {name: dict(entries) for name, entries in roles.items()}
    if event.name in ACCESS:
        return _admitted(known, event, breaches)
    if any(breach.rule in NO_ROLE and (breach.rule, breach.code) != NOT_OPENED for breach in breaches):
        return known
    family, data = event.family, vars(event.data)
    to = str(data.get("to", ""))
    match event.name:
        case "intake.report-received":
            given = {"reporter": event.actor}
        case "justice.complaint-filed" | "justice.investigation-opened":
            given = {"authority": event.actor}
        case "justice.legal-aid-appointed":
            given = {"lawyer": str(data["provider"])}
        case "referral.requested":
            given = {"asker": event.actor}
        case "referral.answered" if data["answer"] == "accepted":
            given = {"provider": event.actor}
        case "custody.opened" | "custody.handover-received":
            given = {"holder": event.actor}
        case "custody.handover-offered":
            # Who may offer answers for the person; a chain may have been opened before its report was known here.
            held = () if event.actor in known.get(family, {}).get("holder", ()) else (("holder", event.actor),)
            given = {"offered": to, **dict(held)}
        case "custody.taken-over":
            given = {"holder": to}
        case "custody.dispute-resolved":
            given = {"holder": str(data["responsible"])}
        case "repatriation.tracing-requested" | "repatriation.requested":
            given = {"asking": event.actor, "asked": to}
        case "repatriation.travel-scheduled":
            given = {"travel": to}
        case "repatriation.reintegration-planned":
            given = {"lead": str(data["lead"])}
        case _:
            given = {}
    for role, agency in given.items():
        own = known.setdefault(family, {})
        others = [other for other in own.get(role, ()) if other != agency]
        # The holder is whoever holds now and whoever held before: they see that the person arrived.
        # But from whom a person is taken over sees nothing of them any more.
        before = () if event.name == "custody.taken-over" else others[-1:] if role == "holder" else others
        own[role] = (*before, agency)
    return known


def _admitted(known: Roles, event: Event, breaches: Iterable[Mark]) -> Roles:
    """The roles after an order, or after a case was opened in an emergency; `kept-out` is for ever."""
    if disputed(breaches):
        return known
    data, own = vars(event.data), known.setdefault(event.family, {})

    def has(role: str, agency: str, given: bool) -> None:
        others = tuple(other for other in own.get(role, ()) if other != agency)
        own[role] = (*others, agency) if given else others

    match event.name:
        case "intake.shut-out-ordered" | "intake.shut-out-lifted":
            has(SHUT_OUT, str(data["agency"]), event.name == "intake.shut-out-ordered")
            has(KEPT_OUT, str(data["agency"]), given=True)
        case "intake.glass-broken":
            has("glass", event.actor, given=True)
        case _:
            has("glass", str(data["agency"]), data["review"] == "upheld")
    return known


def shut_out(roles: Mapping[str, Mapping[str, tuple[str, ...]]]) -> frozenset[str]:
    """Who is shut out of a case now: it is handed nothing, and told no more of what it sends than that it came in."""
    return frozenset(roles.get("intake", {}).get(SHUT_OUT, ()))


def sealed_for(named: tuple[str, ...], breaches: Iterable[Mark]) -> frozenset[str]:
    """Who is handed what is sealed beside an event: those whom it names, through the doors that are open (XB-NEED)."""
    closed = any((breach.rule, breach.code) == NOT_OPENED for breach in breaches)
    return frozenset() if closed else frozenset(named)


def orderers() -> frozenset[str]:
    """The authorities that shut an agency out of a case."""
    return frozenset(_data()["shut-out"]["ordered-by"])


def audience(
    name: str,
    named: tuple[str, ...],
    roles: Mapping[str, Mapping[str, tuple[str, ...]]],
    directory: Directory,
    on: date,
) -> frozenset[str]:
    """The agencies that get an event of this name: those it names, and those with a role that the table lists.

    `on` is the day of which a mandate must be.
    """
    found = set(named)
    for entry in table().get(name, ()):
        family, _, rest = entry.partition(".")
        role, _, stage = rest.partition(":")
        if family == "directory":
            found |= set(directory.with_role(cast("Role", role), on))
        else:
            found |= set(_at_stage(f"{family}.{role}", roles.get(family, {}).get(role, ()), stage))
    for entry, door in _data()["door"].items():
        family, _, role = entry.partition(".")
        if name.partition(".")[0] in door["families"] and name not in door["but"]:
            found |= set(roles.get(family, {}).get(role, ()))
    kept_out = shut_out(roles)
    if name in _data()["shut-out"]["unseen"]:
        kept_out |= set(roles.get("intake", {}).get(KEPT_OUT, ()))
    return frozenset(agency for agency in found - kept_out if agency in directory.agencies)


def _at_stage(role: str, agencies: tuple[str, ...], stage: str) -> tuple[str, ...]:
    """Those of a role's agencies that are at a stage; at any where none is named."""
    if not stage or stages()[role] == ("now",):
        return agencies
    return agencies[-1:] if stage == "now" else agencies[:-1]


@cache
def stages() -> dict[str, tuple[str, ...]]:
    """Every role, `family.role`, with its stages."""
    return {role: tuple(known) for role, known in _data()["stages"].items()}


def cell(name: str, role: str, stage: str) -> Level:
    """What an agency gets of an event (`family.name`) for a role at a stage, and for nothing else."""
    if {role, f"{role}:{stage}"} & set(table().get(name, ())):
        return "facts"
    door = _data()["door"].get(role)
    opened = door is not None and name.partition(".")[0] in door["families"] and name not in door["but"]
    return "facts" if opened else "nothing"


@cache
def table() -> dict[str, tuple[str, ...]]:
    """Who is handed each event besides the agencies that it names: `family.name` → `family.role`, `directory.role`."""
    rows = {family: entries for family, entries in _data().items() if family in FAMILIES}
    return {f"{family}.{name}": tuple(roles) for family, entries in rows.items() for name, roles in entries.items()}


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


__all__ = [
    "ACCESS",
    "ROLE_EVENTS",
    "TABLE",
    "Roles",
    "audience",
    "cell",
    "fold",
    "orderers",
    "sealed_for",
    "shut_out",
    "stages",
    "table",
]

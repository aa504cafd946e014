"""The network's topics, and what each principal may do with them. Pure data; everything not listed is denied.

Agencies write submissions and read their own mailbox; services read events; nobody but the family's service writes
events and answers. The principal `replay`, and the tick topics that it alone writes, exist in a replay only.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

FAMILIES = {
    "intake": "intake",
    "justice": "intake",
    "referral": "referral",
    "custody": "referral",
    "repatriation": "repatriation",
    "audit": "audit",
}
"""Each family and the service that writes it."""
SERVICES = ("intake", "referral", "repatriation", "audit")
DIRECTORY = "directory.v1"
REGISTRAR, REPLAY = "registrar", "replay"
RETENTION = 29 * 24 * 3600 * 1000
"""Milliseconds: submissions, events, answers and mailboxes; the audit service keeps the lasting record."""

Operation = Literal["READ", "WRITE", "DESCRIBE"]


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic and its settings. `retention` is in ms, -1 for ever."""

    name: str
    partitions: int
    retention: int = RETENTION


@dataclass(frozen=True, slots=True)
class Grant:
    """One right: an operation on a topic, on a consumer group, or on all groups whose name begins so ('groups')."""

    kind: Literal["topic", "group", "groups"]
    name: str
    operation: Operation


def mailbox(agency: str) -> str:
    """The topic that this agency alone may read."""
    return f"mailbox.{agency}.v1"


def topics(agencies: Iterable[str], replay: bool = False, partitions: int = 2) -> list[Topic]:
    """Every topic of a network with these agencies."""
    families = [
        Topic(f"{family}.{part}.v1", partitions) for family in FAMILIES for part in ("submissions", "events", "answers")
    ]
    mailboxes = [Topic(mailbox(agency), 1) for agency in sorted(agencies)]
    ticks = [Topic(f"ticks.{service}.v1", partitions) for service in SERVICES if service != "audit"] if replay else []
    return [*families, *mailboxes, Topic(DIRECTORY, 1, -1), *ticks]


def principals(agencies: Iterable[str], replay: bool = False) -> list[str]:
    """Every principal of a network with these agencies."""
    return [*(f"svc-{service}" for service in SERVICES), REGISTRAR, *([REPLAY] if replay else []), *sorted(agencies)]


def grants(principal: str, agencies: Iterable[str], replay: bool = False) -> list[Grant]:
    """What a principal may do. An agency's rights do not depend on which other agencies there are."""
    if principal.startswith("svc-"):
        return _service(principal.removeprefix("svc-"), agencies, replay)
    if principal == REGISTRAR:
        return [Grant("topic", DIRECTORY, "READ"), Grant("topic", DIRECTORY, "WRITE")]
    if principal == REPLAY:
        answers = [Grant("topic", f"{family}.answers.v1", "READ") for family in FAMILIES]
        return answers + [Grant("topic", f"ticks.{service}.v1", "WRITE") for service in SERVICES if service != "audit"]
    return [
        *(Grant("topic", f"{family}.submissions.v1", "WRITE") for family in FAMILIES),
        Grant("topic", mailbox(principal), "READ"),
        Grant("topic", DIRECTORY, "READ"),
        *_own_groups(principal),
    ]


def _own_groups(principal: str) -> list[Grant]:
    """Its name, and its name with a dot before the rest: the name alone may be how another agency's begins."""
    return [Grant("group", principal, "READ"), Grant("groups", f"{principal}.", "READ")]


def _service(service: str, agencies: Iterable[str], replay: bool) -> list[Grant]:
    own = [family for family, owner in FAMILIES.items() if owner == service]
    granted = [Grant("topic", f"{family}.submissions.v1", "READ") for family in own]
    granted += [Grant("topic", f"{family}.events.v1", "WRITE") for family in own]
    granted += [Grant("topic", f"{family}.answers.v1", "WRITE") for family in own]
    granted += [Grant("topic", f"{family}.events.v1", "READ") for family in FAMILIES]
    granted += [Grant("topic", mailbox(agency), "WRITE") for agency in sorted(agencies)]
    granted += [Grant("topic", DIRECTORY, "READ"), *_own_groups(f"svc-{service}")]
    if service == "audit":
        granted += [Grant("topic", f"{family}.answers.v1", "READ") for family in FAMILIES]
        others = [family for family in FAMILIES if family not in own]
        granted += [Grant("topic", f"{family}.submissions.v1", "DESCRIBE") for family in others]
    elif replay:
        granted.append(Grant("topic", f"ticks.{service}.v1", "READ"))
    return granted

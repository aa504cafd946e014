"""The table of need to know, cell by cell: for each role at each stage a case of its own, and who is handed what.

What a cell says is read here from the table's file itself; what is handed out comes of events and `audience`.
"""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from contracts import need
from contracts.events import EVENTS
from contracts.fields import case_code
from tests.unit.contracts.casework import COUNCIL, HEALTH, MINISTRY, POLICE, SHELTER, START, THAI, Case, directory
from tests.unit.contracts.rules.test_xb_counterpart import RETURN
from tests.unit.contracts.rules.test_xb_need import ASKING, TRACING

FILE: dict[str, Any] = tomllib.loads(need.TABLE.read_text("utf-8"))
FAMILIES = ("intake", "justice", "referral", "custody", "repatriation", "audit")
NAMES = sorted(f"{kind.family}.{kind.name}" for kind in EVENTS.values())
ID = "01890a5d-ac96-774b-bcce-b302099a8057"
REPORT = {"channel": "hotline", "found_country": "KH", "person": "child", "at_police_post": False}
OPENED = {"holder": HEALTH, "person": "child", "place_kind": "office", "from_report": ID}
OFFER = {"custody": ID, "to": HEALTH, "purpose": "shelter", "place_kind": "shelter"}
TAKEN = {"custody": ID, "handover": ID, "from_agency": HEALTH, "place_kind": "office", "condition": "well"}
ANSWER = {"request": ID, "answer": "accepted", "capacity": "capacity"}
PLAN = {"lead": HEALTH, "placement": "kin", "follow_up": 3, "visit_every": 1}
TRAVEL = {"to": HEALTH, "request": ID, "travel_at": "2009-04-01T08:00:00Z", "crossing": "poipet", "escort": "police"}
WAYS: dict[tuple[str, str], list[tuple[str, str, dict[str, Any]]]] = {
    ("intake.reporter", "now"): [(HEALTH, "intake.report-received", REPORT)],
    ("intake.glass", "now"): [
        (HEALTH, "intake.glass-broken", {"reason": "missing", "reviewer": MINISTRY}),
    ],
    ("justice.authority", "now"): [
        (HEALTH, "justice.complaint-filed", {"offences": ["trafficking"], "complainant": "agency"})
    ],
    ("justice.lawyer", "now"): [(POLICE, "justice.legal-aid-appointed", {"provider": HEALTH})],
    ("referral.asker", "now"): [(HEALTH, "referral.requested", ASKING)],
    ("referral.provider", "now"): [(HEALTH, "referral.answered", ANSWER)],
    ("custody.offered", "now"): [(POLICE, "custody.handover-offered", OFFER)],
    ("custody.holder", "now"): [(HEALTH, "custody.opened", OPENED)],
    ("custody.holder", "before"): [
        (HEALTH, "custody.opened", OPENED),
        (SHELTER, "custody.handover-received", TAKEN),
    ],
    ("repatriation.asking", "now"): [(HEALTH, "repatriation.tracing-requested", TRACING)],
    ("repatriation.asked", "now"): [(THAI, "repatriation.requested", RETURN | {"to": HEALTH})],
    ("repatriation.travel", "now"): [(THAI, "repatriation.travel-scheduled", TRAVEL)],
    ("repatriation.lead", "now"): [(MINISTRY, "repatriation.reintegration-planned", PLAN)],
}
"""How HEALTH comes to a role and a stage, and to nothing else."""


def roles(way: list[tuple[str, str, dict[str, Any]]]) -> need.Roles:
    """The roles after these events, each accepted."""
    case, known = Case(), {}
    for hours, (actor, name, data) in enumerate(way):
        own = {"code": case_code(case.id)} if name == "intake.report-received" else {}
        known = need.fold(known, case.event(actor, name, hours, data | own), ())
    return known


def handed(known: need.Roles, name: str, *named: str) -> set[str]:
    return set(need.audience(name, named, known, directory(), START.date()))


def written(name: str, role: str, stage: str) -> bool:
    """Whether the file gives the facts of an event to a role at a stage."""
    family, _, event = name.partition(".")
    if {role, f"{role}:{stage}"} & set(FILE.get(family, {}).get(event, ())):
        return True
    door = FILE["door"].get(role, {"families": [], "but": []})
    return family in door["families"] and name not in door["but"]


def test_the_file_has_every_role_and_stage_and_no_others() -> None:
    cells = {(role, stage) for role, stages in FILE["stages"].items() for stage in stages}
    assert cells - {("directory.oversight", "now")} == WAYS.keys()
    entries = {entry for family in FAMILIES for row in FILE.get(family, {}).values() for entry in row}
    known = {role for role, _ in cells} | {f"{role}:{stage}" for role, stage in cells}
    assert entries | FILE["door"].keys() <= known
    assert FILE.keys() - {*FAMILIES, "door", "shut-out", "stages"} == set()
    assert {*FILE["shut-out"]["unseen"], *FILE["door"]["intake.glass"]["but"]} <= set(NAMES)


@pytest.mark.parametrize(("role", "stage"), WAYS)
def test_each_cell_hands_out_what_it_says(role: str, stage: str) -> None:
    known = roles(WAYS[role, stage])
    for name in NAMES:
        wanted = written(name, role, stage)
        assert (HEALTH in handed(known, name)) == wanted, (name, role, stage)
        assert need.cell(name, role, stage) == ("facts" if wanted else "nothing"), (name, role, stage)
        assert HEALTH in handed(known, name, HEALTH)


@pytest.mark.parametrize("name", NAMES)
def test_oversight_is_handed_what_its_cell_says_without_any_role(name: str) -> None:
    assert (COUNCIL in handed({}, name)) == written(name, "directory.oversight", "now")


@pytest.mark.parametrize("name", NAMES)
def test_who_held_before_the_last_and_who_has_no_role_get_nothing(name: str) -> None:
    twice = [
        *WAYS["custody.holder", "before"],
        (MINISTRY, "custody.handover-received", TAKEN | {"from_agency": SHELTER}),
    ]
    assert HEALTH not in handed(roles(twice), name)
    assert handed({}, name) <= {COUNCIL}


@pytest.mark.parametrize(("role", "stage"), WAYS)
def test_who_is_shut_out_gets_nothing_in_any_cell(role: str, stage: str) -> None:
    order = (MINISTRY, "intake.shut-out-ordered", {"agency": HEALTH, "reason": "accused"})
    known = roles([*WAYS[role, stage], order])
    assert all(HEALTH not in handed(known, name, HEALTH) for name in NAMES)


def test_by_what_is_written_here_criminal_justice_and_care_are_kept_apart() -> None:
    """The lines that no edit of the table may cross, in the words of the specification and not of the file."""
    care = {"intake.reporter", "intake.glass", "referral.asker", "referral.provider", "custody.offered"}
    care |= {"custody.holder", "repatriation.asking", "repatriation.asked", "repatriation.travel", "repatriation.lead"}
    for name in NAMES:
        family = name.partition(".")[0]
        for role, stage in WAYS:
            if family == "justice" and role in care:
                only = (name, role, stage) == ("justice.testimony-scheduled", "custody.holder", "now")
                assert need.cell(name, role, stage) == ("facts" if only else "nothing"), (name, role)
            if family != "justice" and role.startswith("justice."):
                assert need.cell(name, role, stage) == "nothing", (name, role)

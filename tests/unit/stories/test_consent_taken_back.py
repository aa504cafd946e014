"""A consent taken back: three had received under it, two say what became of it, and the third is seen not to have."""

from __future__ import annotations

from typing import Any

from click.testing import CliRunner

from infra.cli.output import Output
from infra.kernel.records import ACCEPTANCE
from services.audit.trace import Trace
from tests.unit.stories.cast import COUNCIL, NORTH, POLICE, PROVINCE, SHELTER, SOUTH
from tests.unit.stories.child import Child
from tests.unit.stories.narrator import Network


def traced(network: Network, child: Child) -> Trace:
    """What `safepassage trace` makes of the record."""
    lines = [
        {"body": (item.value or b"").decode(), "acceptance": item.header(ACCEPTANCE)}
        for item in network.record
        if (item.key or b"").decode() == child.id
    ]
    return Trace.of({"case": child.id, "events": lines, "deadlines": []}, network.registrar.time)


def words(trace: Trace) -> str:
    """The trace as people read it."""
    with CliRunner().isolation() as (out, *_):
        trace.show(Output())
        return out.getvalue().decode()


def test_a_child_takes_its_consent_back(network: Network) -> None:
    child = network.child("of another mind")
    child.opened(POLICE, 1, child.reported(POLICE), "police-post")
    child.handed_over(POLICE, SHELTER, 3)
    consent = child.says(SHELTER, "intake.consent-given", 20, scope=["services", "identity-sharing"], given_by="child")

    # Three are asked for help, accept, and only then are told who the child is.
    asked = {}
    for agency, service in ((PROVINCE, "family-assessment"), (NORTH, "child-shelter"), (SOUTH, "child-shelter")):
        request = child.says(
            SHELTER,
            "referral.requested",
            24,
            to=agency,
            service=service,
            urgency="asap",
            person="child",
            answer_by=child.at(72).isoformat(),
        )
        child.says(agency, "referral.answered", 30, request=request, answer="accepted", capacity="capacity")
        disclosed: dict[str, Any] = {"request": request, "to": agency, "kinds": ["identity"]}
        child.says(SHELTER, "referral.identity-disclosed", 31, **disclosed, sealed=("identity", (agency,)))
        asked[agency] = request
    assert set(child.can_read) == {SHELTER, PROVINCE, NORTH, SOUTH}

    # The child does not want it any more. Each of the three is told, and asked what it has done with the name.
    withdrawal = child.says(
        SHELTER,
        "intake.consent-withdrawn",
        100,
        consent=consent,
        withdrawn_by="child",
        receivers=[PROVINCE, NORTH, SOUTH],
    )
    for agency in asked:
        assert "intake.consent-withdrawn" in child.told(agency)
    for agency, done, hours in ((NORTH, "deleted", 110), (PROVINCE, "kept-by-law", 171)):
        child.says(agency, "intake.withdrawal-acknowledged", hours, withdrawal=withdrawal, to=SHELTER, done=done)
    rows = traced(network, child).as_json()["consents_withdrawn"]
    assert [(row["agency"], row["done"], row["overdue"]) for row in rows] == [
        (PROVINCE, "kept-by-law", False),
        (NORTH, "deleted", False),
        (SOUTH, None, False),
    ]

    # The third lets its three days pass: that is found, with its name, and stands in the trace until it answers.
    child.until(173)
    assert child.findings == {("NET-CONSENT", "missing")}
    trace = traced(network, child)
    assert [row["overdue"] for row in trace.as_json()["consents_withdrawn"]] == [False, False, True]
    (found,) = trace.findings
    assert (found["rule"], found["owner"]) == ("NET-CONSENT", SOUTH)
    line = next(line for line in words(trace).splitlines() if SOUTH in line and "ACKNOWLEDGED" in line)
    assert "NOT ACKNOWLEDGED" in line
    assert "OVERDUE" in line

    # It answers late. That is late, and it is no longer owed.
    child.says(SOUTH, "intake.withdrawal-acknowledged", 200, withdrawal=withdrawal, to=SHELTER, done="locked")
    rows = traced(network, child).as_json()["consents_withdrawn"]
    assert [(row["agency"], row["done"]) for row in rows if row["overdue"]] == []
    assert child.told(COUNCIL) == {"audit.finding-raised"}
    assert set(child.can_read) == {SHELTER, PROVINCE, NORTH, SOUTH}

"""A right of reply: a shelter is found to have told late; it says why, and another agency judges it."""

from __future__ import annotations

from contracts.events.audit import FindingRaised
from tests.unit.stories.cast import COUNCIL, NORTH, POLICE, SHELTER
from tests.unit.stories.child import Child
from tests.unit.stories.narrator import Network


def raised(network: Network, child: Child, rule: str) -> tuple[str, FindingRaised]:
    """The one finding of a rule in a case."""
    events = [event for event, _ in network.accepted(child.id)]
    (found,) = [
        (event.id, event.data) for event in events if isinstance(event.data, FindingRaised) and event.data.rule == rule
    ]
    return found


def test_a_shelter_answers_what_was_found_about_it(network: Network) -> None:
    # The police hand a child to a shelter, which says two days later that the child arrived: the network was down.
    child = network.child("arrived and not told of")
    child.opened(POLICE, 1, child.reported(POLICE), "police-post")
    offer = child.offered(POLICE, SHELTER, 2)
    child.says(SHELTER, "custody.handover-accepted", 2.5, **child.step(offer))
    child.says(POLICE, "custody.handover-released", 3, **child.step(offer), to=SHELTER, condition="well")
    child.until(3 + 60)
    receipt = child.received(SHELTER, POLICE, 3.5, offer, "shelter", ("CUS-TIME", "late"))

    # When the receipt was due and nobody had it, that was found, and the shelter was told whose turn it was.
    # And the police were found to have kept the child for more than 48 hours: nobody knew yet that it had left.
    assert child.findings == {("CUS-GAP", "missing"), ("CUS-TIME", "late"), ("D107-48H", "breach")}
    finding, said = raised(network, child, "CUS-GAP")
    assert (said.owner, said.oversight) == (SHELTER, COUNCIL)
    assert "audit.finding-raised" in child.told(SHELTER)

    # Another shelter cannot answer for it, and nothing is upheld before it has answered.
    reply = {"finding": finding, "reply": "explained", "grounds": ["network-down"]}
    assert child.refused(NORTH, "audit.finding-answered", 70, **reply) == {"NET-FINDING"}
    upheld = {"finding": finding, "outcome": "upheld", "to": SHELTER}
    assert child.refused(COUNCIL, "audit.finding-resolved", 71, **upheld) == {"NET-FINDING"}
    child.says(SHELTER, "audit.finding-answered", 72, **reply)
    assert "audit.finding-answered" in child.told(COUNCIL)
    late, _ = raised(network, child, "CUS-TIME")
    for each in (finding, late):
        child.says(COUNCIL, "audit.finding-resolved", 90, finding=each, outcome="justified", to=SHELTER)
    kept, said = raised(network, child, "D107-48H")
    assert said.owner == POLICE
    gone = {"finding": kept, "reply": "disputed", "grounds": ["done-and-not-told"], "evidence": [receipt]}
    child.says(POLICE, "audit.finding-answered", 91, **gone)
    child.says(COUNCIL, "audit.finding-resolved", 92, finding=kept, outcome="withdrawn", to=POLICE)
    assert "audit.finding-resolved" in child.told(SHELTER)
    assert child.told(NORTH) == set()
    child.until(90 + 24 * 60)
    assert not [event for event, _ in network.accepted(child.id) if event.name == "audit.deadline-passed"]


def test_a_finding_that_nobody_answers_becomes_the_turn_of_who_judges(network: Network) -> None:
    child = network.child("placed and forgotten")
    child.opened(POLICE, 0.8, child.reported(POLICE), "vehicle")
    placed = {"to": SHELTER, "place_kind": "shelter", "reason": "no-safe-place-here"}
    child.says(POLICE, "custody.emergency-placed", 1.5, custody=child.chain, **placed)
    child.until(48)
    child.until(48 + 15 * 24)
    child.until(48 + 50 * 24)
    passed = [
        event.data.model_dump() for event, _ in network.accepted(child.id) if event.name == "audit.deadline-passed"
    ]
    assert [(item["rule"], item["owed_by"]) for item in passed] == [("NET-FINDING", POLICE), ("NET-FINDING", COUNCIL)]

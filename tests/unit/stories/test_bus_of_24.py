"""A bus of twenty-four, returned unannounced: nobody had asked for them, and each of them has somebody by evening."""

from __future__ import annotations

from contracts.identifiers import derived_id
from tests.unit.stories.cast import BORDER, MINISTRY, SHELTER, START, TRANSIT
from tests.unit.stories.narrator import Network


def test_a_bus_of_twenty_four_is_returned_unannounced(network: Network) -> None:
    bus = derived_id(START, "bus")
    children = [network.child(f"seat {seat}") for seat in range(24)]
    for child in children:
        # The border police count who steps down. The list of names is sealed to the ministry, which must find places.
        report = child.reported(
            BORDER,
            channel="deported-unannounced",
            from_country="TH",
            person="unknown",
            incident=bus,
            responder=MINISTRY,
            sealed_kind="manifest",
            sealed=("manifest", (MINISTRY,)),
        )
        child.opened(BORDER, 0.2, report, "border-post", incident=bus, condition="distressed")

    # The centre takes them in, an hour later, each with a receipt of their own. One is not on the steps any more.
    *arrived, lost = children
    for child in arrived:
        child.handed_over(BORDER, TRANSIT, 1, "transit-centre", named=False)
        child.says(
            TRANSIT,
            "repatriation.received",
            2.6,
            from_country="TH",
            place_kind="transit-centre",
            condition="distressed",
            unannounced=True,
            incident=bus,
        )
    lost.says(BORDER, "custody.missing-reported", 1, custody=lost.chain, how="lost-in-transit", last_seen="border-post")
    assert lost.who("responsibility", 2) == {BORDER}, "a child that is lost still has somebody who answers for it"

    # The next morning a market woman brings her to the police.
    lost.says(BORDER, "custody.found", 20, custody=lost.chain, place_kind="border-post", condition="well")
    lost.handed_over(BORDER, TRANSIT, 21, "transit-centre", named=False)

    for child in children:
        child.until(72)
        assert child.who("care", 71) == child.who("responsibility", 71) == {TRANSIT}
        assert child.gaps() == []
        assert child.findings == set()
        # The list is the ministry's alone; who keeps them overnight keeps them without it.
        assert child.can_read == {MINISTRY: {"manifest"}}
        assert child.told(SHELTER) == set()
    assert len({event.data.incident for child in arrived for event, _ in network.accepted(child.id)} - {None}) == 1

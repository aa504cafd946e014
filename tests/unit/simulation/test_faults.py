"""What goes wrong on purpose: often enough, always in the same way, and never to the story itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from contracts.envelope import compose, read
from infra.kernel.decode import DeadLetter, decode
from infra.kernel.records import Record
from infra.simulation.act import Act, Fault
from infra.simulation.breaking import extras_against_a_rule
from infra.simulation.caseload import load
from infra.simulation.chance import Chance
from infra.simulation.desk import event_id
from infra.simulation.faults import Faults, Rates
from infra.simulation.malformed import KINDS, malformed
from infra.simulation.script import Script
from infra.simulation.world import REVOKED_KEY, SeededKeys, world

CHANCE = Chance.of("faults")
CASE = "0120d6a0-0000-7000-8000-000000000001"
AT = datetime(2009, 6, 1, 8, tzinfo=UTC)


def act(name: str, agency: str = "th-msdhs", n: int = 0, **data: object) -> Act:
    """An act as a sitting would give it."""
    return Act(agency, name, AT, data, f"{agency} {name} {n}", time=AT - timedelta(minutes=5))


def openings(count: int) -> Iterator[tuple[str, list[Act]]]:
    """The first sittings of as many cases of 2009."""
    caseload = load()
    script = Script(CHANCE, world(), caseload.assumptions)
    for plan in caseload.plans(CHANCE)[:count]:
        yield plan.case, script.opening(plan, script.notes(plan, script.finder(plan)))


def test_extras_are_a_little_over_one_in_a_hundred_and_leave_the_act_alone() -> None:
    """Each kind of extra record is sent beside the act, marked, in the act's own instant."""
    faults, kinds, total = Faults(CHANCE, world()), Counter[Fault | None](), 0
    for n in range(20_000):
        one = act("intake.identification-decided", n=n)
        sent = faults.apply(CASE, [one])
        assert sent[0] == one
        assert {extra.at for extra in sent} == {one.at}
        total += len(sent)
        kinds.update(extra.fault for extra in sent[1:])
    for kind in (Fault.DOUBLED, Fault.WRONGLY_SIGNED, Fault.MALFORMED):
        assert 0.01 < kinds[kind] / total < 0.017


def test_a_doubled_record_is_the_very_same_event_and_a_forged_one_is_not() -> None:
    """The same cause gives the same id; a copy under another key has an id of its own, so it is no second telling."""
    faults = Faults(CHANCE, world(), Rates(extra=1.0))
    one = act("intake.child-informed")
    extras = {extra.fault: extra for extra in faults.extras(CASE, one)}
    assert event_id(CHANCE, CASE, extras[Fault.DOUBLED]) == event_id(CHANCE, CASE, one)
    assert event_id(CHANCE, CASE, extras[Fault.WRONGLY_SIGNED]) != event_id(CHANCE, CASE, one)


def test_a_wrongly_signed_copy_has_a_key_that_is_not_the_agencys_or_is_revoked() -> None:
    """Both ways occur; a genuine act always has its agency's own key."""
    faults = Faults(CHANCE, world(), Rates(extra=1.0))
    kids = set()
    for n in range(40):
        one = act("custody.opened", agency="kh-moi-ahtjp", n=n)
        assert faults.signing_kid(CASE, one) == "kh-moi-ahtjp/sig-1"
        forged = next(extra for extra in faults.extras(CASE, one) if extra.fault is Fault.WRONGLY_SIGNED)
        kids.add(faults.signing_kid(CASE, forged))
    assert REVOKED_KEY in kids
    assert "kh-moi-ahtjp/sig-1" not in kids
    assert len({kid.partition("/")[0] for kid in kids}) > 5


def test_what_is_late_happened_when_it_happened() -> None:
    """A late fact keeps its time and its id and is sent days afterwards; what others wait for is never late."""
    faults = Faults(CHANCE, world(), Rates(extra=0, late=1.0, out_of_order=0, against_a_rule=0))
    entrusted, released = act("custody.entrusted"), act("custody.handover-released")
    late, prompt = faults.apply(CASE, [entrusted, released])
    assert late.fault is Fault.LATE
    assert late.time == entrusted.time
    assert late.at - AT >= timedelta(hours=36)
    assert event_id(CHANCE, CASE, late) == event_id(CHANCE, CASE, entrusted)
    assert prompt == released


def test_out_of_order_changes_places_within_one_burst_and_family_alone() -> None:
    """Nothing is lost, and only what is sent together changes its place."""
    faults = Faults(CHANCE, world(), Rates(extra=0, late=0, out_of_order=1.0, against_a_rule=0))
    swapped = 0
    for case, acts in openings(60):
        sent = faults.apply(case, acts)
        assert {one.cause for one in sent} == {one.cause for one in acts}
        marked = [index for index, one in enumerate(sent) if one.fault is Fault.OUT_OF_ORDER]
        for index in marked:
            early, held = sent[index], sent[index + 1]
            assert early.at == held.at
            assert early.name.partition(".")[0] == held.name.partition(".")[0]
        swapped += len(marked)
    assert swapped > 30


def test_every_way_against_a_rule_is_a_proposal_that_its_schema_allows() -> None:
    """It must be the rule that refuses it, not the schema."""
    names = set()
    data = {
        "referral.requested": {"to": "kh-dosvy-01"},
        "custody.handover-offered": {
            "custody": CASE,
            "to": "kh-dosvy-01",
            "purpose": "safe-place",
            "place_kind": "shelter",
            "risk_assessment": CASE,
        },
        "repatriation.requested": {
            "to": "kh-mosvy",
            "from_country": "VN",
            "to_country": "KH",
            "corridor": "kh-vn",
            "channel": "instrument",
            "person": "child",
            "instrument": "kh-vn",
        },
    }
    for name, facts in data.items():
        for n in range(30):
            genuine = act(name, "kh-moi-ahtjp", n, **facts)
            for extra in extras_against_a_rule(CHANCE, CASE, genuine):
                seal = {} if extra.sealing is None else {"sealed_digest": "A" * 43}
                body = compose(
                    id=event_id(CHANCE, CASE, extra),
                    source=f"/agencies/{extra.agency}",
                    type=f"safepassage.{extra.name}.v1",
                    subject=CASE,
                    time=extra.time or extra.at,
                    data={**extra.data, **seal},
                )
                assert read(body).type.kind.value == "proposal"
                assert extra.fault is Fault.AGAINST_A_RULE
                names.add(extra.cause.removeprefix(genuine.cause).strip())
    assert len(names) >= 8


@pytest.mark.parametrize("make", KINDS)
def test_no_malformed_record_is_taken_for_an_event(make: object) -> None:
    """Each kind is either no envelope at all, or an envelope whose faults are named; it is the same every time."""
    records = []
    for n in range(400):
        one = act("intake.child-informed", n=n, topics=["rights"])
        signer = SeededKeys(CHANCE).signer("th-msdhs/sig-1")
        if CHANCE.choice(KINDS, CASE, one.cause, "garbage") is make:
            records.append(malformed(CHANCE, CASE, one, signer))
            assert malformed(CHANCE, CASE, one, signer) == records[-1]
    assert records
    for garbage in records[:3]:
        read_back = decode(Record("intake.submissions.v1", 0, 0, CASE.encode(), garbage.value, garbage.headers))
        if isinstance(read_back, DeadLetter):
            continue
        read_back.interpret()
        assert read_back.faults, garbage.kind

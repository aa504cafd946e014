"""CUS-HOLDER: who gives a person answers for them; who takes one is named."""

from __future__ import annotations

from tests.unit.contracts.casework import FORCES, POLICE, PROVINCE, SHELTER, Case, refused


def test_only_the_one_that_answers_offers() -> None:
    case = Case()
    case.opened()
    data = case.offer(FORCES, SHELTER, 2, emergency_reason="disaster")
    assert refused(case.tries(FORCES, "custody.handover-offered", 2, data)) == {"CUS-HOLDER"}
    case.offered(POLICE, SHELTER, 2)


def test_it_changes_hands_with_the_receipt_and_not_before() -> None:
    case = Case()
    case.opened(place="office")
    offer = case.offered(POLICE, SHELTER, 2)
    case.says(SHELTER, "custody.handover-accepted", 3, case.step(offer))
    case.releases(POLICE, SHELTER, offer, 4)
    early = case.offer(SHELTER, PROVINCE, 4.5)
    assert refused(case.tries(SHELTER, "custody.handover-offered", 4.5, early)) == {"CUS-HOLDER"}
    case.receives(SHELTER, POLICE, offer, 5)
    case.offered(SHELTER, PROVINCE, 5)
    late = case.offer(POLICE, PROVINCE, 6, emergency_reason="disaster")
    assert refused(case.tries(POLICE, "custody.handover-offered", 6, late)) == {"CUS-HOLDER"}


def test_a_receipt_by_another_is_a_dispute_and_care_follows_the_child() -> None:
    case = Case()
    case.opened(place="office")
    offer = case.offered(POLICE, SHELTER, 2)
    case.says(SHELTER, "custody.handover-accepted", 3, case.step(offer))
    case.releases(POLICE, SHELTER, offer, 4)
    case.receives(PROVINCE, POLICE, offer, 5, "office", ("CUS-HOLDER", "dispute"))
    assert case.state("custody").carer == PROVINCE
    assert case.state("custody").responsible == (POLICE, PROVINCE)
    assert [deadline.owed_by for deadline in case.deadlines("custody")] == [SHELTER]


def test_a_release_by_another_is_a_dispute_and_releases_nothing() -> None:
    case = Case()
    case.opened(place="office")
    offer = case.offered(POLICE, SHELTER, 2)
    case.releases(FORCES, SHELTER, offer, 4, ("CUS-HOLDER", "dispute"))
    assert case.deadlines("custody") == ()
    case.receives(SHELTER, POLICE, offer, 5)
    assert case.state("custody").responsible == (POLICE, SHELTER)

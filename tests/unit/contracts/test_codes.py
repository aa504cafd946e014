"""Code lists of other bodies are spelled as those bodies spell them."""

from __future__ import annotations

from typing import Any

import pytest

from contracts import sealing, standards, steps
from contracts.codes import SealedKind
from contracts.events import FAMILIES

HTCDS = {
    standards.TraffickingStatus: "PossibleVictimOfTrafficking ActualVictimOfTrafficking NotAVictimOfTrafficking",
    standards.DecidingOrganization: "Police NGO CourtOrProsecution NonPoliceGovernmentalOrganization Other",
    standards.TypeOfExploitation: "ForcedLabour SexualExploitation ChildLabour ForcedMarriage Servitude "
    "ForcedMilitaryByNonStateActors OrganRemoval ForcedBegging ForcedAdoption Surrogacy Other",
    standards.TypeOfSexExploitation: "Prostitution Pornography RemoteInteractiveServices PrivateSexualServices",
    standards.MethodOfControl: "PhysicalThreats ThreatsLawEnforcement ThreatensChildrenFamily DebtBondage "
    "FalsePromises PhysicalAbuse SexualAbuse TakesEarnings RestrictsFinancialAccess RestrictsMedicalCare "
    "WithholdsNecessities PsychologicalAbuse PsychoactiveSubstance ExcessiveWorkingHours WithholdsDocuments Other",
    standards.Gender: "Feminine Masculine TransgenderFeminine TransgenderMasculine NonConforming NonSpecifiedUnknown",
    standards.RelationshipToTrafficker: "Familial Acquainted Unaquainted",
    standards.MethodOfRecruitment: "AtAPlaceOfBusiness AtAnEducationalInstitution AtWork ThroughOnlineSocialNetworks "
    "ThroughAnOnlineAdvertisement ThroughATelevisionAdvert ThroughANewspaperAdvert ThroughFamilyOrFamilyEvents "
    "ThroughFriendsOrSocialEvents Other",
    standards.CaseStatus: "Active FollowUp Closed ClosedReferred",
    standards.SupportType: "Education Financial Health LabourExploitationRehabilitation Legal Livelihood "
    "RightsBasedTraining SexualExploitationRehabilitation SocialCare",
    standards.TaskStatus: "requested received accepted rejected in-progress on-hold completed failed cancelled "
    "entered-in-error",
    steps.Capacity: "capacity no-capacity waitlist additional-assessment-required",
    steps.ReferralOutcome: "undelivered expired rejected failed cancelled closed-elsewhere",
}


@pytest.mark.parametrize("codes", HTCDS, ids=lambda codes: codes.__name__)
def test_published_codes_are_spelled_as_published(codes: Any) -> None:
    assert sorted(codes) == sorted(HTCDS[codes].split())


def test_what_can_be_sealed_is_what_sealing_takes() -> None:
    assert set(SealedKind) == set(sealing.KINDS)


def test_the_families_are_those_of_the_code_list() -> None:
    assert tuple(steps.Family) == FAMILIES

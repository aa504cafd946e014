"""The network's code lists for the criminal side of a case: kinds and outcomes, and nothing of a suspect."""

from __future__ import annotations

from enum import StrEnum


class Offence(StrEnum):
    """What a complaint is about, by kind alone (the three of the Optional Protocol that OPSC reports on; network)."""

    SALE_OF_A_CHILD = "sale-of-a-child"
    CHILD_PROSTITUTION = "child-prostitution"
    CHILD_PORNOGRAPHY = "child-pornography"
    TRAFFICKING = "trafficking"
    LABOUR_EXPLOITATION = "labour-exploitation"
    ABDUCTION = "abduction"
    OTHER = "other"


class Complainant(StrEnum):
    """Who brings a complaint (network)."""

    VICTIM = "victim"
    FAMILY = "family"
    GUARDIAN = "guardian"
    AGENCY = "agency"
    OFFICE_ITSELF = "office-itself"


class Measure(StrEnum):
    """What is done so that a child can be heard without harm (P62-TESTIMONY, OPSC ¶42, ¶106)."""

    COURT_SCREEN = "court-screen"
    TV_LINK = "tv-link"
    RECORDING = "recording"
    SUPPORT_PERSON = "support-person"


class Testimony(StrEnum):
    """How somebody testifies; the first three are those of Prakas 62 (OPSC ¶42, ¶106)."""

    COURT_SCREEN = "court-screen"
    TV_LINK = "tv-link"
    RECORDING = "recording"
    CLOSED_COURT = "closed-court"
    OPEN_COURT = "open-court"


class Verdict(StrEnum):
    """How proceedings ended (network)."""

    CONVICTED = "convicted"
    PARTLY_CONVICTED = "partly-convicted"
    ACQUITTED = "acquitted"
    DISCONTINUED = "discontinued"


class Assistance(StrEnum):
    """What one country's justice asks of another's (network, after the ASEAN treaty of 2004)."""

    TAKING_TESTIMONY = "taking-testimony"
    EVIDENCE = "evidence"
    SERVING_PAPERS = "serving-papers"
    LOCATING_PERSONS = "locating-persons"
    SEARCH = "search"


class AssistanceAnswer(StrEnum):
    """What becomes of a request for assistance (network)."""

    GRANTED = "granted"
    PARTLY_GRANTED = "partly-granted"
    DECLINED = "declined"

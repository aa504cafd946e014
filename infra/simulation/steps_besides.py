"""What goes on beside a case's way, in a share of cases: proceedings, consents, a match query, a child gone and found.

No source states these shares; they are the replay's own. Nothing on the way of a case waits for any of it.
"""

from __future__ import annotations

from datetime import timedelta

from contracts.codes import Condition, Missing, PlaceKind
from contracts.envelope import rfc3339
from contracts.guidelines.corridors import assistance
from contracts.steps import Channel
from contracts.steps_intake import ConsentGiver, ConsentScope, MatchAnswer, Withdrawn
from contracts.steps_justice import Assistance, AssistanceAnswer, Complainant, Measure, Offence, Testimony, Verdict

from .act import Act, Sealing
from .desk import WRITING, Desk, Heard, short

__all__ = ["REACTIONS", "proceedings", "request_for_assistance", "sheltered"]

PROSECUTED = 0.12
"""Share of cases within the country in which a verdict comes."""
ASKED_FOR = 0.1
"""Share of cases abroad in which the police there ask Cambodia's for help."""
MATCHED = 0.15
"""Share of cases within the country in which social affairs is asked whether it knows the person."""
CONSENTED = 0.15
"""Share of people in a shelter whose consent is taken down."""
WITHDRAWN = 0.4
"""Of these, share of those who take it back."""
MISSED = 0.04
"""Share of people in a shelter who go missing, and are found."""


def proceedings(desk: Desk) -> list[Act]:
    """The police of first contact: a query to social affairs' database; a complaint, and all that follows from it."""
    card, acts = desk.notes.card, list[Act]()
    if desk.happens(MATCHED, "match"):
        query = desk.burst("match", 0.5, 1)
        query.say(
            "intake.match-asked",
            {"to": "kh-mosvy", "answer_by": rfc3339(query.at + timedelta(days=3))},
            Sealing("identity", {"marker": card["marker"], "name": "synthetic"}, ("kh-mosvy",)),
        )
        acts += query.acts
    if not desk.happens(PROSECUTED, "prosecuted"):
        return acts
    child = card["person"] == "child"
    complaint = desk.burst("complaint", 6, 20)
    filed = complaint.say(
        "justice.complaint-filed",
        {
            "offences": [Offence.CHILD_PROSTITUTION if child else Offence.TRAFFICKING],
            "complainant": Complainant.OFFICE_ITSELF,
        },
    )
    complaint.say("justice.investigation-opened", {"complaint": filed})
    if child:
        complaint.say("justice.protective-measures-taken", {"measures": [Measure.COURT_SCREEN, Measure.SUPPORT_PERSON]})
    hearing = desk.burst("testimony", 9 * 24, 14 * 24)
    scheduled = complaint.say("justice.testimony-scheduled", {"testimony_at": rfc3339(hearing.at - WRITING)})
    hearing.say(
        "justice.testimony-given",
        {
            "how": Testimony.COURT_SCREEN,
            "person": card["person"],
            "support_person": child,
            "scheduled": scheduled,
        },
    )
    verdict = desk.burst("verdict", 15 * 24, 19 * 24)
    outcome = desk.choice((Verdict.CONVICTED, Verdict.CONVICTED, Verdict.ACQUITTED), "verdict")
    verdict.say("justice.verdict-given", {"outcome": outcome, "compensation": outcome is Verdict.CONVICTED})
    return [*acts, *complaint.acts, *hearing.acts, *verdict.acts]


def request_for_assistance(desk: Desk, country: str) -> list[Act]:
    """The police abroad take a complaint down, and ask Cambodia's for evidence: by treaty, or through the embassies."""
    if not desk.happens(ASKED_FOR, "assistance"):
        return []
    burst = desk.burst("assistance", 20, 44)
    filed = burst.say(
        "justice.complaint-filed", {"offences": [Offence.TRAFFICKING], "complainant": Complainant.OFFICE_ITSELF}
    )
    burst.say("justice.investigation-opened", {"complaint": filed})
    treaty = assistance(country, "KH", (burst.at - WRITING).date())
    burst.say(
        "justice.assistance-requested",
        {
            "to": "kh-moi-ahtjp",
            "kinds": [Assistance.EVIDENCE],
            "channel": Channel.INSTRUMENT if treaty is not None else Channel.DIPLOMATIC,
            "instrument": treaty,
            "answer_by": rfc3339(burst.at + timedelta(days=30)),
        },
    )
    return burst.acts


def assistance_requested(desk: Desk, heard: Heard) -> list[Act]:
    """The police of another country ask for help, and get it."""
    if heard.data["to"] != desk.me:
        return []
    burst = desk.burst(f"assist {short(heard.id)}", 3 * 24, 6 * 24)
    burst.say("justice.assistance-answered", {"request": heard.id, "answer": AssistanceAnswer.GRANTED})
    return burst.acts


def match_asked(desk: Desk, heard: Heard) -> list[Act]:
    """Whether the ministry's own database knows the person, and nothing else of them."""
    if heard.data["to"] != desk.me:
        return []
    burst = desk.burst("match", 6, 12)
    answer = desk.choice((MatchAnswer.NO, MatchAnswer.NO, MatchAnswer.MAYBE, MatchAnswer.YES), "match")
    burst.say("intake.match-answered", {"query": heard.id, "to": heard.actor, "answer": answer})
    return burst.acts


def sheltered(desk: Desk, custody: str, person: str) -> list[Act]:
    """In the weeks at a shelter: a consent, perhaps taken back; somebody who is gone for a night."""
    acts: list[Act] = []
    if desk.happens(CONSENTED, "consent"):
        giver = ConsentGiver.SELF if person == "adult" else ConsentGiver.CHILD
        asking = desk.burst("consent", 24, 48)
        consent = asking.say(
            "intake.consent-given",
            {"scope": [ConsentScope.HEALTH_CARE, ConsentScope.IDENTITY_SHARING], "given_by": giver},
        )
        acts += asking.acts
        if desk.happens(WITHDRAWN, "withdrawn"):
            taking_back = desk.burst("withdraw", 4 * 24, 7 * 24)
            taking_back.say(
                "intake.consent-withdrawn",
                {"consent": consent, "withdrawn_by": giver, "receivers": ["kh-mosvy"]},
            )
            acts += taking_back.acts
    if desk.happens(MISSED, "missing"):
        gone = desk.burst("missing", 9 * 24, 12 * 24)
        gone.say(
            "custody.missing-reported",
            {"custody": custody, "how": Missing.DID_NOT_RETURN, "last_seen": PlaceKind.SHELTER},
        )
        hours = (gone.at - desk.now) / timedelta(hours=1)
        back = desk.burst("found", hours + 8, hours + 20)
        back.say(
            "custody.found",
            {"custody": custody, "place_kind": PlaceKind.SHELTER, "condition": Condition.DISTRESSED},
        )
        acts += [*gone.acts, *back.acts]
    return acts


def withdrawn(desk: Desk, heard: Heard) -> list[Act]:
    """A consent is taken back under which this agency had received: it stops, and says so."""
    if desk.me not in heard.data.get("receivers", ()):
        return []
    burst = desk.burst(f"lock {short(heard.id)}", 6, 30)
    burst.say(
        "intake.withdrawal-acknowledged",
        {"withdrawal": heard.id, "to": heard.actor, "done": Withdrawn.LOCKED},
    )
    return burst.acts


REACTIONS = {
    "justice.assistance-requested": assistance_requested,
    "intake.match-asked": match_asked,
    "intake.consent-withdrawn": withdrawn,
}

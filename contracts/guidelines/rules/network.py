"""The network's own checks, where no instrument speaks: order, who answers, when, and what services alone say."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from ...codes import DocumentKind
from ...decision import Deadline, Problem
from ...directory import Directory
from ._rule import Rule

ORDER = Rule(
    "NET-ORDER",
    "A step comes after those that it builds on, and before the case is closed.",
    "network",
    "network",
    "refuse",
    policy=True,
)
PARTY = Rule(
    "NET-PARTY",
    "A question is answered by the one who was asked, and once.",
    "HL7 FHIR Task; IHE 360X",
    "text",
    "refuse",
    policy=True,
)
ANSWER = Rule(
    "NET-ANSWER",
    "A question is answered by the time that it names.",
    "HL7 FHIR Task; IHE 360X",
    "text",
    "deadline; refuse",
    policy=True,
)
SERVICE = Rule(
    "NET-SERVICE",
    "Deadlines pass and findings are raised by the network's services alone.",
    "network",
    "network",
    "refuse",
    policy=True,
)
SPEAKER = Rule(
    "NET-SPEAKER",
    "A member speaks for itself; only one that is represented or external is spoken for.",
    "network",
    "network",
    "refuse",
    policy=True,
)
CODE = Rule(
    "NET-CODE",
    "A case's short code is the one that follows from its id.",
    "network",
    "network",
    "refuse",
    policy=True,
)
MANDATE = Rule(
    "NET-MANDATE",
    "What belongs to an office is said by an agency that holds this office on the day.",
    "network, after OPSC ¶7–10",
    "network",
    "refuse",
    policy=True,
)
MANY = Rule(
    "NET-MANY",
    "One agency asks in one case what people can answer: a case that grows without end is of use to nobody.",
    "network",
    "network",
    "refuse",
    policy=True,
)
REASON = Rule(
    "NET-REASON",
    "An answer that is no says why; one that needs more says what, and is told of all that it needs.",
    "HL7 FHIR Task.statusReason",
    "text",
    "refuse",
    policy=True,
)
DOCUMENT = Rule(
    "NET-DOCUMENT",
    "A step of a return names the kinds of document that are in use at it.",
    "network, after the documents of the referral, identification and return procedures",
    "network",
    "refuse",
    policy=True,
)
MOST = 100
"""How many requests, or offers, or questions abroad, one agency may make in one case."""


IDENTITY = frozenset({SERVICE.id, SPEAKER.id})
"""Checks of who may say a thing at all: facts too are refused for them."""


def net_service(from_service: bool, actor: str, service: str) -> Problem | None:
    """Only the service that writes the family says this."""
    if from_service and actor == service:
        return None
    return SERVICE.problem("type", "only the network's own service says this", "leave it to the service")


def net_speaker(spoken_for: str | None, directory: Directory) -> Problem | None:
    """Nobody says in a member's name what that member has not signed."""
    entry = directory.agencies.get(spoken_for) if spoken_for is not None else None
    if entry is None or entry.standing != "member":
        return None
    return SPEAKER.problem("data.on_behalf_of", "this agency speaks for itself", "let it say so, or say it as your own")


def net_party(actor: str, asked: str | None) -> Problem | None:
    """Only the one who was asked answers, or does what it accepted."""
    if actor == asked:
        return None
    return PARTY.problem("source", "only the agency that was asked may say this", "let that agency say it", "dispute")


def net_once(answered: bool) -> Problem | None:
    """A question has one answer."""
    if not answered:
        return None
    return PARTY.problem("data.request", "this has been answered already", "send a new request instead")


def net_lapsed(now: datetime, answer_by: datetime | None) -> Problem | None:
    """An offer that nobody answered in time is over; who made it and stands by it makes it again."""
    if answer_by is None or now <= answer_by:
        return None
    return ANSWER.problem("data.handover", "this offer was to be answered earlier and is over", "ask for a new offer")


def net_many(asked: int) -> Problem | None:
    """One agency does not flood a case. `asked` is how often it has asked already."""
    if asked < MOST:
        return None
    return MANY.problem("source", f"this agency has asked {MOST} times in this case", "ask the network's operator")


def net_order(there: bool, field: str, missing: str) -> Problem | None:
    """What a step builds on has been accepted."""
    if there:
        return None
    return ORDER.problem(field, f"{missing} has not been accepted", f"send {missing} first", "unproven")


def net_side(named: str | None, other: str) -> Problem | None:
    """What is said between two is told to the other one of the two."""
    if named is None or named == other:
        return None
    return PARTY.problem("data.to", "this is not the other side of the request", "name the other side of the request")


def net_until(at: datetime, until: datetime) -> Problem | None:
    """Who puts somebody on a waiting list says until when, and that is still to come."""
    if until > at:
        return None
    return ANSWER.problem("data.until", "this time is over already", "name the time by which you will answer")


def net_outcome(fits: bool) -> Problem | None:
    """A request is closed as it ended; the ways stay apart."""
    if fits:
        return None
    return ORDER.problem(
        "data.outcome",
        "this is not how the request ended",
        "say what became of it: expired after its time, undelivered while nobody has it, closed elsewhere before it is "
        "accepted or once a cancel went unanswered, and otherwise what the receiver said",
    )


def net_open(closed: bool) -> Problem | None:
    """Nothing new is proposed in a closed case."""
    if not closed:
        return None
    return ORDER.problem("subject", "this case is closed", "reopen it, or open a new one and link the two")


def net_code(given: str, right: str) -> Problem | None:
    """The short code follows from the case id."""
    if given == right:
        return None
    return CODE.problem("data.code", "this is not the code of this case", "use the code that follows from the case id")


def net_answer_deadline(cause: str, by: datetime, owed_by: str) -> Deadline:
    """An answer is due by the time that the question names."""
    return Deadline(ANSWER.id, cause, by, owed_by, verified=False)


def net_asker(named: str, asker: str) -> Problem | None:
    """An answer goes to the agency that asked, and to no other."""
    if named == asker:
        return None
    return PARTY.problem("data.to", "this is not the agency that asked", "answer the agency that asked")


def net_other(same: bool) -> Problem | None:
    """A case is linked with another one."""
    if not same:
        return None
    return ORDER.problem("data.other_case", "this is the case itself", "name the other case")


def net_mandate(holds: bool) -> Problem | None:
    """Who says it holds the office to which it belongs, on the day of which it speaks."""
    if holds:
        return None
    return MANDATE.problem(
        "source", "this agency does not hold the office that says this", "let an agency say it that holds it", "dispute"
    )


def net_proceedings(over: bool) -> Problem | None:
    """Nobody is heard and nothing decided in proceedings that have ended."""
    if not over:
        return None
    return ORDER.problem("subject", "a verdict has been given", "open the proceedings again first")


def net_declined(declined: bool, reason: str | None) -> Problem | None:
    """Who declines says why."""
    if not declined or reason is not None:
        return None
    return PARTY.problem("data.reason", "who declines says why", "give the reason")


def net_document(given: Collection[DocumentKind], used: Collection[DocumentKind]) -> Problem | None:
    """The documents that a step names are among those in use at it."""
    strange = sorted(set(given) - set(used))
    if not strange:
        return None
    known = ", ".join(sorted(used)) or "none"
    return DOCUMENT.problem("data.documents", f"not a document of this step: {', '.join(strange)}", f"name of: {known}")


def net_group(size: int | None, incident: str | None) -> Problem | None:
    """Who travels in a group has the group's incident id: receipts are signed for many at once."""
    if size is None or incident is not None:
        return None
    return ORDER.problem("data.incident", "this group has no incident id", "name the incident of the group")


def net_entitled(may: bool, who: str) -> Problem | None:
    """`who` may say this, and nobody else."""
    if may:
        return None
    return PARTY.problem("source", f"only {who} may say this", f"let {who} say it", "dispute")


def net_reason(answer: str, reason: str | None, needed: Collection[str]) -> Problem | None:
    """A counterpart that declines says why, one that needs more says what."""
    if answer == "declined" and reason is None:
        return REASON.problem("data.reason", "this is declined without a reason", "say why")
    if answer == "more-needed" and not needed:
        return REASON.problem("data.needed", "more is needed, and it is not said what", "say what is needed")
    return None


def net_told(needed: Collection[str], told: Collection[str]) -> Problem | None:
    """Of everything that is needed it is said that it is given, or not to be had."""
    missing = sorted(set(needed) - set(told))
    if not missing:
        return None
    return REASON.problem(
        "data.given", f"nothing is said of: {', '.join(missing)}", "give it, or name it in 'not_to_be_had'"
    )

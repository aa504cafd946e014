"""The checks that are the network's own: what keeps a record of many hands in order, whatever it is about.

Their ids stand in answers and findings beside those of the law, so they are declared like rules.
"""

from __future__ import annotations

from ...decision import Problem
from ...directory import Directory
from ._rule import Rule

SOURCE = Rule(
    "NET-SOURCE",
    "services speak for themselves alone, and agencies never for a service",
    "network: NET-SOURCE",
    "policy",
    "refuse",
)
PARTY = Rule(
    "NET-PARTY",
    "every agency that an event names is listed in the directory",
    "network: NET-PARTY",
    "policy",
    "refuse; breach",
)
SPEAKER = Rule(
    "NET-SPEAKER",
    "a member speaks for itself; one that is represented or external is spoken for, an external one on a numbered paper",
    "network: NET-SPEAKER",
    "policy",
    "refuse; breach; what is attested of an external one is marked one-sided",
)
ORDER = Rule(
    "NET-ORDER",
    "what an event builds on has been accepted before it, or within the time that it waits",
    "network: NET-ORDER",
    "policy",
    "wait; then refuse, or a fact is marked unproven",
)
TURN = Rule(
    "NET-TURN",
    "a step is said by the agency whose turn it is, once, while what it belongs to is open",
    "network: NET-TURN",
    "policy",
    "refuse; dispute",
)
ANSWER = Rule(
    "NET-ANSWER",
    "who is asked answers by the time that the question names, and says why not",
    "network: NET-ANSWER",
    "policy",
    "deadline; refuse an answer without its reason",
)
CASE = Rule(
    "NET-CASE",
    "a case begins once, by a report that carries the code of its own id, and closes once",
    "network: NET-CASE",
    "policy",
    "refuse; breach",
)
CORRECT = Rule(
    "NET-CORRECT",
    "a correction is said by the agency that said what it corrects",
    "network: NET-CORRECT",
    "policy",
    "dispute",
)
OWN = (SOURCE, PARTY, SPEAKER, ORDER, TURN, ANSWER, CASE, CORRECT)


def unlisted(directory: Directory, named: tuple[str, ...]) -> tuple[Problem, ...]:
    """One problem for each agency that the directory does not list."""
    return tuple(
        PARTY.problem("data", f"{agency} is not in the directory", "name agencies by the ids that the directory lists")
        for agency in named
        if agency not in directory.agencies
    )


def missing(field: str, waited_for: str) -> Problem:
    """What the event builds on has not been accepted."""
    return ORDER.problem(
        field, f"it builds on {waited_for}, which has not been accepted in this case", f"send {waited_for} first"
    )


def not_yours(speaker: str, entitled: tuple[str, ...]) -> Problem | None:
    """Somebody else's step."""
    if speaker in entitled:
        return None
    who = " or ".join(sorted(set(entitled))) or "nobody"
    return TURN.problem("source", f"this is for {who} to say, not for {speaker}", f"have {who} say it")


def settled(field: str, what: str, open: bool) -> Problem | None:
    """What a step belongs to is not open any more."""
    if open:
        return None
    return TURN.problem(field, f"{what} is settled already", "correct the earlier event, or begin anew")


def unexplained(field: str, given: object) -> Problem | None:
    """An answer that is no needs its reason."""
    if given:
        return None
    return ANSWER.problem(field, "the answer does not say why", f"give {field}")

"""The problems that are the network's own: signatures, ids, sealed parts, and a directory that cannot be read."""

from __future__ import annotations

from contracts.decision import Problem
from contracts.directory import Directory
from contracts.envelope import Event
from contracts.sealing import SealRefused, recipients_of, sealed_digest


def schema_problem(where: str, fault: str) -> Problem:
    """A member of the envelope or a fact that does not hold to its schema."""
    return Problem(where, "SCHEMA", "contracts/schemas", fault, "send what the schema asks for")


def party_problems(event: Event, directory: Directory) -> tuple[Problem, ...]:
    """Every agency that the facts name must be in the directory: a name that nobody checks could be a person's."""
    named = [*event.type.agencies(event.data), *((event.data.on_behalf_of,) if event.data.on_behalf_of else ())]
    if all(agency in directory.agencies for agency in named):
        return ()
    remedy = "name agencies by the ids that the directory lists; an external one is listed too"
    return (Problem("data", "SCHEMA", "directory.v1", "an agency that is named is not in the directory", remedy),)


def sealed_problems(event: Event, sealed: bytes | None, directory: Directory) -> tuple[Problem, ...]:
    """A sealed part must be the one that the facts name, and for nobody but the agencies that they name."""
    claimed = event.data.sealed_digest
    if sealed is None and claimed is None:
        return ()
    where, remedy = "sealed", "seal to the agencies that the event names, and put the digest in data.sealed_digest"
    if sealed is None or claimed is None or sealed_digest(sealed) != claimed:
        return (Problem(where, "XB-NEED", "UNIAP area 3", "the sealed part and data.sealed_digest differ", remedy),)
    try:
        kids = recipients_of(sealed)
    except SealRefused as error:
        return (Problem(where, "XB-NEED", "UNIAP area 3", str(error), remedy),)
    owners = {directory.keys[kid].agency for kid in kids if kid in directory.keys}
    if any(kid not in directory.keys for kid in kids) or not owners <= set(event.type.named(event.data)):
        return (
            Problem(where, "XB-NEED", "UNIAP area 3", "it is sealed to an agency that the event does not name", remedy),
        )
    return ()


def signature_problem(reason: str, rule: str = "SIGNATURE", field: str = "jws") -> Problem:
    """Not signed by its source, or with a key that may not be used (rule KEY)."""
    return Problem(
        field,
        rule,
        "RFC 7515, RFC 7797",
        reason,
        "sign the exact bytes with a key that the directory lists for the source",
    )


TOO_MANY = "NET-WAITING"


def too_many(waiting_for: str) -> Problem:
    """So many events of one agency wait in this case that no more are taken in to wait."""
    remedy = f"send {waiting_for} first, and this again when your events that wait have gone on"
    return Problem("subject", TOO_MANY, "network", "too many of your events wait in this case", remedy)


def reused_id() -> Problem:
    """The same id with other facts."""
    return Problem("id", "EVENT-ID", "CloudEvents 1.0", "this id was used for other facts", "give every event a new id")


def stale_directory() -> Problem:
    """A proposal waited for a fresh head of the directory, in vain."""
    return Problem(
        "directory",
        "DIRECTORY",
        "directory.v1",
        "the directory could not be read in time to judge this proposal",
        "send it again later; what has happened can be reported at any time",
    )

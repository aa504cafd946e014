"""What came back, in plain words: answers, deliveries, notices and receipts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contracts.envelope import rfc3339
from contracts.fields import case_code
from contracts.messages import Answer, Notice, ProblemMark

from .mailbox import Delivered, Mail, Receipt

_SAYS = {
    "accepted": "accepted",
    "duplicate": "received before; the first answer holds",
    "parked": "waits",
    "refused": "refused",
    "dead-lettered": "could not be read",
}


def in_words(mail: Mail, language: str = "en") -> list[str]:
    """A message as lines of text; the first says what it is. Refusals are in the language, where it has them."""
    match mail:
        case Answer():
            return answer_in_words(mail, language)
        case Delivered():
            event = mail.event
            sealed = f"; the sealed part ({mail.sealed[0]}) is for us and was opened" if mail.sealed else ""
            case = case_code(event.case)
            return [f"{event.name}  from {event.actor}  case {case}  happened {rfc3339(event.time)}{sealed}"]
        case Notice():
            where = f"{mail.topic} ({mail.partition}/{mail.offset})"
            return [
                f"notice: somebody used this agency's name on {where}: {mail.reason}",
                "  → if it was not you, have your key replaced",
            ]
        case Receipt():
            return [f"receipt: the event {mail.event_digest} is entry {mail.index} of the log of {mail.size}"]


def answer_in_words(answer: Answer, language: str = "en") -> list[str]:
    """An answer, with every problem and what would be acceptable."""
    first = f" ({answer.first_outcome})" if answer.first_outcome is not None else ""
    case = f"  case {case_code(answer.case)}" if answer.case is not None else ""
    lines = [f"{_SAYS[answer.outcome]}{first}: event {answer.id or answer.digest}{case}"]
    if answer.waiting_for is not None and answer.until is not None:
        lines.append(f"  it waits for {answer.waiting_for} until {rfc3339(answer.until)}")
    if answer.reason is not None:
        lines.append(f"  {answer.reason}")
    lines += [f"  recorded, but not as {breach.rule} asks ({breach.code})" for breach in answer.breaches]
    for problem in answer.problems:
        lines += problem_in_words(problem, language)
    return lines


def problem_in_words(problem: ProblemMark, language: str = "en") -> list[str]:
    """One reason of a refusal: where, by which rule and on what authority, and what to do."""
    said = problem.words(language)
    return [
        f"  {problem.field}: {said.message}  [{problem.rule}; {problem.citation}]",
        f"    → {said.remedy}",
    ]


def as_json(mail: Mail) -> Mapping[str, Any]:
    """A message as JSON, with its kind. The content of a sealed part is not in it: it belongs in no log."""
    match mail:
        case Delivered():
            return {
                "kind": "delivery",
                "id": mail.event.id,
                "type": mail.event.type.type,
                "source": mail.event.header.source,
                "case": mail.event.case,
                "code": case_code(mail.event.case),
                "time": rfc3339(mail.event.time),
                "data": mail.event.data.model_dump(mode="json", exclude_none=True),
                "number": mail.delivery.number,
                "service": mail.delivery.service,
                "sealed": mail.sealed[0] if mail.sealed else None,
            }
        case Receipt():
            place = {"index": mail.index, "size": mail.size}
            return {"kind": "receipt", "digest": mail.event_digest, **place, "proof": mail.proof}
        case Answer():
            return {"kind": "answer", **_said(mail)}
        case Notice():
            return {"kind": "notice", **_said(mail)}


def _said(message: Answer | Notice) -> dict[str, Any]:
    return message.model_dump(mode="json", exclude={"TYP"}, exclude_none=True)

"""From what is said to records: mailbox numbers are taken, deliveries and answers signed, everything put in order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from contracts.messages import Answer, Delivery, Message, sign_messages
from contracts.signing import Signer

from .effects import Hand, Letter
from .records import CONTENT_TYPE, DELIVERY, JOSE, KIND, Outgoing


def mailbox(agency: str) -> str:
    """The topic that this agency alone may read."""
    return f"mailbox.{agency}.v1"


def counts(letters: Sequence[Letter]) -> dict[str, int]:
    """How many mailbox numbers each agency needs."""
    return dict(sorted(Counter(hand.agency for letter in letters for hand in letter.hands).items()))


def post(
    letters: Sequence[Letter],
    first: Mapping[str, int],
    service: str,
    signer: Signer,
    now: datetime,
    replay: bool,
    answers: str,
) -> list[Outgoing]:
    """The records of these letters, in order, signed as one batch.

    `first` has each agency's next number; `answers` is the ticks' topic.
    """
    free = dict(first)
    drafts: list[_Draft] = []
    for letter in letters:
        if letter.event is not None:
            drafts.append(_Draft(letter.event.message, letter.event.record))
        numbers: list[tuple[str, int]] = []
        for hand in letter.hands:
            number = free[hand.agency]
            free[hand.agency] = number + 1
            numbers.append((hand.agency, number))
            drafts.append(_deliver(letter.case, hand, number, service, now, replay))
        if letter.verdict is not None:
            verdict = letter.verdict.model_copy(update={"deliveries": dict(numbers)})
            topic = f"{letter.verdict.topic.partition('.')[0]}.answers.v1"
            drafts.append(_Draft(verdict, _said(topic, letter.case, "verdict")))
            if letter.reply_to is not None:
                answer = Answer.model_validate(vars(verdict))  # leaves out what is the audit service's alone
                if letter.curt:
                    answer = answer.model_copy(update={"breaches": ()})
                drafts.append(_Draft(answer, _said(mailbox(letter.reply_to), letter.case, "answer")))
        if letter.ticked is not None:
            ticked = letter.ticked.model_copy(update={"deliveries": tuple(numbers)})
            drafts.append(_Draft(ticked, _said(answers, letter.case, "ticked")))
        if letter.notice is not None:
            drafts.append(_Draft(letter.notice, _said(mailbox(letter.notice.agency), letter.case, "notice")))
    tokens = sign_messages([message for message, _ in drafts], signer)
    return [record(token) for (_, record), token in zip(drafts, tokens, strict=True)]


class _Draft(NamedTuple):
    """What is to be signed, and the record that it becomes."""

    message: Message
    record: Callable[[str], Outgoing]


def _said(topic: str, case: str, kind: str) -> Callable[[str], Outgoing]:
    return lambda token: Outgoing(topic, case, token.encode(), {KIND: kind, CONTENT_TYPE: JOSE})


def _deliver(case: str, hand: Hand, number: int, service: str, now: datetime, replay: bool) -> _Draft:
    delivery = Delivery(
        service=service,
        agency=hand.agency,
        number=number,
        digest=hand.digest,
        accepted=hand.accepted,
        recorded=now,
        replay=replay,
        follows=hand.follows,
    )
    topic, headers = mailbox(hand.agency), hand.headers | {KIND: "delivery"}
    return _Draft(delivery, lambda token: Outgoing(topic, case, hand.body, headers | {DELIVERY: token}))

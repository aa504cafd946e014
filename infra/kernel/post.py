"""From what is said to records: mailbox numbers are taken, deliveries and answers signed, everything put in order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from contracts.messages import Answer, Delivery
from contracts.signing import Signer

from .effects import Hand, Letter
from .records import CONTENT_TYPE, DELIVERY, JOSE, KIND, Outgoing

_VERDICT_ONLY = frozenset({"actor", "family", "sequence", "deliveries", "next_due"})


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
    """The records of these letters, in order. `first` has each agency's next number; `answers` is the ticks' topic."""
    free = dict(first)
    records: list[Outgoing] = []
    for letter in letters:
        if letter.event is not None:
            records.append(letter.event)
        numbers: list[tuple[str, int]] = []
        for hand in letter.hands:
            number = free[hand.agency]
            free[hand.agency] = number + 1
            numbers.append((hand.agency, number))
            records.append(_deliver(letter.case, hand, number, service, signer, now, replay))
        if letter.verdict is not None:
            verdict = letter.verdict.model_copy(update={"deliveries": dict(numbers)})
            topic = f"{letter.verdict.topic.partition('.')[0]}.answers.v1"
            records.append(Outgoing(topic, letter.case, verdict.sign(signer).encode(), _jose("verdict")))
            if letter.reply_to is not None:
                answer = Answer.model_construct(**{name: value for name, value in verdict if name not in _VERDICT_ONLY})
                token = answer.sign(signer).encode()
                records.append(Outgoing(mailbox(letter.reply_to), letter.case, token, _jose("answer")))
        if letter.ticked is not None:
            ticked = letter.ticked.model_copy(update={"deliveries": tuple(numbers)})
            records.append(Outgoing(answers, letter.case, ticked.sign(signer).encode(), _jose("ticked")))
        if letter.notice is not None:
            token = letter.notice.sign(signer).encode()
            records.append(Outgoing(mailbox(letter.notice.agency), letter.case, token, _jose("notice")))
    return records


def _jose(kind: str) -> dict[str, str]:
    return {KIND: kind, CONTENT_TYPE: JOSE}


def _deliver(case: str, hand: Hand, number: int, service: str, signer: Signer, now: datetime, replay: bool) -> Outgoing:
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
    headers = hand.headers | {KIND: "delivery", DELIVERY: delivery.sign(signer)}
    return Outgoing(mailbox(hand.agency), case, hand.body, headers)

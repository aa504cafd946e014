"""What came to the agencies' mailboxes: whether every sender was answered, and nothing numbered is missing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from contracts.messages import Answer, Delivery
from infra.kernel.records import DELIVERY, KIND, Record

from .lines import Logged


@dataclass(slots=True)
class Mailboxes:
    """The mail of all agencies, counted. Each agency has checked its signatures when it read it."""

    kinds: Counter[str] = field(default_factory=Counter)
    accepted: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    receipts: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    numbers: dict[tuple[str, str], set[int]] = field(default_factory=lambda: defaultdict(set))
    doubled: int = 0

    def take(self, agency: str, record: Record) -> None:
        """Count one record of an agency's mailbox."""
        kind = record.header(KIND) or "unknown"
        self.kinds[kind] += 1
        if kind == "delivery":
            delivery = Delivery.unverified(record.header(DELIVERY) or "")
            numbers = self.numbers[agency, delivery.service]
            self.doubled += delivery.number in numbers
            numbers.add(delivery.number)
        elif kind == "answer":
            answer = Answer.unverified((record.value or b"").decode("ascii"))
            if "accepted" in (answer.outcome, answer.first_outcome):
                self.accepted[agency].add(answer.digest)
        elif kind == "receipt":
            self.receipts[agency].add(record.header("digest") or "")

    def figures(self, events: Iterable[Logged]) -> dict[str, Any]:
        """The counts, and how many of these accepted events lack an answer or a receipt at their sender's."""
        own = [(item.event.actor, item.event.digest) for item in events if item.by_agency]
        return {
            "deliveries": self.kinds["delivery"],
            "answers": self.kinds["answer"],
            "receipts": sum(map(len, self.receipts.values())),  # one that came twice, after a crash, says the same
            "notices": self.kinds["notice"],
            "deliveries_missing": sum(max(numbers) - len(numbers) for numbers in self.numbers.values()),
            "deliveries_doubled": self.doubled,
            "senders_without_answer": sum(digest not in self.accepted[actor] for actor, digest in own),
            "senders_without_receipt": sum(digest not in self.receipts[actor] for actor, digest in own),
        }

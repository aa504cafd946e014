"""Records as the kernel sees them: bytes with a place, before and after anything is known about them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

JWS = "jws"
COUNTERSIGNATURE = "countersignature"
SEALED = "sealed"
ACCEPTANCE = "acceptance"
DELIVERY = "delivery"
KIND = "kind"
TYPE = "ce_type"
CONTENT_TYPE = "content-type"
TRACEPARENT = "traceparent"
CLOUDEVENTS_JSON = "application/cloudevents+json"
JOSE = "application/jose"


class Place(NamedTuple):
    """A partition of a topic."""

    topic: str
    partition: int


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it came: nothing about it has been checked. `timestamp` is the broker's, in ms since 1970."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...] = ()
    timestamp: int = 0

    @property
    def place(self) -> Place:
        """Where it stands."""
        return Place(self.topic, self.partition)

    def header(self, name: str) -> str | None:
        """The text of a header given once, None when it is absent; for records of the network's own making."""
        for key, value in self.headers:
            if key == name and value is not None:
                return value.decode("utf-8", "replace")
        return None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One record to be written. `headers` are text; the key decides the partition."""

    topic: str
    key: str
    value: bytes
    headers: dict[str, str] = field(default_factory=dict)

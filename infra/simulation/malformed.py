"""Records that are no event of the network: noise, broken JSON, doubled headers, types that nobody declared."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from contracts.envelope import compose
from contracts.identifiers import derived_id
from contracts.signing import Signer, sign_detached
from infra.kernel.records import CLOUDEVENTS_JSON, CONTENT_TYPE, JWS

from .act import Act
from .chance import Chance

Headers = tuple[tuple[str, bytes | None], ...]


@dataclass(frozen=True, slots=True)
class Garbage:
    """What goes onto the topic in place of an event; `kind` says what is wrong with it."""

    kind: str
    value: bytes | None
    headers: Headers


@dataclass(frozen=True, slots=True)
class _Making:
    chance: Chance
    case: str
    act: Act
    signer: Signer

    def body(self, **changes: object) -> bytes:
        """The body of an event of its own, with members changed."""
        act = self.act
        time = act.time or act.at
        genuine = compose(
            id=derived_id(time, self.chance.token("event", self.case, act.cause)),
            source=f"/agencies/{act.agency}",
            type=f"safepassage.{act.name}.v{act.version}",
            subject=self.case,
            time=time,
            data=act.data,
        )
        members = {**json.loads(genuine), **changes}
        return json.dumps(members, separators=(",", ":")).encode()

    def headers(self, body: bytes) -> Headers:
        """What a right record would carry beside these bytes."""
        return ((CONTENT_TYPE, CLOUDEVENTS_JSON.encode()), (JWS, sign_detached(body, self.signer).encode()))

    def signed(self, kind: str, body: bytes) -> Garbage:
        """Wrong bytes, rightly signed."""
        return Garbage(kind, body, self.headers(body))


def malformed(chance: Chance, case: str, act: Act, signer: Signer) -> Garbage:
    """The record that an act with `Fault.MALFORMED` is: one of many kinds, the same for the same cause."""
    make = chance.choice(KINDS, case, act.cause, "garbage")
    return make(_Making(chance, case, act, signer))


def noise(making: _Making) -> Garbage:
    """Bytes without any sense, now and then 200 kB of them."""
    size = making.chance.choice((512, 512, 2_000, 2_000, 20_000, 200_000), making.case, making.act.cause, "size")
    return Garbage("noise", making.chance.bytes("noise", making.case, making.act.cause, length=size), ())


def no_value(making: _Making) -> Garbage:
    """A record without a value: to Kafka, a deletion."""
    return Garbage("no value", None, making.headers(b""))


def empty(making: _Making) -> Garbage:
    """No bytes at all."""
    return Garbage("empty", b"", making.headers(b""))


def cut_off(making: _Making) -> Garbage:
    """An event of which only the first half came."""
    body = making.body()
    return making.signed("cut off", body[: len(body) // 2])


def deep(making: _Making) -> Garbage:
    """JSON so deep that a careless reader falls over."""
    return making.signed("deep", b"[" * 20_000 + b"]" * 20_000)


def nul(making: _Making) -> Garbage:
    """A NUL in a string: valid JSON, and no text for a database."""
    return making.signed("NUL in a string", making.body(data={**making.act.data, "paper": "1\x002"}))


def unknown_type(making: _Making) -> Garbage:
    """A type that this network does not have."""
    family = making.act.name.partition(".")[0]
    return making.signed("unknown type", making.body(type=f"safepassage.{family}.something-else.v1"))


def unknown_member(making: _Making) -> Garbage:
    """A member that no schema names: free text could hide there."""
    return making.signed("unknown member", making.body(data={**making.act.data, "remark": "synthetic"}))


def no_facts(making: _Making) -> Garbage:
    """An envelope whose facts are not there."""
    return making.signed("no facts", making.body(data=None))


def no_zone(making: _Making) -> Garbage:
    """A time that does not say in which zone."""
    return making.signed("time without zone", making.body(time="2009-06-01T12:00:00"))


def doubled_member(making: _Making) -> Garbage:
    """A member given twice: two readers would read two events."""
    body = making.body()
    return making.signed("doubled member", body[:-1] + b',"subject":"' + making.case.encode() + b'"}')


def doubled_header(making: _Making) -> Garbage:
    """A header given twice."""
    body = making.body()
    headers = making.headers(body)
    return Garbage("doubled header", body, (*headers, headers[1]))


def null_header(making: _Making) -> Garbage:
    """A header without a value."""
    body = making.body()
    return Garbage("null header", body, (making.headers(body)[0], (JWS, None)))


def binary_header(making: _Making) -> Garbage:
    """A header that is no text."""
    body = making.body()
    return Garbage("binary header", body, (*making.headers(body), ("traceparent", b"\xff\x00\xfe")))


KINDS: tuple[Callable[[_Making], Garbage], ...] = (
    noise,
    no_value,
    empty,
    cut_off,
    deep,
    nul,
    unknown_type,
    unknown_member,
    no_facts,
    no_zone,
    doubled_member,
    doubled_header,
    null_header,
    binary_header,
)
"""Every kind of record that is no event."""

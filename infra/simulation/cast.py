"""The simulated agencies at work: acts become records, mail becomes acts, each agency with its own keys and notes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from contracts.directory import Directory
from contracts.envelope import Event
from contracts.messages import Answer
from contracts.sealing import SealingKey
from infra.client.agency import Agency
from infra.client.mailbox import Delivered, Mail, signed_event
from infra.kernel.records import JWS

from .act import Act, Fault, Notes
from .driver import Outbound
from .faults import Faults
from .malformed import malformed
from .plan import Plan
from .script import Script
from .sealing import SeededSealer
from .world import Keys


@dataclass
class Cast:
    """Everyone on the stage of one replay. `directory` gives the newest one that the agencies have read.

    What an agency in `withhold` would say is never sent: its office is shut, or its line is down.
    """

    script: Script
    faults: Faults
    keys: Keys
    plans: Mapping[str, Plan]
    directory: Callable[[], Directory]
    withhold: frozenset[str] = frozenset()
    _notes: dict[tuple[str, str], Notes] = field(default_factory=dict)
    _own: dict[str, tuple[bytes, bytes, bytes]] = field(default_factory=dict)
    _sealing: dict[str, SealingKey] = field(default_factory=dict)

    def opening(self, case: str) -> list[Act]:
        """What sets a case off."""
        plan = self.plans[case]
        acts = self.script.opening(plan, self.notes(case, self.script.finder(plan)))
        return self._planned(case, acts)

    def think(self, case: str, agency: str, mail: Sequence[Mail], now: datetime) -> list[Act]:
        """What an agency does next, after reading this mail about the case."""
        notes, acts = self.notes(case, agency), list[Act]()
        for item in mail:
            if isinstance(item, Delivered):
                acts += self.script.on_delivery(notes, item.event, item.sealed[1] if item.sealed else None, now)
            elif isinstance(item, Answer):
                acts += self.script.on_answer(notes, item, self._said(item), now)
        return self._planned(case, acts)

    def _said(self, answer: Answer) -> Event | None:
        own = self._own.pop(answer.id or "", None) if answer.outcome == "accepted" else None
        return signed_event(own[0], own[1].decode("ascii"), own[2]) if own is not None else None

    def notes(self, case: str, agency: str) -> Notes:
        """An agency's notes on a case."""
        if (case, agency) not in self._notes:
            self._notes[case, agency] = self.script.notes(self.plans[case], agency)
        return self._notes[case, agency]

    def sealing_keys(self, agency: str) -> tuple[SealingKey, ...]:
        """What an agency opens sealed parts with."""
        if agency not in self._sealing:
            self._sealing[agency] = self.keys.sealing(self.script.world.agencies[agency].sealing_kid)
        return (self._sealing[agency],)

    def records(self, case: str, acts: Sequence[Act]) -> list[Outbound]:
        """The records of acts that are sent together."""
        return [self._record(case, act) for act in acts]

    def forget(self, case: str) -> None:
        """The case has ended: nothing of it is needed any more."""
        for key in [key for key in self._notes if key[0] == case]:
            del self._notes[key]

    def _planned(self, case: str, acts: list[Act]) -> list[Act]:
        left = self.plans[case].left
        said = self.faults.apply(case, [act for act in acts if act.name not in left])
        return [act for act in said if act.agency not in self.withhold]

    def _record(self, case: str, act: Act) -> Outbound:
        kid = self.faults.signing_kid(case, act)
        if act.fault is Fault.MALFORMED:
            garbage = malformed(self.faults.chance, case, act, self.keys.signer(kid))
            topic = f"{act.name.partition('.')[0]}.submissions.v1"
            return Outbound(act.agency, topic, case.encode(), garbage.value, garbage.headers, None, act.name, act.fault)
        sealer = SeededSealer(self.faults.chance.seed, f"{case} {act.cause}")
        agency = Agency(act.agency, self.keys.signer(kid), sealer=sealer)
        event_id = self.script.event_id(case, act if act.fault is not Fault.DOUBLED else replace(act, fault=None))
        sealing = act.sealing
        prepared = agency.prepare(
            act.name,
            event_id=event_id,
            case=case,
            time=act.time or act.at,
            data=act.data,
            version=act.version,
            sealed=(sealing.kind, sealing.content, sealing.to) if sealing is not None else None,
            directory=self.directory(),
        )
        if act.fault in (None, Fault.LATE, Fault.OUT_OF_ORDER):
            self._own[event_id] = (prepared.body, dict(prepared.headers)[JWS] or b"", agency.signer.public)
        return Outbound(
            act.agency,
            prepared.topic,
            prepared.key.encode(),
            prepared.body,
            prepared.headers,
            event_id,
            act.name,
            act.fault,
        )

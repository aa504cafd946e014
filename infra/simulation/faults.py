"""What goes wrong on purpose among agencies' messages: seeded, a little over one in a hundred of each kind.

`apply` takes the acts of one agency's sitting and returns them with their faults: some later (LATE), some in another
order (OUT_OF_ORDER), and beside some an extra record (DOUBLED, WRONGLY_SIGNED, AGAINST_A_RULE, MALFORMED). The story
itself goes on whatever becomes of them: extras are there to be refused, and only what nobody waits for comes late.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import pairwise

from .act import Act, Fault
from .breaking import extras_against_a_rule
from .chance import Chance
from .world import REVOKED_KEY, World

LATE_ACTS = frozenset(
    {
        "custody.entrusted",
        "referral.started",
        "repatriation.follow-up-made",
        "repatriation.transit-entered",
    }
)
"""Facts that nothing is set off by: an office that was offline reports them afterwards (CUS-TIME)."""
LATE_HOURS = (50, 96)
SWAPPED = (
    ("intake.report-received", "intake."),
    ("repatriation.follow-up-made", "repatriation.closed"),
)
"""Pairs of one burst and one family of which the second is sometimes sent first: it has to wait for the other."""


@dataclass(frozen=True, slots=True)
class Rates:
    """How often, of 1. `extra` is of all acts, for each kind of extra record; the others of the acts that allow it."""

    extra: float = 0.0135
    late: float = 0.17
    out_of_order: float = 0.21
    against_a_rule: float = 0.13

    @classmethod
    def none(cls) -> Rates:
        """Nothing goes wrong."""
        return cls(0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Faults:
    """The faults of one seed."""

    chance: Chance
    world: World
    rates: Rates = field(default_factory=Rates)

    def apply(self, case: str, acts: Sequence[Act]) -> list[Act]:
        """One sitting's acts, distorted, each followed by its extras."""
        return [sent for act in self.distort(case, acts) for sent in (act, *self.extras(case, act))]

    def distort(self, case: str, acts: Sequence[Act]) -> list[Act]:
        """The same acts, some of them late or out of order; each still happened when it happened."""
        return [self._late(case, act) for act in self._swapped(case, list(acts))]

    def extras(self, case: str, act: Act) -> list[Act]:
        """Records that go beside an act. A doubled one has its very cause, and so its very bytes."""
        extras: list[Act] = []
        if self._happens(self.rates.extra, case, act, Fault.DOUBLED):
            extras.append(replace(act, fault=Fault.DOUBLED))
        extras += [
            replace(act, cause=f"{act.cause} {kind.value}", fault=kind)
            for kind in (Fault.WRONGLY_SIGNED, Fault.MALFORMED)
            if self._happens(self.rates.extra, case, act, kind)
        ]
        if self._happens(self.rates.against_a_rule, case, act, Fault.AGAINST_A_RULE):
            extras += extras_against_a_rule(self.chance, case, act)
        return extras

    def signing_kid(self, case: str, act: Act) -> str:
        """The key that signs an act: the agency's own; of a wrongly signed one another's, or one that is revoked."""
        if act.fault is not Fault.WRONGLY_SIGNED:
            return self.world.agencies[act.agency].signing_kid
        if act.agency == REVOKED_KEY.partition("/")[0] and self.chance.happens(0.5, case, act.cause, "revoked"):
            return REVOKED_KEY
        others = sorted(set(self.world.agencies) - {act.agency})
        return self.world.agencies[self.chance.choice(others, case, act.cause, "whose key")].signing_kid

    def _late(self, case: str, act: Act) -> Act:
        if act.fault is not None or not _may_be_late(act) or not self._happens(self.rates.late, case, act, Fault.LATE):
            return act
        hours = self.chance.between(*LATE_HOURS, case, act.cause, "hours late")
        return replace(act, at=act.at + timedelta(hours=hours), time=act.time or act.at, fault=Fault.LATE)

    def _swapped(self, case: str, acts: list[Act]) -> list[Act]:
        for first, second in SWAPPED:
            for index, (one, other) in enumerate(pairwise(acts)):
                together = one.at == other.at and one.name == first and other.name.startswith(second)
                if together and self._happens(self.rates.out_of_order, case, other, Fault.OUT_OF_ORDER):
                    acts[index : index + 2] = [replace(other, fault=Fault.OUT_OF_ORDER), one]
                    break
        return acts

    def _happens(self, rate: float, case: str, act: Act, kind: Fault) -> bool:
        return self.chance.happens(rate, "fault", kind.value, case, act.cause)


def _may_be_late(act: Act) -> bool:
    if act.name == "repatriation.follow-up-made":
        return "next_on" in act.data
    return act.name in LATE_ACTS or (act.name == "intake.child-informed" and act.agency == "kh-mosvy")


def share(sent: Mapping[Fault, int], total: int) -> dict[Fault, float]:
    """Which part of all messages each kind is."""
    return {kind: sent.get(kind, 0) / total if total else 0.0 for kind in Fault}

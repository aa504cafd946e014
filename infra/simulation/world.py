"""The simulated agencies as data (world.toml), and all that a directory states of them.

The registrar of a replay signs these statements one after the other. Keys come from a `Keys` provider: `SeededKeys`
makes them from a seed, so that two replays agree on every signature; nothing but a simulation may use it.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Protocol

from contracts import guidelines
from contracts.directory import (
    AgencyEntry,
    AgreementEntry,
    InstrumentEntry,
    KeyEntry,
    MandateEntry,
    RevocationEntry,
    Statement,
)
from contracts.sealing import SealingKey
from contracts.signing import Signer, b64

from .chance import Chance

SERVICES = ("intake", "referral", "repatriation", "audit")
"""The network's own services, each with one signing key."""
KEYS_FROM = datetime(2008, 1, 1, tzinfo=UTC)
"""Every key is valid from then on, and the replay begins later."""
REVOKED_KEY = "kh-moi-ahtjp/sig-0"
"""A signing key that its agency lost; revoked before the replay begins, so every use of it must be refused."""
AGREEMENTS_FROM = date(2007, 2, 6)
"""The agreement of five ministries with 24 victim-support agencies (kh-agreement-2007)."""


class Keys(Protocol):
    """Where private keys come from, by their name in the directory."""

    def signer(self, kid: str) -> Signer:
        """The Ed25519 signing key of this name."""
        ...

    def sealing(self, kid: str) -> SealingKey:
        """The X25519 key pair of this name."""
        ...


@dataclass(frozen=True, slots=True)
class SeededKeys:
    """Keys that follow from a seed: for simulations alone, because whoever knows the seed has every key."""

    chance: Chance

    @lru_cache(maxsize=256)  # noqa: B019 - one for a whole replay
    def signer(self, kid: str) -> Signer:
        """The signing key of this name."""
        return Signer.from_seed(kid, self.chance.bytes("key", kid))

    def sealing(self, kid: str) -> SealingKey:
        """The sealing key of this name."""
        return SealingKey.from_private(kid, self.chance.bytes("key", kid))


@dataclass(frozen=True, slots=True)
class SimulatedAgency:
    """One agency. `mandates` are (role, first day); `covers` what an agreement covers; `serves` provinces' codes."""

    id: str
    country: str
    state: bool
    names: dict[str, str]
    mandates: tuple[tuple[str, date], ...]
    province: str | None = None
    covers: tuple[str, ...] = ()
    serves: tuple[str, ...] = ()

    def may(self, role: str) -> bool:
        """Whether it has this role, from whatever day on."""
        return any(mandate == role for mandate, _ in self.mandates)

    @property
    def signing_kid(self) -> str:
        """The name of its signing key."""
        return f"{self.id}/sig-1"

    @property
    def sealing_kid(self) -> str:
        """The name of its sealing key."""
        return f"{self.id}/enc-1"


def service_kid(service: str) -> str:
    """The name of a service's signing key."""
    return f"{service}/sig-1"


@dataclass(frozen=True, slots=True)
class World:
    """All simulated agencies, by id."""

    agencies: dict[str, SimulatedAgency]
    provinces: tuple[str, ...]

    def shelters_for(self, province: str) -> tuple[str, ...]:
        """The shelters with an agreement, the one that serves the province first."""
        shelters = [agency for agency in self.agencies.values() if "child-shelter" in agency.covers]
        return tuple(agency.id for agency in sorted(shelters, key=lambda item: (province not in item.serves, item.id)))

    def statements(self, keys: Keys) -> list[Statement]:
        """Everything that the directory of a replay states: agencies, mandates, agreements, keys, instruments."""
        said: list[Statement] = []
        for agency in self.agencies.values():
            said.append(
                AgencyEntry(
                    agency=agency.id,
                    names=agency.names,
                    country=agency.country,
                    state=agency.state,
                    province=agency.province,
                )
            )
            said += [
                MandateEntry.model_validate({"agency": agency.id, "role": role, "effective_from": first})
                for role, first in agency.mandates
            ]
            if agency.covers:
                said.append(AgreementEntry(agency=agency.id, covers=agency.covers, effective_from=AGREEMENTS_FROM))
            said.append(_signing(agency.id, keys.signer(agency.signing_kid)))
            sealing = keys.sealing(agency.sealing_kid)
            said.append(
                KeyEntry(agency=agency.id, kid=sealing.kid, use="enc", public=b64(sealing.public), valid_from=KEYS_FROM)
            )
        said += [_signing(service, keys.signer(service_kid(service))) for service in SERVICES]
        said.append(_signing(REVOKED_KEY.partition("/")[0], keys.signer(REVOKED_KEY)))
        said.append(RevocationEntry(kid=REVOKED_KEY, revoked_at=KEYS_FROM + timedelta(days=180)))
        said += pins()
        return said


def pins() -> list[InstrumentEntry]:
    """Every instrument that is dated, pinned by the digest of its text."""
    return [
        InstrumentEntry(
            instrument=text.id,
            text_digest=guidelines.text_digest(text.id),
            effective_from=text.since,
            citation=text.citation,
            signatories=text.parties,
        )
        for text in guidelines.instruments().values()
        if text.since is not None
    ]


@cache
def world() -> World:
    """The world that world.toml describes."""
    data = tomllib.loads(Path(__file__).with_name("world.toml").read_text("utf-8"))
    agencies = [_agency(item) for item in data["agency"]]
    departments = data["departments"]
    agencies += [_department(departments, code, names) for code, names in departments["provinces"].items()]
    return World({agency.id: agency for agency in agencies}, tuple(departments["provinces"]))


def _agency(item: dict[str, Any]) -> SimulatedAgency:
    return SimulatedAgency(
        id=item["id"],
        country=item["country"],
        state=item["state"],
        names=item["names"],
        mandates=_mandates(item),
        province=item.get("province"),
        covers=tuple(item.get("covers", ())),
        serves=tuple(item.get("serves", ())),
    )


def _department(item: dict[str, Any], code: str, names: list[str]) -> SimulatedAgency:
    return SimulatedAgency(
        id=f"{item['id']}-{code}",
        country="KH",
        state=True,
        names={"en": f"{item['names']['en']}, {names[0]}", "km": f"{item['names']['km']} {names[1]}"},
        mandates=_mandates(item),
        province=code,
        serves=(code,),
    )


def _mandates(item: dict[str, Any]) -> tuple[tuple[str, date], ...]:
    return tuple((role, date.fromisoformat(first)) for role, first in item["mandates"])


def _signing(owner: str, signer: Signer) -> KeyEntry:
    return KeyEntry(agency=owner, kid=signer.kid, use="sig", public=b64(signer.public), valid_from=KEYS_FROM)

"""The directory: who may speak, since when and with what; every statement in it is dated.

Entries are signed JSON bodies on the topic `directory.v1`, each naming its sequence number and the digest of the entry
before it, so that nobody can drop, reorder or fork them unseen. `Directory` folds them; it is never changed in place:
`extend` gives a new one. Authorities change by law, so every question names a day or an instant.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from .envelope import instant, rfc3339
from .signing import SignatureRefused, b64, digest, unb64, verify_detached

Role = Literal[
    "criminal-justice",
    "first-contact",
    "victim-support",
    "referral-authority",
    "repatriation-authority",
    "border",
    "diplomatic",
    "tracing",
    "follow-up",
    "shelter",
    "transit",
    "oversight",
    "liaison",
    "legal-aid",
    "service",
]
Standing = Literal["member", "represented", "external"]


class DirectoryRefused(ValueError):
    """This entry does not extend the directory: fetch it anew from the registrar and compare its digests."""


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AgencyEntry(_Entry):
    """An agency takes part. `country` is ISO 3166; `state` says whether it is an organ of the state."""

    kind: Literal["agency"] = "agency"
    agency: str
    names: dict[str, str]
    country: str
    state: bool
    standing: Standing = "member"
    province: str | None = None


class MandateEntry(_Entry):
    """An agency holds a role from a day on (first and last day inclusive)."""

    kind: Literal["mandate"] = "mandate"
    agency: str
    role: Role
    effective_from: date
    effective_until: date | None = None


class AgreementEntry(_Entry):
    """A non-state provider's agreement with social affairs, and the services that it covers (OPSC ¶24(m), ¶108)."""

    kind: Literal["agreement"] = "agreement"
    agency: str
    covers: tuple[str, ...]
    effective_from: date
    effective_until: date | None = None


class KeyEntry(_Entry):
    """A public key (32 bytes, base64url): Ed25519 to sign, X25519 to be sealed to. Valid in [from, until)."""

    kind: Literal["key"] = "key"
    agency: str
    kid: str
    use: Literal["sig", "enc"]
    public: str
    valid_from: datetime
    valid_until: datetime | None = None


class RevocationEntry(_Entry):
    """A key may not be used for anything accepted from `revoked_at` on."""

    kind: Literal["revocation"] = "revocation"
    kid: str
    revoked_at: datetime


class InstrumentEntry(_Entry):
    """An instrument's text as it stands from a day on, pinned by the SHA-256 of its file (base64url).

    Without citation, signatories (countries, ISO 3166) and day it is no entry (XB-MODIFY).
    """

    kind: Literal["instrument"] = "instrument"
    instrument: str
    text_digest: str
    effective_from: date
    citation: str = Field(pattern=r"\S")
    signatories: tuple[Annotated[str, Field(pattern=r"^[A-Z]{2}$")], ...] = Field(min_length=1)


class HeadEntry(_Entry):
    """The registrar says that this is all, as of an instant. Not counted in the sequence."""

    kind: Literal["head"] = "head"
    at: datetime


Statement = Annotated[
    AgencyEntry | MandateEntry | AgreementEntry | KeyEntry | RevocationEntry | InstrumentEntry | HeadEntry,
    Field(discriminator="kind"),
]


class Entry(_Entry):
    """One signed line: its place in the chain and what it states. A head repeats the last sequence and digest."""

    sequence: int = Field(ge=0)
    previous: str
    recorded_at: datetime
    statement: Statement

    def body(self) -> bytes:
        """The bytes that the registrar signs."""
        return self.model_dump_json(exclude_none=True).encode()


_ENTRY = TypeAdapter(Entry)
GENESIS = b64(bytes(32))
"""The `previous` of the first entry."""


@dataclass(frozen=True)
class Directory:
    """All that the registrar has stated up to `sequence`, and when it last said that this is all."""

    sequence: int = 0
    digest: str = GENESIS
    head_at: datetime | None = None
    agencies: dict[str, AgencyEntry] = field(default_factory=dict)
    mandates: dict[str, tuple[MandateEntry, ...]] = field(default_factory=dict)
    agreements: dict[str, tuple[AgreementEntry, ...]] = field(default_factory=dict)
    keys: dict[str, KeyEntry] = field(default_factory=dict)
    revoked: dict[str, datetime] = field(default_factory=dict)
    instruments: dict[str, tuple[InstrumentEntry, ...]] = field(default_factory=dict)

    def signing_key(self, kid: str) -> bytes | None:
        """The Ed25519 key of this name, at whatever time: whether it may be used is `key_problem`'s."""
        entry = self.keys.get(kid)
        return _raw(entry.public) if entry is not None and entry.use == "sig" else None

    def key_problem(self, kid: str, actor: str, accepted: datetime) -> str | None:
        """Why `actor` may not sign with this key at the instant of acceptance; None when it may."""
        entry = self.keys.get(kid)
        if entry is None or entry.use != "sig":
            return "the directory does not list this key"
        if entry.agency != actor:
            return "this key belongs to another agency"
        if accepted < entry.valid_from or (entry.valid_until is not None and accepted >= entry.valid_until):
            return "this key is not valid at the time of acceptance"
        if kid in self.revoked and accepted >= self.revoked[kid]:
            return "this key has been revoked"
        return None

    def sealing_keys(self, agency: str, at: datetime) -> dict[str, bytes]:
        """The agency's X25519 keys that are valid at an instant, by name."""
        return {
            kid: _raw(key.public)
            for kid, key in self.keys.items()
            if key.agency == agency
            and key.use == "enc"
            and key.valid_from <= at
            and (key.valid_until is None or at < key.valid_until)
            and not (kid in self.revoked and at >= self.revoked[kid])
        }

    def has_role(self, agency: str, role: Role, on: date) -> bool:
        """Whether the agency holds the role on that day."""
        return any(
            mandate.role == role and _covers(mandate.effective_from, mandate.effective_until, on)
            for mandate in self.mandates.get(agency, ())
        )

    def with_role(self, role: Role, on: date, country: str | None = None) -> tuple[str, ...]:
        """The agencies that hold a role on a day, in a country where one is named, by id."""
        return tuple(
            sorted(
                agency
                for agency, entry in self.agencies.items()
                if (country is None or entry.country == country) and self.has_role(agency, role, on)
            )
        )

    def agreement_covers(self, agency: str, service: str, on: date) -> bool:
        """Whether an agreement of the agency that covers the service is in force on that day (A2007-MEMBER)."""
        return any(
            service in agreement.covers and _covers(agreement.effective_from, agreement.effective_until, on)
            for agreement in self.agreements.get(agency, ())
        )

    def country(self, agency: str) -> str | None:
        """The agency's country, or None when it is not listed."""
        entry = self.agencies.get(agency)
        return entry.country if entry is not None else None

    def keyless(self, text: InstrumentEntry) -> tuple[str, ...]:
        """The signatories of an instrument for which no agency has a key listed to sign with.

        A warning and no more (XB-MODIFY): treaties are signed on paper, and a case must not stay on dead text for want
        of a key.
        """
        signing = {self.country(key.agency) for key in self.keys.values() if key.use == "sig"}
        return tuple(country for country in text.signatories if country not in signing)

    def extend(self, entry: Entry, body: bytes) -> Directory:
        """The directory with one more entry; raises `DirectoryRefused` when it does not follow the last one."""
        statement = entry.statement
        if isinstance(statement, HeadEntry):
            if entry.sequence != self.sequence or entry.previous != self.digest:
                raise DirectoryRefused(
                    f"a head of another directory: it names {entry.sequence}, here is {self.sequence}"
                )
            if self.head_at is not None and statement.at < self.head_at:
                return self
            return replace(self, head_at=statement.at)
        if entry.sequence != self.sequence + 1 or entry.previous != self.digest:
            raise DirectoryRefused(f"entry {entry.sequence} does not follow entry {self.sequence}")
        return replace(self, sequence=entry.sequence, digest=digest(body), **self._with(statement))

    def _with(self, statement: Statement) -> dict[str, Any]:
        match statement:
            case AgencyEntry():
                return {"agencies": {**self.agencies, statement.agency: statement}}
            case MandateEntry():
                return {"mandates": _append(self.mandates, statement.agency, statement)}
            case AgreementEntry():
                return {"agreements": _append(self.agreements, statement.agency, statement)}
            case KeyEntry():
                if statement.kid in self.keys:
                    raise DirectoryRefused(f"key {statement.kid} is listed already; a new key has a new name")
                if len(unb64(statement.public)) != 32:
                    raise DirectoryRefused(f"key {statement.kid} is not 32 bytes")
                return {"keys": {**self.keys, statement.kid: statement}}
            case RevocationEntry():
                earliest = min(statement.revoked_at, self.revoked.get(statement.kid, statement.revoked_at))
                return {"revoked": {**self.revoked, statement.kid: earliest}}
            case InstrumentEntry():
                return {"instruments": _append(self.instruments, statement.instrument, statement)}
            case HeadEntry():
                return {}


def read_entry(body: bytes, jws: str, registrar: bytes) -> Entry:
    """A signed entry of the registrar (its 32-byte public key is pinned by the reader); raises `DirectoryRefused`."""
    try:
        verify_detached(body, jws, registrar)
        return _ENTRY.validate_json(body)
    except SignatureRefused as error:
        raise DirectoryRefused(f"not signed by the registrar: {error.reason}") from error
    except ValidationError as error:
        if any("instrument" in fault["loc"] for fault in error.errors()):
            raise DirectoryRefused(
                "XB-MODIFY: an instrument is entered with its citation, its signatories and its day; sign it anew"
            ) from error
        raise DirectoryRefused("not an entry of this directory") from error


def entry(directory: Directory, statement: Statement, recorded_at: datetime) -> Entry:
    """The next entry of a directory (or its head), to be signed by the registrar."""
    step = 0 if isinstance(statement, HeadEntry) else 1
    return Entry(
        sequence=directory.sequence + step,
        previous=directory.digest,
        recorded_at=instant(rfc3339(recorded_at)),
        statement=statement,
    )


@lru_cache(maxsize=4096)
def _raw(public: str) -> bytes:
    return unb64(public)


def _covers(first: date, last: date | None, day: date) -> bool:
    return first <= day and (last is None or day <= last)


def _append(table: dict[str, Any], key: str, value: object) -> dict[str, Any]:
    return {**table, key: (*table.get(key, ()), value)}

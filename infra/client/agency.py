"""The reference client of an agency: make an event, sign it, seal what only some may read, and put it on its topic."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from contracts.directory import Directory
from contracts.envelope import compose
from contracts.sealing import SealingKey, recipient_key, seal, sealed_digest
from contracts.signing import Signer, sign_detached
from infra.kernel.records import CLOUDEVENTS_JSON, CONTENT_TYPE, COUNTERSIGNATURE, JWS, SEALED

Headers = tuple[tuple[str, bytes | None], ...]
Sealer = Callable[[Mapping[str, Any], str, Mapping[str, Any]], bytes]


class CannotSeal(ValueError):
    """An agency has no key in the directory to seal to: ask its registrar contact before sending an identity."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A record ready to be written to a submissions topic."""

    topic: str
    key: str
    body: bytes
    headers: Headers


@dataclass(slots=True)
class Agency:
    """An agency's own keys. `sealer` is `contracts.sealing.seal`, with the operating system's randomness."""

    id: str
    signer: Signer
    sealing: tuple[SealingKey, ...] = ()
    sealer: Sealer = field(default=seal)

    def prepare(
        self,
        name: str,
        *,
        event_id: str,
        case: str,
        time: datetime,
        data: Mapping[str, Any],
        version: int = 1,
        sealed: tuple[str, Mapping[str, Any], Sequence[str]] | None = None,
        directory: Directory | None = None,
        countersignature: str | None = None,
    ) -> Prepared:
        """The signed record of an event. `sealed` is (kind, content, agencies); the directory has their keys."""
        headers: list[tuple[str, bytes | None]] = [(CONTENT_TYPE, CLOUDEVENTS_JSON.encode())]
        facts = dict(data)
        if sealed is not None and directory is not None:
            part = self._seal(sealed, directory, time)
            facts["sealed_digest"] = sealed_digest(part)
            headers.append((SEALED, part))
        body = compose(
            id=event_id,
            source=f"/agencies/{self.id}",
            type=f"safepassage.{name}.v{version}",
            subject=case,
            time=time,
            data=facts,
        )
        headers.append((JWS, sign_detached(body, self.signer).encode()))
        if countersignature is not None:
            headers.append((COUNTERSIGNATURE, countersignature.encode()))
        return Prepared(f"{name.partition('.')[0]}.submissions.v1", case, body, tuple(headers))

    def _seal(
        self, sealed: tuple[str, Mapping[str, Any], Sequence[str]], directory: Directory, time: datetime
    ) -> bytes:
        kind, content, agencies = sealed
        recipients: dict[str, Any] = {}
        for agency in agencies:
            keys = directory.sealing_keys(agency, time)
            if not keys:
                raise CannotSeal(agency)
            recipients |= {kid: recipient_key(kid, public) for kid, public in keys.items()}
        return self.sealer(content, kind, recipients)

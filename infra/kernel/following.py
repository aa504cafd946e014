"""What other services have accepted, as their topics hold it: checked by a directory that is as new as the record.

A reader's directory may lag behind that of the service that wrote the record. What it does not tell yet is waited for:
whoever passed it over would lose it for good. A key is waited for until the directory is newer than the record, an
entry that a service says it judged by until it has been read. What agencies submit is never waited for like this.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from pydantic import ValidationError

from contracts.directory import Directory
from contracts.envelope import EnvelopeError, Event, read
from contracts.journeys.registry import SERVICE_OF
from contracts.messages import Acceptance
from contracts.signing import SignatureRefused, compact_kid, detached_kid, verify_detached

from .ports import Clock, Keyring
from .records import ACCEPTANCE, COUNTERSIGNATURE, JWS, TYPE, Record

log = logging.getLogger(__name__)
LOOK = 0.2
"""Seconds between two looks for a newer directory."""
TOLD_EVERY = 150
"""Looks between two words in the log about what is waited for: half a minute."""
SLACK = timedelta(minutes=1)
"""By how much the registrar's clock may be ahead of the broker's."""
AHEAD = timedelta(minutes=15)
"""As `SLACK`, for an entry that a service says it has read: the registrar has long said that there is no such entry, so
one service's false number does not stop all others for ever. It is an error in the log."""


class Untold(SignatureRefused):
    """The directory that has been read does not list this key: it is looked at again with a newer one."""


class Ahead(SignatureRefused):
    """The service has read more of the directory than the reader: wait until that has been read too."""


class Checkable(Protocol):
    """A record that is checked by the directory."""

    @property
    def record(self) -> Record:
        """The record."""
        ...

    def check(self, directory: Directory) -> str | None:
        """Check it; what it waits for where this directory is too old to say, None where it has been decided."""
        ...


async def settle(items: Sequence[Checkable], keyring: Keyring, clock: Clock, threads: Executor | None) -> None:
    """Check all of them, waiting for a newer directory as long as one of them asks for it."""
    waiting = list(items)
    while waiting:
        directory = keyring.directory
        if threads is None:
            left = _undecided(waiting, directory)
        else:
            left = await asyncio.get_running_loop().run_in_executor(threads, _undecided, waiting, directory)
        if left:
            await _newer(left, directory, keyring, clock)
        waiting = [item for item, _ in left]


def _undecided(items: Sequence[Checkable], directory: Directory) -> list[tuple[Checkable, str]]:
    """Those of which this directory cannot say, each with what it waits for."""
    return [(item, wants) for item in items if (wants := item.check(directory)) is not None]


async def _newer(left: Sequence[tuple[Checkable, str]], directory: Directory, keyring: Keyring, clock: Clock) -> None:
    """Until the directory is another: the same one would say the same, at the cost of every signature."""
    (first, wants), looks = left[0], 0
    place = {"topic": first.record.topic, "partition": first.record.partition}
    while keyring.directory is directory:
        if looks % TOLD_EVERY == 0:
            said = {"reason": wants, "count": len(left), **place}
            log.warning("records of other services wait for the directory; is it being read?", extra=said)
        looks += 1
        await clock.sleep(LOOK)


def wanted(error: Exception, directory: Directory, record: Record) -> str | None:
    """What a record that was refused by this directory waits for; None where no newer one would tell otherwise."""
    if isinstance(error, Ahead):
        waits = not record.timestamp or old(directory, record, AHEAD)
    else:
        waits = isinstance(error, Untold) and old(directory, record, SLACK)
    return str(error) if waits else None


def old(directory: Directory, record: Record, slack: timedelta) -> bool:
    """Whether the directory may lag behind what the record's writer knew; a record in memory tells no time."""
    if not record.timestamp:
        return False
    written = datetime.fromtimestamp(record.timestamp / 1000, UTC)
    return directory.head_at is None or directory.head_at <= written + slack


def service_key(kid: str, service: str, at: datetime | None, directory: Directory) -> bytes:
    """The service's own signing key, valid at an instant; raises `Untold` and `SignatureRefused`."""
    public = directory.signing_key(kid)
    if public is None:
        raise Untold("the directory does not list the key that signed this")
    fault = directory.key_problem(kid, service, at) if at is not None else None
    if fault is not None or directory.keys[kid].agency != service:
        raise SignatureRefused(fault or "not signed by the service whose family this is")
    return public


def accepted_by(token: str, event: Event, directory: Directory) -> Acceptance:
    """The acceptance of an event by the service whose family it is.

    Raises `SignatureRefused` when it is not that, `Untold` and `Ahead` when the directory does not tell yet.
    The key must have been valid when it was recorded: an acceptance made in time outlives its key.
    """
    kid, service = compact_kid(token), SERVICE_OF[event.family]
    acceptance = Acceptance.verify(token, service_key(kid, service, None, directory))
    service_key(kid, service, acceptance.recorded, directory)
    named = (acceptance.digest, acceptance.case, acceptance.family, acceptance.service)
    if named != (event.digest, event.case, event.family, service):
        raise SignatureRefused("the acceptance is another event's")
    if acceptance.directory < 0:
        raise SignatureRefused("no directory has the entry that the acceptance names")
    if acceptance.directory > directory.sequence:
        raise Ahead(f"entry {acceptance.directory} of the directory, read to {directory.sequence}")
    return acceptance


def signed_by(event: Event, jws: str, agency: str, directory: Directory) -> None:
    """Check a signature over the event's bytes; raises `Untold` and `SignatureRefused`."""
    kid = detached_kid(jws)
    public = directory.signing_key(kid)
    if public is None:
        raise Untold("the directory does not list the key that signed this")
    if directory.keys[kid].agency != agency:
        raise SignatureRefused("not signed by the agency that it names")
    verify_detached(event.body, jws, public)


@dataclass(slots=True)
class Followed:
    """An event that another service accepted; every signature holds once `event` and `acceptance` are set."""

    record: Record
    event: Event | None = None
    acceptance: Acceptance | None = None

    @property
    def name(self) -> str:
        """The event's name, as the record's own header says it."""
        return (self.record.header(TYPE) or "").removeprefix("safepassage.").rpartition(".v")[0]

    def header(self, name: str) -> str:
        """A header of the record, empty where it has none."""
        return self.record.header(name) or ""

    def check(self, directory: Directory) -> str | None:
        """Read it and check it; a record that no service accepted is left out, with a word in the log."""
        try:
            event = read(self.record.value or b"")
            acceptance = accepted_by(self.header(ACCEPTANCE), event, directory)
            signed_by(event, self.header(JWS), event.actor, directory)
            if acceptance.countersigner is not None:
                signed_by(event, self.header(COUNTERSIGNATURE), acceptance.countersigner, directory)
            self.event, self.acceptance = event, acceptance
        except (EnvelopeError, SignatureRefused, ValidationError) as error:
            if (wants := wanted(error, directory, self.record)) is not None:
                return wants
            log.error("a record that no service accepted", extra={"reason": type(error).__name__})
        return None

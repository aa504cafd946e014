"""Signatures of a batch, checked in threads: PyNaCl lets the event loop go on meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor

from contracts.directory import Directory
from contracts.signing import SignatureRefused, detached_kid, verify_detached

from .decode import Submission
from .records import COUNTERSIGNATURE


async def verify(batch: Sequence[Submission], directory: Directory, threads: Executor | None) -> None:
    """Mark every submission whose signature is not that of a key the directory lists for its source, and read the rest.

    Whether the key may be used at the time of acceptance is asked later, when that time is known. Without `threads` the
    work is done at once (the simulation's way: its order must not depend on threads).
    """
    if threads is None:
        _check(batch, directory)
        return
    loop = asyncio.get_running_loop()
    half = (len(batch) + 1) // 2
    parts = [part for part in (batch[:half], batch[half:]) if part]
    await asyncio.gather(*(loop.run_in_executor(threads, _check, part, directory) for part in parts))


def _check(batch: Sequence[Submission], directory: Directory) -> None:
    for submission in batch:
        if submission.unsigned is None:
            submission.unsigned = _fault(submission, directory)
        if submission.unsigned is None:
            submission.interpret()
            fault = _second(submission, directory)
            submission.faults += ((COUNTERSIGNATURE, fault),) if fault is not None else ()


def _fault(submission: Submission, directory: Directory) -> str | None:
    if submission.header.from_service:
        return "only the network's own services speak as a service, and never here"
    public = directory.signing_key(submission.kid)
    if public is None:
        return "the directory does not list the key that signed this"
    if directory.keys[submission.kid].agency != submission.header.actor:
        return "the key that signed this is not the source's"
    try:
        verify_detached(submission.body, submission.jws, public)
    except SignatureRefused as error:
        return error.reason
    return None


def _second(submission: Submission, directory: Directory) -> str | None:
    """What is wrong with a second agency's signature, where there is one."""
    if COUNTERSIGNATURE not in submission.headers:
        return None
    try:
        jws, by = submission.headers[COUNTERSIGNATURE], countersigner(submission.headers, directory)
        public = directory.signing_key(detached_kid(jws))
        if public is None or by == submission.header.actor:
            return "must be made with a key that the directory lists for another agency"
        verify_detached(submission.body, jws, public)
    except SignatureRefused as error:
        return error.reason
    return None


def countersigner(headers: Mapping[str, str], directory: Directory) -> str | None:
    """The second agency that signed, by the header's own word; raises `SignatureRefused` when it cannot be read."""
    if COUNTERSIGNATURE not in headers:
        return None
    key = directory.keys.get(detached_kid(headers[COUNTERSIGNATURE]))
    return key.agency if key is not None else None

"""Entries: they commit to everything, tell nothing, and open for the one who holds the event."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.evidence.entry import LogItem, Opening
from contracts.evidence.errors import EntryRefused, Reason
from contracts.evidence.merkle import leaf_hash

CASE = "0197c5a0-0000-7000-8000-000000000001"
ITEM = LogItem("event", "custody", "event-1", CASE, b'{"id":"1"}', {"jws": "a..b", "acceptance": "a.b.c"})
SALT, FILLER = bytes([1]) * 32, bytes([2]) * 32

items = st.builds(
    LogItem,
    st.text(max_size=9),
    st.text(max_size=9),
    st.text(max_size=9),
    st.none() | st.just(CASE),
    st.binary(max_size=40),
    st.dictionaries(st.text(max_size=5), st.text(max_size=9), max_size=3),
)


def test_an_entry_byte_by_byte() -> None:
    def part(data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + data

    record = (
        part(b"safepassage/record/v1")
        + part(b"event")
        + part(b"custody")
        + part(b"event-1")
        + part(CASE.encode())
        + part(sha256(ITEM.body).digest())
        + part(b"acceptance")
        + part(sha256(b"a.b.c").digest())
        + part(b"jws")
        + part(sha256(b"a..b").digest())
    )
    opening = ITEM.opening_with(SALT, FILLER)
    assert opening.entry() == sha256(SALT + record).digest() + FILLER
    assert opening.leaf_hash() == leaf_hash(opening.entry())


def test_equal_items_have_unlike_entries() -> None:
    entries = {ITEM.opening().entry() for _ in range(50)}
    assert len({entry[:32] for entry in entries}) == len({entry[32:] for entry in entries}) == 50
    assert {len(entry) for entry in entries} == {64}


@pytest.mark.parametrize(
    "other",
    [
        replace(ITEM, kind="refusal"),
        replace(ITEM, family="referral"),
        replace(ITEM, ref="event-2"),
        replace(ITEM, case=None),
        replace(ITEM, body=ITEM.body + b" "),
        replace(ITEM, headers={"jws": "a..b"}),
        replace(ITEM, headers={**ITEM.headers, "jws": "a..c"}),
        replace(ITEM, kind="eventc", family="ustody"),
    ],
)
def test_nothing_can_be_changed(other: LogItem) -> None:
    assert other.opening_with(SALT, FILLER).entry() != ITEM.opening_with(SALT, FILLER).entry()


@given(items, items)
def test_unlike_items_have_unlike_records(one: LogItem, other: LogItem) -> None:
    same = one.opening_with(SALT, FILLER).record() == other.opening_with(SALT, FILLER).record()
    assert same == (replace(one, headers=dict(one.headers)) == replace(other, headers=dict(other.headers)))


@given(items)
def test_an_opening_is_read_as_it_was_written(item: LogItem) -> None:
    opening = item.opening()
    assert Opening.decode(opening.encode()) == opening


@given(st.binary(max_size=200), st.integers(0, 250))
def test_reading_is_exact_or_refuses(tail: bytes, keep: int) -> None:
    data = ITEM.opening_with(SALT, FILLER).encode()[:keep] + tail
    try:
        opening = Opening.decode(data)
    except EntryRefused:
        return
    assert opening.encode() == data


def test_who_holds_the_body_needs_no_header_that_is_not_for_it() -> None:
    opening = Opening.decode(ITEM.opening_with(SALT, FILLER).encode())
    opening.check(ITEM.body, {"jws": "a..b"})
    assert b"a.b.c" not in opening.encode()
    for body, headers in ((b"{}", {}), (ITEM.body, {"jws": "a..c"}), (ITEM.body, {"unknown": ""})):
        with pytest.raises(EntryRefused) as refusal:
            opening.check(body, headers)
        assert refusal.value.reason is Reason.COMMITMENT_MISMATCH


def test_headers_in_another_order_or_twice_are_refused() -> None:
    opening = ITEM.opening_with(SALT, FILLER)
    data = opening.encode()
    one = data[data.index(b"\x00\x00\x00\x0aacceptance") : data.index(b"\x00\x00\x00\x03jws")]
    two = data[data.index(b"\x00\x00\x00\x03jws") :]
    start = data[: -len(one + two)]
    assert start + one + two == data
    for wrong in (start + two + one, data + two, start + one + one):
        with pytest.raises(EntryRefused) as refusal:
            Opening.decode(wrong)
        assert refusal.value.reason is Reason.FORM


def test_odd_lengths_are_refused() -> None:
    opening = ITEM.opening_with(SALT, FILLER)
    for wrong in ({"salt": b""}, {"filler": bytes(33)}, {"body": bytes(31)}, {"headers": {"jws": b""}}):
        with pytest.raises(EntryRefused) as refusal:
            replace(opening, **wrong)
        assert refusal.value.reason is Reason.HASH_LENGTH

"""Batches are read as the broker took them: what clients make as aiokafka reads it, and the rest without harm."""

from __future__ import annotations

import pytest
from aiokafka.errors import CorruptRecordException
from aiokafka.record.memory_records import MemoryRecords
from hypothesis import given
from hypothesis import strategies as st

from infra.kafka.batches import Batches
from tests.integration.batches import batch, record

PART = st.none() | st.binary(max_size=300)
NAME = st.text(max_size=9).map(str.encode)
RECORDS = st.lists(st.tuples(PART, PART, st.lists(st.tuples(NAME, PART), max_size=3)), min_size=1, max_size=5)


def read(data: bytes, reader: type = Batches) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = []
    batches = reader(data)
    while batches.has_next():
        taken = batches.next_batch()
        assert taken.validate_crc()
        found += [(r.offset, r.timestamp, r.timestamp_type, r.key, r.value, list(r.headers)) for r in taken]
    return found


@given(st.lists(RECORDS, max_size=3), st.integers(0, 60))
def test_what_clients_make_is_read_alike(
    made: list[list[tuple[bytes, bytes, list[tuple[bytes, bytes]]]]], cut: int
) -> None:
    """The last batch may have come in part."""
    whole = b"".join(batch([record(n, *parts) for n, parts in enumerate(records)]) for records in made)
    data = whole + batch([record(0, None, None)])[:cut]
    assert read(data) == read(data, MemoryRecords)
    assert Batches(data).size_in_bytes() == len(data)


@given(RECORDS)
def test_each_record_reads_the_same_beside_one_that_aiokafka_cannot_read(
    made: list[tuple[bytes, bytes, list[tuple[bytes, bytes]]]],
) -> None:
    good = [record(n, *parts) for n, parts in enumerate(made)]
    bad = record(len(good), b"k", b"v", [(b"\xff", None)])
    with pytest.raises(ValueError, match="utf-8"):
        read(batch([*good, bad]), MemoryRecords)
    *others, last = read(batch([*good, bad]))
    assert others == read(batch(good), MemoryRecords)
    assert last[3:] == (b"k", b"v", [("\ufffd", b"\xff")])


def test_a_record_that_misread_would_still_come_out_even_is_read_as_the_broker_reads_it() -> None:
    made = batch([record(0, b"", b"KKKK", [(b"", b"")], attributes=0x80)])
    assert [item[3:] for item in read(made, MemoryRecords)] == [(b"KKKK", b"\0", [])]
    assert [item[3:] for item in read(made)] == [(b"", b"KKKK", [("", b"")])]


def test_what_is_left_of_a_compacted_batch_keeps_its_offsets() -> None:
    made = bytearray(batch([record(2, b"k", b"v"), record(5, b"k", b"v")]))
    made[23:27] = (7).to_bytes(4, "big")  # the last offset that the batch had
    (taken,) = [batches.next_batch() for batches in [Batches(bytes(made))]]
    assert [r.offset for r in taken] == [2, 5]


@pytest.mark.parametrize(
    "bad",
    [b"\x02\x00", record(0, b"k", b"v", [(b"\xff", b"")])[:-1] + b"\x7e", b"\x14\x00\x00\x00\x7e", b"\xff" * 20],
)
def test_what_no_broker_takes_is_said_to_be_corrupt(bad: bytes) -> None:
    with pytest.raises(CorruptRecordException):
        read(batch([bad]))

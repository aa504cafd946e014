"""Record batches as the broker has taken them, whatever a client has put into them.

Any agency can make a batch by hand, and the broker looks at less of it than aiokafka believes:

* A header's name that is not UTF-8 makes aiokafka raise in the middle of a partition. What it had read of this and of
  other partitions is lost, and its position has moved past it.
* A record's attributes are a byte, and are read as a varint: from 0x80 on, everything after them is misread.
* A record tells its own offset within the batch. One that tells too much makes a reader store a position that the
  partition has not reached, and all that comes until then passes for handled.

So a batch that aiokafka cannot read, or whose records do not count up, is read here, as the broker itself reads it
(Apache Kafka, `DefaultRecord.readFrom`); the records of a batch have the offsets that the broker gave them.
"""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct
from typing import Any, NamedTuple

from aiokafka.consumer import fetcher
from aiokafka.errors import CorruptRecordException
from aiokafka.record.default_records import DefaultRecordBatch
from aiokafka.record.util import decode_varint

Headers = list[tuple[str, bytes | None]]
_LENGTH = Struct(">8xi")
"""A batch begins with its base offset and the length of all that follows."""
_OVERHEAD, _HEADER, _MAGIC = 12, 61, 16
"""Bytes before what the length counts; bytes before the first record; where the format's number stands."""


class Numbered(NamedTuple):
    """A record that was read here."""

    offset: int
    timestamp: int
    timestamp_type: int
    key: bytes | None
    value: bytes | None
    headers: Headers
    checksum: None = None


class Batch:
    """One batch: its head as aiokafka reads it, its records as the broker does."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._batch: Any = DefaultRecordBatch(raw)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._batch, name)

    def __iter__(self) -> Iterator[Any]:
        first = self._batch.base_offset
        try:
            read = self._again() if self._shifts() else list(self._batch)
        except (ValueError, CorruptRecordException):
            read = self._again()
        counts_up = all(record.offset == offset for offset, record in enumerate(read, first))
        if counts_up or self._batch.next_offset - first != len(read):
            return iter(read)  # in a compacted topic some have been taken out, and the others keep their numbers
        return (record._replace(offset=offset) for offset, record in enumerate(self._again(), first))

    def _shifts(self) -> bool:
        """Whether a record's attributes are a byte that aiokafka takes for the beginning of a longer number."""
        if self._batch.compression_type:
            return False
        at, buffer = _HEADER, bytearray(self._raw)
        while at < len(buffer):
            length, start = decode_varint(buffer, at)
            if length < 1 or start >= len(buffer) or buffer[start] >= 0x80:
                return True
            at = start + length
        return False

    def _again(self) -> list[Numbered]:
        batch = self._batch
        if batch.compression_type:
            raise CorruptRecordException("a compressed batch: the topic must have compression.type=uncompressed")
        buffer, at, records = bytearray(self._raw), _HEADER, list[Numbered]()
        try:
            while at < len(buffer):
                length, start = decode_varint(buffer, at)
                at = start + length
                delta, key, value, headers = _record(buffer, start, at)
                offset = batch.base_offset + delta
                records.append(Numbered(offset, batch.max_timestamp, batch.timestamp_type, key, value, headers))
        except (ValueError, IndexError) as error:
            raise CorruptRecordException(f"a record that the broker cannot have taken: {error!r}") from error
        return records


class Batches:
    """What a fetch brought of one partition: whole batches, and perhaps the beginning of one."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def size_in_bytes(self) -> int:
        """Bytes, with those of a batch that is not whole."""
        return len(self._data)

    def has_next(self) -> bool:
        """Whether there is another whole batch."""
        return self._end() is not None

    def next_batch(self) -> Any:
        """The next whole batch, None when there is none."""
        end = self._end()
        if end is None:
            return None
        raw, self._at = self._data[self._at : end], end
        if len(raw) < _HEADER or raw[_MAGIC] != 2:
            raise CorruptRecordException("a batch in a format that Kafka 4 does not have")
        return Batch(raw)

    def _end(self) -> int | None:
        if len(self._data) - self._at < _OVERHEAD:
            return None
        end: int = self._at + _OVERHEAD + _LENGTH.unpack_from(self._data, self._at)[0]
        return end if end <= len(self._data) else None


def _record(buffer: bytearray, at: int, end: int) -> tuple[int, bytes | None, bytes | None, Headers]:
    """Offset within the batch, key, value and headers of the record between two places."""
    _, at = decode_varint(buffer, at + 1)  # a byte of attributes, then the time, which is the broker's for all of them
    delta, at = decode_varint(buffer, at)
    key, at = _bytes(buffer, at, end)
    value, at = _bytes(buffer, at, end)
    count, at = decode_varint(buffer, at)
    headers: Headers = []
    for _ in range(count):
        name, at = _bytes(buffer, at, end)
        content, at = _bytes(buffer, at, end)
        headers.append(_header(name or b"", content))
    if count < 0 or at != end:
        raise ValueError("its length is not that of its parts")
    return delta, key, value, headers


def _bytes(buffer: bytearray, at: int, end: int) -> tuple[bytes | None, int]:
    length, at = decode_varint(buffer, at)
    if at + length > end:
        raise ValueError("a part is longer than the record")
    return (bytes(buffer[at : at + length]), at + length) if length >= 0 else (None, at)


def _header(name: bytes, content: bytes | None) -> tuple[str, bytes | None]:
    """A name that is no text is handed on as the content too: a reader that wants text refuses the record for it."""
    try:
        return name.decode(), content
    except UnicodeDecodeError:
        return name.decode("utf-8", "replace"), name


def install() -> None:
    """Let every consumer of this process read so; aiokafka has no other way to give it a reader of batches."""
    if not hasattr(fetcher, "MemoryRecords"):
        raise ImportError("aiokafka's fetcher reads batches otherwise now: find the place where this one belongs")
    fetcher.MemoryRecords = Batches

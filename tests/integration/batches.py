"""Record batches made by hand, as anybody can who may write to a topic: no client's library looks into them."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from aiokafka.conn import create_conn
from aiokafka.protocol.produce import ProduceRequest
from aiokafka.record.util import calc_crc32c

from infra.kafka.settings import KafkaSettings

RawHeaders = Sequence[tuple[bytes, bytes | None]]


def record(
    delta: int, key: bytes | None, value: bytes | None, headers: RawHeaders = (), attributes: int = 0, time: int = 0
) -> bytes:
    """A record (message format 2): its offset within the batch, and attributes that no client sets."""
    body = bytes([attributes]) + _varint(time) + _varint(delta) + _part(key) + _part(value) + _varint(len(headers))
    body += b"".join(_part(name) + _part(content) for name, content in headers)
    return _varint(len(body)) + body


def batch(records: Sequence[bytes]) -> bytes:
    """A batch of records, of no producer in particular."""
    counted = struct.pack(">hiqqqhii", 0, len(records) - 1, 1, 1, -1, -1, -1, len(records)) + b"".join(records)
    return struct.pack(">qiibI", 0, len(counted) + 9, -1, 2, calc_crc32c(counted)) + counted


async def write(settings: KafkaSettings, topic: str, partition: int, made: bytes) -> int:
    """Have the broker take a batch; returns the offset of its first record."""
    arguments = settings.aiokafka()
    host, _, port = arguments.pop("bootstrap_servers").partition(":")
    connection = await create_conn(host, int(port), request_timeout_ms=10_000, **arguments)
    try:
        answer = await connection.send(ProduceRequest(None, -1, 10_000, [(topic, [(partition, made)])]))
    finally:
        connection.close()
    ((_, ((_, code, offset, *_),)),) = answer.topics
    assert code == 0, f"the broker does not take it: {code}"
    return int(offset)


def _part(content: bytes | None) -> bytes:
    return _varint(-1) if content is None else _varint(len(content)) + content


def _varint(number: int) -> bytes:
    rest, out = (number << 1) ^ (number >> 63), bytearray()
    while rest > 0x7F:
        out.append(rest & 0x7F | 0x80)
        rest >>= 7
    return bytes([*out, rest])

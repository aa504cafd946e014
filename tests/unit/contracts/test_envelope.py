"""The envelope takes any bytes, and says what is wrong without repeating them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.envelope import (
    MAX_BODY,
    EnvelopeError,
    Malformed,
    Unacceptable,
    compose,
    instant,
    read,
    read_header,
)
from contracts.identifiers import derived_id, new_id

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
CASE = derived_id(NOW, "case")


def envelope(**changes: Any) -> dict[str, Any]:
    body = compose(
        id=derived_id(NOW, "event"),
        source="/agencies/kh-moi-ahtjp",
        type="safepassage.custody.died.v1",
        subject=CASE,
        time=NOW,
        data={"custody": derived_id(NOW, "custody"), "cause": "illness", "place_kind": "hospital"},
    )
    return {**json.loads(body), **changes}


def dumps(value: object) -> bytes:
    return json.dumps(value).encode()


def test_what_compose_writes_is_read_back() -> None:
    body = dumps(envelope())
    event = read(body)
    assert (event.name, event.actor, event.case, event.time) == ("custody.died", "kh-moi-ahtjp", CASE, NOW)
    assert event.body is body


@given(st.binary(max_size=300))
def test_any_bytes_are_either_an_event_or_refused(body: bytes) -> None:
    with pytest.raises(EnvelopeError):
        read(body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b"{" + b" " * MAX_BODY + b"}",
        dumps(envelope()).replace(b'"id"', b'"source":"/agencies/kh-cmp","id"', 1),
        dumps(envelope(id="not-a-uuid")),
        dumps(envelope(id=derived_id(NOW, "x").upper())),
        dumps(envelope(source="/agencies/KH")),
        dumps(envelope(source="/agencies/kh-a\n")),
        dumps(envelope(source="https://example.org/")),
        dumps(envelope(subject="somebody")),
        dumps(envelope(type="other.custody.died.v1")),
        b'{"specversion":NaN}',
    ],
    ids=range(15),
)
def test_malformed_bytes_name_no_sender(body: bytes) -> None:
    with pytest.raises(Malformed):
        read(body)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"specversion": "0.3"}, "specversion"),
        ({"time": "2026-01-02T03:04:05"}, "time"),
        ({"time": "yesterday"}, "time"),
        ({"time": 5}, "time"),
        ({"time": "0001-01-01T00:00:00Z"}, "time"),
        ({"time": "2026-02-30T00:00:00Z"}, "time"),
        ({"datacontenttype": "text/plain"}, "datacontenttype"),
        ({"type": "safepassage.custody.vanished.v1"}, "type"),
        ({"type": "safepassage.custody.died.v9"}, "type"),
        ({"data": {"custody": "x", "cause": "illness"}}, "data.custody"),
        ({"data": None}, "data"),
        ({"partitionkey": "x"}, "partitionkey"),
    ],
)
def test_an_envelope_that_cannot_be_used_names_the_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Unacceptable) as refused:
        read(dumps(envelope(**changes)))
    assert field in {where for where, _ in refused.value.faults}


NUMBERS = ("0", "-0", "1", "-1", "1.0", "-0.0", "0.1", "1e5", "1E5", "1e400", "12345678901234567890", "9" * 4301)
STRINGS = ('"a"', r'"\u0061"', '"é"', r'"\/"', '"/"', r'"\ud800"', r'"\ud83d\ude00"', '"😀"', r'"\u0000"', r'"\"a\":1"')
OTHERS = ("NaN", "-Infinity", "true", "null", "tru", "01", "[]", "{}", '"\n"', '"\x7f"')
KEYS = ('"a"', '"b"', r'"\u0061"', '"é"', '""', "a")
TEXTS = st.recursive(
    st.sampled_from(NUMBERS + STRINGS + OTHERS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{','.join(items)}]"),
        st.lists(st.tuples(st.sampled_from(KEYS), st.sampled_from((":", ": ")), inner), max_size=3).map(
            lambda members: "{" + ",".join("".join(member) for member in members) + "}"
        ),
    ),
    max_leaves=8,
)


def _plainly(text: str) -> object:
    """What a text says to the standard library's reader, which is asked to refuse what JSON does not have."""

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({name for name, _ in pairs}) < len(pairs):
            raise ValueError("a member is given twice")
        return dict(pairs)

    def constant(name: str) -> object:
        raise ValueError(name)

    return json.loads(text, object_pairs_hook=members, parse_constant=constant)


@settings(max_examples=400)
@given(TEXTS)
def test_whatever_the_facts_are_they_are_read_as_the_standard_library_reads_them_and_no_member_twice(text: str) -> None:
    body = dumps(envelope(data=None)).replace(b" ", b"").replace(b"null", text.encode("utf-8", "surrogatepass"), 1)
    try:
        said = repr(_plainly(text))
    except ValueError:
        with pytest.raises(Malformed):
            read_header(body)
    else:
        assert repr(read_header(body)[1]["data"]) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1989-12-30T23:59:59.999999Z", False),
        ("1989-12-31T00:00:00Z", True),
        ("1989-12-31T06:59:59+07:00", False),
        ("1989-12-31T07:00:00+07:00", True),
        ("2099-12-31T23:59:59-07:00", True),
        ("2100-01-02T00:00:00.000001Z", False),
        ("9999-12-31T23:59:59.999999Z", False),
        ("9999-12-31T23:59:59-07:00", False),
        ("0001-01-01T00:00:00+07:00", False),
    ],
)
def test_a_time_is_one_of_this_era_that_can_be_said_in_utc(text: str, said: bool) -> None:
    if said:
        assert instant(text).utcoffset() in (timedelta(0), timedelta(hours=7), timedelta(hours=-7))
    else:
        with pytest.raises(ValueError, match="RFC 3339"):
            instant(text)


def test_every_fault_is_listed_and_none_repeats_what_was_sent() -> None:
    secret = "Somebody's Name"
    with pytest.raises(Unacceptable) as refused:
        read(dumps(envelope(specversion=secret, time=secret, data={"cause": secret, secret: 1})))
    assert {"specversion", "time", "data.custody", "data.cause"} <= {where for where, _ in refused.value.faults}
    assert secret not in str(refused.value.faults)


def test_ids_are_uuid7_and_follow_from_their_cause() -> None:
    assert derived_id(NOW, "a", "b") == derived_id(NOW, "a", "b")
    assert derived_id(NOW, "a", "b") != derived_id(NOW, "ab")
    assert new_id(NOW) != new_id(NOW)
    for made in (derived_id(NOW, "a"), new_id(NOW)):
        assert made[14] == "7"
        assert made[19] in "89ab"
        assert int(made.replace("-", "")[:12], 16) == int(NOW.timestamp() * 1000)


def test_what_is_wrong_with_a_member_is_said_and_what_stands_in_it_is_not() -> None:
    data = {"channel": "Sok Dara", "found_country": "KH", "person": "child", "Sok": 1}
    body = compose(
        id=derived_id(NOW, "event"),
        source="/agencies/kh-moi-ahtjp",
        type="safepassage.intake.report-received.v1",
        subject=CASE,
        time=NOW,
        data=data,
    )
    with pytest.raises(Unacceptable) as refused:
        read(body)
    said = dict(refused.value.faults)
    assert said["data.channel"].startswith("is not one of 'hotline', ")
    assert said["data.code"] == said["data.at_police_post"] == "is missing"
    assert "Sok" not in str(refused.value.faults)

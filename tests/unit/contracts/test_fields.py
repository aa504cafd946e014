"""The forms that a value may take, at their edges."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from pydantic import TypeAdapter, ValidationError

from contracts import fields

ID = "01200000-0000-7abc-8def-0123456789ab"
INSTANT = TypeAdapter[datetime](fields.Instant)
DAY = TypeAdapter[date](fields.Day)


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2009-12-03T10:00:00+07:00", datetime(2009, 12, 3, 3, tzinfo=UTC)),
        ("2009-12-03T03:00:00Z", datetime(2009, 12, 3, 3, tzinfo=UTC)),
        ("2009-12-03T03:00:00.250Z", datetime(2009, 12, 3, 3, 0, 0, 250_000, tzinfo=UTC)),
        ("1990-01-01T00:00:00+07:00", datetime(1989, 12, 31, 17, tzinfo=UTC)),
    ],
)
def test_an_instant_is_read_with_its_zone(text: str, utc: datetime) -> None:
    assert INSTANT.validate_json(json.dumps(text), strict=True) == utc


@pytest.mark.parametrize(
    "value",
    [
        "2009-12-03T10:00:00",
        "2009-12-03 10:00:00Z",
        "2009-12-03t10:00:00z",
        "2009-12-03",
        "2009-02-30T10:00:00Z",
        "2009-12-03T10:00:00+99:00",
        "1989-12-31T23:59:59Z",
        "1259834400",
        1259834400,
        None,
    ],
)
def test_what_is_no_instant_is_refused(value: object) -> None:
    with pytest.raises(ValidationError):
        INSTANT.validate_json(json.dumps(value), strict=True)


@pytest.mark.parametrize(
    "value",
    [datetime(2009, 1, 1), datetime(1989, 12, 31, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC), 1],
)
def test_python_code_cannot_make_a_bad_instant_either(value: object) -> None:
    with pytest.raises(ValidationError):
        INSTANT.validate_python(value)


def test_an_instant_keeps_the_zone_in_which_it_was_said() -> None:
    said = INSTANT.validate_python(datetime(2009, 12, 3, 10, tzinfo=timezone(timedelta(hours=7))))
    assert INSTANT.dump_json(said) == b'"2009-12-03T10:00:00+07:00"'


@pytest.mark.parametrize("value", ["2009-02-30", "2009-1-1", "1989-12-31", "2009-12-03T00:00:00Z", 14_000, True])
def test_what_is_no_day_is_refused(value: object) -> None:
    with pytest.raises(ValidationError):
        DAY.validate_json(json.dumps(value), strict=True)
    with pytest.raises(ValidationError):
        DAY.validate_python(value)


@pytest.mark.parametrize(
    ("form", "good", "bad"),
    [
        (
            "AgencyId",
            ["kh-cmp", "int-iom", "th-rtp", "kh-dosvy-banteay-meanchey"],
            ["kh", "KH-cmp", "kh-", "kh--a", "k-a"],
        ),
        ("AgencyId", ["kh-" + "a" * 61], ["kh-" + "a" * 62]),
        ("Province", ["01", "24"], ["00", "25", "1", "001"]),
        ("Country", ["KH", "TH"], ["kh", "KHM", "K"]),
        (
            "EventId",
            [ID],
            [ID.upper(), ID.replace("-7abc", "-4abc"), ID.replace("-8def", "-cdef"), ID.replace("-", "")],
        ),
        ("Digest", ["A" * 43, "_-" * 21 + "8"], ["A" * 42, "A" * 44, "A" * 42 + "B", "A" * 42 + "="]),
        ("RuleId", ["D107-48H", "A2007-MEMBER", "C009-FOLLOWUP", "XB-NEED", "CUS-ONE"], ["D107", "cus-one", "CUS-"]),
        ("InstrumentId", ["commit", "kh-prakas-62", "acts-regional", "kh-th-criminal-justice"], ["Kh-th", "a b", "62"]),
        ("Corridor", ["kh-my"], ["kh", "KH-TH", "kh-th-x"]),
        ("DocumentRef", ["1", "MOSVY/123/2009", "A-17", "107/08.KCH"], ["SOK-DARA", "SOKDARAPICH1", "A B", "/1", "1-"]),
        ("Month", ["2009-12"], ["2009-13", "2009-00", "09-12", "2009-12-01"]),
    ],
)
def test_forms(form: str, good: list[str], bad: list[str]) -> None:
    adapter = TypeAdapter[str](getattr(fields, form))
    for text in good:
        assert adapter.validate_python(text) == text
    for text in bad:
        with pytest.raises(ValidationError):
            adapter.validate_python(text)

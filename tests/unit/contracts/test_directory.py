"""The directory is a chain of signed, dated statements: nothing can be dropped, reordered, forked or taken back."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from contracts.directory import (
    AgencyEntry,
    AgreementEntry,
    Directory,
    DirectoryRefused,
    HeadEntry,
    InstrumentEntry,
    KeyEntry,
    MandateEntry,
    RevocationEntry,
    Statement,
    entry,
    read_entry,
)
from contracts.signing import Signer, b64, sign_detached

REGISTRAR = Signer.from_seed("registrar/r1", bytes(32))
AGENCY = Signer.from_seed("kh-a/s1", bytes([1]) * 32)
NOW = datetime(2009, 6, 1, tzinfo=UTC)


def lines(*statements: Statement) -> list[tuple[bytes, str]]:
    directory, written = Directory(), []
    for statement in statements:
        line = entry(directory, statement, NOW)
        body = line.body()
        directory = directory.extend(line, body)
        written.append((body, sign_detached(body, REGISTRAR)))
    return written


def fold(written: list[tuple[bytes, str]]) -> Directory:
    directory = Directory()
    for body, jws in written:
        directory = directory.extend(read_entry(body, jws, REGISTRAR.public), body)
    return directory


STATEMENTS: list[Statement] = [
    AgencyEntry(agency="kh-a", names={"en": "A"}, country="KH", state=False),
    MandateEntry(agency="kh-a", role="shelter", effective_from=date(2009, 1, 1), effective_until=date(2009, 12, 31)),
    AgreementEntry(agency="kh-a", covers=("shelter",), effective_from=date(2009, 3, 1)),
    KeyEntry(
        agency="kh-a", kid="kh-a/s1", use="sig", public=b64(AGENCY.public), valid_from=datetime(2009, 1, 1, tzinfo=UTC)
    ),
]


def test_every_question_names_a_day() -> None:
    directory = fold(lines(*STATEMENTS))
    assert not directory.has_role("kh-a", "shelter", date(2008, 12, 31))
    assert directory.has_role("kh-a", "shelter", date(2009, 1, 1))
    assert directory.has_role("kh-a", "shelter", date(2009, 12, 31))
    assert not directory.has_role("kh-a", "shelter", date(2010, 1, 1))
    assert not directory.agreement_covers("kh-a", "shelter", date(2009, 2, 28))
    assert directory.agreement_covers("kh-a", "shelter", date(2009, 3, 1))
    assert directory.with_role("shelter", date(2009, 5, 1), "KH") == ("kh-a",)
    assert directory.with_role("shelter", date(2009, 5, 1), "TH") == ()


def test_a_revoked_key_ends_at_its_instant_whoever_asks_later() -> None:
    at = datetime(2009, 6, 2, tzinfo=UTC)
    directory = fold(lines(*STATEMENTS, RevocationEntry(kid="kh-a/s1", revoked_at=at)))
    assert directory.key_problem("kh-a/s1", "kh-a", at - timedelta(seconds=1)) is None
    assert "revoked" in str(directory.key_problem("kh-a/s1", "kh-a", at))
    assert "another agency" in str(directory.key_problem("kh-a/s1", "kh-b", NOW))
    assert "not list" in str(directory.key_problem("kh-a/s2", "kh-a", NOW))
    later = fold(
        lines(
            *STATEMENTS,
            RevocationEntry(kid="kh-a/s1", revoked_at=at),
            RevocationEntry(kid="kh-a/s1", revoked_at=at + timedelta(days=9)),
        )
    )
    assert later.revoked["kh-a/s1"] == at


@pytest.mark.parametrize("tamper", ["drop", "swap", "repeat", "fork"])
def test_a_chain_that_does_not_hold_is_refused(tamper: str) -> None:
    written = lines(*STATEMENTS)
    if tamper == "drop":
        del written[1]
    elif tamper == "swap":
        written[1], written[2] = written[2], written[1]
    elif tamper == "repeat":
        written.insert(2, written[1])
    else:
        written[2:] = lines(STATEMENTS[0], STATEMENTS[2], STATEMENTS[1], STATEMENTS[3])[2:]
    with pytest.raises(DirectoryRefused):
        fold(written)


def test_only_the_registrar_signs() -> None:
    body = entry(Directory(), STATEMENTS[0], NOW).body()
    with pytest.raises(DirectoryRefused):
        read_entry(body, sign_detached(body, AGENCY), REGISTRAR.public)


def test_a_head_of_another_directory_is_refused_and_an_old_one_changes_nothing() -> None:
    directory = fold(lines(*STATEMENTS, HeadEntry(at=NOW)))
    assert directory.head_at == NOW
    old = entry(directory, HeadEntry(at=NOW - timedelta(hours=1)), NOW)
    assert directory.extend(old, old.body()).head_at == NOW
    elsewhere = entry(Directory(), HeadEntry(at=NOW), NOW)
    with pytest.raises(DirectoryRefused):
        directory.extend(elsewhere, elsewhere.body())


def test_a_key_is_never_listed_twice() -> None:
    with pytest.raises(DirectoryRefused):
        lines(*STATEMENTS, STATEMENTS[3])


# -- XB-MODIFY -------------------------------------------------------------------------------------------------------

TEXT = InstrumentEntry(
    instrument="kh-th",
    text_digest="d",
    effective_from=date(2003, 5, 31),
    citation="OPSC ¶99",
    signatories=("KH", "TH"),
)


def test_an_instrument_is_entered_with_citation_signatories_and_day() -> None:
    assert fold(lines(*STATEMENTS, TEXT)).instruments["kh-th"] == (TEXT,)


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("citation", None),
        ("citation", ""),
        ("citation", "  "),
        ("signatories", None),
        ("signatories", []),
        ("signatories", ["Thailand"]),
        ("effective_from", None),
        ("effective_from", "2003-05"),
    ],
)
def test_an_instrument_without_one_of_the_three_is_refused_by_every_reader(member: str, value: Any) -> None:
    said = json.loads(entry(Directory(), TEXT, NOW).body())
    said["statement"][member] = value
    if value is None:
        del said["statement"][member]
    body = json.dumps(said).encode()
    with pytest.raises(DirectoryRefused, match="XB-MODIFY"):
        read_entry(body, sign_detached(body, REGISTRAR), REGISTRAR.public)


def test_a_signatory_without_a_key_is_a_warning_and_the_text_counts_all_the_same() -> None:
    directory = fold(lines(*STATEMENTS, TEXT))
    assert directory.keyless(TEXT) == ("TH",)
    assert directory.instruments["kh-th"] == (TEXT,)
    thai = [
        AgencyEntry(agency="th-a", names={"en": "A"}, country="TH", state=True),
        KeyEntry(agency="th-a", kid="th-a/e1", use="enc", public=b64(bytes(32)), valid_from=NOW),
    ]
    assert fold(lines(*STATEMENTS, *thai)).keyless(TEXT) == ("TH",)
    signing = KeyEntry(agency="th-a", kid="th-a/s1", use="sig", public=b64(bytes(32)), valid_from=NOW)
    assert fold(lines(*STATEMENTS, *thai, signing)).keyless(TEXT) == ()

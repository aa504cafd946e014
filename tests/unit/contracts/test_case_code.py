"""The short code of a case: what is said on the phone and written on paper must not lead to another child."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from contracts.fields import canonical_case_code, case_code, check_case_code

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
codes = st.integers(0, 2**128 - 1).map(lambda value: case_code(str(UUID(int=value))))


def with_hyphen(letters: str) -> str:
    return f"{letters[:5]}-{letters[5:]}"


@given(codes)
def test_a_code_holds_and_is_written_one_way(code: str) -> None:
    assert check_case_code(code)
    assert canonical_case_code(code) == code
    assert canonical_case_code(code.replace("-", " ").lower()) == code
    assert canonical_case_code(code.replace("0", "O").replace("1", "l")) == code


@given(codes, st.integers(0, 9), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(code: str, place: int, letter: str) -> None:
    letters = code.replace("-", "")
    assume(letters[place] != letter)
    assert not check_case_code(with_hyphen(letters[:place] + letter + letters[place + 1 :]))


@given(codes, st.integers(0, 9), st.integers(0, 9))
def test_two_exchanged_characters_are_noticed_wherever_they_stand(code: str, one: int, other: int) -> None:
    letters = list(code.replace("-", ""))
    assume(letters[one] != letters[other])
    letters[one], letters[other] = letters[other], letters[one]
    assert not check_case_code(with_hyphen("".join(letters)))


def test_every_single_error_and_adjacent_exchange_of_one_code_is_noticed() -> None:
    letters = case_code("01200000-0000-7abc-8def-0123456789ab").replace("-", "")
    for place in range(10):
        for letter in set(ALPHABET) - {letters[place]}:
            assert not check_case_code(letters[:place] + letter + letters[place + 1 :])
    for place in range(9):
        if letters[place] != letters[place + 1]:
            assert not check_case_code(letters[:place] + letters[place + 1] + letters[place] + letters[place + 2 :])


@given(st.integers(0, 2**45 - 1), st.integers(0, 2**45 - 1))
def test_two_cases_share_a_code_only_when_45_random_bits_are_the_same(one: int, other: int) -> None:
    first, second = (case_code(str(UUID(int=(0x0120 << 112) + value))) for value in (one, other))
    assert (first == second) == (one == other)


def test_the_code_does_not_tell_when_a_case_began() -> None:
    assert case_code("01200000-0000-7abc-8def-0123456789ab") == case_code("01999999-9999-7abc-8def-0123456789ab")


@pytest.mark.parametrize(
    "text", ["", "-", "7K3QF", "UUUUU-UUUUU", "00000-000000", "0000០-00000", "00000\n00000", "ı" * 10]
)
def test_what_is_no_code_is_not_one(text: str) -> None:
    assert canonical_case_code(text) is None

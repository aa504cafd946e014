"""What is printed where nobody looks at a terminal."""

from __future__ import annotations

from infra.cli.output import plain


def test_columns_stand_under_their_names() -> None:
    assert plain(("who", "since"), [("kh-mosvy", "2009"), ("a", "b")], "Title") == [
        "Title",
        "who       since",
        "--------  -----",
        "kh-mosvy  2009",
        "a         b",
    ]


def test_a_table_without_rows_is_its_names() -> None:
    assert plain(("who",), []) == ["who", "---"]

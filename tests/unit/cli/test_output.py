"""What is printed where nobody looks at a terminal."""

from __future__ import annotations

from io import StringIO

from rich.console import Console

from infra.cli.output import Output, plain


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


def test_in_a_file_a_long_step_says_how_far_it_is_at_each_tenth() -> None:
    said = StringIO()
    output = Output(aside=Console(file=said, highlight=False))
    with output.progress() as advance:
        advance("starting Kafka", 0, None)
        for done in range(201):
            advance("replaying", done, 200)
    lines = said.getvalue().splitlines()
    assert lines[:3] == ["starting Kafka", "replaying", "replaying: 20 of 200"]
    assert lines[-1] == "replaying: 200 of 200"
    assert len(lines) == 12

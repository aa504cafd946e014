"""The network's own checks where they say more than one word: what a reader is told to write instead."""

from __future__ import annotations

import pytest

from contracts.codes import DocumentKind
from contracts.guidelines.rules.network import net_document, net_told

GIVEN = sorted(DocumentKind)[:3]


@pytest.mark.parametrize(
    ("used", "remedy"),
    [(GIVEN[:2], f"name of: {GIVEN[0]}, {GIVEN[1]}"), ([], "name of: none")],
)
def test_a_strange_document_is_told_which_are_in_use(used: list[DocumentKind], remedy: str) -> None:
    problem = net_document(GIVEN, used)
    assert problem is not None
    assert problem.remedy == remedy
    assert problem.message == f"not a document of this step: {', '.join(sorted(set(GIVEN) - set(used)))}"


def test_what_nothing_is_said_of_is_listed() -> None:
    problem = net_told(["views", "tracing", "risk"], ["risk"])
    assert problem is not None
    assert problem.message == "nothing is said of: tracing, views"
    assert net_told(["risk"], ["risk"]) is None

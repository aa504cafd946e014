"""Whatever a test here makes the law say is read as its reader would: a field that exists, in words that are known."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest

from contracts.decision import WARNING, Breach, Problem
from contracts.events import EVENTS
from contracts.guidelines.words import translated
from contracts.steps import Finding

FIELDS = {"id", "source", "subject", "time", "type"} | {
    f"data.{name}" for kind in EVENTS.values() for name in kind.model.model_fields
}
"""What a refusal may point at: an attribute of the envelope, or a member of some event's data."""


@pytest.fixture(autouse=True)
def said(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each problem and breach that the law makes during a test; those that a test makes itself are its own affair."""
    wrong: list[str] = []

    def heard(self: Problem | Breach) -> None:
        texts = [self.message, self.remedy] if isinstance(self, Problem) else [self.message]
        wrong.extend(f"{self.rule} says {text!r}" for text in texts if translated(str(text), "km") is None)
        if isinstance(self, Problem) and self.field not in FIELDS:
            wrong.append(f"{self.rule} points at {self.field!r}")
        if self.code not in {*Finding, WARNING}:
            wrong.append(f"{self.rule} has the code {self.code!r}")

    def watched(made: Any) -> Any:
        def init(self: Any, *arguments: Any, **keywords: Any) -> None:
            made(self, *arguments, **keywords)
            if sys._getframe(1).f_globals["__name__"].startswith("contracts."):
                heard(self)

        return init

    for kind in (Problem, Breach):
        monkeypatch.setattr(kind, "__init__", watched(kind.__init__))
    yield
    assert wrong == []

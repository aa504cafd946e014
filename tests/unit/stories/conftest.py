"""Every story has a network of its own, and ends by what no story may break."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.unit.stories.narrator import Network


@pytest.fixture
def network() -> Iterator[Network]:
    """The services; when the story is told, nothing has been lost and nobody was left alone."""
    told = Network()
    yield told
    told.ends()

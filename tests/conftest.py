"""Options and fixtures that every test may use."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--on-docker`: the integration tests run on testcontainers instead of the embedded servers."""
    parser.addoption("--on-docker", action="store_true", help="Kafka and PostgreSQL from testcontainers")

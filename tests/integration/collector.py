"""An OTLP/HTTP collector that keeps every byte it is sent, to be searched for what must not be told."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

PLANT = """
import sys
from infra.telemetry import setup
with setup("planted").send({sys.argv[1]: 1}):
    pass
"""


class Collector:
    """What came, as (path, body): `/v1/traces` and `/v1/metrics`, protobuf with its strings in the clear."""

    def __init__(self) -> None:
        self.received: list[tuple[str, bytes]] = []
        self.port = 0

    def environment(self) -> dict[str, str]:
        """The standard variables that make a process export here, soon."""
        return {
            "OTEL_TRACES_EXPORTER": "otlp",
            "OTEL_METRICS_EXPORTER": "otlp",
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{self.port}",
            "OTEL_EXPORTER_OTLP_COMPRESSION": "none",
            "OTEL_BSP_SCHEDULE_DELAY": "500",
            "OTEL_METRIC_EXPORT_INTERVAL": "1000",
        }

    def told(self, path: str, what: str) -> bool:
        """Whether this text came to this path."""
        return any(what.encode() in body for at, body in self.received if at == path)

    def telling(self, secrets: list[bytes], since: int = 0) -> set[str]:
        """The paths to which anything came that holds one of these, from so many messages on."""
        return {path for path, body in self.received[since:] if any(secret in body for secret in secrets)}

    def plant(self, secret: str) -> None:
        """Let a process export, as a service does, what no service may: a secret in a topic's place."""
        environment = {**os.environ, **self.environment()}
        subprocess.run([sys.executable, "-c", PLANT, secret], env=environment, check=True, timeout=30)


@contextmanager
def collecting() -> Iterator[Collector]:
    """A collector that listens on loopback inside the block."""
    collector = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            collector.received.append((self.path, body))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """The test's output is not the place for it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    collector.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield collector
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

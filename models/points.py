"""Named places at which a test of faults may kill the process; in production none is armed."""

import os
import signal
from pathlib import Path

_folder: Path | None = None


def arm(folder: Path | None) -> None:
    """Let the places kill: each does so once for each file of its name in ``folder``."""
    global _folder  # noqa: PLW0603 one process, one answer, set once before any work
    _folder = folder


def reached(name: str) -> None:
    """Die here, by SIGKILL, if that was asked for; else do nothing."""
    if _folder is None:
        return
    try:
        (_folder / name).unlink()  # whoever takes the file away is the one who dies
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.SIGKILL)

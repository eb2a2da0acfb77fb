"""Named places at which a test of faults may stop the process; in production none is armed."""

import os
import signal
from pathlib import Path

_folder: Path | None = None


class Forced(Exception):
    """An error that a test of faults wished for here, with the words it is to carry."""


def arm(folder: Path | None) -> None:
    """Let the places fail: each does so once for each file of its name in ``folder``."""
    global _folder  # noqa: PLW0603 one process, one answer, set once before any work
    _folder = folder


def reached(name: str) -> None:
    """Do nothing, unless a test wished otherwise: die here by SIGKILL, or fail.

    Raises Forced with what the file says, if it says anything.
    """
    if _folder is None:
        return
    wish = _folder / name
    try:
        said = wish.read_text(encoding="utf-8")
        wish.unlink()  # whoever takes the file away is the one who fails
    except FileNotFoundError:
        return
    if said:
        raise Forced(said)
    os.kill(os.getpid(), signal.SIGKILL)

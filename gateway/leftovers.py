"""Folders that a backup or a restore works in, when it was killed before it could take them away.

In them lie rows in clear and the keys of words, which would outlive what is erased meanwhile.
"""

import shutil
from pathlib import Path

BACKUP, RESTORE = ".backup-", ".restore-"


def take_away(beside: Path, prefix: str, spare: Path | None = None) -> None:
    """Remove what lies there, but the folder at hand; call it where nobody else works in one."""
    for left in beside.glob(f"{prefix}*"):
        if left.is_dir() and left != spare:
            shutil.rmtree(left)

"""What lies in the spools, seen from outside: how much, since when, and what was set aside.

Only names, ages and our own reasons are read; nothing is opened (gateway/spool.py writes it).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

POSTS, ASIDE = "posts", "aside"
POST, WHY = ".post", ".why"


@dataclass(frozen=True, slots=True)
class Waiting:
    """The posts of one spool that wait: how many, and when the oldest came, in s of 1970."""

    spool: str
    count: int
    oldest: float | None


@dataclass(frozen=True, slots=True)
class SetAside:
    """One post that was refused: which spool, its name there, why, and when, in s of 1970."""

    spool: str
    name: str
    reason: str
    at: float


def waiting(folder: Path) -> list[Waiting]:
    """Return what waits in each spool below a folder; none is there before its first post."""
    return [_waiting(one) for one in _spools(folder)]


def set_aside(folder: Path, after: float = 0.0) -> list[SetAside]:
    """Return what was set aside of the posts written after a time (s of 1970), oldest first."""
    found = [post for spool in _spools(folder) for post in _aside(spool) if post.at > after]
    return sorted(found, key=lambda one: one.at)


def _spools(folder: Path) -> list[Path]:
    return sorted(one.parent for one in folder.glob(f"*/{POSTS}"))


def _waiting(spool: Path) -> Waiting:
    times = [at for one in (spool / POSTS).iterdir() if (at := _time(one)) is not None]
    return Waiting(spool.name, len(times), min(times, default=None))


def _aside(spool: Path) -> Iterator[SetAside]:
    for one in (spool / ASIDE).glob(f"*{POST}"):
        at = _time(one)
        if at is not None:
            yield SetAside(spool.name, one.stem, _reason(one), at)


def _reason(post: Path) -> str:
    try:
        return post.with_name(f"{post.name}{WHY}").read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""


def _time(path: Path) -> float | None:
    """Return when a file was written; None if it was handed over this moment."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return None

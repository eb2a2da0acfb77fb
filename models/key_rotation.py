"""Makes keys anew beside the old ones, and destroys old ones that nothing needs any more."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import nacl.utils
from nacl.secret import SecretBox

from models.seal import key_id, read_key
from models.strongbox import PUBLIC, Strongbox, destroy, replace
from models.vault import FIRST_PEPPER, KEEPER, make_pair

PEPPER = "pepper"
# As long as a backup may need an old key: rows are kept for 35 days, keys of words for 7.
NEEDED = {
    "addresses": timedelta(days=35),
    "stories": timedelta(days=7),
    PEPPER: timedelta(days=35),
}


class RotatedToday(Exception):
    """The pepper was made anew today already."""


def rotate(keys: Path, kind: str, now: datetime, lock: SecretBox | None = None) -> None:
    """Make a new key of one kind: ``addresses``, ``stories`` or ``pepper``. Raises RotatedToday.

    Whoever runs follows by itself within a minute; old keys open what is under them until the
    keeper has changed all of it.
    """
    own = Strongbox(keys / KEEPER, lock)
    if kind != PEPPER:
        # The private half first: nobody seals for a pair that nobody can open.
        replace(keys / f"{kind}.pub", make_pair(own, kind), PUBLIC)
        return
    name = f"pepper-{now.astimezone(UTC):%Y-%m-%d}.key"
    if name in own.names("pepper-*.key"):
        raise RotatedToday(name)
    own.keep(name, nacl.utils.random(SecretBox.KEY_SIZE))


def older(keys: Path, kind: str) -> list[str]:
    """Return the private files of a pair beside the newest one."""
    current = key_id(read_key(keys / f"{kind}.pub")).hex()
    names = Strongbox(keys / KEEPER).names(f"{kind}-*.key")
    return [name for name in names if name != f"{kind}-{current}.key"]


def retire(keys: Path, kind: str, is_needed: Callable[[str], bool], now: datetime) -> list[str]:
    """Destroy the old keys of a pair; return which.

    ``is_needed`` says of a key, by its id, whether anything is under it.
    """
    if now - _changed(keys / f"{kind}.pub") < NEEDED[kind]:
        return []
    gone = [
        name
        for name in older(keys, kind)
        if not is_needed(name.removeprefix(f"{kind}-").removesuffix(".key"))
    ]
    for name in gone:
        destroy(keys / KEEPER / name)
    return gone


def retire_peppers(keys: Path, is_needed: Callable[[int], bool], now: datetime) -> list[str]:
    """Destroy old peppers; return which. ``is_needed`` is told how many are newer than one."""
    own = Strongbox(keys / KEEPER)
    newest, *older = [*reversed(own.names("pepper-*.key")), *own.names(FIRST_PEPPER)]
    if not older or now - _changed(own.folder / newest) < NEEDED[PEPPER]:
        return []
    gone = [name for place, name in enumerate(older, start=1) if not is_needed(place)]
    for name in gone:
        destroy(own.folder / name)
    return gone


def _changed(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)

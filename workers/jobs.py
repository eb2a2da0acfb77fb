"""What RQ calls by name. A job carries no word, no number and no row: it drains what is due."""

from collections.abc import Callable, Mapping

Drain = Callable[[], int]

_drains: dict[str, Drain] = {}


def equip(drains: Mapping[str, Drain]) -> None:
    """Give the jobs of this process what they work with. Called once, before the first job."""
    _drains.clear()
    _drains.update(drains)


def inbox() -> None:
    """Answer every SMS that waits."""
    _drains["inbox"]()

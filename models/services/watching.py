"""What the keeper found out of order, said where doctor and metrics can read it."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from models.db import Work
from models.services.programme import put_setting, setting

WATCHED = "names_watched"
CUTS = "audit_cuts"


@dataclass(frozen=True, slots=True)
class Watched:
    """How many names were given within the hour that nobody needed, and since when none is given.

    ``over_since`` is an ISO time, None while names are given.
    """

    needless: int = 0
    over_since: str | None = None


def note(work: Work, needless: int, *, is_over: bool, now: datetime) -> Watched:
    """Say what was found, and since when it is too much."""
    before = watched(work).over_since
    found = Watched(needless, (before or now.isoformat()) if is_over else None)
    put_setting(work, WATCHED, json.dumps(asdict(found)))
    return found


def watched(work: Work) -> Watched:
    """Return what was found last."""
    said = setting(work, WATCHED)
    return Watched() if said is None else Watched(**json.loads(said))


def note_cuts(work: Work, count: int) -> None:
    """Say how often the end of the audit log was gone, other than by a restore."""
    put_setting(work, CUTS, str(count))


def cuts(work: Work) -> int:
    """Return how often that was."""
    return int(setting(work, CUTS) or 0)

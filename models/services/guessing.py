"""How seldom one may guess a code: by phone, and all phones together (threat model, T8).

A try is counted before it is made, so that eight phones at once get none too many, and is taken
back once the code was right.
"""

import logging
from dataclasses import dataclass
from datetime import datetime

from models.conversation import WrongCode
from models.db import Work
from models.services.counting import count_down, count_up

# Threat model T8: 5 wrong tries per number and day, 1,000 per day and programme, then a delay.
WRONG_A_DAY = 5
WRONG_A_DAY_TOGETHER = 1000
EVERYBODY = "*"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, repr=False)
class Try:
    """One guess that may be made, with the counters it has raised."""

    day: str
    counted: tuple[str, ...]
    together: int = 0  # what the programme's counter says with this try, 0 if not yet counted


def begin(work: Work, contact: str, now: datetime, *, anywhere: bool) -> Try | None:
    """Count a guess of this phone before it is made; None if it may not be made.

    A code that opens ``anywhere`` is one of those that all phones guess at together: after a
    thousand wrong ones a day, one try a minute is left for everybody. Six digits open only what
    their own phone filed: five tries are few enough, and nobody else can use them up.
    """
    day = now.date().isoformat()
    if _up(work, contact, day) > WRONG_A_DAY:
        return None
    if not anywhere:
        return Try(day, (contact,))
    together, minute = _up(work, EVERYBODY, day), f"{EVERYBODY}{now:%H:%M}"
    if together <= WRONG_A_DAY_TOGETHER:
        return Try(day, (contact, EVERYBODY), together)
    if _up(work, minute, day) == 1:
        return Try(day, (contact, EVERYBODY, minute), together)
    count_down(work, {"contact": EVERYBODY, "day": day})
    return None


def right(work: Work, one: Try) -> None:
    """Take a try back: the code was right, or nobody could say."""
    for contact in one.counted:
        count_down(work, {"contact": contact, "day": one.day})


def right_but_short(work: Work, one: Try) -> None:
    """Take a try back from all phones together, not from its own: five digits are soon guessed."""
    for contact in one.counted[1:]:
        count_down(work, {"contact": contact, "day": one.day})


def wrong(work: Work, one: Try) -> None:
    """Let a try stand; the one that uses up the programme's day raises the alarm."""
    together = one.together or _up(work, EVERYBODY, one.day)
    if together == WRONG_A_DAY_TOGETHER:
        log.warning("codes are being guessed", extra={"count": together, "day": one.day})


def is_over(work: Work, now: datetime) -> bool:
    """Tell whether the programme's wrong codes of today are used up."""
    today = work.session.get(WrongCode, (EVERYBODY, now.date().isoformat()))
    return today is not None and today.count >= WRONG_A_DAY_TOGETHER


def _up(work: Work, contact: str, day: str) -> int:
    return count_up(work, WrongCode, {"contact": contact, "day": day})

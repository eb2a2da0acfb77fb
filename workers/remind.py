"""Lines of the timetable for the referral path: reminders, ends, the Monday question, calls due."""

from datetime import datetime

from models.services import referral_clock
from workers.duties import ACTOR, Duties, until_done


def remind_relays(duties: Duties, now: datetime) -> None:
    """Remind relays on day 3 and day 7."""
    until_done(duties.store, lambda work: referral_clock.remind(work, duties.house, now))


def end_referrals(duties: Duties, now: datetime) -> None:
    """End what is thirty days old."""
    until_done(duties.store, lambda work: referral_clock.end_old(work, duties.house, now))


def ask_stock(duties: Duties, now: datetime) -> None:
    """Ask the centres for their stock on Mondays."""
    with duties.store.work(ACTOR) as work:
        referral_clock.ask_stock(work, duties.house, now)


def tell_week(duties: Duties, now: datetime) -> None:
    """Tell the centres on Mondays how last week was."""
    with duties.store.work(ACTOR) as work:
        referral_clock.tell_week(work, duties.house, now)


def call_silent_centres(duties: Duties, now: datetime) -> None:
    """Let somebody call the centres that answer nothing."""
    with duties.store.work(ACTOR) as work:
        referral_clock.call_silent_centres(work, duties.house, now)

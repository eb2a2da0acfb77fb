"""What time brings to referrals: two reminders, the end, the Monday question, a call that is due.

Each function may run twice and in two workers at once: rows are locked, and what was done shows.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import aliased

from flows.case_lifecycle import HELD
from flows.daytime import hours_of, is_daytime, is_monday, week_of
from flows.referral_lifecycle import AWAITED, OPEN
from models.area import Facility
from models.case import Case
from models.db import Work
from models.organisation import Organisation
from models.person import Person
from models.referral import Referral, ReferralStep
from models.services import referral_texts as texts
from models.services import referrals
from models.services.centres import COUNTS, RECEIVES, who_at
from models.services.filing import Asked, file
from models.services.programme import DAYTIME, setting
from models.services.referral_texts import Hand
from models.services.scene import House, Scene
from models.services.sweeping import AT_ONCE, each
from models.services.telling import Notice, tell
from models.stock import StockReport

REMINDERS: tuple[tuple[timedelta, int, str], ...] = (
    (timedelta(days=7), 2, "referral_still_waits"),
    (timedelta(days=3), 1, "referral_waits"),
)
NOT_SEEN = ("sent", "refused")  # whoever was sent on has been at a centre
RECEIVED = "yes"  # she says herself that she was received
WEEK = timedelta(days=7)
SILENT = timedelta(hours=48)  # field.md 8: then the midwife of the CSRef calls the matron
CALLED_AGAIN = timedelta(days=14)
ACTS = ("arrived", "served", "not_served", "redirected", "accepted")
CATEGORY, CLASS = "28", "C4"


def remind(work: Work, house: House, now: datetime) -> int:
    """Remind relays of women not seen yet, on day 3 and day 7, by day (B5, B6).

    Returns for how many; call it again while it returns AT_ONCE.
    """
    if not _by_day(work, now):
        return 0
    hand = _hand(work, house, now)
    found = _locked(work, Referral.status.in_(NOT_SEEN), _due_reminder(now))
    return each(work, found, lambda one: _remind(hand, one))


def end_old(work: Work, house: House, now: datetime) -> int:
    """End what is thirty days old: expired if she never came, else closed. Again while AT_ONCE."""
    hand = _hand(work, house, now)
    found = _locked(work, Referral.status.in_(OPEN | {"served"}), Referral.due_at <= now)

    def end(one: Referral) -> None:
        referrals.end(hand, one, "expired" if one.status in AWAITED else "closed")

    return each(work, found, end)


def ask_stock(work: Work, house: House, now: datetime) -> None:
    """Ask each centre's store what is left (B10), once each Monday, by day."""
    if not is_monday(now) or not _by_day(work, now):
        return
    centres = select(Organisation.facility_id).where(Organisation.facility_id.is_not(None))
    for facility_id in work.session.scalars(centres.distinct().order_by("facility_id")).all():
        person = who_at(work, facility_id, COUNTS)
        if person is None:
            continue
        cause = f"stock-question:{facility_id}:{week_of(now)}"
        text = house.say("stock_question")
        tell(work, house, person.id, Notice("stock_question", text, cause), now)


def tell_week(work: Work, house: House, now: datetime) -> None:
    """Tell each centre on Monday, once, how many came and were served last week (field.md 8)."""
    if not is_monday(now) or not _by_day(work, now):
        return
    for facility_id, counts in _weeks(work, now).items():
        person = who_at(work, facility_id, RECEIVES)
        if person is None:
            continue
        text = house.say("week_at_centre", **counts)
        cause = f"week:{facility_id}:{week_of(now)}"
        tell(work, house, person.id, Notice("week_at_centre", text, cause), now)


def call_silent_centres(work: Work, house: House, now: datetime) -> int:
    """File a task for the midwife of the CSRef for each centre that answered nothing in 48 hours.

    One a centre while it is open, and none again for two weeks. Returns how many.
    """
    hand = _hand(work, house, now)
    # Of two workers the second waits here, and then finds the task of the first.
    seen = select(Facility).where(Facility.id.in_(_silent_centres(work, now)))
    locked = seen.order_by(Facility.id).with_for_update(key_share=True)
    centres = work.session.scalars(locked).all()
    still = set(_silent_centres(work, now)) if centres else set()
    silent = [one for one in centres if one.id in still]
    return each(work, silent, lambda centre: file(work, hand.scene, _asked(centre)))


def _remind(hand: Hand, one: Referral) -> None:
    number, name = next(
        (number, name) for after, number, name in REMINDERS if one.sent_at <= hand.now - after
    )
    one.reminded = number
    relay = hand.work.session.get(Person, one.relay_id) if one.relay_id else None
    if relay is not None and texts.reachable(relay):
        step = referrals.note(hand, one, "reminded", which=number)
        texts.tell(hand, step, relay, name, texts.say(hand.house, name, one))


def _asked(centre: Facility) -> Asked:
    return Asked(
        kind="referral",
        category=CATEGORY,
        case_class=CLASS,
        place=f"f:{centre.id}",
        answer="none",
    )


def _due_reminder(now: datetime) -> ColumnElement[bool]:
    days = or_(
        *(
            (Referral.sent_at <= now - after) & (Referral.reminded < number)
            for after, number, _ in REMINDERS
        )
    )
    unsaid = or_(Referral.client_said.is_(None), Referral.client_said != RECEIVED)
    return days & Referral.remind & unsaid & (Referral.due_at > now)


def _locked(work: Work, *among: ColumnElement[bool]) -> Sequence[Referral]:
    ours = (*among, Referral.id.not_in(work.passed))
    wanted = select(Referral).where(*ours).order_by(Referral.id).limit(AT_ONCE)
    return work.session.scalars(wanted.with_for_update(skip_locked=True)).all()


def _silent_centres(work: Work, now: datetime) -> Sequence[str]:
    called = exists().where(
        Case.kind == "referral",
        Case.place_ref == "f:" + Referral.facility_id,
        or_(Case.status.in_(HELD), Case.opened_at > now - CALLED_AGAIN),
    )
    waiting = (Referral.status == "sent") & (Referral.sent_at <= now - SILENT)
    wanted = select(Referral.facility_id).where(
        or_(waiting & ~_answered_anything(), Referral.status == "refused"),
        Referral.due_at > now,
        Referral.facility_id.is_not(None),
        ~called,
    )
    return [one for one in work.session.scalars(wanted.distinct()).all() if one is not None]


def _answered_anything() -> ColumnElement[bool]:
    """Tell whether the centre a referral went to did anything since, for whichever woman."""
    other = aliased(Referral)
    acted = (
        select(ReferralStep.id)
        .join(other, other.id == ReferralStep.referral_id)
        .where(
            other.facility_id == Referral.facility_id,
            ReferralStep.transition.in_(ACTS),
            ReferralStep.at > Referral.sent_at,
        )
    )
    counted = select(StockReport.id).where(
        StockReport.facility_id == Referral.facility_id, StockReport.at > Referral.sent_at
    )
    return or_(acted.exists(), counted.exists())


def _weeks(work: Work, now: datetime) -> Mapping[str, dict[str, int]]:
    """Return for each centre with codes: came and served in seven days, still awaited."""
    found: dict[str, dict[str, int]] = {}
    asked = {
        "arrived": _done("arrived", Referral.status.not_in((*AWAITED, "cancelled")), now),
        "served": _done("served", Referral.status.in_(("served", "closed")), now),
        "waiting": select(Referral.facility_id, func.count())
        .where(Referral.status.in_(AWAITED), Referral.facility_id.is_not(None))
        .group_by(Referral.facility_id),
    }
    for name, rows in asked.items():
        for facility_id, count in work.session.execute(rows):
            found.setdefault(str(facility_id), dict.fromkeys(asked, 0))[name] = count
    return found


def _done(step: str, still: ColumnElement[bool], now: datetime) -> Select[str | None, int]:
    """Count whom a centre did something for in a week, where it was not undone."""
    return (
        select(Referral.facility_id, func.count(Referral.id.distinct()))
        .join(ReferralStep, ReferralStep.referral_id == Referral.id)
        .where(
            ReferralStep.transition == step,
            ReferralStep.at > now - WEEK,
            Referral.facility_id.is_not(None),
            still,
        )
        .group_by(Referral.facility_id)
    )


def _by_day(work: Work, now: datetime) -> bool:
    return is_daytime(now, hours_of(setting(work, DAYTIME)))


def _hand(work: Work, house: House, now: datetime) -> Hand:
    """Return the hand of the clock: nobody speaks, so there is nothing to seal."""
    scene = Scene(
        house=house,
        kind="clock",
        channel="clock",
        conversation="clock",
        contact=None,
        seal_sender=bytes,
        person_id=None,
        language="fr",
        now=now,
    )
    return Hand(work, scene)

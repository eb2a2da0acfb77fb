"""Texts of the referral path: written with the step that causes them, withheld when it is undone.

None is ever written to a client, and none names a product or a service (field.md 5).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update

from flows.deadlines import shown
from flows.place_names import shown as shown_place
from flows.place_words import HOURS_UNKNOWN
from models.area import Facility
from models.db import Work
from models.outbound import OutboundMessage
from models.person import Person
from models.referral import Referral, ReferralStep
from models.services import telling
from models.services.centres import RECEIVES, who_at
from models.services.programme import daytime
from models.services.scene import House, Scene
from models.services.telling import Notice

NEXT_VISIT = 3  # months, whatever was given: the date may not say what it was
MONTHS = 12
UNSENT = ("waiting", "unknown")


@dataclass(frozen=True, slots=True)
class Hand:
    """Whoever does something to a referral now: ``work`` says who, ``scene`` by which road."""

    work: Work
    scene: Scene

    @property
    def now(self) -> datetime:
        """Return the time of this turn."""
        return self.scene.now

    @property
    def house(self) -> House:
        """Return the house's tools."""
        return self.scene.house


def say(house: House, name: str, referral: Referral, **values: Any) -> str:
    """Return a text about a referral: its code, band and last date stand in it by themselves."""
    texts = house.flows.texts
    known = {
        "n2": referral.number,
        "band": texts.say(f"band_{referral.age_band.replace('-', '_')}"),
        "wish": referral.wish or texts.say("wish_advice"),
        "date": shown(referral.due_at),
    }
    return texts.say(name, **{**known, **values})


def place_name(facility: Facility | None) -> str:
    """Return a centre as phones show it."""
    return "" if facility is None else shown_place(facility.name)


def opening_hours(facility: Facility | None) -> str:
    """Return when a centre is open, or words that say that it is not known."""
    return (facility and facility.hours) or HOURS_UNKNOWN


def announce(hand: Hand, referral: Referral, step: ReferralStep) -> None:
    """Tell the centre that somebody comes (B3): band, wish digit, relay and date.

    Of who only came to a centre nobody is told: she was not asked.
    """
    if referral.consent_at is None:
        return
    there = who_at(hand.work, referral.facility_id, RECEIVES)
    if there is None:
        return
    relay = _person(hand.work, referral.relay_id)
    name = "referral_new" if relay else "referral_new_herself"
    number = relay.number if relay else ""
    tell(hand, step, there, name, say(hand.house, name, referral, relay=number))


def counter_refer(hand: Hand, referral: Referral, step: ReferralStep) -> bool:
    """Tell the relay that she came (B7), and after a service when she is seen again."""
    relay = _person(hand.work, referral.relay_id)
    if relay is None or not reachable(relay):
        return False
    name = "referral_came_back" if step.status == "served" else "referral_came"
    month = (hand.now.month + NEXT_VISIT - 1) % MONTHS + 1
    when = hand.house.say(f"month_{month}")
    tell(hand, step, relay, name, say(hand.house, name, referral, month=when))
    return True


def tell(hand: Hand, step: ReferralStep, person: Person, purpose: str, text: str) -> None:
    """Write a text to a registered person into the outbox, for hours in which phones may ring."""
    notice = Notice(purpose, text, cause(step.id), daytime(hand.work, hand.now))
    telling.tell(hand.work, hand.house, person.id, notice, hand.now)


def withhold(work: Work, steps: Collection[ReferralStep], reason: str, now: datetime) -> None:
    """Keep back what was not yet sent because of these steps."""
    work.session.flush()
    work.session.execute(
        update(OutboundMessage)
        .where(
            OutboundMessage.cause.in_([cause(step.id) for step in steps]),
            OutboundMessage.status.in_(UNSENT),
            OutboundMessage.settled_at.is_(None),
        )
        .values(status="withheld", reason=reason, settled_at=now, address=None, text_sealed=None)
        .execution_options(synchronize_session=False)
    )


def cause(step_id: int) -> str:
    """Return how the outbox names the step that made a text."""
    return f"referral-step:{step_id}"


def reachable(person: Person) -> bool:
    """Return whether a registered person may still be written to."""
    return person.usable and person.stopped_at is None


def _person(work: Work, person_id: int | None) -> Person | None:
    return None if person_id is None else work.session.get(Person, person_id)

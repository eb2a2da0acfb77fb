"""What can happen to a referral: each step along its table, each act undone as a whole.

Nothing is filed without her consent, and nothing is queued before the consent is written.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from flows.deadlines import UNDO
from flows.referral_lifecycle import AWAITED, LASTS, OPEN, STANDING, after, allows
from models.area import Facility
from models.db import Work
from models.referral import Referral, ReferralStep
from models.services import consents
from models.services import referral_texts as texts
from models.services.filing import free_number
from models.services.referral_texts import Hand


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a referral begins with; ``source`` is relay, herself or walk_in.

    ``language``: of the dialogue in which she agreed, if it was one with us.
    """

    source: str
    facility_id: str
    age_band: str
    area_pcode: str | None = None
    wish: str | None = None
    relay_id: int | None = None
    language: str = ""


@dataclass(slots=True)
class Act:
    """One thing one person does to a referral: its steps are undone together."""

    hand: Hand
    referral: Referral
    was: dict[str, Any] | None = field(init=False)

    def __post_init__(self) -> None:
        self.was = _as_it_is(self.referral)

    def step(self, transition: str, **details: Any) -> ReferralStep:
        """Take the referral one step along its table. Raises TransitionRefused."""
        self.referral.status = after(self.referral.status, transition)
        if self.was is not None:  # the first step remembers what the act began with
            details["was"], self.was = self.was, None
        return note(self.hand, self.referral, transition, **details)

    def come(self, facility_id: str) -> ReferralStep | None:
        """Let her have come to this centre, redirected if she was awaited at another."""
        one = self.referral
        if one.facility_id != facility_id:
            self.step("redirected", **{"from": one.facility_id, "to": facility_id})
            one.facility_id = facility_id
        if one.status not in AWAITED:
            return None
        unneeded = [step for step in one.steps if step.transition == "reminded"]
        if unneeded:
            texts.withhold(self.hand.work, unneeded, "arrived", self.hand.now)
        return self.step("arrived", at=facility_id)


def note(hand: Hand, referral: Referral, what: str, **details: Any) -> ReferralStep:
    """Write down something that leaves the status as it is."""
    step = ReferralStep(
        transition=what,
        status=referral.status,
        by=str(hand.work.actor),
        road=hand.scene.kind,
        at=hand.now,
        details=details,
    )
    referral.steps.append(step)
    hand.work.session.flush()
    return step


def send(hand: Hand, wanted: Wanted) -> Referral:
    """File a referral she agreed to: consent first, then sent, then the centre is told."""
    referral = _new(hand, wanted)
    referral.consent_at = hand.now
    act = Act(hand, referral)
    act.step("consented")
    _agreed(hand, referral, wanted)
    texts.announce(hand, referral, act.step("sent"))
    return referral


def _agreed(hand: Hand, referral: Referral, wanted: Wanted) -> None:
    if wanted.source == "relay":  # who says to her what the screen says (H6)
        consents.agree_aloud(hand.work, hand.scene, referral, "referral", "relay")
    else:
        said = {"language": wanted.language}
        consents.agree(hand.work, hand.scene, referral, "referral", said)


def walk_in(hand: Hand, wanted: Wanted) -> Referral:
    """Count somebody who came to a centre without ever being sent."""
    referral = _new(hand, wanted)
    Act(hand, referral).step("arrived", at=wanted.facility_id)
    return referral


def find(work: Work, number: str) -> Referral | None:
    """Return the referral whose code still means something, locked until the commit."""
    wanted = select(Referral).where(Referral.number == number, Referral.status.in_(STANDING))
    return work.session.scalar(wanted.with_for_update())


def awaited(work: Work, relay_id: int, band: str) -> Sequence[Referral]:
    """Return the open referrals of a relay in a band of age, those that end first in front."""
    wanted = select(Referral).where(
        Referral.relay_id == relay_id, Referral.age_band == band, Referral.status.in_(OPEN)
    )
    return work.session.scalars(wanted.order_by(Referral.due_at, Referral.id)).all()


def receive(hand: Hand, referral: Referral, facility_id: str) -> bool:
    """Note that she came; False if that is known already, from this centre or by what followed."""
    if referral.status == "served" or _has_come(referral, facility_id):
        return False
    act = Act(hand, referral)
    step = act.come(facility_id)
    if step is not None:
        _counter_refer(hand, referral, step)
    return True


def serve(hand: Hand, referral: Referral, facility_id: str, given: str | None) -> bool:
    """Note that she was served, and with what if it was said; False if that is known already."""
    if referral.status == "served" and given in {None, referral.given}:
        return False
    act = Act(hand, referral)
    if referral.status != "served":
        act.come(facility_id)
    referral.given, referral.reason = given or referral.given, None
    _counter_refer(hand, referral, act.step("served", at=facility_id, given=referral.given))
    return True


def not_serve(hand: Hand, referral: Referral, facility_id: str, reason: str | None) -> bool:
    """Note that she came and was not served, and why; False if more is known already."""
    known = referral.status == "not_served" and reason in {None, referral.reason}
    gone_on = referral.facility_id != facility_id and _has_come(referral, facility_id)
    if known or gone_on or not allows(referral.status, "not_served"):
        return False
    act = Act(hand, referral)
    act.come(facility_id)
    referral.reason = reason or referral.reason
    _counter_refer(hand, referral, act.step("not_served", at=facility_id, reason=referral.reason))
    return True


def send_on(hand: Hand, referral: Referral, facility_id: str, to: Facility) -> bool:
    """Note that she came and was sent on to another centre, which is told; False if it is known."""
    if referral.facility_id == to.id or not allows(referral.status, "redirected"):
        return False
    act = Act(hand, referral)
    if not _has_come(referral, facility_id):
        act.come(facility_id)
    step = act.step("redirected", **{"from": referral.facility_id, "to": to.id})
    referral.facility_id, referral.reason = to.id, None
    referral.due_at = max(referral.due_at, hand.now + LASTS)
    texts.announce(hand, referral, step)
    return True


def refuse(hand: Hand, referral: Referral, facility_id: str) -> bool:
    """Note that the centre she is awaited at cannot receive her; False where that says nothing."""
    awaited_here = referral.facility_id == facility_id and allows(referral.status, "refused")
    if awaited_here and referral.status != "refused":
        Act(hand, referral).step("refused", at=facility_id)
    return awaited_here


def accept(hand: Hand, referral: Referral, facility_id: str) -> bool:
    """Note that the centre has read that she comes; False where that says nothing."""
    awaited_here = referral.facility_id == facility_id and allows(referral.status, "accepted")
    if awaited_here and not _did(referral, "accepted"):
        Act(hand, referral).step("accepted", at=facility_id)
    return awaited_here


def say_absence(hand: Hand, referral: Referral, reason: str) -> bool:
    """Note why she has not come, as her relay says (B6); False once she came."""
    if referral.status not in AWAITED:
        return False
    if referral.reason != reason:
        was = _as_it_is(referral)
        referral.reason = reason
        note(hand, referral, "absent", reason=reason, was=was)
    return True


def undo(hand: Hand, referral: Referral) -> bool:
    """Take back this person's last act, all its steps and unsent texts; False after ten minutes."""
    steps = standing(referral)
    first = next((one for one in reversed(steps) if "was" in one.details), None)
    if first is None or first.by != str(hand.work.actor) or first.at <= hand.now - UNDO:
        return False
    was = first.details["was"]
    if was["status"] == "draft":
        end(hand, referral, "cancelled")
        return True
    undone = [one for one in steps if one.id >= first.id and one.by == first.by]
    texts.withhold(hand.work, undone, "undone", hand.now)
    referral.status, referral.facility_id = was["status"], was["facility"]
    referral.given, referral.reason = was["given"], was["reason"]
    referral.due_at = datetime.fromisoformat(was["due"])
    note(hand, referral, "undone", undid=[one.id for one in undone])
    return True


def end(hand: Hand, referral: Referral, how: str) -> None:
    """End a referral for good: ``how`` is cancelled, withdrawn, expired or closed.

    Its code means nothing any more and what was not yet sent is withheld. Raises TransitionRefused.
    """
    referral.status = "cancelled" if how == "cancelled" else after(referral.status, how)
    referral.closed_at = hand.now
    texts.withhold(hand.work, referral.steps, how, hand.now)
    if how in {"cancelled", "withdrawn"}:
        consents.take_back(hand.work, referral, hand.now)
    note(hand, referral, how)


def standing(referral: Referral) -> list[ReferralStep]:
    """Return the steps that were not undone."""
    undone = {
        step
        for one in referral.steps
        if one.transition == "undone"
        for step in one.details["undid"]
    }
    return [one for one in referral.steps if one.id not in undone and one.transition != "undone"]


def _new(hand: Hand, wanted: Wanted) -> Referral:
    referral = Referral(
        number=free_number(hand.work, hand.house, "referral"),
        source=wanted.source,
        relay_id=wanted.relay_id,
        facility_id=wanted.facility_id,
        area_pcode=wanted.area_pcode,
        age_band=wanted.age_band,
        wish=wanted.wish,
        status="draft",
        remind=wanted.relay_id is not None,
        sent_at=hand.now,
        due_at=hand.now + LASTS,
    )
    hand.work.session.add(referral)
    hand.work.session.flush()
    return referral


def _counter_refer(hand: Hand, referral: Referral, step: ReferralStep) -> None:
    """Tell the relay once that she came, and once when she is seen again."""
    served = step.status == "served"
    told = {one.details.get("served") for one in standing(referral) if _is_told(one)}
    if served in told or (told and not served):
        return
    if texts.counter_refer(hand, referral, step):
        note(hand, referral, "counter_sent", served=served)


def _is_told(step: ReferralStep) -> bool:
    return step.transition == "counter_sent"


def _has_come(referral: Referral, facility_id: str) -> bool:
    return any(
        one.transition == "arrived" and one.details.get("at") == facility_id
        for one in standing(referral)
    )


def _did(referral: Referral, transition: str) -> bool:
    return any(one.transition == transition for one in standing(referral))


def _as_it_is(referral: Referral) -> dict[str, Any]:
    return {
        "status": referral.status,
        "facility": referral.facility_id,
        "given": referral.given,
        "reason": referral.reason,
        "due": referral.due_at.isoformat(),
    }

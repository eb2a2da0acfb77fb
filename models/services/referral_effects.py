"""What a centre says of a code in USSD behind the PIN, and a relay's own codes (G8 to G11)."""

from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any

from sqlalchemy import case, func, select

from flows.deadlines import shown
from flows.place_names import shown as shown_place
from flows.referral_lifecycle import ADVICE, AWAITED, OPEN, PRODUCTS, REASONS, band_of
from models.area import Facility
from models.db import Work
from models.person import Person
from models.referral import Referral
from models.services import referrals, stocks
from models.services.centres import RELAY, centre_of, nearest, place_of, seat_of_cercle
from models.services.handling import Desk, desk_signed_in
from models.services.referral_texts import Hand, say
from models.services.scene import EffectFunction, Outcome, Scene

GIVEN_LISTED = 5  # the relay's last five codes (field.md 8)
LISTED = 40  # of a centre; ten pages of four
SHOWN = 3
OTHER_CARE: Mapping[str, str] = {"removal": "9", "care": "9", "advice": ADVICE}  # G10b
Answers = Mapping[str, Any]


def my_codes(work: Work, scene: Scene, answers: Answers) -> Outcome:
    """List the codes of this person: those a centre awaits, or the last that a relay gave."""
    desk = desk_signed_in(work, scene, answers)
    if desk is None:
        return Outcome("none")
    if desk.person.role == RELAY:
        mine = select(Referral).where(Referral.relay_id == desk.person.id)
        found = work.session.scalars(mine.order_by(Referral.id.desc()).limit(GIVEN_LISTED)).all()
        return Outcome("sent", {"referrals": [_given(desk, one) for one in found]})
    here = centre_of(work, desk.person)
    if here is None:
        return Outcome("none")
    waiting = (
        select(Referral)
        .where(Referral.facility_id == here.id, Referral.status.in_(OPEN))
        .order_by(case((Referral.status.in_(AWAITED), 1), else_=0), Referral.due_at, Referral.id)
        .limit(LISTED)
    )
    listed = [_awaited(desk, one) for one in work.session.scalars(waiting)]
    return Outcome("received", {"referrals": listed}) if listed else Outcome("none")


def count_codes(desk: Desk) -> int:
    """Return how many codes G1 shows: awaited at the centre, or open ones of a relay."""
    here = centre_of(desk.work, desk.person)
    theirs = (
        Referral.relay_id == desk.person.id
        if desk.person.role == RELAY
        else Referral.facility_id == (here.id if here else "")
    )
    open_ones = select(func.count()).select_from(Referral)
    found = desk.work.session.scalar(open_ones.where(theirs, Referral.status.in_(OPEN)))
    return found or 0


def show_code(work: Work, scene: Scene, answers: Answers) -> Outcome:
    """Show one code: to a centre its band, to its relay where it stands."""
    desk = desk_signed_in(work, scene, answers)
    number = str(answers.get("referral") or "")
    if desk is not None and desk.person.role == RELAY:
        return _own(desk, number)
    one = None if desk is None else referrals.find(work, number)
    if desk is None or one is None or centre_of(work, desk.person) is None:
        return _gone(answers)
    return Outcome("awaited", {"n2": one.number, "band": say(scene.house, "band", one)})


def _own(desk: Desk, number: str) -> Outcome:
    mine = select(Referral).where(Referral.number == number, Referral.relay_id == desk.person.id)
    one = desk.work.session.scalar(mine)
    if one is None:
        return Outcome("gone", {"n2": number})
    state = _state(desk, one)
    return Outcome("mine", {"n2": one.number, "state": state, "date": shown(one.due_at)})


def code_come(work: Work, scene: Scene, answers: Answers) -> Outcome:
    """Note that she came."""
    return _at_centre(work, scene, answers, referrals.receive)


def code_serve(work: Work, scene: Scene, answers: Answers) -> Outcome:
    """Note that she was served, and with what."""
    chosen = str(answers.get("given") or "")
    given = OTHER_CARE.get(chosen, chosen if chosen in PRODUCTS else None)
    return _at_centre(
        work,
        scene,
        answers,
        lambda hand, one, here: referrals.serve(hand, one, here, given),
    )


def code_not_serve(work: Work, scene: Scene, answers: Answers) -> Outcome:
    """Note that she was not served, and why."""
    reason = REASONS.get(str(answers.get("reason") or ""))

    def refused(hand: Hand, one: Referral, here: str) -> bool:
        noted = referrals.not_serve(hand, one, here, reason)
        if noted and reason == "stock_out":
            stocks.turned_away(hand, here, one.wish)
        return noted

    return _at_centre(work, scene, answers, refused)


def code_send_on(work: Work, scene: Scene, answers: Answers) -> Outcome:
    """Note that she was sent on: to the centre chosen, else to the reference centre."""
    desk = desk_signed_in(work, scene, answers)
    here = _centre(work, desk)
    if here is None:
        return _gone(answers)
    chosen = str(answers.get("centre") or "").removeprefix("f:")
    to = work.session.get(Facility, chosen) if chosen else seat_of_cercle(work, here)
    if to is None:
        return Outcome("nowhere", {"n2": str(answers.get("referral") or "")})
    return _at_centre(
        work,
        scene,
        answers,
        lambda hand, one, at: referrals.send_on(hand, one, at, to),
    )


def centres_around(work: Work, scene: Scene, answers: Answers) -> Outcome:
    """List the nearest other centres."""
    desk = desk_signed_in(work, scene, answers)
    here = _centre(work, desk)
    place = None if here is None else place_of(work, scene.house, here.id)
    if here is None or place is None:
        return Outcome("none")
    others = (one for one in nearest(work, place) if one.id != here.id)
    listed = [
        {"value": f"f:{one.id}", "name": shown_place(one.name)} for one in islice(others, SHOWN)
    ]
    return Outcome("listed", {"facilities": listed}) if listed else Outcome("none")


def find_without_code(work: Work, scene: Scene, answers: Answers) -> Outcome:
    """List the open codes of a relay for an age (G11)."""
    desk, came = desk_signed_in(work, scene, answers), answers.get("came") or {}
    relay = work.session.scalar(
        select(Person).where(Person.number == came.get("relay"), Person.role == RELAY)
    )
    if desk is None or relay is None:
        return Outcome("stranger" if came.get("relay") else "none")
    found = referrals.awaited(work, relay.id, band_of(came.get("age")))
    listed = [_awaited(desk, one) for one in found[:LISTED]]
    return Outcome("listed", {"referrals": listed}) if listed else Outcome("none")


def count_walk_in(work: Work, scene: Scene, answers: Answers) -> Outcome:
    """Count somebody who came without ever being sent."""
    desk, came = desk_signed_in(work, scene, answers), answers.get("came") or {}
    here = _centre(work, desk)
    if desk is None or here is None:
        return Outcome("gone", {"n2": ""})
    wanted = referrals.Wanted("walk_in", here.id, band_of(came.get("age")), here.commune_pcode)
    one = referrals.walk_in(Hand(desk.work, scene), wanted)
    return Outcome("noted", {"n2": one.number})


def _at_centre(
    work: Work, scene: Scene, answers: Answers, do: Callable[[Hand, Referral, str], bool]
) -> Outcome:
    desk, one = _found(work, scene, answers)
    here = _centre(work, desk)
    if desk is None or one is None or here is None:
        return _gone(answers)
    if do(Hand(desk.work, scene), one, here.id):
        return Outcome("noted", {"n2": one.number})
    return Outcome("known", {"n2": one.number, "state": _state(desk, one)})


def _found(work: Work, scene: Scene, answers: Answers) -> tuple[Desk | None, Referral | None]:
    desk = desk_signed_in(work, scene, answers)
    one = None if desk is None else referrals.find(work, str(answers.get("referral") or ""))
    if desk is None or one is None:
        return None, None
    return desk, one


def _awaited(desk: Desk, one: Referral) -> dict[str, str]:
    days = max(0, (one.due_at - desk.now).days)
    name = desk.say("code_awaited", n2=one.number, ages=_ages(desk, one), k=days)
    return {"value": one.number, "name": name}


def _given(desk: Desk, one: Referral) -> dict[str, str]:
    name = desk.say("code_given", n2=one.number, state=_state(desk, one))
    return {"value": one.number, "name": name}


def _ages(desk: Desk, one: Referral) -> str:
    return desk.say(f"ages_{one.age_band.replace('-', '_')}")


def _state(desk: Desk, one: Referral) -> str:
    return desk.say(f"state_{one.status}")


def _centre(work: Work, desk: Desk | None) -> Facility | None:
    """Return the centre of whoever signed in, if they have one."""
    return None if desk is None else centre_of(work, desk.person)


def _gone(answers: Answers) -> Outcome:
    return Outcome("gone", {"n2": str(answers.get("referral") or "")})


REFERRAL_EFFECTS: Mapping[str, EffectFunction] = {
    "my_codes": my_codes,
    "show_code": show_code,
    "code_come": code_come,
    "code_serve": code_serve,
    "code_not_serve": code_not_serve,
    "code_send_on": code_send_on,
    "centres_around": centres_around,
    "find_without_code": find_without_code,
    "count_walk_in": count_walk_in,
}
REFERRAL_LOOKS = frozenset({"my_codes", "show_code", "centres_around", "find_without_code"})

"""SMS lines of relays and centres about a referral: REF, VENUE, DONNE, PAS, ORIENTE, and digits.

One number, one digit is enough for every answer (field.md 8). Saying a thing twice is harmless.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from sqlalchemy import select

from flows.commands import Command
from flows.referral_lifecycle import ABSENCES, AWAITED, PRODUCTS, REASONS, band_of
from models.area import Facility
from models.person import Person
from models.referral import Referral
from models.services import puzzles, referrals, stocks
from models.services import referral_texts as texts
from models.services.centres import centre_of, seat_of_cercle
from models.services.handling import Desk
from models.services.referral_sending import choose_place, choose_stock_out, send
from models.services.referral_texts import Hand
from models.services.replies import Question, Reply

LISTED = 4  # codes in one SMS (field.md 8)
RELAY = "relay"

OnReferral = Callable[[Desk, str, Command], Reply]


def serve(desk: Desk, number: str, asked: Command) -> Reply:
    """DONNE, FINI, or the digit 2: she came and was served; the product is asked if not said."""
    said = asked.words.strip()  # FINI with a code: its words are the digit
    return _serve(desk, number, _digit(asked, "product", PRODUCTS) or _among(said, PRODUCTS))


def not_serve(desk: Desk, number: str, asked: Command) -> Reply:
    """PAS, or the digit 3: she came and was not served; the reason is asked if not said."""
    return _not_serve(desk, number, _digit(asked, "reason", REASONS))


def send_on(desk: Desk, number: str, _asked: Command) -> Reply:
    """ORIENTE, or the digit 4: she came and was sent on to the reference centre."""
    here, one = _received(desk, number)
    if here is None or one is None:
        return unknown(desk, number)
    to = seat_of_cercle(desk.work, here)
    if to is None:
        return _say(desk, "referral_nowhere_on", one)
    if not referrals.send_on(hand_of(desk), one, here.id, to):
        return _known(desk, one)
    return _say(desk, "referral_sent_on", one, place=texts.place_name(to))


def choose(desk: Desk, number: str, asked: Command) -> Reply:
    """Read a code and a digit: what became of her at a centre, or why she stays away (B6)."""
    digit = str(asked.given.get("choice") or "")
    one = _own(desk, number)
    if one is not None:
        return _absent(desk, one, digit)
    doing = _CHOICES.get(digit)
    here, found = _received(desk, number)
    if here is None or found is None:
        return unknown(desk, number)
    return doing(desk, number, asked) if doing else _say(desk, "referral_choices", found)


def show(desk: Desk, number: str, _asked: Command) -> Reply:
    """VOIR: to the relay where the code stands, to a centre what B3 said."""
    one = _own(desk, number)
    if one is not None:
        state = desk.say(f"state_{one.status}")
        return _say(desk, "referral_state", one, state=state)
    here, found = _received(desk, number)
    if here is None or found is None:
        return unknown(desk, number)
    relay = None if found.relay_id is None else desk.work.session.get(Person, found.relay_id)
    if relay is None:
        return _say(desk, "referral_new_herself", found)
    return _say(desk, "referral_new", found, relay=relay.number)


def undo(desk: Desk, number: str, _asked: Command) -> Reply:
    """ANNULE: take back one's last act within ten minutes.

    The relay may stop the code of a woman who is still awaited at any time: consent can always be
    taken back.
    """
    one = referrals.find(desk.work, number)
    own = _own(desk, number)
    if one is None or (own is None and centre_of(desk.work, desk.person) is None):
        return unknown(desk, number)
    if referrals.undo(hand_of(desk), one):
        ended = one.status == "cancelled"
        return _say(desk, "referral_ended" if ended else "referral_undone", one)
    if own is None or own.status not in AWAITED:
        return _say(desk, "referral_too_late", one)
    referrals.end(hand_of(desk), one, "withdrawn")
    return _say(desk, "referral_ended", one)


def came_without_code(desk: Desk, asked: Command) -> Reply:
    """VENUE with an age: list the open codes of the relay in that band, or count a walk-in."""
    here = centre_of(desk.work, desk.person)
    if here is None:
        return desk.say("not_a_centre")
    age, number = int(asked.given["age"]), str(asked.given.get("relay") or "").upper()
    relay = _relay(desk, number)
    if number and relay is None:
        return desk.say("referral_relay_unknown", relay=number, age=age)
    found = [] if relay is None else referrals.awaited(desk.work, relay.id, band_of(age))
    if found and relay is not None:
        likely = sorted(found, key=lambda one: (_has_been(one), one.facility_id != here.id))
        ours = likely[:LISTED]
        listed = ", ".join(_listed(desk, one) for one in ours)
        return _say(desk, "referral_open_list", ours[0], relay=relay.number, codes=listed, age=age)
    wanted = referrals.Wanted("walk_in", here.id, band_of(age), here.commune_pcode)
    return _say(desk, "referral_walk_in", referrals.walk_in(hand_of(desk), wanted))


def unknown(desk: Desk, number: str) -> str:
    """Answer a number that names nothing here (B8), the same for all reasons."""
    if centre_of(desk.work, desk.person) is None:
        return puzzles.no_such_item(desk, number)
    return desk.say("referral_unknown", n2=number)


def is_known(desk: Desk, number: str) -> bool:
    """Tell whether this person may know of a code: the relay who gave it, and any centre."""
    if _own(desk, number) is not None:
        return True
    return _received(desk, number) != (None, None)


def answer_product(desk: Desk, pending: Mapping[str, Any], line: str) -> Reply:
    """Take a bare digit as the product asked for by B4."""
    digit = line.strip()
    return _serve(desk, str(pending["number"]), digit) if digit in PRODUCTS else None


def answer_reason(desk: Desk, pending: Mapping[str, Any], line: str) -> Reply:
    """Take a bare digit as the reason asked for (G9)."""
    digit = line.strip()
    return _not_serve(desk, str(pending["number"]), digit) if digit in REASONS else None


def hand_of(desk: Desk) -> Hand:
    """Return the hand of whoever writes now."""
    return Hand(desk.work, desk.turn)


def _noting(do: Callable[[Hand, Referral, str], bool], text: str) -> OnReferral:
    """Return the line by which a centre lets ``do`` note something once; ``text`` says so."""

    def line(desk: Desk, number: str, _asked: Command) -> Reply:
        here, one = _received(desk, number)
        if here is None or one is None:
            return unknown(desk, number)
        done = do(hand_of(desk), one, here.id)
        return _say(desk, text, one) if done else _known(desk, one)

    return line


def _serve(desk: Desk, number: str, product: str | None) -> Reply:
    here, one = _received(desk, number)
    if here is None or one is None:
        return unknown(desk, number)
    if not referrals.serve(hand_of(desk), one, here.id, product) and one.given:
        return _known(desk, one)
    if one.given:
        return _say(desk, "referral_given", one, product=one.given)
    pending = {"verb": "referral.product", "number": number}
    return Question(_say(desk, "referral_served", one), pending)


def _not_serve(desk: Desk, number: str, digit: str | None) -> Reply:
    here, one = _received(desk, number)
    if here is None or one is None:
        return unknown(desk, number)
    reason = REASONS.get(digit or "")
    if not referrals.not_serve(hand_of(desk), one, here.id, reason):
        return _known(desk, one)
    if reason == "stock_out":
        stocks.turned_away(hand_of(desk), here.id, one.wish)
    if one.reason:
        return _say(desk, "referral_why_noted", one, reason=digit)
    pending = {"verb": "referral.reason", "number": number}
    return Question(_say(desk, "referral_not_served", one), pending)


def _absent(desk: Desk, one: Referral, digit: str) -> str:
    reason = ABSENCES.get(digit)
    if reason is None:
        return _say(desk, "referral_reasons", one)
    if not referrals.say_absence(hand_of(desk), one, reason):
        return _known(desk, one)
    return _say(desk, "referral_absence_noted", one)


def _received(desk: Desk, number: str) -> tuple[Facility | None, Referral | None]:
    """Return the centre of whoever writes and the referral; both or nothing."""
    here = centre_of(desk.work, desk.person)
    one = None if here is None else referrals.find(desk.work, number)
    return (None, None) if one is None else (here, one)


def _own(desk: Desk, number: str) -> Referral | None:
    one = referrals.find(desk.work, number) if desk.person.role == RELAY else None
    return one if one is not None and one.relay_id == desk.person.id else None


def _relay(desk: Desk, number: str) -> Person | None:
    known = select(Person).where(Person.number == number, Person.role == RELAY)
    return desk.work.session.scalar(known) if number else None


def _digit(asked: Command, name: str, among: Collection[str]) -> str | None:
    return _among(str(asked.given.get(name) or ""), among)


def _among(said: str, digits: Collection[str]) -> str | None:
    return said if said in digits else None


def _known(desk: Desk, one: Referral) -> str:
    state = desk.say(f"state_{one.status}")
    return _say(desk, "referral_known", one, state=state)


def _has_been(one: Referral) -> bool:
    return one.status not in AWAITED


def _listed(desk: Desk, one: Referral) -> str:
    return _say(desk, "referral_open_item", one, k=max(0, (one.due_at - desk.now).days))


def _say(desk: Desk, name: str, one: Referral, **values: Any) -> str:
    return texts.say(desk.house, name, one, **values)


def _if_known(act: OnReferral) -> OnReferral:
    """Answer what is said of items of any kind as for any item: an ended code is none at all."""

    def found(desk: Desk, number: str, asked: Command) -> Reply:
        known = is_known(desk, number)
        return act(desk, number, asked) if known else puzzles.no_such_item(desk, number)

    return found


# VENUE, or the digit 1: she came, to whichever centre says so.
_come = _noting(referrals.receive, "referral_arrived")

_CHOICES: Mapping[str, OnReferral] = {
    "1": _come,
    "2": serve,
    "3": not_serve,
    "4": send_on,
}

FRESH: Mapping[str, Callable[[Desk, Command], Reply]] = {"REF": send, "VENUE": came_without_code}
ON_ITEM: Mapping[tuple[str, str], OnReferral] = {
    ("referral", "VENUE"): _come,
    ("referral", "DONNE"): serve,
    ("referral", "FINI"): _if_known(serve),
    ("referral", "PAS"): not_serve,
    ("referral", "ORIENTE"): send_on,
    ("referral", "CHOIX"): choose,
    ("referral", "VOIR"): _if_known(show),
    # Read that she comes; cannot receive her, of which the midwife in charge hears (row 18).
    ("referral", "PRIS"): _if_known(_noting(referrals.accept, "referral_accepted")),
    ("referral", "RENVOI"): _if_known(_noting(referrals.refuse, "referral_refused")),
    ("referral", "ANNULE"): _if_known(undo),
}
ANSWERS: Mapping[str, Callable[[Desk, Mapping[str, Any], str], Reply]] = {
    "referral.product": answer_product,
    "referral.reason": answer_reason,
    "referral.stock_out": choose_stock_out,
    "referral.place": choose_place,
}
KNOWN: Mapping[str, Callable[[Desk, str], bool]] = {"referral": is_known}
UNKNOWN: Mapping[str, Callable[[Desk, str], str]] = {
    verb: unknown for verb in ("VENUE", "DONNE", "PAS", "ORIENTE", "CHOIX")
}

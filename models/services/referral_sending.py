"""REF, from the line to the code: which centre, whether it has what she wishes, then filed."""

from collections.abc import Mapping
from typing import Any

from flows.commands import Command
from flows.places import Place
from flows.referral_lifecycle import band_of
from models.area import Facility
from models.services import puzzles, referrals, stocks
from models.services import referral_texts as texts
from models.services.centres import centre_at
from models.services.handling import Desk
from models.services.referral_texts import Hand
from models.services.replies import Question, Reply
from models.services.spoken_places import place_chosen, places_found, which_place


def send(desk: Desk, asked: Command) -> Reply:
    """Refer a woman who agreed to it: her relay says so by sending REF (H6)."""
    age = asked.given.get("age")
    wanted = {
        "band": band_of(None if age is None else int(age)),
        "wish": asked.given.get("wish"),
    }
    return _find(desk, str(asked.given.get("place") or ""), wanted)


def choose_place(desk: Desk, pending: Mapping[str, Any], line: str) -> Reply:
    """Take the digit of one of several places."""
    place = place_chosen(desk, pending, line)
    return None if place is None else _to(desk, place, pending["wanted"])


def choose_stock_out(desk: Desk, pending: Mapping[str, Any], line: str) -> Reply:
    """Take the answer to B2: 1 the other centre, 2 this one all the same, 0 nobody."""
    said = line.strip()
    if said == "0":
        return desk.say("referral_given_up")
    facility_id = {"1": pending["there"], "2": pending["here"]}.get(said)
    facility = None if facility_id is None else desk.work.session.get(Facility, facility_id)
    return None if facility is None else _file(desk, facility, pending["wanted"])


def _find(desk: Desk, said: str, wanted: dict[str, Any]) -> Reply:
    found = places_found(desk, said)
    if not found:
        return desk.say("wrong_place", word=puzzles.shown(desk, said))
    if len(found) == 1:
        return _to(desk, found[0], wanted)
    pending = {"verb": "referral.place", "wanted": wanted}
    return which_place(desk, "referral_which_place", found, pending)


def _to(desk: Desk, place: Place, wanted: Mapping[str, Any]) -> Reply:
    facility = centre_at(desk.work, place)
    if facility is None:
        return desk.say("wrong_place", word=place.name)
    wanted = {**wanted, "area": place.commune_pcode or place.cercle_pcode}
    since = stocks.out_since(desk.work, facility.id, wanted["wish"])
    if since is None:
        return _file(desk, facility, wanted)
    other = stocks.alternative(desk.work, place, wanted["wish"], facility.id)
    there = None if other is None else desk.work.session.get(Facility, other.id)
    text = desk.say(
        "referral_stock_out" if there else "referral_stock_out_alone",
        place=texts.place_name(facility),
        place2=texts.place_name(there),
        k=max(1, (desk.now - since).days),
    )
    pending = {"here": facility.id, "there": there.id if there else None, "wanted": dict(wanted)}
    return Question(text, {"verb": "referral.stock_out", **pending})


def _file(desk: Desk, facility: Facility, wanted: Mapping[str, Any]) -> str:
    one = referrals.send(
        Hand(desk.work, desk.turn),
        referrals.Wanted(
            source="relay",
            facility_id=facility.id,
            area_pcode=wanted["area"],
            age_band=wanted["band"],
            wish=wanted["wish"],
            relay_id=desk.person.id,
        ),
    )
    return texts.say(
        desk.house,
        "referral_noted",
        one,
        place=texts.place_name(facility),
        hours=texts.opening_hours(facility),
    )

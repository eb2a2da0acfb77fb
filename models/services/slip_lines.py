"""The SMS lines of operators: calls, boxes and committees on slips (LV), private calls (PRIVE).

Read back at once (E1 to E3); a reply puts right who, where, sex and age; ANNULE frees the slip.
"""

from collections.abc import Callable, Mapping
from typing import Any

from flows.commands import Command
from flows.deadlines import UNDO
from flows.msisdn import normalise
from flows.places import choices
from flows.policy import SENSITIVE
from flows.readers import CUT_NUMBER, clean, plain_digits
from flows.sensitivity import words_class
from flows.slip_replies import Correction, asks_who, read_correction
from models.case import Case, Tally
from models.services import case_lines, handling, puzzles, slips
from models.services.counting import count_up
from models.services.facts import facts
from models.services.handling import Desk
from models.services.replies import Question, Reply
from models.services.slip_logging import (
    Call,
    case_of,
    correct,
    log_call,
    log_private,
    logged_as,
    note_number,
    tells_exclusion,
    undo,
    zone_of,
)
from models.services.spoken_places import places_found
from models.slip import Slip

NO_SLIP = "0"
LISTED = 3  # numbers of unused slips in one SMS
OFFERED = 2  # places to choose from in one segment


def _log(desk: Desk, asked: Command) -> Reply:
    given = asked.given
    if given["slip"] == NO_SLIP:
        day = desk.now.date().isoformat()
        count_up(desk.work, Tally, {"day": day, "what": f"call_{given['tally']}"})
        return desk.say("slip_call_counted")
    slip = _slip(desk, given["slip"])
    if isinstance(slip, str):
        return slip
    said = str(given.get("place") or "")
    call = _call(desk, asked, said)
    case = log_call(desk, slip, call)
    if case.case_class in SENSITIVE:
        return desk.say("slip_made_private")
    pending = _pending(case, slip, call)
    if said and not call.place:
        return _where(desk, pending, said)
    return _read_back(desk, case, pending)


def _call(desk: Desk, asked: Command, said: str) -> Call:
    found = places_found(desk, said) if said else []
    # What stood where a place stands may be the story: it is heard as one.
    told = f"{said} {asked.words}" if not found and words_class(said) else asked.words
    return Call(
        source=asked.given["source"],
        category=asked.given["category"],
        place=found[0].ref if len(found) == 1 else "",
        sex=asked.given.get("sex"),
        age=asked.given.get("age"),
        words=told,
    )


def _pending(case: Case, slip: Slip, call: Call) -> dict[str, Any]:
    return {
        "verb": "LV",
        "case": case.id,
        "slip": slip.number,
        "person": _person(call.sex, call.age),
        "excluded": tells_exclusion(call.words),
        "places": None,  # a list while one of them is to be chosen, empty while one is to be named
    }


def _where(desk: Desk, pending: dict[str, Any], said: str) -> Question:
    """Ask for the place that was not understood: one of two, or its name."""
    case = desk.work.session.get_one(Case, pending["case"])
    found = choices(places_found(desk, said))[:OFFERED]
    values: dict[str, Any] = {"n": case.number, "slip": pending["slip"]}
    if found:
        asks = {**pending, "places": [one["value"] for one in found]}
        return Question(desk.say("slip_which_place", places=found, **values), asks)
    asks = {**pending, "places": []}
    word = puzzles.shown(desk, said)
    return Question(desk.say("slip_place_unknown", word=word, **values), asks)


def _read_back(desk: Desk, case: Case, pending: dict[str, Any], digit: str | None = None) -> Reply:
    """Give back what was understood (E1): with the question who where the menus ask it.

    ``digit`` is the answer to it, once it is there.
    """
    what = facts(desk.house, case).replace(",", "")
    person = pending["person"]
    values = {
        "n": case.number,
        "slip": pending["slip"],
        "place": _place(desk, case),
        "what": f"{what}, {person}" if person else what,
    }
    if digit is None and asks_who(case.category):
        return Question(desk.say("slip_read_back", **values), {**pending, "places": None})
    if digit is not None:
        return desk.say("slip_noted_who", **values, who=desk.say(f"slip_who_{digit}"))
    return desk.say("slip_noted", **values)


def _reply_to_read_back(desk: Desk, pending: Mapping[str, Any], line: str) -> Reply:
    case = case_of(desk, pending["case"])
    if case is None or case.closed_at is not None:
        return None
    if pending["places"] is not None:
        return _placed(desk, case, dict(pending), line)
    right = read_correction(line, case.category)
    if right is None:
        return None
    if right.what == "place":
        return _placed(desk, case, {**pending, "places": []}, right.value)
    return _corrected(desk, case, dict(pending), right, plain_digits(line))


def _placed(desk: Desk, case: Case, pending: dict[str, Any], line: str) -> Reply:
    """Read the answer to "which place": a line of it, a code or a name, 0 for not said."""
    chosen, offered = plain_digits(line) or "", pending["places"]
    if chosen == "0":
        return _read_back(desk, case, pending)
    if chosen.isdecimal() and 0 < int(chosen) <= len(offered):
        place = offered[int(chosen) - 1]
    else:
        found = places_found(desk, clean(line))
        if len(found) != 1:
            return _where(desk, pending, line)
        place = found[0].ref
    return _corrected(desk, case, pending, Correction("place", place))


def _corrected(
    desk: Desk,
    case: Case,
    pending: dict[str, Any],
    right: Correction,
    digit: str | None = None,
) -> Reply:
    correct(desk, case, right, excluded=pending["excluded"])
    if case.case_class in SENSITIVE:
        return desk.say("slip_made_private")
    if right.what == "person":
        pending["person"] = _person(right.value, right.age)
    return _read_back(desk, case, pending, digit)


def _log_private(desk: Desk, asked: Command) -> Reply:
    given = asked.given
    slip = _slip(desk, given["slip"])
    if isinstance(slip, str):
        return slip
    wish = {"call_when": given.get("hour") or "any", "call_voice": given.get("voice") or "any"}
    case = log_private(desk, slip, zone_of(desk, str(given.get("place") or "")), wish)
    number = normalise(asked.words) if asked.words else None
    if number is not None:
        note_number(desk, case, number)
    pending = {"verb": "PRIVE", "case": case.id, "slip": slip.number}
    told = asked.words.replace(CUT_NUMBER, "").strip() if number is None else ""
    if told:  # a story: it goes no further than this line
        return Question(desk.say("slip_made_private"), pending)
    return Question(desk.say("slip_private_call", n=case.number, slip=slip.number), pending)


def _reply_with_number(desk: Desk, pending: Mapping[str, Any], line: str) -> Reply:
    """Keep the number to be called, if that is what was sent."""
    number = normalise(line.strip())
    case = case_of(desk, pending["case"])
    if number is None or case is None or case.closed_at is not None:
        return None
    note_number(desk, case, number)
    return desk.say("slip_private_call", n=case.number, slip=pending["slip"])


def _undo(desk: Desk, number: str, asked: Command) -> Reply:
    return freed(desk, number) or case_lines.ON_ITEM["case", "ANNULE"](desk, number, asked)


def freed(desk: Desk, number: str) -> str | None:
    """Free the slip an item was logged on; None for what this person did not log, or has taken.

    For whoever took an item ANNULE is another thing.
    """
    logged, known = logged_as(desk, number), handling.find(desk, number)
    if logged is None or (known is not None and known.status == "taken"):
        return None
    case, slip = logged
    done = undo(desk, slip, case)
    return desk.say("slip_freed" if done else "slip_too_late", n=number, slip=slip.number)


def _slip(desk: Desk, number: str) -> Slip | str:
    """Return the slip meant, or what is wrong with it."""
    slip = slips.find(desk.work, desk.person.id, number)
    left = ", ".join(slips.unused(desk.work, desk.person.id, LISTED))
    if slip is None:
        name = "slip_unknown" if left else "slip_unknown_none"
        return desk.say(name, slip=number, slips=left)
    if slip.used_at is None:
        return slip
    values = {"slip": number, "slips": left or desk.say("slip_none_left")}
    case = None if slip.case_id is None else desk.work.session.get(Case, slip.case_id)
    if case is None or case.case_class in SENSITIVE or slip.used_at + UNDO <= desk.now:
        return desk.say("slip_used_before", **values)
    return desk.say("slip_used", n=case.number, **values)


def _place(desk: Desk, case: Case) -> str:
    """Return the place as it was understood, by its name."""
    ref = case.place_ref or (f"c:{case.area_pcode}" if case.area_pcode else "")
    place = desk.house.places(desk.work).place(ref) if ref else None
    return desk.say("slip_nowhere") if place is None else place.name


def _person(sex: str | None, age: int | None) -> str:
    return " ".join(str(one) for one in (sex, age) if one is not None)


FRESH: Mapping[str, Callable[[Desk, Command], Reply]] = {"LV": _log, "PRIVE": _log_private}
ON_ITEM: Mapping[tuple[str, str], Callable[[Desk, str, Command], Reply]] = {
    ("complaint", "ANNULE"): _undo,
    ("call_back", "ANNULE"): _undo,
}
ANSWERS: Mapping[str, Callable[[Desk, Mapping[str, Any], str], Reply]] = {
    "LV": _reply_to_read_back,
    "PRIVE": _reply_with_number,
}

"""What an operator sends after a call: LV and PRIVE, the slip directly behind (field.md 6.2)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flows.command_cards import HOURS, SEXES, SOURCES, TALLIES, VOICES
from flows.command_line import PHONE_DIGITS, POLITE, Line
from flows.command_pieces import (
    Found,
    Given,
    Said,
    first_hit,
    ignored,
    of_card,
    place_code,
    tell,
)
from flows.command_shapes import Reading
from flows.place_names import SHORTEST
from flows.place_words import KINDS, LINKS, ORDINARY
from flows.readers import plain_digits
from flows.sensitivity import CLASS_OF

COUNTED = "0"  # the slip of calls that are counted only
STORY = "recit"  # stands for a story that was sent with PRIVE: it goes no further than here
PRIVATELY = frozenset({"91", "92", "93", "94"})
CATEGORIES = frozenset(CLASS_OF) - PRIVATELY
"""What an operator may write; what is private has no category of theirs but PRIVE."""

_TWO_WORDS = frozenset({"gourma rharous"})  # cercles of two words (models/reference/areas.tsv)
_NO_ZONE = ORDINARY | LINKS | POLITE | {"une", "un", "elle", "il", "je", "on", "mon", "ma", "sa"}
_CODED = frozenset({"place", "category"})  # behind a colon after these words begin
_OLDEST = 120
_LETTERS = frozenset({"f", "m", "h"})
_TALLY = of_card("tally", TALLIES)
_SOURCE = of_card("source", SOURCES)
_NUMBERED = ignored(frozenset({"fiche", "no", "n", "numero", "slip"}))
_WHEN_WHO = (of_card("hour", HOURS), of_card("voice", VOICES), place_code)


def slip_used(said: Said) -> Reading:
    """Read slip, place, category, sex and age, words: ``07 6143 12 F34 Rations incompletes``."""
    said = _opened(said)
    if said.line.word(said.place) in {"prive", "confid"} and "slip" in said.given:
        private = replace(said, verb="PRIVE", place=said.place + 1)
        return private_call(replace(private, given={"slip": said.given["slip"]}))
    tally = first_hit((_TALLY,), said.line, said.place, {})
    if tally is not None and said.certain and said.given.get("slip", COUNTED) == COUNTED:
        return said.command({"slip": COUNTED, **tally[0]})
    if said.given.get("slip") == COUNTED:
        return said.lacks({"slip": COUNTED}, "tally")
    if "slip" not in said.given and not said.certain:
        return None
    return _logged(said)


def private_call(said: Said) -> Reading:
    """Read slip, zone, hour and voice, and the telephone to call, if one stands there.

    Whatever else stands there is a story, and only said to be one.
    """
    given, place = dict(said.given), said.place
    slip = _slip(said.line, place) if "slip" not in given else None
    if "slip" not in given and slip is None:
        return _no_slip(said)
    if slip is not None:
        given["slip"], place = slip, place + 1
    while place < len(said.line.tokens):
        hit = first_hit((*_WHEN_WHO, _zone), said.line, place, given)
        if hit is None and said.line.word(place) not in LINKS | POLITE:
            break
        given.update(hit[0] if hit else {})
        place = hit[1] if hit else place + 1
    words = _untold(said.line.since(place) and said.line.after(place)) or given.get("words", "")
    if "place" not in given:
        return said.lacks(given, "zone", words=words)
    return said.command({"hour": None, "voice": None, **given}, words)


def _untold(words: str) -> str:
    """Return a telephone as it is; of any other words nothing but that there were some."""
    digits = plain_digits(words.removeprefix("+")) or ""
    return words if len(digits) >= PHONE_DIGITS else STORY * bool(words)


def _opened(said: Said) -> Said:
    """Read the slip and the source word, which may stand before it, behind it or as the verb."""
    given, place = dict(said.given), said.place
    source = _source(said.spelling)
    if source is not None:
        given["source"] = source
    while place < len(said.line.tokens):
        slip = None if "slip" in given else _slip(said.line, place)
        hit: Found | None = ({"slip": slip}, place + 1) if slip else None
        beside = (_SOURCE,) if "slip" in given else (_SOURCE, _NUMBERED)
        hit = hit or first_hit(beside, said.line, place, given)
        if hit is None:
            break
        given.update(hit[0])
        place = hit[1]
    return replace(said, given=given, place=place)


def _source(spelling: str) -> str | None:
    known = (source for source, words in SOURCES.items() if spelling in words)
    return next(known, None)


def _slip(line: Line, place: int) -> str | None:
    """Return a slip's number as it is printed: two digits, 0 for what is only counted."""
    digits = line.number(place)
    counts = line.measures(place + 1) and line.word(place + 1) not in _LETTERS
    if not 1 <= len(digits) <= 2 or counts:
        return None
    return COUNTED if int(digits) == 0 else digits.zfill(2)


def _logged(said: Said) -> Reading:
    told = tell(said, (_sex_and_age, place_code, _category), _CODED)
    given, place = told.given, told.words_at
    words = said.line.since(place) or str(given.get("words", ""))
    line, bare = said.line, said.line.silent(said.place)
    missing = [piece for piece in ("slip", "place", "category") if piece not in given]
    known = {"place", "category", "age"} & given.keys()
    if missing and not bare and not known and not line.number(said.place) and not said.asked:
        return None  # "lv" or "comite" and a sentence
    if line.number(place) and not line.measures(place + 1) and missing:
        wrong = missing[0] if len(line.number(place)) != 4 else missing[-1]
        return said.wrong(place, wrong, {**given, **_kept(line.since(place + 1))})
    if missing:
        return said.lacks(given, *missing, words=words)
    return said.command({"source": "call", "sex": None, "age": None, **given}, words)


def _kept(words: str) -> Given:
    return {"words": words} if words else {}


def _category(line: Line, place: int, given: Mapping[str, Any]) -> Found | None:
    digits = line.number(place)
    behind = line.word(place + 1)
    counts = behind == "ans" or (line.measures(place + 1) and behind not in _LETTERS)
    fits = "category" not in given and digits in CATEGORIES and not counts
    return ({"category": digits}, place + 1) if fits else None


def _sex_and_age(line: Line, place: int, given: Mapping[str, Any]) -> Found | None:
    """Pick ``F34``, ``34 F``, ``34 ans`` or a lone ``F``; a number before F may be a category."""
    if "sex" in given or "age" in given:
        return None
    sex = first_hit((_SEX,), line, place, {})
    if sex is not None:
        years = None if line.colon(sex[1]) else _years(line, sex[1])
        if years is not None:
            return {**sex[0], "age": years}, sex[1] + 1 + (line.word(sex[1] + 1) == "ans")
        return (dict(sex[0]), sex[1]) if line.word(place) in _LETTERS else None
    years, behind = _years(line, place), place + 1
    if years is None or not (line.word(behind) == "ans" or "category" in given):
        return None
    aged = line.word(behind) == "ans"
    sex = first_hit((_SEX,), line, behind + aged, {})
    if sex is not None and not line.number(sex[1]):
        return {**sex[0], "age": years}, sex[1]
    return ({"age": years}, behind + 1) if aged else None


def _years(line: Line, place: int) -> int | None:
    digits, unit = line.number(place), line.word(place + 1)
    counts = line.measures(place + 1) and unit not in _LETTERS
    fits = 1 <= len(digits) <= 3 and int(digits) <= _OLDEST and not counts
    return int(digits) if fits else None


def _zone(line: Line, place: int, given: Mapping[str, Any]) -> Found | None:
    """Pick the zone: the name of a cercle, one word or two."""
    word, both = line.word(place), " ".join(line.words(place, place + 2))
    if "place" in given or not word.isalpha() or word in _NO_ZONE | KINDS or len(word) < SHORTEST:
        return None
    return {"place": both if both in _TWO_WORDS else word}, place + 1 + (both in _TWO_WORDS)


def _no_slip(said: Said) -> Reading:
    line, place = said.line, said.place
    if line.silent(place):
        return said.lacks(said.given, "slip") if said.certain else None
    return said.wrong(place, "slip", {}) if line.number(place) and said.certain else None


_SEX = of_card("sex", SEXES)

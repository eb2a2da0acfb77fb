"""Commands of relays: REF, ALERTE, EVAC (field.md 6.2), each from its pieces."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flows.command_cards import ALERTS, NOT_ALONE, PATIENTS, found
from flows.command_line import POLITE, Line
from flows.command_pieces import (
    ABOUT_HER,
    DAY,
    WISH,
    Found,
    Given,
    Said,
    Told,
    age,
    counts_something,
    crowd,
    first_hit,
    ignored,
    name_of_place,
    of_card,
    pick,
    place_code,
    runs_of,
    tell,
    weighty,
)
from flows.command_shapes import Reading
from flows.place_words import LINKS

_CODED = frozenset({"place", "kind"})  # behind a colon after these words begin
_FEW = 3  # words too many that a command bears before it is a sentence
_NO_PLACE = frozenset(
    {
        "pas", "remboursee", "rembourse", "remboursement", "payee", "payante", "absente", "bloquee",
        "lente", "tardive", "impossible", "faim", "soif", "eau", "nourriture",
    }
)  # fmt: skip
"""Words behind "evacuation", "ambulance" and "urgent" that make them a complaint."""
_GRAVELY = ignored(frozenset({"tres", "grave", "gravement", "cas", "une", "un", "urgent", "svp"}))


def refer(said: Said) -> Reading:
    """Read place, age and wish: ``6143 24 3``, ``tessit 24 implant``."""
    said = replace(said, line=said.line.counted(said.place, names=True))
    line = said.line
    picked = pick(line, said.place, (place_code, age, WISH, ABOUT_HER), said.given)
    given, spare = _named(said, picked.given, picked.rest)
    new = given.keys() - said.given.keys()
    if counts_something(line, spare) or len(spare) > _FEW or not (new or said.certain):
        return None
    missing = [piece for piece in ("place", "age") if piece not in given]
    if not spare:
        return said.lacks(given, *missing) if missing else said.command({"wish": None, **given})
    if missing and not new and not line.number(spare[0]):
        return None  # no piece of it all: a sentence that begins with this word
    return said.wrong(spare[0], _meant(line, spare[0], missing), given)


def _named(said: Said, given: Given, rest: Sequence[int]) -> tuple[Given, list[int]]:
    """Take the first words that no piece knew as the name of the place, if it has no code."""
    runs = runs_of([at for at in rest if said.line.word(at).isalpha()])
    name = name_of_place(said, runs[0]) if runs and "place" not in given else None
    if name is None:
        return given, weighty(said.line, rest)
    return {**given, "place": name}, weighty(said.line, [at for at in rest if at not in runs[0]])


def _meant(line: Line, place: int, missing: Sequence[str]) -> str:
    """Return which piece of REF the token at ``place`` was meant as."""
    if "age" in missing and len(line.number(place)) in {1, 2}:
        return "age"
    return "place" if "place" in missing else "wish"


def alarm(said: Said) -> Reading:
    """Read place, kind, size and words: ``6143 3 120 menages``, ``eau tessit hier``.

    A size that is not clear holds no alert up: it stays in the words.
    """
    said = replace(said, line=said.line.counted(said.place, names=True))
    told = _sized(said, tell(said, (place_code, crowd, _kind, DAY), _CODED))
    given, line = told.given, said.line
    words = line.since(told.words_at) or str(given.get("words", ""))
    bare = line.silent(said.place)
    if not bare and not {"place", "kind", *given} & (given.keys() - said.given.keys()):
        return None
    if given.get("kind") == "distribution":
        del given["kind"]
    missing = [piece for piece in ("place", "kind") if piece not in given]
    if missing and line.number(told.words_at) and line.silent(told.words_at + 1):
        return said.wrong(told.words_at, missing[0], given)
    if missing:
        return said.lacks(given, *missing, words=words)
    return said.command({"households": None, "persons": None, "when": None, **given}, words)


def evacuate(said: Said) -> Reading:
    """Read place and who: ``6143 1``, ``accouchement tessit``.

    Who is not said is "other", where is not said is where the caller works: a life does not wait
    for an answer.
    """
    said = replace(said, line=said.line.counted(said.place, names=True))
    told = tell(said, (place_code, of_card("what", PATIENTS), _GRAVELY), _CODED)
    given, line = told.given, said.line
    spare = weighty(line, range(told.words_at, len(line.tokens)))
    if not said.certain and (counts_something(line, spare) or not _urgent(said, given, spare)):
        return None
    if "what" not in given and "place" not in given and not said.certain:
        return said.lacks(given, "place")
    return said.command({"what": "other", "place": None, **given})


def _urgent(said: Said, given: Mapping[str, Any], spare: Sequence[int]) -> bool:
    """Tell an evacuation from a sentence that begins with "urgent" or "ambulance"."""
    if said.line.silent(said.place):
        return True
    new = given.keys() - said.given.keys()
    unfit = _NO_PLACE.intersection(str(given.get("place", "")).split())
    return bool(new) and len(spare) <= _FEW and ("what" in new or not (spare or unfit))


def _sized(said: Said, told: Told) -> Told:
    """Find size and day within the words too, where no code told them."""
    given = dict(told.given)
    for at in range(told.words_at, len(said.line.tokens)):
        hit = first_hit((crowd, DAY), said.line, at, given)
        given.update(hit[0] if hit else {})
    return Told(given, told.words_at)


def _kind(line: Line, place: int, given: Mapping[str, Any]) -> Found | None:
    """Pick a kind: digits of the card (71, or 7 1), or its word where it is nothing else."""
    said, following = line.number(place), line.word(place + 1)
    if "kind" in given or (said and line.measures(place + 1)):
        return None
    if said == "7" and f"7{following}" in {f"7{one}" for one in "123456"}:
        meant = found(ALERTS, line.joined(place), place)
        return None if meant is None else ({"kind": meant[0]}, place + 2)
    meant = None if said and not line.tokens[place].raw.isdecimal() else found(ALERTS, line, place)
    if meant is None or (line.word(place) in NOT_ALONE and _goes_on(line, meant[1], given)):
        return None
    return {"kind": meant[0]}, meant[1]


def _goes_on(line: Line, place: int, given: Mapping[str, Any]) -> bool:
    """Tell whether a sentence follows: "manque d'eau" is no piece of a card."""
    word = line.word(place)
    if not word.isalpha() or word in POLITE or line.colon(place):
        return False
    return word in LINKS or ("place" in given and first_hit((DAY,), line, place, {}) is None)

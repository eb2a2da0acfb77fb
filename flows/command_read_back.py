"""A command said back as one canonical line, which is read as the same command again."""

from collections.abc import Callable, Mapping
from typing import Any

from flows.command_cards import ALERTS, DAYS, HOURS, PATIENTS, SOURCES, TALLIES, VOICES, Card
from flows.command_shapes import Command

Codes = list[Any]


def read_back(command: Command) -> str:
    """Return the line that says ``command`` and nothing else."""
    codes = _CODES.get(command.verb, _nothing)(command.given)
    verb = [] if command.verb == "CHOIX" else [command.verb]
    said = [*verb, command.number, *codes]
    line = " ".join(str(code) for code in said if code not in {None, ""})
    # A colon says where words begin behind codes of which the last may be left out.
    mark = ": " if command.verb in {"ALERTE", "LV"} else " "
    return f"{line}{mark}{command.words}" if command.words else line


def _nothing(_given: Mapping[str, Any]) -> Codes:
    return []


def _choice(given: Mapping[str, Any]) -> Codes:
    return [given["choice"], given.get("product"), given.get("reason")]


def _refer(given: Mapping[str, Any]) -> Codes:
    return [given["place"], given["age"], given["wish"]]


def _alarm(given: Mapping[str, Any]) -> Codes:
    households, persons = given["households"], given["persons"]
    return [
        given["place"],
        _digit(ALERTS, given["kind"]),
        None if households is None else f"{households} menages",
        None if persons is None else f"{persons} pers",
        _word(DAYS, given["when"]),
    ]


def _evacuate(given: Mapping[str, Any]) -> Codes:
    return [given["place"] or None, _digit(PATIENTS, given["what"])]


def _came(given: Mapping[str, Any]) -> Codes:
    return [given.get("age"), given.get("relay")]


def _served(given: Mapping[str, Any]) -> Codes:
    return [given["product"]]


def _not_served(given: Mapping[str, Any]) -> Codes:
    return [given["reason"], given.get("product")]


def _stock(given: Mapping[str, Any]) -> Codes:
    return ["OK"] if "same" in given else [code for level in given["levels"] for code in level]


def _none_left(given: Mapping[str, Any]) -> Codes:
    return [given["product"]]


def _slip(given: Mapping[str, Any]) -> Codes:
    if "tally" in given:
        return [given["slip"], _word(TALLIES, given["tally"])]
    source = None if given["source"] == "call" else _word(SOURCES, given["source"])
    place = "0" if given["place"] is None else given["place"]
    who = f"{given['sex'] or ''}{'' if given['age'] is None else given['age']}"
    aged = f"{who} ans" if given["age"] is not None and given["sex"] is None else who
    return [source, given["slip"], place, given["category"], aged]


def _private(given: Mapping[str, Any]) -> Codes:
    place = "0" if given["place"] is None else given["place"]
    return [given["slip"], place, _word(HOURS, given["hour"]), _word(VOICES, given["voice"])]


def _lost(given: Mapping[str, Any]) -> Codes:
    return [given["agent"]]


def _help(given: Mapping[str, Any]) -> Codes:
    return [given["about"]]


def _digit(card: Card, meaning: str) -> str:
    return next((word for word in card[meaning] if word.isdecimal()), card[meaning][0].upper())


def _word(card: Card, meaning: str | None) -> str | None:
    return None if meaning is None else card[meaning][0].upper()


_CODES: Mapping[str, Callable[[Mapping[str, Any]], Codes]] = {
    "CHOIX": _choice,
    "REF": _refer,
    "ALERTE": _alarm,
    "EVAC": _evacuate,
    "VENUE": _came,
    "DONNE": _served,
    "PAS": _not_served,
    "STOCK": _stock,
    "RUPTURE": _none_left,
    "LV": _slip,
    "PRIVE": _private,
    "PERDU": _lost,
    "AIDE": _help,
}

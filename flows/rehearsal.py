"""A conversation walked without the service: whoever tries it says how each effect ends. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flows.effects import EFFECTS
from flows.engine import advance, begin, compose, resume
from flows.gsm7 import septets
from flows.rendering import render_screen
from flows.words import Flows, Json, Screen, Turn

STEPS = 120
SAID = "r"  # what a phone answers
ENDED = "e"  # how an effect ended

# What the service would give, made up.
EXAMPLES: Mapping[str, Json] = {
    **{"place": "c:ML070106", "place_name": "Tessit", "cercle_name": "Ansongo", "case": 1},
    **{"c6": "48 21 73", "c6b": "06 15 49", "date": "28/11", "n": "15736", "n2": "15744"},
    **{"sentence": "Recu, pas encore lu.", "org": "ngo-a", "relay": "R128", "referral": 1},
    **{"facility_name": "CSCOM Tessit", "fee": "gratuit enfants", "hours": "8 h - 16 h"},
    **dict.fromkeys(("tel_green", "tel_centre", "tel_cercle", "tel_woman"), "70 00 00 01"),
    **{"agent": "P0151", "phone_ends": "128", "pin_given": "4826", "k": 2, "k_codes": 2},
    **{"facts": "vivres, pas assez", "alert_facts": "Inondation, 200 menages", "age": "24"},
    **{"band": "20-24 ans", "wish": "conseil", "product": "IMP", "quantity": "12"},
    **{"state": "passee au centre", "when": "matin, une femme", "sick": "enfant malade"},
    **{"category": "12", "about": "nobody", "language": "fr", "private": False},
    **dict.fromkeys(("ask_repair", "may_lower", "supervisor", "judges"), True),
    **dict.fromkeys(("woman_on_duty", "man_on_duty", "zones"), True),
    "pages": ["Premiere page de ce que le service dirait.", "Deuxieme page, et fin."],
}
_NAMES: Mapping[str, tuple[str, ...]] = {
    "communes": ("Tessit", "Talataye", "Ansongo"),
    "cercles": ("Ansongo", "Gao"),
    "places": ("Tessit", "Tessit Haoussa"),
    "facilities": ("CSCOM Tessit", "CSRef Ansongo"),
    "orgs": ("ONG A", "ONG B"),
    "takers": ("ONG A", "CSRef Ansongo"),
    "items": ("15736 avant 28/11", "15744 avant 30/11"),
    "phones": ("R128", "R129"),
    "referrals": ("4732212: pas encore passee",),
    "languages": ("Francais", "Bamanankan"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One screen as a phone shows it, and how long it is (septets; None outside GSM-7)."""

    state: str
    text: str
    septets: int | None
    over: bool
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Past:
    """One step that was taken: the screen or the effect, and what followed."""

    screen: Shown | None
    effect: str
    said: str


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """Where a walk stands: at a screen, or where the service would do ``effect``."""

    past: tuple[Past, ...]
    steps: tuple[str, ...]
    screen: Shown | None
    effect: str
    outcomes: tuple[str, ...]


def rehearse(flows: Flows, at: str, answers: Mapping[str, Json], steps: Sequence[str]) -> Rehearsal:
    """Walk from the state ``at``; a step is ``r:`` and an answer, or ``e:`` and an outcome.

    Steps that lead nowhere are left out, and none is taken after the last screen.
    """
    turn, past, taken = begin(flows, at, answers), list[Past](), list[str]()
    for step in steps[:STEPS]:
        kind, _, word = step.partition(":")
        after = _after(flows, turn, kind, word)
        if after is None:
            break
        past.append(_past(flows, turn, word))
        taken.append(step)
        turn = after
    rule = None if turn.effect is None else EFFECTS[turn.effect.name]
    return Rehearsal(
        tuple(past),
        tuple(taken),
        None if turn.screen is None else _shown(flows, turn.screen),
        "" if turn.effect is None else turn.effect.name,
        () if rule is None else tuple(rule.outcomes),
    )


def _after(flows: Flows, turn: Turn, kind: str, word: str) -> Turn | None:
    if turn.over:
        return None
    if turn.effect is None:
        return advance(flows, turn.state, word) if kind == SAID else None
    outcomes = EFFECTS[turn.effect.name].outcomes
    if kind != ENDED or word not in outcomes:
        return None
    return resume(flows, turn.state, word, {name: example(name) for name in outcomes[word]})


def example(name: str) -> Json:
    """Return what the service might give for an answer."""
    if name in _NAMES:
        return [
            {"value": str(at), "name": one, "cercle": "Ansongo"}
            for at, one in enumerate(_NAMES[name], 1)
        ]
    return EXAMPLES.get(name, name)


def _past(flows: Flows, turn: Turn, word: str) -> Past:
    if turn.effect is not None:
        return Past(None, turn.effect.name, word)
    return Past(None if turn.screen is None else _shown(flows, turn.screen), "", word)


def _shown(flows: Flows, screen: Screen) -> Shown:
    text = render_screen(compose(screen), wide=flows.wide)
    keys = tuple(key for key, _ in screen.lines if key)
    return Shown(screen.state, text, septets(text), screen.over, keys)

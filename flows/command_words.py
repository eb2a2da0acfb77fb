"""The words of the one-line SMS, their spellings, how far a typing error goes (field.md 6.2)."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Literal, TypeVar

from flows.command_shapes import Role, Verb

Keyword = Literal["STOP", "AIDE", "MENU", "LANGUE", "RAPPEL", "JAABI"]

VERBS: Mapping[Verb, tuple[str, ...]] = {
    # agent, and some of them everybody
    "LISTE": ("liste", "mes", "dossiers", "mes dossiers"),
    "VOIR": ("voir", "info", "lire"),
    "PRIS": ("pris", "prit", "pri", "je prends", "ok"),
    "DIRE": ("dire", "rep", "reponse", "repondre", "msg"),
    "FINI": ("fini", "fait", "regle", "resolu", "termine"),
    "RENVOI": ("renvoi", "transf", "transfert", "pas pour moi"),
    "NOTE": ("note", "noter"),
    "ANNULE": ("annule", "annuler", "erreur"),
    # relay
    "REF": ("ref", "refere", "referer", "orienter"),
    "ALERTE": ("alerte", "alert", "allerte", "alertes"),
    "EVAC": ("evac", "evacuation", "evacuer", "ambulance", "urgent"),
    # centre
    "VENUE": ("venue", "venu", "arrivee", "arrive", "arive", "arr", "est venue"),
    "DONNE": ("donne", "servi", "servie", "donnee", "eu", "fait"),
    "PAS": ("pas", "non", "pas servie", "refus", "rupture"),
    "ORIENTE": ("oriente", "vers", "envoye", "csref"),
    "STOCK": ("stock", "stok"),
    "RUPTURE": ("rupture", "fini", "il n y a plus"),
    # operator
    "LV": ("lv", "appel", "boite", "comite", "ag", "radio", "visite", "pdm", "focus"),
    "PRIVE": ("prive", "lvs", "lv prive", "confid"),
    # supervisor
    "PERDU": ("perdu", "vole"),
}
KEYWORDS: Mapping[Keyword, tuple[str, ...]] = {
    "STOP": ("stop", "arret", "arreter"),
    # beside the French words those of bm, ff and ses that languages.md attests, folded
    "AIDE": ("aide", "help", "deme", "ballal", "faaba", "faba"),
    "MENU": ("menu",),
    "LANGUE": ("langue", "kan", "demngal", "senni"),
    "RAPPEL": ("rappel", "rapele", "rappelez moi", "bip", "beep", "appel"),
    "JAABI": ("jaabi",),
}
EVERYBODY: tuple[Verb, ...] = ("LISTE", "VOIR", "ANNULE", "ALERTE", "EVAC")
"""What every registered phone may say; alerts come from whoever is registered (product 3.4)."""
VERBS_OF: Mapping[Role, tuple[Verb, ...]] = {
    "relay": ("REF",),
    "centre": ("VENUE", "DONNE", "PAS", "ORIENTE", "STOCK", "RUPTURE"),
    "agent": ("PRIS", "DIRE", "FINI", "RENVOI", "NOTE"),
    "operator": ("LV", "PRIVE"),
    "supervisor": ("PERDU",),
}
EXACT_ONLY = frozenset({"STOP", "DONNE", "FINI", "PERDU", "RENVOI"})
"""Reached by a listed spelling only: what they do is not to be done by a slip of the thumb."""
TOLERATED_LENGTH = 5  # letters a word must have before one of them may be wrong

_Name = TypeVar("_Name", Verb, Keyword)


def verbs_for(roles: Collection[Role]) -> tuple[Verb, ...]:
    """Return the verbs that somebody of these roles may say, in the order of the table."""
    if not roles:
        return ()
    theirs = {*EVERYBODY, *(verb for role in roles for verb in VERBS_OF[role])}
    return tuple(verb for verb in VERBS if verb in theirs)


def verbs_of(words: Sequence[str], verbs: Collection[Verb] = tuple(VERBS)) -> tuple[Verb, ...]:
    """Return the verbs that the folded ``words`` spell exactly; several share a word."""
    said = " ".join(words)
    return tuple(verb for verb in verbs if said in VERBS[verb])


def verbs_near(words: Sequence[str], verbs: Collection[Verb] = tuple(VERBS)) -> tuple[Verb, ...]:
    """Return the verbs that the folded ``words`` do not spell but for one letter."""
    spelled = verbs_of(words, verbs)
    return tuple(_near(words, {verb: VERBS[verb] for verb in verbs if verb not in spelled}))


def keyword_of(words: Sequence[str]) -> Keyword | None:
    """Return the keyword that the folded ``words`` spell as a whole, one letter wrong at most."""
    said = " ".join(words)
    exact = [name for name, spellings in KEYWORDS.items() if said in spellings]
    near = exact or list(_near(words, KEYWORDS))
    return near[0] if len(near) == 1 else None


def one_letter_wrong(said: str, meant: str) -> bool:
    """Tell whether one letter added, missing or replaced makes ``said`` of ``meant``."""
    short, long = sorted((said, meant), key=len)
    if len(long) - len(short) > 1 or said == meant:
        return False
    same = next((i for i, letter in enumerate(short) if letter != long[i]), len(short))
    rest = short[same:] if len(short) < len(long) else short[same + 1 :]
    return rest == long[same + 1 :]


def nearly(said: Sequence[str], meant: Sequence[str]) -> bool:
    """Tell whether one word of ``said`` is one letter off, a word long enough to be forgiven."""
    if len(said) != len(meant):
        return False
    wrong = [(one, other) for one, other in zip(said, meant, strict=True) if one != other]
    return len(wrong) == 1 and (
        len(wrong[0][1]) >= TOLERATED_LENGTH and one_letter_wrong(*wrong[0])
    )


def _near(words: Sequence[str], table: Mapping[_Name, tuple[str, ...]]) -> Iterator[_Name]:
    for name, spellings in table.items():
        if name not in EXACT_ONLY and any(nearly(words, meant.split()) for meant in spellings):
            yield name

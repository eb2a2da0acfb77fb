"""The words of the one-line SMS, their spellings, how far a typing error goes (field.md 6.2)."""

from collections.abc import Mapping, Sequence
from typing import Literal, TypeVar

Verb = Literal["LISTE", "VOIR", "PRIS", "DIRE", "FINI", "RENVOI", "NOTE", "ANNULE"]
Keyword = Literal["STOP", "AIDE", "MENU", "LANGUE", "RAPPEL", "JAABI"]

VERBS: Mapping[Verb, tuple[str, ...]] = {
    "LISTE": ("liste", "mes", "dossiers", "mes dossiers"),
    "VOIR": ("voir", "info", "lire"),
    "PRIS": ("pris", "prit", "pri", "je prends", "ok"),
    "DIRE": ("dire", "rep", "reponse", "repondre", "msg"),
    "FINI": ("fini", "fait", "regle", "resolu", "termine"),
    "RENVOI": ("renvoi", "transf", "transfert", "pas pour moi"),
    "NOTE": ("note", "noter"),
    "ANNULE": ("annule", "annuler", "erreur"),
}
KEYWORDS: Mapping[Keyword, tuple[str, ...]] = {
    "STOP": ("stop", "arret", "arreter"),
    "AIDE": ("aide", "help"),
    "MENU": ("menu",),
    "LANGUE": ("langue", "kan"),
    "RAPPEL": ("rappel", "rapele", "rappelez moi", "bip", "beep", "appel"),
    "JAABI": ("jaabi",),
}
EXACT_ONLY = frozenset({"STOP", "FINI", "RENVOI"})
TOLERATED_LENGTH = 5  # letters a word must have before one of them may be wrong

_Name = TypeVar("_Name", Verb, Keyword)


def verb_of(words: Sequence[str]) -> Verb | None:
    """Return the verb that the folded ``words`` spell, one letter wrong if only one verb fits."""
    return _one_of(words, VERBS)


def keyword_of(words: Sequence[str]) -> Keyword | None:
    """Return the keyword that the folded ``words`` spell as a whole, with the same tolerance."""
    return _one_of(words, KEYWORDS)


def one_letter_wrong(said: str, meant: str) -> bool:
    """Tell whether one letter added, missing or replaced makes ``said`` of ``meant``."""
    short, long = sorted((said, meant), key=len)
    if len(long) - len(short) > 1 or said == meant:
        return False
    same = next((i for i, letter in enumerate(short) if letter != long[i]), len(short))
    rest = short[same:] if len(short) < len(long) else short[same + 1 :]
    return rest == long[same + 1 :]


def _one_of(words: Sequence[str], table: Mapping[_Name, tuple[str, ...]]) -> _Name | None:
    said = " ".join(words)
    for name, spellings in table.items():
        if said in spellings:
            return name
    near = [
        name
        for name, spellings in table.items()
        if name not in EXACT_ONLY and any(_nearly(words, meant.split()) for meant in spellings)
    ]
    return near[0] if len(near) == 1 else None


def _nearly(said: Sequence[str], meant: Sequence[str]) -> bool:
    if len(said) != len(meant):
        return False
    wrong = [(one, other) for one, other in zip(said, meant, strict=True) if one != other]
    return len(wrong) == 1 and (
        len(wrong[0][1]) >= TOLERATED_LENGTH and one_letter_wrong(*wrong[0])
    )

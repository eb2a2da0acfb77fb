"""The plastic cards (field.md 6.3) and the short answers of commands: word -> what it means.

A word of five letters and more may have one letter wrong, where only one meaning is that near.
"""

from collections.abc import Mapping

from flows.command_line import Line
from flows.command_words import nearly

Card = Mapping[str, tuple[str, ...]]

METHODS: Card = {
    "1": ("1", "pilule", "pilules"),
    "2": ("2", "piqure", "piqures", "injection"),
    "3": ("3", "implant", "implants"),
    "4": ("4", "diu", "sterilet", "sterilets"),
    "5": ("5", "preservatif", "preservatifs"),
    "6": ("6", "collier", "colliers", "allaitement"),
    "7": (
        "7",
        "urgence",
    ),
    "8": (
        "8",
        "definitif",
    ),
    "9": ("9", "retrait", "souci"),
}
"""Method card, 1 to 9. Sub-brands stay on the console."""

REASONS: Card = {
    "1": (
        "1",
        "rupture",
    ),
    "2": ("2", "agent absent", "absent", "agent forme absent"),
    "3": ("3", "pas bon", "pas bon pour elle"),
    "4": ("4", "avis", "change avis", "change d avis", "elle a change d avis"),
    "5": (
        "5",
        "enceinte",
    ),
    "6": ("6", "revenir", "doit revenir"),
    "7": (
        "7",
        "autre",
    ),
}
"""G9, why somebody who came was not served."""

ALERTS: Card = {
    "flood": ("1", "eau", "inondation", "inondations"),
    "fire": ("2", "feu", "incendie"),
    "displacement": ("3", "fuite", "deplaces", "deplacement", "gens deplaces"),
    "attack": ("4", "vol", "attaque"),
    "epidemic": ("5", "malade", "malades", "beaucoup de malades"),
    "drought": ("6", "sec", "secheresse", "betail"),
    "distribution": ("7", "distribution"),
    "distribution.late": ("71", "retard", "distribution retard"),
    "distribution.short": ("72", "manque", "distribution manque"),
    "distribution.quality": ("73", "gate", "distribution gate"),
    "distribution.far": ("74", "loin", "distribution loin"),
    "distribution.forgotten": ("75", "oubli", "oublies", "distribution oubli"),
    "distribution.road": ("76", "route", "distribution route"),
    "mine": ("mine", "mines", "objet dangereux"),
    "closed": ("8", "ferme", "ecole fermee", "centre ferme"),
}
"""Alert card; 7 alone says too little, 8 stands on G2 only, a mine on C8."""

PATIENTS: Card = {
    "birth": ("1", "grossesse", "accouchement", "accouche", "enceinte", "femme enceinte"),
    "child": ("2", "enfant", "bebe", "enfant malade", "enfant tres malade"),
    "malnutrition": ("3", "malnutri", "malnutrie", "enfant malnutri"),
    "wounded": ("4", "blesse", "blessee", "blesses"),
    "other": ("5", "autre"),
}
"""G7, who must be evacuated."""

SOURCES: Card = {
    "call": ("appel",),
    "box": ("boite",),
    "committee": ("comite",),
    "assembly": ("ag",),
    "radio": ("radio",),
    "visit": ("visite",),
    "pdm": ("pdm",),
    "focus": ("focus",),
}
"""Where the operator heard it."""

TALLIES: Card = {
    "mute": ("muet", "muette"),
    "joke": ("blague", "blagues"),
    "wrong_number": ("erreur", "erreurs"),
}
"""Calls that are counted only."""

HOURS: Card = {
    "morning": ("matin",),
    "noon": ("midi",),
    "afternoon": ("apres midi", "apresmidi", "aprem"),
    "evening": ("soir",),
    "market": ("foire", "jour de foire", "marche", "jour de marche"),
}
VOICES: Card = {"woman": ("femme",), "man": ("homme",)}
"""P8 and P4: when to call back, and who."""

SEXES: Card = {"F": ("f", "femme", "fille"), "M": ("m", "h", "homme", "garcon")}
"""Of the caller, before or after the age: F34, 34 F."""

DAYS: Card = {
    "today": ("aujourd hui", "aujourdhui", "ce matin", "ce soir"),
    "yesterday": ("hier",),
    "week": ("cette semaine",),
}
"""G5, when it happened, where one word says it."""

NOT_ALONE = frozenset(
    {
        "eau", "vol", "sec", "retard", "manque", "gate", "loin", "oubli", "oublies", "route",
        "ferme", "distribution", "malade", "betail",
    }
)  # fmt: skip
"""Alert words that ordinary sentences hold too: "manque d'eau" is no flood."""

HOUSEHOLDS = frozenset({"menage", "menages", "famille", "familles"})
PERSONS = frozenset({"pers", "personne", "personnes", "gens", "habitants"})
SAME = frozenset({"ok", "rien", "change", "pareil", "meme"})

_LONGEST = 4  # words of a phrase on a card


def found(card: Card, line: Line, place: int) -> tuple[str, int] | None:
    """Return what the words at ``place`` mean on a card and where they end; longest first."""
    for length in range(min(_LONGEST, len(line.tokens) - place), 0, -1):
        said = line.words(place, place + length)
        spelling = " ".join(said)
        exact = [meaning for meaning, words in card.items() if spelling in words]
        near = exact or [
            meaning
            for meaning, words in card.items()
            if any(nearly(said, word.split()) for word in words)
        ]
        if len(near) == 1:
            return near[0], place + length
    return None

"""The class of a case (field.md 4.2), and the words that must leave the ordinary queue unread.

Doubt counts as sensitive (domain.md 4.2, rule 2): lowering a class takes two people, not a list.
"""

from collections.abc import Collection, Mapping
from itertools import product
from typing import Literal

from flows.concepts import Heard, lexicon
from flows.doubt import doubted

CaseClass = Literal["C0", "C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8", "C9"]
Compartment = Literal["C5", "C6", "C7"]

COMPARTMENTS: tuple[Compartment, ...] = ("C5", "C6", "C7")

_CATEGORIES_OF: Mapping[CaseClass, str] = {
    "C0": "7",
    "C2": "194 27",
    "C3": "13 14 191 196 24 26 28 31 32 36 41 42 43 44 45 46 8",
    "C4": "11 12 15 193 195 21 22 23 25 33",
    "C5": "16 17 34 51 52 53 54 55 91",
    "C6": "92",
    "C7": "35 93 94",
    "C9": "192 61 62 63 64 65 66 67",
}
CLASS_OF: Mapping[str, CaseClass] = {
    category: of for of, categories in _CATEGORIES_OF.items() for category in categories.split()
}
UNKNOWN: CaseClass = "C3"  # "autre": C3 until read

# What words of a compartment are filed as when nothing finer is known.
CATEGORY_OF: Mapping[Compartment, str] = {"C5": "91", "C6": "92", "C7": "93"}

# Harm to a body before money; C6 before C7, as the network for it hears both.
_ALARMS: tuple[Compartment, ...] = ("C6", "C7", "C5")

_NOBODY = frozenset({"", "nobody", "unknown", "unsaid"})
_PERSONS_OF_A_CENTRE = frozenset({"staff", "head", "health_worker"})
_OTHER_AID = frozenset({"41", "42", "43", "44", "45", "46"})


def class_of(
    category: str,
    about: str | None,
    words_class: Compartment | None = None,
    *,
    excluded: bool = False,
) -> CaseClass:
    """Return the class of a case; words raise it, nothing here lowers it.

    ``about``: who is concerned (W1 to W6). ``excluded``: see `left_out`.
    """
    by_table = _class_by_table(category, about or "", excluded)
    return by_table if words_class is None else max(words_class, by_table, key=_weight)


def words_class(words: str, languages: Collection[str] = ()) -> Compartment | None:
    """Return the compartment that ``words`` belong to, or None for an ordinary story.

    C6 when somebody of the aid, or access to it, stands beside sexual words; C7 for violence
    and harm to a child; C5 for money asked, diverted aid, abuse of a post. Where no rule holds,
    the words may still leave a doubt (flows/doubt.py), which is sensitive too.
    ``languages``: those heard in the words, beside French.
    """
    return compartment_of(lexicon(languages).hear(words))


def compartment_of(heard: Heard) -> Compartment | None:
    """Return the same of words that were heard already."""
    for alarm in _ALARMS:
        if alarm in heard.alarms:
            return alarm
    classes = {
        _class_by_table(category, about, excluded=False)
        for category, about in product(heard.scores, heard.about | {""})
    }
    return next((one for one in reversed(COMPARTMENTS) if one in classes), _in_doubt(heard))


def left_out(words: str) -> bool:
    """Tell whether ``words`` say that somebody was left out: `class_of` calls it ``excluded``."""
    return excludes(lexicon().hear(words))


def excludes(heard: Heard) -> bool:
    """Tell the same of words that were heard already."""
    return "left_out" in heard.alarms


def is_sensitive(case_class: str) -> bool:
    """Tell whether cases of this class live in a compartment, out of ordinary sight."""
    return case_class in COMPARTMENTS


def _in_doubt(heard: Heard) -> Compartment | None:
    likeliest = doubted(heard.stretches)
    return next((one for one in COMPARTMENTS if one == likeliest), None)


def _class_by_table(category: str, about: str, excluded: bool) -> CaseClass:
    if category == "195" and about not in _NOBODY:
        return "C5"  # "sans droit" is an accusation as soon as it has a face
    if category == "23" and about in _PERSONS_OF_A_CENTRE:
        return "C5"  # the money went to a person
    if category in _OTHER_AID and excluded:
        return "C4"
    return CLASS_OF.get(category, UNKNOWN)


def _weight(case_class: CaseClass) -> tuple[bool, str]:
    return is_sensitive(case_class), case_class

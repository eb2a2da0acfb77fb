"""What is wrong in a file or a policy, said in the viewer's language.

The rooms below say it in English, for the command line; here each sentence is known by its shape.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from flask_babel import LazyString, gettext, lazy_gettext

_ = lazy_gettext


class Told(NamedTuple):
    """One mistake: on which line, if any, and what it is."""

    line: int | None
    text: str


# Shapes of sentences, the more particular before the more general.
_SHAPES: tuple[tuple[str, LazyString], ...] = (
    (r"the file is empty", _("le fichier est vide")),
    (r"not a CSV file: .*", _("ce n'est pas un fichier CSV : guillemets mal fermés ?")),
    (r"column '(?P<a>.*)' comes twice", _("la colonne « %(a)s » vient deux fois")),
    (
        r"column '(?P<a>.*)' is not known; known are (?P<b>.*)",
        _("la colonne « %(a)s » n'est pas connue ; connues : %(b)s"),
    ),
    (r"column (?P<a>\S+) is missing", _("la colonne %(a)s manque")),
    (r"(?P<a>\d+) cells for (?P<b>\d+) columns", _("%(a)s cellules pour %(b)s colonnes")),
    (
        r"said on line (?P<a>\d+) already: (?P<b>.*)",
        _("déjà dit à la ligne %(a)s : %(b)s"),
    ),
    (
        r"id (?P<a>'.*'): small letters, digits and hyphens, 40 at most",
        _("id %(a)s : petites lettres, chiffres et tirets, 40 au plus"),
    ),
    (r"name: 1 to (?P<a>\d+) characters", _("name : de 1 à %(a)s lettres")),
    (
        r"(?P<a>\S+)(?: '.*')?: a spreadsheet would run it",
        _("%(a)s commence par un signe qu'un tableur exécuterait"),
    ),
    (
        r"(?P<a>\S+) (?P<b>'.*'): one of (?P<c>.*)",
        _("%(a)s %(b)s n'existe pas ; au choix : %(c)s"),
    ),
    (r"(?P<a>\S+) must be one of (?P<b>.*)", _("%(a)s doit être l'un de : %(b)s")),
    (
        r"(?P<a>\S+) must be degrees between (?P<b>\S+) and (?P<c>\S+)",
        _("%(a)s doit être en degrés, entre %(b)s et %(c)s"),
    ),
    (
        r"no organisation (?P<a>'.*') to be paired with",
        _("aucune organisation %(a)s pour faire la paire"),
    ),
    (r"no area (?P<a>.+)", _("aucun lieu de code %(a)s")),
    (r"no facility (?P<a>.+)", _("aucun centre %(a)s")),
    (r"no organisation (?P<a>.+)", _("aucune organisation %(a)s")),
    (r"no category (?P<a>.+)", _("aucune catégorie %(a)s")),
    (r"no function (?P<a>.+)", _("aucune fonction %(a)s")),
    (r"no kind (?P<a>.+)", _("aucun genre %(a)s")),
    (r"no class (?P<a>.+)", _("aucune classe %(a)s")),
    (r"no about (?P<a>.+)", _("aucune réponse %(a)s à « de qui s'agit-il »")),
    (r"paired with itself", _("en paire avec elle-même")),
    (
        r"(?P<a>since|until) (?P<b>'.*'): a date like .*",
        _("%(a)s %(b)s : il faut une date comme 2026-11-23"),
    ),
    (r"until is not after since", _("until n'est pas après since")),
    (r"id (?P<a>.*) comes twice", _("id %(a)s vient deux fois")),
    (
        r"(?P<a>commune|cercle) (?P<b>\S+) is not in the directory",
        _("%(a)s %(b)s n'est pas dans l'annuaire"),
    ),
    (
        r"commune (?P<a>\S+) lies in (?P<b>\S+), not in (?P<c>\S+)",
        _("la commune %(a)s est dans %(b)s, pas dans %(c)s"),
    ),
    (r"commune or cercle is missing", _("commune ou cercle manque")),
    (
        r"(?P<a>\S+) needs letters that no basic phone shows in one screen",
        _("%(a)s a des lettres qu'un téléphone simple ne montre pas sur un écran"),
    ),
    (r"telephone is no number that can be dialled", _("telephone ne peut pas être composé")),
    (r"lat and lon go together", _("lat et lon vont ensemble")),
    (
        r"(?P<a>\S+) is of level (?P<b>\d+) in the directory",
        _("%(a)s est de niveau %(b)s dans l'annuaire"),
    ),
    (
        r"(?P<a>\S+): only a cercle or something in it can have one",
        _("%(a)s : seul un cercle ou un lieu dans un cercle en a un"),
    ),
    (
        r"parent (?P<a>\S+) is no place of level (?P<b>\d+)",
        _("parent %(a)s n'est pas un lieu de niveau %(b)s"),
    ),
    (
        r"edition (?P<a>\S+) of the p-codes cannot be mixed with (?P<b>\S+)",
        _("l'édition %(a)s des p-codes ne se mêle pas à %(b)s"),
    ),
    (r"(?P<a>\S+): (?P<b>'.*') is not four digits", _("%(a)s : %(b)s n'a pas quatre chiffres")),
    (
        r"(?P<a>\S+): (?P<b>\S+) already names another place",
        _("%(a)s : %(b)s nomme déjà un autre lieu"),
    ),
    (r"rank (?P<a>\S+) of (?P<b>\S+) is said twice", _("le rang %(a)s de %(b)s vient deux fois")),
    (r"rank (?P<a>'.*'): 1 to (?P<b>\d+)", _("rank %(a)s : de 1 à %(b)s")),
    (r"nobody is registered as (?P<a>.*)", _("personne n'est inscrit sous %(a)s")),
    (
        r"the programme would not be open any more",
        _("le programme ne pourrait plus être ouvert"),
    ),
    (
        r"There is no outside body.*",
        _("il n'y a pas d'organisme extérieur : importer une organisation de genre outside"),
    ),
    (
        r"Nobody answers for the outside body.*",
        _("personne ne répond pour l'organisme extérieur"),
    ),
    (
        r"The outside body (?P<a>\S+) works in the field itself.*",
        _("l'organisme extérieur %(a)s travaille lui-même sur le terrain : il ne peut juger"),
    ),
    (
        r"(?P<a>\S+) is no organisation, facility, function or person",
        _("%(a)s n'est ni une organisation, ni un centre, ni une fonction, ni une personne"),
    ),
    # Policies.
    (r"row (?P<a>\S+): (?P<rest>.*)", _("règle %(a)s : %(rest)s")),
    (r"when: (?P<rest>.*)", _("when : %(rest)s")),
    (r"desk: (?P<rest>.*)", _("bureau : %(rest)s")),
    (r"unknown word (?P<a>.+)", _("le mot « %(a)s » n'est pas connu")),
    (r"missing: (?P<a>.+)", _("il manque : %(a)s")),
    (r"(?P<a>.+): unknown word (?P<b>\S+)", _("%(a)s : le mot « %(b)s » n'est pas connu")),
    (r"(?P<a>.+): a list is expected", _("%(a)s : une liste est attendue")),
    (r"(?P<a>.+): a table is expected", _("%(a)s : un tableau est attendu")),
    (r"(?P<a>.+): a text is expected", _("%(a)s : un texte est attendu")),
    (r"(?P<a>.+): a number is expected", _("%(a)s : un nombre est attendu")),
    (r"(?P<a>.+): true or false is expected", _("%(a)s : true ou false est attendu")),
    (
        r"outside and officers cannot be changed here.*",
        _("outside et officers ne se changent pas ici : les droits de la base en dépendent"),
    ),
    (
        r"(?P<a>\S+): (?P<b>\S+) is in use and cannot go",
        _("%(a)s : %(b)s est utilisé et ne peut disparaître"),
    ),
    (r"(?P<a>.+): no function (?P<b>\S+)", _("%(a)s : aucune fonction %(b)s")),
    (r"cercles: no default", _("cercles : default manque")),
    (r"(?P<a>.+): missing (?P<b>\S+)", _("%(a)s : il manque %(b)s")),
    (
        r"the last row must take everything: when: \{\}",
        _("la dernière règle doit tout prendre : when: {}"),
    ),
    (r"rows: there is none", _("rows : il n'y en a aucune")),
    (
        r"(?P<a>\S+) is no officer of class (?P<b>\S+)",
        _("%(a)s n'est pas un responsable de la classe %(b)s"),
    ),
    (
        r"a compartment informs nobody and asks nobody to repair",
        _("une classe réservée n'informe personne et ne demande aucune réparation"),
    ),
    (
        r"category (?P<a>\S+) reaches no officer of (?P<b>\S+)",
        _("la catégorie %(a)s n'arrive à aucun responsable de %(b)s"),
    ),
    (
        r"an evacuation reaches no (?P<a>\S+)",
        _("une évacuation n'arrive à aucun %(a)s"),
    ),
    (
        r"a desk is a function or \{function: \.\.\.\}",
        _("un bureau est une fonction ou {function: ...}"),
    ),
    (
        r"of: (?P<a>\S+) is neither pair nor other",
        _("of : %(a)s n'est ni pair ni other"),
    ),
    (r"place: known or unknown", _("place : known ou unknown")),
    (r"repair: ask or visible", _("repair : ask ou visible")),
    (
        r"a reference \(\*\) is not followed: say it again",
        _("un renvoi (*) n'est pas suivi : l'écrire de nouveau"),
    ),
    (
        r"more than (?P<a>\d+) tables inside one another",
        _("plus de %(a)s tableaux les uns dans les autres"),
    ),
    (r"more than (?P<a>\d+) characters", _("plus de %(a)s signes")),
    (r"a key said twice", _("une clé vient deux fois")),
    (r"a value that cannot be read", _("une valeur ne se lit pas")),
    (r"a sign that cannot be read", _("un signe ne se lit pas")),
    (r"not readable: (?P<a>.*)", _("cela ne se lit pas : %(a)s")),
)
_KNOWN = tuple((re.compile(shape, re.DOTALL), words) for shape, words in _SHAPES)
_ON_LINE = re.compile(r"(?:line |[^:\n]*:)(\d+): (.*)", re.DOTALL)


def told(mistakes: Iterable[str]) -> list[Told]:
    """Return each mistake with its line, in the viewer's language."""
    return [_told(one) for one in mistakes]


def in_words(mistake: str) -> str:
    """Return what is wrong in the viewer's language; as it was said where its shape is unknown."""
    for shape, words in _KNOWN:
        found = shape.fullmatch(mistake)
        if found is not None:
            parts = found.groupdict()
            if "rest" in parts:
                parts["rest"] = in_words(parts["rest"])
            return str(words) % parts
    return mistake


def _told(mistake: str) -> Told:
    placed = _ON_LINE.fullmatch(mistake)
    if placed is None:
        return Told(None, in_words(mistake))
    return Told(int(placed[1]), in_words(placed[2]))


def line_of(one: Told) -> str:
    """Return a mistake as one sentence."""
    if one.line is None:
        return one.text
    return str(gettext("ligne %(line)s : %(text)s", line=one.line, text=one.text))

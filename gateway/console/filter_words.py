"""How filters are said: what may be chosen, and what a list is narrowed to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask_babel import LazyString, gettext, lazy_gettext

from flows.policy import SENSITIVE
from gateway.console import saying, topics
from gateway.console.saying import Words, say
from models.services.directory_names import Known
from models.services.filtering import NAMES, PRIVATE, Filter

_ = lazy_gettext

STATUSES: Words = {
    "": _("ouverts"),
    "waiting": _("à prendre"),
    "taken": _("pris"),
    "reopened": _("rouverts"),
    "answered": _("répondus"),
    "all": _("tous"),
}
HOLDERS: Words = {"me": _("à moi"), "us": _("à un collègue"), "nobody": _("à personne")}
TERMS: Words = {"late": _("en retard"), "today": _("d'ici ce soir"), "days": _("sous trois jours")}
AGES: Words = {
    "1": _("depuis 1 jour"),
    "3": _("depuis 3 jours"),
    "7": _("depuis 7 jours"),
    "14": _("depuis 14 jours"),
    "30": _("depuis 30 jours"),
}
RETURNS: Words = {
    "replied": _("réponse à une question"),
    "reopened": _("dit non"),
    "returned": _("renvoyés"),
    "undelivered": _("SMS non remis"),
}
PENDING: Words = {"repair": _("réparation demandée"), "check": _("contrôle demandé")}
LABELS: Words = {
    "q": _("Recherche"),
    "kind": _("Type"),
    "category": _("Sujet"),
    "case_class": _("Classe"),
    "area": _("Lieu"),
    "organisation": _("Organisation"),
    "status": _("État"),
    "language": _("Langue"),
    "channel": _("Voie"),
    "age": _("Âge"),
    "holder": _("Attribué"),
    "term": _("Promis"),
    "since": _("Reçus après"),
    "story": _("Avec récit"),
    "returned": _("Revenus"),
    "pending": _("Attend"),
}
SEEN_BY: Mapping[str, tuple[str, ...]] = {
    "integrity": ("C5",),
    "psea": ("C6",),
    "gbv": ("C7",),
}
"""The compartment of each officer: nobody else is offered one to filter by."""


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing a list is narrowed to, and the filter without it."""

    label: str
    value: str
    rest: Filter


@dataclass(frozen=True, slots=True)
class Choice:
    """One list to choose from: its name in the address, its label and its lines."""

    part: str
    name: str
    label: LazyString
    lines: list[tuple[str, LazyString]]


@dataclass(frozen=True, slots=True)
class View:
    """One list that is often looked at."""

    label: LazyString
    wanted: Filter


VIEWS = (
    View(_("Tout"), Filter()),
    View(_("À moi"), Filter(holder="me")),
    View(_("À prendre"), Filter(status="waiting")),
    View(_("En retard"), Filter(term="late")),
    View(_("D'ici ce soir"), Filter(term="today")),
    View(_("Revenus"), Filter(status="reopened")),
    View(_("Répondus"), Filter(status="answered")),
)


def choices(role: str) -> list[Choice]:
    """Return what a list may be narrowed by; a compartment only for those who judge it."""
    classes = {
        code: words
        for code, words in topics.CLASSES.items()
        if code not in SENSITIVE or code in SEEN_BY.get(role, ())
    }
    offered: Mapping[str, Words] = {
        "status": {code: said for code, said in STATUSES.items() if code},
        "holder": HOLDERS,
        "term": TERMS,
        "kind": topics.KINDS,
        "category": _topics(role),
        "case_class": classes,
        "language": saying.LANGUAGES,
        "channel": topics.ROADS,
        "age": AGES,
        "returned": RETURNS,
        "pending": PENDING,
    }
    return [
        Choice(one, NAMES[one], LABELS[one], list(said.items())) for one, said in offered.items()
    ]


def _topics(role: str) -> Words:
    hidden = ("5", "9", "16", "17", "34", "35") if role not in SEEN_BY else ()
    every = {**topics.SECTORS, **topics.CATEGORIES}
    return {code: every[code] for code in sorted(every) if not code.startswith(hidden or ("-",))}


def chips(known: Known) -> Iterator[Chip]:
    """Return what a list is narrowed to, part by part."""
    for part, value in known.wanted.parts():
        yield Chip(say(LABELS, part), _said(known, part, value), known.wanted.without(part))


def _said(known: Known, part: str, value: str) -> str:
    if part in {"area", "organisation"}:
        return str(getattr(known, part))
    if part == "case_class":
        return (
            str(gettext("privé")) if value == PRIVATE else f"{value} {say(topics.CLASSES, value)}"
        )
    if part == "story":
        return str(gettext("oui"))
    if part == "category":
        return say({**topics.CATEGORIES, **topics.SECTORS}, value)
    if part == "since":
        return f"{value[8:10]}/{value[5:7]} {value[11:16]}"
    return say(_WORDS.get(part, {}), value)


_WORDS: Mapping[str, Words] = {
    "kind": topics.KINDS,
    "status": STATUSES,
    "language": saying.LANGUAGES,
    "channel": topics.ROADS,
    "age": AGES,
    "holder": HOLDERS,
    "term": TERMS,
    "returned": RETURNS,
    "pending": PENDING,
}

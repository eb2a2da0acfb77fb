"""Words for what happened to an item, what is offered, and why something may not be."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from flask_babel import LazyString, format_timedelta, gettext, lazy_gettext

from flows.case_lifecycle import OPEN, WAITING
from gateway.console.saying import Words, say
from models.case import Case, CaseEvent

_ = lazy_gettext

EVENTS: Words = {
    "opened": _("ouvert"),
    "taken": _("pris"),
    "undone": _("rendu à prendre"),
    "questioning": _("question écrite, part dans dix minutes"),
    "questioned": _("question partie"),
    "answering": _("réponse écrite, part dans dix minutes"),
    "answered": _("réponse partie"),
    "cancelled": _("repris avant le départ"),
    "returning": _("rendu, part dans dix minutes"),
    "returned": _("rendu"),
    "passed": _("donné à qui était nommé"),
    "escalated": _("passé au niveau suivant"),
    "rehomed": _("donné à quelqu'un d'autre : son titulaire n'est plus là"),
    "assigned": _("confié à un collègue"),
    "reclassed": _("reclassé"),
    "recategorised": _("sujet corrigé"),
    "reopened": _("rouvert"),
    "closed": _("clos"),
    "withdrawn": _("arrêté"),
    "added": _("la personne a ajouté des mots"),
    "heard": _("la personne a lu la réponse"),
    "reminded": _("rappel envoyé"),
    "untold": _("pas annoncé : assez d'annonces cette heure"),
    "told": _("une source a été informée"),
    "informed": _("les informés ont été prévenus"),
    "joined": _("une voix de plus"),
    "left": _("une voix de moins"),
    "noted": _("note interne"),
    "titled": _("objet écrit"),
    "repair": _("avis donné sur une demande de réparation"),
    "repair_asked": _("demande de réparation envoyée"),
    "check_asked": _("vérification demandée"),
    "checked": _("vérification faite"),
    "receipt": _("code donné"),
    "refined": _("précisé par la personne"),
    "reached": _("personne jointe"),
    "not_reached": _("personne pas jointe"),
}
TO_QUESTION: Words = {
    "heard": _("la personne a lu la question"),
    "added": _("la personne a répondu à la question"),
}
STORIES: Words = {
    "said": _("La personne a dit"),
    "question": _("Question"),
    "answer": _("Réponse"),
    "resolved": _("Réglé"),
    "missed": _("Pas jointe"),
    "note": _("Note interne"),
    "repair": _("L'organisation a répondu"),
    "return": _("Rendu, parce que"),
    "voice": _("Message vocal"),
}
OUTCOMES: Words = {
    "solved": _("réglé"),
    "explained": _("expliqué, rien à changer"),
    "passed_on": _("une autre organisation s'en occupe"),
    "impossible": _("pas possible"),
    "unreachable": _("plus joignable"),
}
WHYS: Words = {
    "2": _("pas mon travail"),
    "1": _("pas mon lieu"),
    "4": _("je suis absent"),
    "3": _("je suis en cause"),
}
WHO: Words = {
    "meal": _("équipe MEAL"),
    "third_party": _("tierce partie"),
    "pair": _("organisation paire"),
}
HOW: Words = {
    "visit": _("visite"),
    "call": _("appel"),
    "unannounced": _("visite sans prévenir"),
}
RESULTS: Words = {
    "confirmed": _("confirmé"),
    "partly": _("en partie"),
    "not": _("pas confirmé"),
    "no_access": _("pas d'accès"),
}
CHECK_WHYS: Words = {
    "not_arrived": _("la personne dit que rien n'est arrivé"),
    "few_sources": _("trop peu de voix pour une demande de réparation"),
    "wished": _("voulue par la cellule"),
}
REPAIRS: Words = {
    "asked": _("demandée"),
    "taken": _("prise"),
    "answered": _("répondue"),
    "late": _("en retard"),
    "closed": _("finie"),
}
REPAIR_WHYS: Words = {
    "visible": _("fait visible par tous"),
    "sources": _("trois voix ou plus"),
    "allowed": _("la personne est d'accord"),
}
COMPARTMENTS: Words = {
    "C5": _("argent, détournement, abus d'un poste (intégrité)"),
    "C6": _("exploitation ou abus sexuel par l'aide"),
    "C7": _("violence, ou un enfant en danger"),
}
LOWERINGS: Words = {
    "misheard": _("mal entendu"),
    "mischosen": _("mal choisi"),
    "nobody": _("n'accuse personne"),
}
REASONS: Words = {
    "absent": _("la personne qui l'a est absente"),
    "urgent": _("c'est urgent"),
    "misplaced": _("il est au mauvais endroit"),
    "asked": _("on me l'a demandé"),
}
ANSWERED_BY: Words = {
    "code": _("elle rappelle avec son code"),
    "sms": _("un SMS sans détail lui dit qu'une réponse attend"),
    "call": _("on la rappelle"),
    "none": _("elle n'attend pas de réponse"),
}
REFUSALS: Mapping[str, LazyString] = {
    "taken": _("Une autre personne a ce dossier : rien n'a été changé."),
    "over": _("Ce dossier n'en est plus là : rien n'a été changé."),
    "late": _("C'est trop tard : rien n'a été changé."),
    "nobody": _("Cette personne ne peut pas l'avoir maintenant."),
    "nameless": _("La personne n'attend pas de réponse : dites plutôt ce qui est réglé."),
    "top": _("Il n'y a personne plus haut."),
    "kind": _("Cela ne se change pas pour ce genre de dossier."),
    "lower": _("Il est déjà au moins aussi protégé. Le rendre ordinaire se décide à deux."),
    "private": _("Pas pour un dossier privé."),
    "accusing": _("Ces mots en disent trop : l'objet reste neutre, sans faute ni personne."),
    "unasked": _("La personne n'attend pas de réponse : elle ne lirait pas de question."),
    "questioned": _("Une question attend déjà : une seule à la fois."),
    "answering": _("Une réponse part dans dix minutes : reprenez-la d'abord."),
    "alone": _("Personne d'autre ne peut juger maintenant."),
    "unanswered": _("Seulement après une réponse."),
    "supervisor": _("Seul un superviseur peut le faire."),
    "few": _("Il faut trois voix, l'accord de la personne, ou un fait visible par tous."),
    "asked": _("C'est déjà demandé."),
    "mender": _("Aucune organisation d'ici n'a de contact MEAL : une vérification est demandée."),
}

BESIDE = frozenset({"unasked", "questioned", "answering"})
"""Refusals of what was written for the speaker: said beside it."""


def clock(case: Case, at: datetime) -> str:
    """Return in words how long is left, or for how long it is late."""
    if case.status not in OPEN:
        return ""
    limit = min(case.act_by or case.due_at, case.due_at) if case.status in WAITING else case.due_at
    gap = limit - at
    if gap < timedelta():
        return str(gettext("en retard de %(time)s", time=_long(-gap)))
    if case.status in WAITING:
        return str(gettext("%(time)s pour le prendre", time=_long(gap)))
    return str(gettext("%(time)s pour répondre", time=_long(gap)))


def is_late(case: Case, at: datetime) -> bool:
    """Tell whether its clock is over."""
    waits = case.status in WAITING and case.act_by is not None and case.act_by <= at
    return case.status in OPEN and (waits or case.due_at <= at)


def actor(by: str) -> str:
    """Return who did it: a registered person by number, everything else is the service."""
    return by if by[:1] in "PR" and by[1:].isdigit() else str(gettext("le service"))


def happened(event: CaseEvent) -> str:
    """Return what was done, in words."""
    words = say(EVENTS, event.transition)
    if event.transition == "closed":
        outcome = str(event.details.get("why") or "")
        return f"{words} ({say(OUTCOMES, outcome)})" if outcome in OUTCOMES else words
    if event.transition == "checked":
        return f"{words} ({say(RESULTS, str(event.details.get('result')))})"
    if event.details.get("question"):
        return say(TO_QUESTION, event.transition)
    if event.transition == "assigned":
        return f"{words} ({event.details.get('to')})"
    return words


def _long(gap: timedelta) -> str:
    return str(format_timedelta(gap, threshold=1.2))

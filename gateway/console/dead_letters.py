"""What could not be handled, seen by staff and tried again: kinds, reasons and ages, no words."""

import re
from collections.abc import Mapping
from datetime import timedelta

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import LazyString, gettext, lazy_gettext, ngettext
from werkzeug.wrappers import Response

from gateway.console.menu import ADMINISTRATOR
from gateway.console.viewing import ACTS, acting, kit, now, page
from models.errors import NotFound
from models.services import dead_letters as letters
from models.services.dead_letters import INBOX, TEXT, VOICE, Letter, Pile

pages = Blueprint("dead_letters", __name__)
ROLES = ("triager", "supervisor", ADMINISTRATOR)
ROWS = 50

_ = lazy_gettext
KINDS: Mapping[str, LazyString] = {
    INBOX: _("Messages reçus"),
    VOICE: _("Notes vocales"),
    TEXT: _("SMS à envoyer"),
}
EXPLAINED: Mapping[str, LazyString] = {
    INBOX: _("Reçus par le service, que personne n'a pu lire. Réessayer ne répond qu'une fois."),
    VOICE: _("Sons que leur fournisseur n'a pas donnés. Réessayer les demande de nouveau."),
    TEXT: _("Leur numéro et leurs mots sont oubliés : ils ne peuvent plus partir."),
}
REASONS: Mapping[str, LazyString] = {
    "tried five times": _("essayé cinq fois sans succès"),
    "tried seven times": _("essayé sept fois sans succès"),
    "waited seven days": _("a attendu sept jours"),
    "sender is no telephone": _("l'expéditeur n'est pas un téléphone"),
    "opt-out at the provider": _("demande d'arrêt dite au fournisseur"),
    "a call let ring": _("appel qui a sonné"),
    "a sound": _("note vocale"),
    "a picture or file": _("image ou fichier"),
    "no text: 8-bit data": _("données sans texte"),
    "no sound": _("aucun son"),
    "empty": _("vide"),
    "larger than 2 MB": _("plus de 2 Mo"),
    "over 2 MB": _("plus de 2 Mo"),
    "case withdrawn": _("cas retiré par la personne"),
    "provider out of reach": _("fournisseur hors d'atteinte"),
    "too many requests": _("trop de demandes au fournisseur"),
    "wrong sender id": _("nom d'expéditeur refusé"),
    "wrong api key": _("clé du fournisseur refusée"),
    "nobody accepted": _("refusé par le fournisseur"),
    "takes no texts": _("ce canal n'envoie pas de SMS"),
    "no link of kannel takes it": _("aucune liaison de l'opérateur ne le prend"),
    "expired": _("trop tard pour être utile"),
    "no channel reaches it": _("aucun canal n'atteint ce numéro"),
}
_CODED = re.compile(r"(?:status|error) ([0-9]{1,5})")
_NUMBERS = re.compile(r"[0-9]{6,}")


@pages.get("/non-traites")
@page(*ROLES)
def show() -> str:
    """Show the piles, and one of them row by row."""
    again = "a-reprendre" in request.args
    with kit().store.reading(ACTS) as work:
        piles = letters.piles(work)
        kind = _kind(piles)
        rows = letters.some(work, kind, ROWS + 1, request.args.get("avant", type=int), again=again)
    return render_template(
        "console/dead_letters.html",
        piles=piles,
        kind=kind,
        again=again,
        rows=rows[:ROWS],
        more=_row(rows[ROWS - 1]) if len(rows) > ROWS else None,
        kinds=KINDS,
        explained=EXPLAINED,
        in_words=in_words,
        age=age,
        row=_row,
    )


@pages.post("/non-traites/<kind>")
@page(*ROLES)
def retry_all(kind: str) -> Response:
    """Let all of one kind be handled again that can be."""
    if kind not in KINDS:
        abort(404)
    with acting() as work:
        count = letters.retry_all(work, kind, now())
    flash(ngettext("%(num)d attend de nouveau.", "%(num)d attendent de nouveau.", count))
    return redirect(url_for(".show", genre=kind), 303)


@pages.post("/non-traites/<kind>/<int:row>")
@page(*ROLES)
def retry(kind: str, row: int) -> Response:
    """Let one be handled again."""
    if kind not in KINDS:
        abort(404)
    try:
        with acting() as work:
            letters.retry(work, row if kind == INBOX else f"{kind}-{row}", now())
    except NotFound:
        said = gettext("Il ne peut plus être réessayé : il l'est déjà, ou ses mots sont oubliés.")
        flash(said, "error")
    else:
        flash(gettext("Il attend de nouveau."))
    return redirect(url_for(".show", genre=kind), 303)


def in_words(cause: str | None) -> str:
    """Return why something was given up, in words: known reasons as sentences, others as coded."""
    if not cause:
        return str(gettext("raison inconnue"))
    return ", ".join(_reason(part) for part in cause.split("; "))


def age(letter: Letter) -> str:
    """Return how long ago it was given up."""
    since = max(now() - letter.at, timedelta())
    if since.days:
        return str(ngettext("%(num)d jour", "%(num)d jours", since.days))
    hours = since.seconds // 3600
    if hours:
        return str(ngettext("%(num)d heure", "%(num)d heures", hours))
    return str(ngettext("%(num)d minute", "%(num)d minutes", since.seconds // 60))


def _reason(said: str) -> str:
    coded = _CODED.fullmatch(said)
    if coded is not None:
        return str(gettext("le fournisseur a répondu %(code)s", code=coded[1]))
    known = REASONS.get(said)
    # What another service put there may hold a number.
    return _NUMBERS.sub("…", said) if known is None else str(known)


def _kind(piles: list[Pile]) -> str:
    """Return the kind asked for, else the first of which there is something to do."""
    asked = request.args.get("genre", "")
    if asked in KINDS:
        return asked
    ranked = sorted(piles, key=lambda pile: (not pile.again, not pile.total))
    return ranked[0].kind


def _row(letter: Letter) -> int:
    return int(str(letter.id).rpartition("-")[2])

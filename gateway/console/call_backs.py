"""Call-backs: who waits to be called, without any number; one number, once, for one call.

The number is shown by the answer to the one request that asked for it. It stands in no address,
session or log, and no second request finds it again (models/services/calls.py).
"""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from flows.policy import SENSITIVE
from gateway.console import saying
from gateway.console.menu import HANDLERS
from gateway.console.viewing import at_desk, kit, now, page, reading, rechecked
from models.errors import KeeperAway, KeeperRefused
from models.services import calls, handling
from models.services.call_backs import queue
from models.services.calls import Wish, wish_of
from models.services.cases import withdraw
from models.services.facilities import dialled
from models.services.handling import Desk

pages = Blueprint("call_backs", __name__, url_prefix="/rappels")

CALLERS = ("operator", *HANDLERS)
SHOWN = 100
PRIVATE = "private"


@pages.get("")
@page(*CALLERS)
def show() -> str:
    """List the calls to be made, the nearest end first."""
    chosen = {
        "language": _one_of(saying.LANGUAGES, "langue"),
        "voice": _one_of(saying.VOICES, "voix"),
        "hour": _one_of(saying.HOURS, "heure"),
    }
    with reading() as work:
        waiting = queue(work, limit=SHOWN + 1, **chosen)
    return render_template(
        "console/call_backs.html",
        waiting=waiting[:SHOWN],
        more=len(waiting) > SHOWN,
        chosen=chosen,
        saying=saying,
        now=now(),
    )


@pages.get("/<number>")
@page(*CALLERS)
def one(number: str) -> str:
    """Show one call: how it is wished, what to say first, and what may be done."""
    with reading() as work:
        wish = wish_of(work, number)
        if wish is None:
            abort(404)
        return _shown(wish)


@pages.post("/<number>/prendre")
@page(*CALLERS)
def take(number: str) -> Response:
    """Let whoever asks make this call."""
    with at_desk() as desk:
        case = handling.find(desk, _wish(desk, number).case.number)
        if case is None or not handling.take(desk, case):
            flash(_("Une autre personne a pris ce rappel."), "error")
            return redirect(url_for("call_backs.show"), 303)
    return redirect(url_for("call_backs.one", number=number), 303)


@pages.post("/<number>/appeler")
@page(*CALLERS)
def call(number: str) -> Response | str:
    """Show the number, once: what says so is committed before the keeper is asked."""
    with at_desk() as desk:
        wish = _wish(desk, number)
        if wish.case.case_class in SENSITIVE:
            rechecked(url_for("call_backs.one", number=number))
        if not wish.may_call:
            flash(_refusal(wish), "error")
            return _back(number)
        entry = calls.begin(desk.work, wish.case, desk.now)
    try:
        found = kit().house.keeper.number(entry)
    except KeeperAway:
        with at_desk() as desk:
            calls.unheard(desk.work, _wish(desk, number).case, desk.now)
        flash(_("Le gardien des numéros ne répond pas. Réessayez dans un moment."), "error")
        return _back(number)
    except KeeperRefused:
        flash(_("Ce numéro ne peut pas être ouvert."), "error")
        return _back(number)
    with reading() as work:
        again = wish_of(work, number)
        if again is None:
            abort(404)
        return _shown(again, dialled(found))


@pages.post("/<number>/jointe")
@page(*CALLERS)
def reached(number: str) -> Response:
    """Note that they were spoken to."""
    with at_desk() as desk:
        wish = _mine(desk, number)
        calls.reached(desk, wish.case)
    flash(_("%(number)s : jointe, noté. Le numéro est oublié dans dix minutes.", number=number))
    return redirect(url_for("call_backs.show"), 303)


@pages.post("/<number>/pas-jointe")
@page(*CALLERS)
def missed(number: str) -> Response:
    """Note that nobody was reached: nobody rings again without a new request."""
    with at_desk() as desk:
        wish = _mine(desk, number)
        calls.missed(desk, wish.case)
    flash(
        _("%(number)s : pas jointe, noté. On ne rappelle pas sans nouvelle demande.", number=number)
    )
    return redirect(url_for("call_backs.show"), 303)


@pages.post("/<number>/rendre")
@page(*CALLERS)
def give_back(number: str) -> Response:
    """Take back what was done within ten minutes, else let another person call."""
    with at_desk() as desk:
        case = _mine(desk, number).case
        if not handling.undo(desk, case) and not handling.give_back(desk, case, ""):
            flash(_("C'est trop tard pour rendre ce rappel."), "error")
            return _back(number)
    flash(_("%(number)s : rendu.", number=number))
    return redirect(url_for("call_backs.show"), 303)


@pages.post("/<number>/arreter")
@page(*CALLERS)
def stop(number: str) -> Response:
    """Stop it for good, because its speaker said so: nobody calls any more."""
    with at_desk() as desk:
        case = _mine(desk, number).case
        if case.kind != "call_back":
            abort(404)
        withdraw(desk.work, case, desk.now)
    flash(_("%(number)s : arrêté, le numéro est oublié.", number=number))
    return redirect(url_for("call_backs.show"), 303)


def _shown(wish: Wish, telephone: str = "") -> str:
    return render_template(
        "console/call_back.html",
        wish=wish,
        telephone=telephone,
        private=wish.case.case_class in SENSITIVE,
        refusal=_refusal(wish),
        saying=saying,
    )


def _refusal(wish: Wish) -> str:
    """Return why no number is shown now; empty when it may be asked for."""
    if wish.ended:
        return str(_("La fin de cet appel est déjà notée."))
    if wish.shown:
        return str(_("Le numéro a été montré une fois. Notez la fin de l'appel, ou rendez-le."))
    return ""


def _wish(desk: Desk, number: str) -> Wish:
    found = wish_of(desk.work, number)
    if found is None:
        abort(404)
    return found


def _mine(desk: Desk, number: str) -> Wish:
    wish = _wish(desk, number)
    if not wish.is_mine:
        abort(404)
    return wish


def _one_of(words: saying.Words, name: str) -> str | None:
    said = request.args.get(name, "")
    return said if said in words else None


def _back(number: str) -> Response:
    return redirect(url_for("call_backs.one", number=number), 303)

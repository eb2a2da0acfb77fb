"""The first page: what needs its viewer this morning (field.md 8), and choosing a language."""

from datetime import datetime

from flask import Blueprint, abort, redirect, render_template, session
from flask_babel import LazyString, lazy_gettext
from werkzeug.wrappers import Response

from gateway.console import promises, saying, topics
from gateway.console.flask_security_alone import current_user
from gateway.console.menu import ADMINISTRATOR, AUDITOR, CELL, HANDLERS, OFFICERS
from gateway.console.saying import Words
from gateway.console.viewing import acting, now, page, reading, viewer
from gateway.console.wording import CHOSEN, LANGUAGES
from models.account import Account
from models.services.listing import Asking, Filter
from models.services.morning import lately, morning
from models.services.standing import standing

pages = Blueprint("home", __name__)

_ = lazy_gettext
WHYS: Words = {
    "1": _("pas mon lieu"),
    "2": _("pas mon travail"),
    "3": _("je suis en cause"),
    "4": _("absent"),
}
WHO: Words = {
    "": _("sans personne chargée"),
    "meal": _("équipe MEAL"),
    "third_party": _("tierce partie"),
    "pair": _("organisation paire"),
}
LETTERS: Words = {
    "inbox": _("messages reçus non traités"),
    "voice": _("notes vocales perdues"),
    "text": _("SMS qui ne sont pas partis"),
}
# What whoever has no cases does here: the page, and what it is for.
TASKS: dict[str, tuple[tuple[str, LazyString], ...]] = {
    "operator": (
        ("intake.show", _("Saisir un appel pendant que la personne parle")),
        ("call_backs.show", _("Rappeler ceux qui attendent un appel")),
        ("slips.show", _("Compléter les fiches faites hors ligne")),
    ),
    ADMINISTRATOR: (
        ("people.show", _("Ouvrir et fermer des comptes, débloquer un téléphone perdu")),
        ("directory.show", _("Tenir l'annuaire : organisations, couverture, lieux")),
        ("dead_letters.show", _("Faire reprendre ce qui n'a pas été traité")),
        ("policy.show", _("Relire et activer les règles d'orientation")),
        ("flows.show", _("Relire les écrans et leur longueur dans chaque langue")),
    ),
    AUDITOR: (
        ("audit.show", _("Lire le journal : qui a vu quoi, et quand")),
        ("policy.show", _("Lire les règles d'orientation et leur histoire")),
        ("flows.show", _("Lire les écrans montrés aux personnes")),
    ),
}


@pages.get("/")
@page()
def show() -> str:
    """Show what needs whoever looks; who has no cases finds what they do here."""
    if viewer().role not in HANDLERS:
        return render_template("console/tasks.html", tasks=TASKS[viewer().role])
    left_at: datetime = current_user.left_at or lately(now())
    with reading() as work:
        asking = Asking(work, now())
        still = standing(asking, is_cell=viewer().role in CELL)
        found = morning(asking, left_at, still.lost)
    return render_template(
        "console/home.html",
        found=found,
        still=still,
        left_at=left_at,
        is_cleared=viewer().role in OFFICERS,
        me=viewer().person_id,
        to=to,
        whys=WHYS,
        who=WHO,
        letters=LETTERS,
        promises=promises,
        saying=saying,
        topics=topics,
    )


def to(**parts: str) -> str:
    """Return the address of a list narrowed so."""
    query = Filter(**parts).to_query()
    return f"/file?{query}" if query else "/file"


@pages.post("/langue/<language>")
def speak(language: str) -> Response:
    """Go on in another language."""
    if language not in LANGUAGES:
        abort(404)
    session[CHOSEN] = language
    if current_user.is_authenticated:
        with acting() as work:
            work.session.get_one(Account, current_user.id).language = language
    return redirect("/")

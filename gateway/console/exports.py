"""Files to take along: asked for here, made by a worker, fetched by whoever asked for them."""

from collections.abc import Mapping

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response as AnyResponse

from gateway.console.menu import HANDLERS
from gateway.console.saying import Words
from gateway.console.viewing import acting, now, page, reading, viewer
from models.services import exporting
from models.services.audit import Mark, note
from models.services.filtering import Filter

pages = Blueprint("exports", __name__, url_prefix="/exports")

FOLDER = "JAABI_EXPORTS"  # where the worker puts them
WHAT: Words = {
    "cases": lazy_gettext("Cas de la liste"),
    "alerts": lazy_gettext("Alertes"),
    "referrals": lazy_gettext("Orientations de votre centre"),
    "figures": lazy_gettext("Nombres publiés"),
}
FORMS: Words = {
    "csv": lazy_gettext("CSV"),
    "xlsx": lazy_gettext("Excel (XLSX)"),
    "jsonl": lazy_gettext("JSON, une ligne par cas"),
}
STATUS: Words = {
    "waiting": lazy_gettext("en cours"),
    "made": lazy_gettext("prêt"),
    "failed": lazy_gettext("échoué"),
    "gone": lazy_gettext("effacé"),
}
TYPES: Mapping[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jsonl": "application/x-ndjson",
}


@pages.get("")
@page(*HANDLERS)
def show() -> str:
    """Show what its viewer asked for, and ask for more."""
    with reading() as work:
        asked = exporting.asked_by(work, viewer().account_id)
        return render_template(
            "console/exports.html",
            asked=asked,
            query=Filter.from_query(request.args).to_query(),
            what=WHAT,
            forms=FORMS,
            status=STATUS,
            oldest=now() - exporting.KEPT,
        )


@pages.post("")
@page(*HANDLERS)
def ask() -> AnyResponse:
    """Ask for a file."""
    said = (request.form.get("what", ""), request.form.get("form", ""), _query())
    with acting() as work:
        taken = exporting.ask(work, viewer().account_id, said, now())
    if taken:
        flash(_("Le fichier se prépare."))
    else:
        flash(_("Trois fichiers se préparent déjà : attendez le premier."), "error")
    return redirect("/exports", 303)


@pages.get("/<int:row>/fichier")
@page(*HANDLERS)
def fetch(row: int) -> Response:
    """Give a file to whoever asked for it; written down first."""
    with acting() as work:
        found = exporting.to_fetch(work, viewer().account_id, row, now())
        if found is None:
            abort(404)
        path = current_app.config[FOLDER] / f"{row}.{found.form}"
        if not path.is_file():
            abort(404)
        details = {"what": found.what, "format": found.form}
        note(work, Mark("export", "file", row, details={**details, "rows": found.done}), now())
        what, form = found.what, found.form
    named = {"Content-Disposition": f'attachment; filename="jaabi-{what}-{row}.{form}"'}
    return Response(path.read_bytes(), content_type=TYPES[form], headers=named)


def _query() -> str:
    return request.form.get("query", "")[:600]

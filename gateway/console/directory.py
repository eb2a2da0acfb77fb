"""The directory: who does what where, organisations, people, health centres."""

from datetime import date
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from gateway.console import directory_words as words
from gateway.console import import_files
from gateway.console.directory_forms import AddForm, EndForm
from gateway.console.menu import ADMINISTRATOR, AT_WORK
from gateway.console.mistakes import in_words
from gateway.console.saying import say
from gateway.console.viewing import acting, now, page, reading, viewer
from models.db import Work
from models.errors import NotFound
from models.services import coverage, registered
from models.services.coverage import CoverageRefused, Wanted
from models.services.directory import DirectoryRefused
from models.services.policy_in_force import in_force

pages = Blueprint("directory", __name__)
LOOKING = (*AT_WORK, ADMINISTRATOR)
ROWS = 50


@pages.get("/annuaire")
@page(*LOOKING)
def show() -> str:
    """Show who does what where, narrowed by the address."""
    return _coverage(AddForm(formdata=None))


@pages.post("/annuaire")
@page(ADMINISTRATOR)
def add() -> Any:
    """Add a row of coverage; what is wrong stands beside its field."""
    form = AddForm()
    if not _added(form):
        return _coverage(form), 422
    flash(gettext("La ligne est ajoutée."))
    return redirect(url_for(".show", organisation=form.organisation.data), 303)


@pages.route("/annuaire/couverture/<int:row_id>", methods=["GET", "POST"])
@page(ADMINISTRATOR)
def end(row_id: int) -> Any:
    """Ask until when a row holds, and end it there."""
    form = EndForm(until=now().date())
    if form.validate_on_submit() and form.until.data and _ended(row_id, form, form.until.data):
        flash(gettext("La ligne est finie."))
        return redirect(url_for(".show"), 303)
    with reading() as work:
        rows = coverage.listed(work, Wanted(over=True), now(), 1, row_id - 1)
    if not rows or rows[0].id != row_id:
        abort(404)
    return render_template(
        "console/directory_end.html", form=form, row=rows[0], words=words, say=say
    )


@pages.get("/annuaire/organisations")
@page(*LOOKING)
def organisations() -> str:
    """Show the organisations, their area, their centre and their pair."""
    with reading() as work:
        rows = registered.organisations(work, request.args.get("q", ""))
    return _rendered("organisations", rows=rows)


@pages.get("/annuaire/personnes")
@page(*LOOKING)
def people() -> str:
    """Show who is registered: number, functions, area, the last digits of the phone."""
    wanted = {
        name: request.args.get(key, "")
        for name, key in (("organisation", "organisation"), ("function", "fonction"))
    }
    with reading() as work:
        functions = in_force(work).functions
        names = registered.names(work)
        rows = registered.people(work, ROWS + 1, request.args.get("apres", ""), **wanted)
    more = rows[ROWS - 1].number if len(rows) > ROWS else ""
    return _rendered(
        "people", rows=rows[:ROWS], more=more, functions=functions, names=names, wanted=wanted
    )


@pages.get("/annuaire/centres")
@page(*LOOKING)
def facilities() -> str:
    """Show the health centres with what is known of fees and hours."""
    said = request.args.get("zone", "")
    without = "sans-tarif" in request.args
    with reading() as work:
        area, wrong = _area(work, said)
        wanted = registered.Centres(area, request.args.get("q", ""), without)
        found = registered.facilities(work, wanted, ROWS + 1, request.args.get("apres", ""))
        rows = [] if wrong else found
    more = rows[ROWS - 1].id if len(rows) > ROWS else ""
    return _rendered("facilities", rows=rows[:ROWS], more=more, wrong=wrong, without=without)


pages.add_url_rule("/annuaire/fichiers", "files", import_files.show)
pages.add_url_rule("/annuaire/fichiers", "bring", import_files.bring, methods=["POST"])
pages.add_url_rule("/annuaire/fichiers/<int:draft_id>", "look", import_files.look)
pages.add_url_rule("/annuaire/fichiers/<int:draft_id>", "take", import_files.take, methods=["POST"])
pages.add_url_rule("/annuaire/fichiers/<kind>.csv", "export", import_files.export)


pages.register_error_handler(413, import_files.too_large)


def _coverage(form: AddForm) -> str:
    asked = request.args
    with reading() as work:
        area, wrong = _area(work, asked.get("zone", ""))
        wanted = Wanted(
            asked.get("organisation", ""), asked.get("secteur", ""), area, "finies" in asked
        )
        found = coverage.listed(work, wanted, now(), ROWS + 1, asked.get("apres", 0, type=int))
        rows = [] if wrong else found
        names = registered.names(work)
    form.offer(names)
    more = rows[ROWS - 1].id if len(rows) > ROWS else None
    return _rendered(
        "coverage", rows=rows[:ROWS], more=more, names=names, wrong=wrong, wanted=wanted, form=form
    )


def _area(work: Work, said: str) -> tuple[str, str]:
    """Return the p-code meant by what was typed, or what is wrong with it."""
    if not said.strip():
        return "", ""
    found = coverage.areas_named(work, said)
    if not found:
        return "", gettext("Aucun lieu ne s'appelle « %(said)s ».", said=said)
    return found[0][0], ""


def _added(form: AddForm) -> bool:
    try:
        with acting() as work:
            form.offer(registered.names(work))
            fits = form.validate() and form.find_area(work)
            if fits:
                coverage.add(work, form.row(), now())
    except CoverageRefused as refused:
        return form.refuse(refused.why)
    except DirectoryRefused as refused:
        return form.refuse_with([in_words(one) for one in refused.mistakes])
    return bool(fits)


def _ended(row_id: int, form: EndForm, until: date) -> bool:
    try:
        with acting() as work:
            coverage.end(work, row_id, until, now())
    except NotFound:
        abort(404)
    except CoverageRefused as refused:
        form.refuse(refused.why)
        return False
    return True


def _rendered(view: str, **facts: Any) -> str:
    return render_template(
        f"console/directory_{view}.html",
        view=view,
        words=words,
        say=say,
        is_administrator=viewer().role == ADMINISTRATOR,
        asked=request.args,
        **facts,
    )

"""Slips: who has which booklet, how many are left, and a new one as PDF: its only copy."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as Answer
from wtforms import IntegerField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange

from gateway.console.menu import CELL
from gateway.console.viewing import acting, kit, now, page, reading, viewer
from gateway.kept_out import when_wanted
from models.db import Work
from models.errors import NotFound
from models.services import slip_books, slips
from models.services.slips import SlipsRefused

# Thirty megabytes of fonts and pictures that nobody pays before a booklet is made.
slip_sheets = when_wanted("gateway.slip_sheets")

pages = Blueprint("slips", __name__, url_prefix="/fiches")

VIEWERS = ("operator", *CELL)
USUAL = 50
WRONG = 422


class BookletForm(FlaskForm):  # type: ignore[misc]
    """A booklet to be printed."""

    operator = SelectField(lazy_gettext("Pour qui"))
    count = IntegerField(
        lazy_gettext("Combien de fiches"),
        [
            InputRequired(lazy_gettext("Écrivez un nombre de 1 à 99.")),
            NumberRange(1, slips.MOST, lazy_gettext("Écrivez un nombre de 1 à 99.")),
        ],
        default=USUAL,
    )


@pages.get("")
@page(*VIEWERS)
def show() -> str:
    """List the booklets, one's own or those of all operators."""
    return _page(BookletForm(formdata=None))


@pages.post("/carnet")
@page(*CELL)
def make() -> Response | tuple[str, int]:
    """Make a booklet and give it as PDF: no copy of its codes is kept anywhere."""
    form = BookletForm()
    with reading() as work:
        _offer(work, form)
    if not form.validate():
        return _page(form), WRONG
    house = kit().house
    try:
        with acting() as work:
            booklet, printed = slips.issue(
                work, house, str(form.operator.data), form.count.data, now()
            )
            sheet = slip_sheets.Sheet(
                str(form.operator.data), booklet.id, booklet.issued_at, house.service_code
            )
            body = slip_sheets.sheets(printed, sheet, house.flows.texts)
    except SlipsRefused:
        form.count.errors = [_("Cette personne n'a plus assez de numéros libres, de 99 en tout.")]
        return _page(form), WRONG
    name = f"fiches-{sheet.operator}-{sheet.booklet}.pdf"
    said = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, mimetype="application/pdf", headers=said)


@pages.post("/carnet/<int:booklet>/perdu")
@page(*CELL)
def lose(booklet: int) -> Answer:
    """Make a lost booklet worthless; what was logged with it stays."""
    try:
        with acting() as work:
            slips.revoke(work, booklet, now())
    except NotFound:
        abort(404)
    flash(_("Carnet %(booklet)s : ses codes ne valent plus rien.", booklet=booklet))
    return redirect(url_for("slips.show"), 303)


def _page(form: BookletForm) -> str:
    manages = viewer().role in CELL
    with reading() as work:
        if manages:
            _offer(work, form)
    with acting() as work:  # of all operators, for those of the cell who print them
        found = slip_books.books(work, None if manages else viewer().person_id)
    return render_template("console/slips.html", found=found, form=form, manages=manages)


def _offer(work: Work, form: BookletForm) -> None:
    form.operator.choices = [SelectChoice(one, one) for one in slip_books.operators(work)]

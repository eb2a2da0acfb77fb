"""The operator's form, made for typing while somebody speaks (field.md 8).

It works without script: a search for the place is a form sent, which comes back with choices and
all that was typed. What is private stands on a page of its own, without any field for words.
"""

from datetime import datetime, timedelta
from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer
from wtforms.fields.choices import SelectChoice

from flows import numbers
from flows.policy import SENSITIVE
from gateway.console import intake_desk, saying
from gateway.console.intake_desk import Known
from gateway.console.intake_forms import CallForm, PrivateForm, digits_of, sign
from gateway.console.intake_words import TOPICS, codes, labels, notices, who_may
from gateway.console.menu import CELL
from gateway.console.viewing import acting, at_desk, kit, now, page, reading, viewer
from models.case import Case, Tally
from models.db import Work
from models.services import slips
from models.services.counting import count_up
from models.services.facilities import help_numbers
from models.services.handling import Desk
from models.services.places import programme_cercles
from models.services.slip_lines import freed
from models.slip import Slip

pages = Blueprint("intake", __name__, url_prefix="/saisir")

OPERATORS = ("operator", *CELL)
COUNTED = ("mute", "joke", "wrong_number", "information")
PAUSE = timedelta(minutes=2)  # after a private call nobody is asked to listen at once
PAUSED = "pause_until"
OFFERED = 5  # numbers of slips on paper
WRONG = 422


@pages.get("")
@page(*OPERATORS)
def show() -> str | Response:
    """Show the form of the next call, or that it is time for a breath."""
    left = _pause_left()
    if left:
        body = render_template("console/intake_pause.html", seconds=left)
        return Response(body, headers={"Refresh": str(left + 1)})
    form = CallForm(formdata=None)
    with reading() as work:
        return _page(work, form, numbers.receipt(kit().house.draw))


@pages.post("")
@page(*OPERATORS)
def act() -> str | Answer | tuple[str, int]:
    """Look the place up, file, or keep what was typed when the line was cut."""
    form, do, digits = CallForm(), request.form.get("do", "save"), _digits()
    with at_desk() as desk:
        found = intake_desk.known(desk.work, form, request.form.get("chosen", ""))
        if do == "hung_up":
            return _hung_up(desk, form, found)
        if do == "check":
            form.forget_phone()
            return _page(desk.work, form, digits, found)
        case = _filed(desk, form, found)
        if case is None:
            form.forget_phone()
            return _page(desk.work, form, digits, found), WRONG
        if case.case_class in SENSITIVE:
            return _after_private()
        flash(intake_desk.read_back(desk, case))
    return redirect(url_for("intake.show"), 303)


@pages.post("/ici")
@page(*OPERATORS)
def look() -> Response:
    """Say what is known of what was typed so far, for the page to show beside it."""
    form = CallForm()
    with acting() as work:
        found = intake_desk.known(work, form, request.form.get("chosen", ""))
    return jsonify(
        place=found.place_words,
        choices=found.choices,
        label=found.label,
        private=found.is_private,
        count=found.count,
        promise=found.promise,
        who=[list(one) for one in who_may(str(form.category.data or ""))],
    )


@pages.post("/prive")
@page(*OPERATORS)
def private() -> str:
    """Show the private page: whatever words were typed are not read at all."""
    form = PrivateForm()
    form.forget_phone()
    with at_desk() as desk:
        if not form.zone.data:
            found = intake_desk.places(desk.work, request.form.get("place", "").strip())
            cercles = {one.cercle_pcode for one in found}
            form.zone.data = f"z:{cercles.pop()}" if len(cercles) == 1 else ""
        return _private_page(desk.work, form, _digits())


@pages.post("/prive/noter")
@page(*OPERATORS)
def note_private() -> str | Answer | tuple[str, int]:
    """File a wish to be called in private."""
    form = PrivateForm()
    with at_desk() as desk:
        slip = intake_desk.slip_of(desk, form) if form.validate() else None
        if slip is None:
            form.forget_phone()
            return _private_page(desk.work, form, _digits()), WRONG
        intake_desk.save_private(desk, form, slip)
    return _after_private()


@pages.post("/compter/<what>")
@page(*OPERATORS)
def count(what: str) -> Answer:
    """Count a call of which nothing else is kept."""
    if what not in COUNTED:
        abort(404)
    with acting() as work:
        count_up(work, Tally, {"day": now().date().isoformat(), "what": f"call_{what}"})
    flash(_("Compté. Rien d'autre n'est gardé."))
    return redirect(url_for("intake.show"), 303)


@pages.post("/annuler")
@page(*OPERATORS)
def undo() -> Answer:
    """Take back what was filed last, within ten minutes: its slip is free again."""
    with at_desk() as desk:
        slip = slips.just_used(desk.work, desk.person.id, desk.now)
        case = None if slip is None else desk.work.session.get(Case, slip.case_id)
        said = None if case is None else freed(desk, case.number)
        flash(_("Annulé. Ce code n'ouvre plus rien.") if said else _("Plus rien à annuler."))
    return redirect(url_for("intake.show"), 303)


def _filed(desk: Desk, form: CallForm, found: Known) -> Case | None:
    """File the form; None, with what is wrong beside each field, if it cannot be."""
    is_valid = form.validate()
    if form.place.data and found.place is None:
        wrong = _("Choisissez le lieu.") if found.choices else _("Lieu inconnu. Vide : non dit.")
        form.place.errors = [*form.place.errors, wrong]
        is_valid = False
    slip = intake_desk.slip_of(desk, form) if is_valid else None
    return None if slip is None else intake_desk.save(desk, form, slip, found.place)


def _hung_up(desk: Desk, form: CallForm, found: Known) -> Answer:
    kept = intake_desk.keep_unfinished(desk, form, found.place)
    flash(_("Raccroché : sujet et commune gardés, sans numéro.") if kept else _("Rien de gardé."))
    return redirect(url_for("intake.show"), 303)


def _after_private() -> Answer:
    session[PAUSED] = (now() + PAUSE).isoformat()
    flash(_("Mis en privé. Ne gardez aucune note, ni papier ni téléphone."))
    return redirect(url_for("intake.show"), 303)


def _pause_left() -> int:
    until = session.get(PAUSED)
    left = 0 if until is None else (datetime.fromisoformat(until) - now()).total_seconds()
    return max(0, int(left))


def _digits() -> str:
    """Return the code that stands on the screen already, else a new one."""
    person_id = viewer().person_id
    said = None if person_id is None else digits_of(request.form.get("code"), person_id)
    return said or numbers.receipt(kit().house.draw)


def _page(work: Work, form: CallForm, digits: str, found: Known | None = None) -> str:
    house = kit().house
    return render_template(
        "console/intake.html",
        form=form,
        found=found,
        notices=notices(house),
        topics=TOPICS,
        codes=codes(),
        labels=labels(house),
        who=who_may(str(form.category.data or "")),
        counted=COUNTED,
        **_receipt(work, form, digits),
    )


def _private_page(work: Work, form: PrivateForm, digits: str) -> str:
    cercles = [SelectChoice(one["value"], one["name"]) for one in programme_cercles(work)]
    form.zone.choices = [SelectChoice("", _("non dite")), *cercles]
    values: dict[str, Any] = {"place": form.zone.data}
    numbers_of_zone = help_numbers(work, intake_desk.scene(), values).values
    return render_template(
        "console/intake_private.html",
        form=form,
        numbers=numbers_of_zone,
        saying=saying,
        **_receipt(work, form, digits),
    )


def _receipt(work: Work, form: CallForm | PrivateForm, digits: str) -> dict[str, Any]:
    person_id = viewer().person_id or 0
    form.code.data = sign(digits, person_id)
    last: Slip | None = slips.just_used(work, person_id, now())
    return {
        "pairs": numbers.pairs(digits),
        "paper": slips.unused(work, person_id, OFFERED),
        "last_at": None if last is None else last.used_at,
        "last": None if last is None else last.number,
    }

"""Alerts: events told by one or many, evacuations and how far the ringing is, refunds to follow."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from flows.policy import SENSITIVE
from gateway.console.alert_map import drawn
from gateway.console.menu import CELL
from gateway.console.viewing import ACTS, at_desk, kit, now, page, reading, viewer
from models.case import Case
from models.person import Person
from models.services import alert_views, decisions, handling
from models.services.alert_texts import NAME_SHOWN
from models.services.handling import Desk
from models.services.routing import people, policy
from models.services.visibility import seen_by

pages = Blueprint("alerts", __name__, url_prefix="/alertes")

VIEWERS = (*CELL, "focal_point")
LONGEST = 140  # characters: what is decided is written to phones
WRONG = 422


class DecisionForm(FlaskForm):  # type: ignore[misc]
    """What was decided, for all who told the event."""

    words = TextAreaField(
        lazy_gettext("Ce qui est décidé"),
        [InputRequired(lazy_gettext("Écrivez ce qui est décidé.")), Length(max=LONGEST)],
    )


class PassForm(FlaskForm):  # type: ignore[misc]
    """A refusal, which names who takes it instead."""

    to = SelectField(lazy_gettext("Qui s'en charge à votre place"))
    why = StringField(lazy_gettext("Pourquoi"), [Length(max=LONGEST)])


@pages.get("")
@page(*VIEWERS)
def show() -> str:
    """List what happened, and what is under way."""
    with reading() as work:
        me = work.session.get(Person, viewer().person_id)  # noqa: F841 held: asked for once
        board = alert_views.board(work)
        found, ringing = board.events, board.ringing
        ground = alert_views.around(work, found)
    with kit().store.reading(ACTS) as work:  # sources are counted for people, never shown
        voices = alert_views.voices(work, [one.id for one in found])
        rung = alert_views.rung(work, [one.id for one in ringing])
    return render_template(
        "console/alerts.html",
        found=found,
        voices=voices,
        ringing=ringing,
        rung={key: [policy().label(one) for one in row] for key, row in rung.items()},
        refunds=board.refunds,
        map=drawn(found, voices, ground),
        now=now(),
    )


@pages.get("/<number>")
@page(*VIEWERS)
def one(number: str) -> str:
    """Show one event, and what may be done about it."""
    with reading() as work:
        person = work.session.get(Person, viewer().person_id)
        if person is None:
            abort(404)
        return _page(Desk(work, kit().house, person, now()), number)


@pages.post("/<number>/prendre")
@page(*VIEWERS)
def take(number: str) -> Response:
    """Take an event, or an evacuation: from then on nobody else is rung."""
    with at_desk() as desk:
        case = _case(desk, number)
        is_event = case.kind == "alert"
        if handling.take(desk, case):
            flash(_("%(number)s est à vous.", number=number))
        else:
            flash(_("%(number)s est déjà pris par une autre personne.", number=number), "error")
    here = url_for("alerts.one", number=number) if is_event else url_for("alerts.show")
    return redirect(here, 303)


@pages.post("/<number>/decider")
@page(*VIEWERS)
def decide(number: str) -> Response | tuple[str, int]:
    """Say what is decided: it leaves to every source in ten minutes."""
    form = DecisionForm()
    with at_desk() as desk:
        case = _case(desk, number)
        if not form.validate():
            return _page(desk, number, decision=form), WRONG
        if not handling.take(desk, case):
            flash(_("%(number)s est déjà pris par une autre personne.", number=number), "error")
            return redirect(url_for("alerts.show"), 303)
        what = "answer" if handling.expects_answer(case) else "resolved"
        handling.leave(desk, case, what, form.words.data.strip())
    flash(_("%(number)s : décidé. Cela part dans dix minutes.", number=number))
    return redirect(url_for("alerts.one", number=number), 303)


@pages.post("/<number>/rendre")
@page(*VIEWERS)
def give_back(number: str) -> Response | tuple[str, int]:
    """Refuse: an event only with the name of who takes it; an evacuation rings on at once."""
    form = PassForm()
    with at_desk() as desk:
        case = _case(desk, number)
        seats = decisions.takers(desk.work, case, desk.person, desk.now)
        seat = seats.get(str(form.to.data or ""))
        if case.kind == "alert" and seat is None:
            form.to.errors = [_("Nommez qui s'en charge : sans nom, rien n'est rendu.")]
            return _page(desk, number, refusal=form), WRONG
        to = None if seat is None else decisions.place_of(seat)
        if not handling.give_back(desk, case, str(form.why.data or "").strip(), to=to):
            flash(_("C'est trop tard pour rendre %(number)s.", number=number), "error")
            return redirect(url_for("alerts.show"), 303)
    flash(_("%(number)s : rendu.", number=number))
    return redirect(url_for("alerts.show"), 303)


@pages.post("/<number>/annuler")
@page(*VIEWERS)
def undo(number: str) -> Response:
    """Take back one's last act within ten minutes."""
    with at_desk() as desk:
        if handling.undo(desk, _case(desk, number)):
            flash(_("%(number)s : annulé, rien n'est parti.", number=number))
        else:
            flash(_("%(number)s : trop tard, c'est fait.", number=number), "error")
    return redirect(url_for("alerts.show"), 303)


def _case(desk: Desk, number: str) -> Case:
    """Return what may be acted on here. 404 for whatever else, and what is no event."""
    case = handling.find(desk, number)
    if case is None or case.kind not in {"alert", "evacuation"} or case.case_class in SENSITIVE:
        abort(404)
    return case


def _page(
    desk: Desk,
    number: str,
    decision: DecisionForm | None = None,
    refusal: PassForm | None = None,
) -> str:
    with seen_by(desk.work):
        found, case = alert_views.event(desk.work, number) or abort(404)
    with kit().store.reading(ACTS) as work:  # sources are counted for people, never shown
        voices = alert_views.voices(work, [case.id]).get(case.id, 1)
    refusal = refusal or PassForm(formdata=None)
    refusal.to.choices = _takers(desk, case)
    return render_template(
        "console/alert.html",
        one=found,
        voices=voices,
        decision=decision or DecisionForm(formdata=None),
        refusal=refusal,
        now=now(),
    )


def _takers(desk: Desk, case: Case) -> list[SelectChoice]:
    """Return whom a refusal may name: one of each organisation, the nearest first."""
    takers = decisions.takers(desk.work, case, desk.person, desk.now)
    called = people(desk.work).name
    named = [SelectChoice(body, called(body)[:NAME_SHOWN]) for body in takers]
    return [SelectChoice("", _("choisir")), *named]

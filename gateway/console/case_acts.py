"""What is done to an item from its page: one table of acts, each through the services.

A form that was made for an older state changes nothing: whoever sent it is told what others did
meanwhile, and finds what they typed.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import partial
from http import HTTPStatus
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import LazyString, gettext, lazy_gettext
from werkzeug.wrappers import Response

from flows.policy import SENSITIVE
from gateway.console import case_forms, case_words
from gateway.console.cases import begin, seen, shown
from gateway.console.menu import HANDLERS
from gateway.console.showing import moment
from gateway.console.viewing import at_desk, looking_at_desk, page, rechecked
from models.case import Case, CaseEvent
from models.services import (
    case_acts,
    case_classes,
    case_pages,
    decisions,
    handling,
    repair_by_hand,
)
from models.services.alert_texts import NAME_SHOWN
from models.services.case_acts import Refused
from models.services.handling import Desk
from models.services.routing import people, policy
from models.services.visibility import visible_cases

pages = Blueprint("case_acts", __name__)
_ = lazy_gettext
FILLS = ("look", "fill")  # buttons that send nothing: how it will look, and a template put in

Do = Callable[[Desk, Case, Any], object]


class Moved(Exception):
    """Somebody else did something to the item since the form was made."""

    def __init__(self, since: Iterable[CaseEvent]) -> None:
        super().__init__("moved")
        self.news = [_told(event) for event in since]


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that may be done: with which form, how, and what is said then."""

    form: str
    do: Do
    said: LazyString


def _answers(desk: Desk, case: Case, form: Any) -> None:
    case_acts.answer(desk, case, form.words.data, how=form.how.data, also=form.also.data or [])


def _asks(desk: Desk, case: Case, form: Any) -> None:
    case_acts.ask(desk, case, form.words.data)


def _undoes(desk: Desk, case: Case, _form: Any) -> None:
    if not handling.undo(desk, case):
        raise Refused("late")


def _checked(desk: Desk, case: Case, form: Any) -> None:
    day = form.day.data
    at = desk.now if day is None else datetime.combine(day, time(12), UTC)
    case_acts.settle_check(desk, case, form.check.data or 0, form.result.data, at)


ACTS: dict[str, Act] = {
    "prendre": Act("plain", lambda d, c, _f: case_acts.take(d, c), _("Il est à vous.")),
    "repondre": Act("answer", _answers, _("Part dans dix minutes. Jusque-là, il se reprend.")),
    "questionner": Act(
        "question", _asks, _("La question part dans dix minutes. Jusque-là, elle se reprend.")
    ),
    "reprendre": Act("plain", _undoes, _("Repris : rien n'est parti.")),
    "noter": Act("note", lambda d, c, f: case_acts.add_note(d, c, f.note.data), _("Note gardée.")),
    "objet": Act(
        "objet", lambda d, c, f: case_acts.entitle(d, c, f.objet.data or ""), _("Objet écrit.")
    ),
    "sujet": Act(
        "category",
        lambda d, c, f: case_classes.recategorise(d, c, f.category.data),
        _("Sujet corrigé."),
    ),
    "prive": Act(
        "private",
        lambda d, c, f: case_classes.make_private(d, c, f.compartment.data),
        _("Mis en privé : seuls les responsables désignés le voient."),
    ),
    "monter": Act(
        "plain", lambda d, c, _f: case_acts.escalate(d, c), _("Passé au niveau suivant.")
    ),
    "reparation": Act(
        "plain", lambda d, c, _f: repair_by_hand.ask(d, c), _("Demande de réparation envoyée.")
    ),
    "verification": Act(
        "check",
        lambda d, c, f: case_acts.order_check(d, c, f.who.data, f.way.data),
        _("Vérification demandée."),
    ),
    "verifie": Act("checked", _checked, _("Résultat gardé.")),
    "clore": Act("close", lambda d, c, f: case_acts.close(d, c, f.outcome.data), _("Clos.")),
    "rouvrir": Act("plain", lambda d, c, _f: case_acts.reopen(d, c), _("Rouvert.")),
    "arreter": Act(
        "stop", lambda d, c, _f: case_acts.withdraw(d, c), _("Arrêté : les mots sont effacés.")
    ),
    "ordinaire": Act(
        "lower",
        lambda d, c, f: case_classes.ask_lowering(d, c, f.reason.data),
        _("Demandé à une deuxième personne."),
    ),
    "juger": Act(
        "judge",
        lambda d, c, f: case_classes.judge_lowering(d, c, agrees=f.verdict.data == "lower"),
        _("Votre avis est noté."),
    ),
}


@pages.post("/cas/<number>/faire/<act>")
@page(*HANDLERS)
def do(number: str, act: str) -> Response | tuple[str, int]:
    """Do one thing to an item."""
    if act not in ACTS:
        abort(404)
    one = ACTS[act]
    form = case_forms.ON_PAGE[one.form]()
    if isinstance(form, case_forms.Stop):
        form.number = number
    if isinstance(form, case_forms.Written) and any(name in request.form for name in FILLS):
        return _filled(number, one, form), HTTPStatus.OK
    if not form.validate_on_submit():
        return _again(number, one, form), HTTPStatus.UNPROCESSABLE_ENTITY
    return _done(number, one, form)


def _done(number: str, one: Act, form: Any) -> Response | tuple[str, int]:
    if seen(number).broken:
        abort(404)  # somebody else's item is read, never handled
    try:
        stays = _perform(number, one.do, form)
    except Moved as moved:
        return _again(number, one, form, news=moved.news), HTTPStatus.CONFLICT
    except Refused as refused:
        return _again(number, one, form, wrong=_refusal(form, refused.why)), HTTPStatus.CONFLICT
    flash(f"{number} : {one.said}")
    return redirect(url_for("cases.show", number=number) if stays else _elsewhere(), 303)


def _perform(number: str, does: Do, form: Any) -> bool:
    """Do it, all or nothing; return whether whoever did it still sees the item."""
    with at_desk() as desk:
        held = case_acts.hold(desk, number, form.last.data or 0)
        if held is None:
            abort(404)
        if held.since:
            raise Moved(held.since)
        does(desk, held.case, form)
        desk.work.session.flush()
        left = visible_cases(desk.work).where(Case.number == number).with_only_columns(Case.id)
        return desk.work.session.scalar(left) is not None


def _again(number: str, one: Act, form: Any, **about: Any) -> str:
    """Return the page with what was typed, its words open again if they stood open."""
    begun = begin(number) if form.opened.data else None
    fresh = seen(number)
    form.last.data, form.last.raw_data = fresh.last, None
    if isinstance(form, case_forms.Answer):
        form.also.choices = case_forms.choices(
            (other.number, other.number) for other in fresh.alike
        )
    return shown(number, begun=begun, forms={one.form: form}, **about)


def _refusal(form: Any, why: str) -> str:
    """Return what is said above the page; nothing where it is said beside what was typed."""
    said = str(case_words.REFUSALS[why])
    if why not in case_words.BESIDE:
        return said
    form.words.errors = [said]
    return ""


def _filled(number: str, one: Act, form: case_forms.Written) -> str:
    """Return the page with a template in place of what was typed, if one was asked for."""
    if "fill" in request.form and form.template.data:
        form.words.data = form.template.data
    return _again(number, one, form)


def _told(event: CaseEvent) -> str:
    return f"{event.by} : {case_words.happened(event)}, {moment(event.at)}"


def _elsewhere() -> str:
    return url_for("queue.show") if "queue.show" in current_app.view_functions else "/"


@pages.route("/cas/<number>/confier", methods=["GET", "POST"])
@page(*HANDLERS)
def hand_over(number: str) -> Response | str | tuple[str, int]:
    """Give an item to a colleague of the same desk, or away."""
    assign, transfer = case_forms.Assign(), case_forms.Transfer()
    if request.method == "GET":
        return _offered(number, assign, transfer, fresh=True)
    if seen(number).broken:
        abort(404)
    to_colleague = "person" in request.form
    form = assign if to_colleague else transfer
    if not form.validate():
        return _offered(number, assign, transfer), HTTPStatus.UNPROCESSABLE_ENTITY
    return _given(
        number, form, partial(_offered, assign=assign, transfer=transfer), to_colleague=to_colleague
    )


def _given(
    number: str, form: Any, offers: Callable[..., str], *, to_colleague: bool
) -> Response | tuple[str, int]:
    try:
        stays = _perform(number, _assigns if to_colleague else _transfers, form)
    except Moved as moved:
        form.last.data, form.last.raw_data = seen(number).last, None
        return offers(number, news=moved.news), HTTPStatus.CONFLICT
    except Refused as refused:
        wrong = str(case_words.REFUSALS[refused.why])
        return offers(number, wrong=wrong), HTTPStatus.CONFLICT
    later = gettext("part dans dix minutes. Il se reprend d'ici là.")
    flash(f"{number} : {gettext('confié.') if to_colleague else later}")
    return redirect(url_for("cases.show", number=number) if stays else _elsewhere(), 303)


def _assigns(desk: Desk, case: Case, form: Any) -> None:
    case_acts.assign(desk, case, form.person.data)


def _transfers(desk: Desk, case: Case, form: Any) -> None:
    case_acts.transfer(desk, case, form.why.data, form.reason.data or "", form.to.data or "")


def _offered(number: str, assign: Any, transfer: Any, *, fresh: bool = False, **about: Any) -> str:
    with looking_at_desk() as desk:
        case, last = case_pages.find_to_give(desk.work, number) or abort(404)
        if case.case_class in SENSITIVE:
            rechecked(url_for("cases.show", number=number))
        near = case_acts.colleagues(desk, case)
        takers = {} if case.case_class in SENSITIVE else _takers(desk, case)
    if fresh:
        assign.last.data = transfer.last.data = last
    label = policy().label
    assign.person.choices = case_forms.choices(
        (one.person, f"{one.person}, {label(one.function)}") for one in near
    )
    transfer.to.choices = case_forms.choices(
        [("", gettext("comme les règles le disent")), *takers.items()]
    )
    return render_template(
        "console/case_hand_over.html", number=number, assign=assign, transfer=transfer, **about
    )


def _takers(desk: Desk, case: Case) -> dict[str, str]:
    seats = decisions.takers(desk.work, case, desk.person, desk.now)
    label, called = policy().label, people(desk.work).name
    return {
        name: f"{called(name)[:NAME_SHOWN]}, {label(seat.function)}" for name, seat in seats.items()
    }

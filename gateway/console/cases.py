"""One item: what it is, why it came here, what was said, and what may be done with it.

The words stand on a page only behind an entry of the audit that was committed first; the page then
says by whom they were opened and when (threat model, T9 and T11).
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from gateway.console import case_forms, case_words, saying, topics
from gateway.console.menu import HANDLERS
from gateway.console.phone import Preview, preview
from gateway.console.viewing import (
    ACTS,
    acting,
    at_desk,
    kit,
    now,
    page,
    reading,
    rechecked,
    viewer,
)
from models.errors import KeeperAway, KeeperRefused
from models.services import break_glass, case_pages, lowering, readings
from models.services.answer_templates import is_question
from models.services.case_pages import Page
from models.services.handling import expects_answer
from models.services.questions import is_waiting

pages = Blueprint("cases", __name__)
READING = "lecture"
SOUNDS = ("audio/ogg", "audio/mpeg", "audio/mp4", "audio/aac", "audio/amr", "audio/webm")


@pages.get("/cas/<number>")
@page(*HANDLERS)
def show(number: str) -> str:
    """Show an item; with its words if they were just opened by whoever looks."""
    return shown(number, begun=request.args.get(READING, type=int))


@pages.post("/cas/<number>/lire")
@page(*HANDLERS)
def read(number: str) -> Answer:
    """Note that whoever looks is about to read, and show them the words."""
    begun = begin(number)
    return redirect(url_for("cases.show", number=number, lecture=begun) + "#mots", 303)


@pages.get("/cas/<number>/son/<int:story>")
@page(*HANDLERS)
def sound(number: str, story: int) -> Response:
    """Let whoever looks hear a voice note: noted each time, before it is opened."""
    found = seen(number)
    kind = next((one.why for one in found.stories if one.id == story and one.why), None)
    if kind is None:
        abort(404)
    try:
        heard = kit().house.keeper.sound(_begun(found, story), story)
    except (KeeperAway, KeeperRefused):
        abort(404)
    said = kind.split(";")[0].strip()
    return Response(heard, mimetype=said if said in SOUNDS else "application/octet-stream")


@pages.route("/cas/ouvrir", methods=["GET", "POST"])
@page(*HANDLERS)
def glass() -> Answer | str:
    """Open somebody else's item for half an hour: with a reason, and a second person is told."""
    form = case_forms.Glass()
    if form.validate_on_submit():
        number = "".join(form.number.data.split())
        rechecked(url_for("cases.glass"))
        with at_desk() as desk:
            entry = break_glass.break_open(desk, number, form.reason.data)
        if entry is not None:
            return redirect(url_for("cases.show", number=number, lecture=entry.id), 303)
        form.number.errors = [_("Rien ne s'ouvre ainsi sous ce numéro.")]
    return render_template("console/glass.html", form=form)


def seen(number: str) -> Page:
    """Return the page of an item that whoever looks may see. 404 for all else."""
    with reading() as work:
        found = case_pages.find(work, number, now())
        work.session.expunge_all()
    if found is None:
        with kit().store.reading(ACTS) as work:
            found = case_pages.find_broken(replace(work, actor=viewer().actor), number, now())
            work.session.expunge_all()
    if found is None:
        abort(404)
    if found.is_sensitive:
        rechecked(url_for("cases.show", number=number))
    return found


def begin(number: str) -> int:
    """Note that whoever looks is about to read, and return the entry once committed."""
    return _begun(seen(number))


def _begun(found: Page, sound: int | None = None) -> int:
    with acting() as work:
        return readings.begin(work, found.case, now(), sound)


def shown(
    number: str,
    *,
    begun: int | None = None,
    forms: dict[str, Any] | None = None,
    wrong: str = "",
    news: list[str] | None = None,
) -> str:
    """Return the page of an item, with what was typed where something was wrong."""
    found = seen(number)
    words, trouble = _words(number, begun)
    given = forms or {}
    return render_template(
        "console/case.html",
        **_facts(found),
        words=words,
        trouble=trouble,
        wrong=wrong,
        news=news or [],
        forms={**_forms(found, opened=words is not None), **given},
        typed=given,
        looks={name: _look(given.get(name)) for name in ("answer", "question")},
    )


def _words(number: str, begun: int | None) -> tuple[list[dict[str, Any]] | None, str]:
    """Return what was said, opened by an entry of whoever looks; else why it is not."""
    if begun is None:
        return None, ""
    with kit().store.reading(ACTS) as work:
        mine = readings.begun_by(replace(work, actor=viewer().actor), begun, number)
    if not mine:
        return None, ""
    try:
        told = kit().house.keeper.conversation(begun)
    except KeeperAway:
        return None, _("Le gardien des mots ne répond pas. Réessayez dans un moment.")
    except KeeperRefused:
        return None, _("Cette lecture est finie. Ouvrez les mots encore une fois.")
    return [{**one, "at": datetime.fromisoformat(one["at"])} for one in told], ""


def _facts(found: Page) -> dict[str, Any]:
    case, at = found.case, now()
    me = viewer().person_id
    return {
        "found": found,
        "case": case,
        "mine": case.holder_person == me,
        "clock": case_words.clock(case, at),
        "late": case_words.is_late(case, at),
        "leaving": [one for one in found.stories if one.status == "leaving"],
        "sounds": [one for one in found.stories if one.why],
        "expects": expects_answer(case),
        "templates": [one for one in found.templates if not is_question(one)],
        "questions": [one for one in found.templates if is_question(one)],
        "asked": next((one for one in found.stories if is_waiting(one)), None),
        "supervises": found.supervised,
        "judges": found.lowering is not None and found.lowering.second_id == me,
        "me": viewer().actor,
        "said": saying,
        "topics": topics,
        "words_of": case_words,
        "lowerable": lowering.is_lowerable(case),
    }


def _forms(found: Page, *, opened: bool) -> dict[str, Any]:
    """Return the forms of a page, empty, made for the item as it stands."""
    state = {"last": found.last, "opened": "1" if opened else ""}
    made: dict[str, Any] = {
        name: kind(formdata=None, data=state) for name, kind in case_forms.ON_PAGE.items()
    }
    made["answer"].also.choices = case_forms.choices(
        (one.number, one.number) for one in found.alike
    )
    made["objet"].objet.data = found.case.subject_line
    made["category"].category.data = found.case.category
    return made


def _look(written: case_forms.Written | None) -> Preview:
    """Return how the phone shows what is being written."""
    return preview("" if written is None else str(written.words.data or ""))

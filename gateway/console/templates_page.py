"""Answers given often: which are offered, added and taken off the list by the cell."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from gateway.console import case_forms, saying, topics
from gateway.console.case_words import actor
from gateway.console.menu import CELL, HANDLERS
from gateway.console.phone import preview
from gateway.console.viewing import acting, now, page, reading
from models.services import answer_templates
from models.services.answer_templates import TemplateRefused
from models.triage import AnswerTemplate

pages = Blueprint("templates", __name__, url_prefix="/modeles")


@pages.get("")
@page(*HANDLERS)
def show() -> str:
    """List the answers, each as long as the phone shows it."""
    return _shown(_form())


@pages.post("")
@page(*CELL)
def add() -> Response | tuple[str, int]:
    """Offer one more."""
    form = _form()
    if form.validate_on_submit():
        row = AnswerTemplate(
            category=form.category.data,
            language=form.language.data,
            name=form.name.data.strip(),
            text=form.text.data.strip(),
        )
        try:
            with acting() as work:
                answer_templates.add(work, row, now())
        except TemplateRefused as refused:
            form.text.errors = [_refusal(refused)]
        else:
            flash(_("Modèle ajouté."))
            return redirect(url_for("templates.show"), 303)
    return _shown(form), 422


@pages.post("/<int:template>/retirer")
@page(*CELL)
def retire(template: int) -> Response:
    """Offer one no longer."""
    with acting() as work:
        if not answer_templates.retire(work, template, now()):
            abort(404)
    flash(_("Modèle retiré."))
    return redirect(url_for("templates.show"), 303)


@pages.post("/premiers")
@page(*CELL)
def begin() -> Response:
    """Add those that come with the service."""
    with acting() as work:
        added = answer_templates.seed(work, now())
    flash(_("%(count)s modèles ajoutés.", count=added))
    return redirect(url_for("templates.show"), 303)


def _form() -> case_forms.TemplateForm:
    form = case_forms.TemplateForm()
    sectors = [(code, words) for code, words in topics.SECTORS.items() if len(code) == 1]
    form.category.choices = case_forms.choices(
        [("", _("tous les sujets")), *sectors, *topics.CATEGORIES.items()]
    )
    form.language.choices = case_forms.choices([*saying.LANGUAGES.items(), ("en", _("Anglais"))])
    return form


def _shown(form: case_forms.TemplateForm) -> str:
    with reading() as work:
        rows = answer_templates.live(work)
        work.session.expunge_all()
    return render_template(
        "console/templates.html",
        rows=rows,
        form=form,
        preview=preview,
        topics=topics,
        said=saying,
        actor=actor,
    )


def _refusal(refused: TemplateRefused) -> str:
    if refused.why == "promise":
        return str(_("Personne ne peut tenir cette promesse : « %(words)s ».", words=refused.about))
    return str(_("Aucun numéro de téléphone dans un modèle."))

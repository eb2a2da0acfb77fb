"""CSV files of the directory: brought, looked at, taken in all at once; and taken along."""

from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from gateway.console import directory_words as words
from gateway.console.directory_forms import FileForm
from gateway.console.menu import ADMINISTRATOR, AT_WORK
from gateway.console.mistakes import told
from gateway.console.saying import say
from gateway.console.viewing import acting, now, page, viewer
from models.errors import NotFound
from models.paperwork import ImportDraft
from models.services import imports
from models.services.audit import Mark, note
from models.services.directory import DirectoryRefused
from models.services.exchange import WRITERS
from models.services.imports import DirectoryMoved, Outlook

MOST_TOLD = 1000  # mistakes on one page
FOR_ALL = ("coverage", "organisations", "facilities", "areas")  # the rest names people
ENCODINGS = ("utf-8-sig", "cp1252")  # the second is what spreadsheets in French save


@page(*AT_WORK, ADMINISTRATOR)
def show() -> str:
    """Offer the files to be taken along and, to administrators, to be brought."""
    form = FileForm(formdata=None)
    return _shown(form)


@page(ADMINISTRATOR)
def bring() -> Any:
    """Keep a file and go on to what it would change."""
    form = FileForm()
    form.offer()
    if not form.validate_on_submit():
        return _shown(form), 422
    body = _text(form.file.data.read())
    with acting() as work:
        draft = imports.bring(work, form.kind.data, body, viewer().account_id, now())
    return redirect(url_for("directory.look", draft_id=draft.id), 303)


def too_large(_: Exception) -> Any:
    """Say that a file is larger than what is read at all."""
    flash(gettext("Ce fichier dépasse 4 Mo : rien n'en a été lu."), "error")
    return redirect(url_for("directory.files"), 303)


@page(ADMINISTRATOR)
def look(draft_id: int) -> str:
    """Show what a file would change, or what is wrong with it; nothing is changed."""
    with acting() as work:
        draft = _draft(work, draft_id)
        outlook = Outlook() if draft.applied_at else imports.look(work, draft)
    return _looked(draft, outlook)


@page(ADMINISTRATOR)
def take(draft_id: int) -> Any:
    """Take a file in as it was shown."""
    try:
        with acting() as work:
            draft = _draft(work, draft_id)
            done = imports.take(work, draft, request.form.get("mark", ""), now())
    except (DirectoryMoved, DirectoryRefused):
        flash(
            gettext(
                "L'annuaire a changé depuis : rien n'a été fait. Voici ce que le fichier"
                " changerait maintenant."
            ),
            "error",
        )
        return redirect(url_for("directory.look", draft_id=draft_id), 303)
    if done is None:
        flash(gettext("C'était déjà fait : rien n'a été fait deux fois."))
    else:
        flash(gettext("C'est fait : %(rows)s lignes lues.", rows=done.rows))
    return redirect(url_for("directory.look", draft_id=draft_id), 303)


@page(*AT_WORK, ADMINISTRATOR)
def export(kind: str) -> Response:
    """Give a whole table as CSV, as it can be brought back."""
    if kind not in WRITERS or (kind not in FOR_ALL and viewer().role != ADMINISTRATOR):
        abort(404)
    with acting() as work:
        note(work, Mark("export", "directory", reason=kind), now())
        text = WRITERS[kind](work)
    name = f"jaabi-{kind}-{now():%Y-%m-%d}.csv"
    return Response(
        text.encode("utf-8-sig"),  # else spreadsheets take é for two letters
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _shown(form: FileForm) -> str:
    form.offer()
    is_administrator = viewer().role == ADMINISTRATOR
    return render_template(
        "console/directory_files.html",
        view="files",
        words=words,
        kinds=tuple(WRITERS) if is_administrator else FOR_ALL,
        is_administrator=is_administrator,
        form=form,
        say=say,
    )


def _looked(draft: ImportDraft, outlook: Outlook) -> str:
    form = FileForm(formdata=None, kind=draft.kind)
    form.offer()
    mistakes = told(outlook.mistakes)
    return render_template(
        "console/directory_import.html",
        view="files",
        words=words,
        say=say,
        draft=draft,
        outlook=outlook,
        mistakes=mistakes[:MOST_TOLD],
        untold=len(mistakes) - MOST_TOLD,
        lines=len({one.line for one in mistakes}),
        keys=imports.KEYS[draft.kind],
        form=form,
        is_administrator=True,
    )


def _draft(work: Any, draft_id: int) -> ImportDraft:
    try:
        return imports.draft(work, draft_id, viewer().account_id)
    except NotFound:
        abort(404)


def _text(body: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            return body.decode(encoding).replace("\x00", "")
        except UnicodeDecodeError:
            continue
    return body.decode("latin-1").replace("\x00", "")

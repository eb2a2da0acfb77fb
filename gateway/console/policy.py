"""The routing policy: read as a table, tried on a case, proposed by one, activated by another."""

import difflib
from contextlib import AbstractContextManager
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from flows.policy import DEFAULT, Policy, PolicyWrong, load_policy
from flows.policy_changes import changes
from gateway.console import policy_words, topics
from gateway.console.directory_words import ORGANISATIONS
from gateway.console.menu import ADMINISTRATOR, AUDITOR, HANDLERS
from gateway.console.mistakes import in_words, line_of, told
from gateway.console.policy_forms import AskForm, ProposalForm
from gateway.console.saying import ABOUT, say
from gateway.console.viewing import ACTS, acting, kit, now, page, viewer
from models.db import Work
from models.errors import NotFound
from models.paperwork import PolicyVersion
from models.services import coverage, policies, registered
from models.services.asked_route import Asked, ask
from models.services.directory import DirectoryRefused
from models.services.policies import PolicyRefused
from models.services.policy_in_force import in_force
from models.services.routing import Routed

pages = Blueprint("policy", __name__)
LOOKING = (*HANDLERS, ADMINISTRATOR, AUDITOR)
TOLD_WHO_IS_BARRED = ("supervisor", ADMINISTRATOR)  # why tells who is kin to whom
CONTEXT = 2  # lines around a difference


@pages.get("/regles")
@page(*LOOKING)
def show() -> str:
    """Show the policy in force as a table in words."""
    with _looking() as work:
        policy = in_force(work)
        since = policies.since(work)
        cercles = registered.called(work, policy.cercles.keys())
    return _rendered(
        "rules",
        rules=policy_words.rules(policy),
        policy=policy,
        since=since,
        cercles=cercles,
        kind=lambda code: say(ORGANISATIONS, code),
    )


@pages.get("/regles/essai")
@page(*LOOKING)
def trial() -> str:
    """Say what would happen to a case as somebody imagines it; nothing is filed."""
    form = AskForm(request.args)
    form.offer()
    routed, policy, names = None, None, dict[str, str]()
    if request.args and form.validate():
        with _looking() as work:
            policy = in_force(work)
            routed, names = _asked(work, form), registered.names(work)
    return _rendered(
        "trial",
        form=form,
        routed=routed,
        policy=policy,
        names=names,
        shows_barred=viewer().role in TOLD_WHO_IS_BARRED,
    )


@pages.get("/regles/versions")
@page(*LOOKING)
def versions() -> str:
    """Show every version: proposed, in force, and those that were."""
    with _looking() as work:
        rows = policies.history(work)
    return _rendered("versions", rows=rows)


@pages.route("/regles/proposer", methods=["GET", "POST"])
@page(ADMINISTRATOR)
def propose() -> Any:
    """Take another policy in, checked; it changes nothing yet."""
    form = ProposalForm()
    if form.validate_on_submit():
        made = _proposed(form)
        if made is not None:
            flash(gettext("Proposée : une autre personne doit la mettre en vigueur."))
            return redirect(url_for(".version", version_id=made), 303)
    if request.method == "GET":
        with _looking() as work:
            form.text.data = _from(work)
    return _rendered("propose", form=form), 422 if form.errors else 200


@pages.get("/regles/versions/<int:version_id>")
@page(*LOOKING)
def version(version_id: int) -> str:
    """Show one version: what it changes, case by case and line by line."""
    with _looking() as work:
        one = _version(work, version_id)
        row = policies.told_of(work, one)
        before, after = policies.text_before(work, one), one.text
        may = _may_activate(work, one)
    old, new = _readable(before), _readable(after)
    return _rendered(
        "version",
        row=row,
        text=after,
        may=may,
        changes=changes(old, new) if old and new else [],
        old=old,
        new=new,
        lines=[*_differences(before, after)],
    )


@pages.post("/regles/versions/<int:version_id>/activer")
@page("supervisor", ADMINISTRATOR)
def activate(version_id: int) -> Any:
    """Put a version in force, as another person than who proposed it."""
    try:
        with acting() as work:
            one = _version(work, version_id)
            if not _is_second(work):
                abort(404)
            policies.activate(work, one.id, viewer().account_id, now())
    except PolicyRefused as refused:
        flash(_why_not(refused), "error")
    except PolicyWrong as wrong:
        flash(" ".join(line_of(one) for one in told(wrong.mistakes)), "error")
    else:
        flash(gettext("Elle est en vigueur : les cas la suivent dès maintenant."))
    return redirect(url_for(".version", version_id=version_id), 303)


@pages.post("/regles/versions/<int:version_id>/retirer")
@page(ADMINISTRATOR)
def withdraw(version_id: int) -> Any:
    """Take a proposal back."""
    try:
        with acting() as work:
            policies.withdraw(work, version_id, now())
    except NotFound:
        abort(404)
    flash(gettext("La proposition est retirée."))
    return redirect(url_for(".versions"), 303)


def _looking() -> AbstractContextManager[Work]:
    """Look as the service: what stands here is the same for all who may look, and is no case."""
    return kit().store.reading(ACTS)


def _asked(work: Work, form: AskForm) -> Routed | None:
    found = coverage.areas_named(work, form.lieu.data or "")
    area = found[0][0] if len(found) == 1 else (form.lieu.data or "").strip()
    if len(found) > 1:
        several = ", ".join(f"{name} {pcode}" for pcode, name, _ in found)
        form.lieu.errors = [
            gettext("Plusieurs lieux : écrire le code. %(several)s", several=several)
        ]
        return None
    about = (form.sur.data or "").strip()
    asked = Asked(form.genre.data, form.categorie.data, area, about, form.inscrit.data)
    try:
        return ask(work, asked, now())
    except DirectoryRefused as refused:
        field = form.lieu if refused.mistakes[0].startswith("no area") else form.sur
        field.errors = [in_words(one) for one in refused.mistakes]
        return None


def _proposed(form: ProposalForm) -> int | None:
    try:
        with acting() as work:
            return policies.propose(
                work, form.text.data or "", form.why.data, viewer().account_id, now()
            ).id
    except PolicyWrong as wrong:
        form.text.errors = [line_of(one) for one in told(wrong.mistakes)]
    except PolicyRefused as refused:
        form.text.errors = [_why_not(refused)]
    return None


def _why_not(refused: PolicyRefused) -> str:
    why: dict[str, str] = {
        "same": gettext("Une autre personne que celle qui propose doit mettre en vigueur."),
        "stale": gettext(
            "Une autre version est entrée en vigueur depuis : il faut proposer de nouveau."
        ),
        "no_outside": gettext(
            "Aucun organisme extérieur ne peut juger : le programme ne peut être mis en vigueur."
        ),
        "unchanged": gettext("C'est la politique en vigueur : rien ne change."),
    }
    return why[refused.why]


def _from(work: Work) -> str:
    """Return the text to begin with: the one in force, or that of another version."""
    other = request.args.get("de", type=int)
    if other == 0:
        return DEFAULT.read_text(encoding="utf-8")
    return policies.text_in_force(work) if other is None else _version(work, other).text


def _version(work: Work, version_id: int) -> PolicyVersion:
    try:
        return policies.version(work, version_id)
    except NotFound:
        abort(404)


def _is_second(work: Work) -> bool:
    if viewer().role == ADMINISTRATOR:
        return True
    return viewer().role == "supervisor" and policies.is_of_the_cell(work, viewer().person_id)


def _may_activate(work: Work, one: PolicyVersion) -> bool:
    if one.activated_at is not None or not _is_second(work):
        return False
    return not policies.are_same(work, one.first_id, viewer().account_id)


def _readable(text: str) -> Policy | None:
    try:
        return load_policy(text, "")
    except PolicyWrong:
        return None


def _differences(before: str, after: str) -> Any:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=CONTEXT, lineterm="")
    for line in list(lines)[2:]:
        kind = {"+": "ins", "-": "del", "@": "at"}.get(line[0], "same")
        yield kind, line[1:] if kind != "at" else line


def _rendered(view: str, **facts: Any) -> str:
    return render_template(
        f"console/policy_{view}.html",
        view=view,
        words=policy_words,
        topics=topics,
        about=ABOUT,
        say=say,
        is_administrator=viewer().role == ADMINISTRATOR,
        **facts,
    )

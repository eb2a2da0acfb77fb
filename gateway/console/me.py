"""One's own account: browsers that are signed in, keys, authenticator, password."""

from http import HTTPStatus
from typing import cast

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from gateway.console.entering import must_wait, new_key, takes_authenticator
from gateway.console.entry_forms import ChangePassword, CodeForm, why_weak
from gateway.console.flask_security_alone import current_user
from gateway.console.identity import SIGN_IN, SignedIn
from gateway.console.security import guard
from gateway.console.sessions import Session, digest_of
from gateway.console.viewing import kit, now, page, rechecked
from models.account import Account
from models.services import accounts, passkeys, sign_ins

pages = Blueprint("me", __name__)


@pages.get("/moi")
@page()
def show() -> str:
    """Show one's account."""
    with kit().store.reading(SIGN_IN) as work:
        return render_template(
            "console/me.html",
            sessions=sign_ins.sessions_of(work, current_user.id, now()),
            here=_here(),
            keys=len(passkeys.of(work, current_user.id)),
        )


@pages.post("/moi/sessions/fermer")
@page()
def end() -> Response:
    """End one of one's sessions, or all but this one."""
    digest = request.form.get("digest", "")
    with kit().store.work(SIGN_IN) as work:
        if digest:
            sign_ins.end_session(work, current_user.id, digest, now())
        else:
            sign_ins.end_others(work, current_user.id, _here(), now())
    flash(gettext("C'est fermé."))
    return redirect(url_for("me.show"), HTTPStatus.SEE_OTHER)


@pages.route("/moi/mot-de-passe", methods=["GET", "POST"])
@page()
def password() -> str | Response:
    """Change one's password. Whoever else is signed in with it is no longer."""
    form = ChangePassword()
    if form.validate_on_submit() and _is_changed(form):
        flash(gettext("Le mot de passe est changé. Les autres navigateurs sont fermés."))
        return redirect(url_for("me.show"), HTTPStatus.SEE_OTHER)
    return render_template("console/password.html", form=form)


@pages.route("/moi/authentificateur", methods=["GET", "POST"])
@page()
def authenticator() -> str | Response:
    """Set up another authenticator, while the one so far is still asked for."""
    rechecked(url_for("me.authenticator"))
    form, account = CodeForm(), cast("SignedIn", current_user)
    if form.validate_on_submit() and takes_authenticator(form, account):
        flash(gettext("Le nouvel authentificateur est demandé dès maintenant."))
        return redirect(url_for("me.show"), HTTPStatus.SEE_OTHER)
    return render_template("console/authenticator.html", form=form, key=new_key())


def _here() -> str:
    return digest_of(cast("Session", session).name)


def _is_changed(form: ChangePassword) -> bool:
    account, new = cast("SignedIn", current_user), form.password.data or ""
    tried = guard().tried("enter", account.email, request.remote_addr)
    if must_wait(form, tried):
        return False
    with kit().store.reading(SIGN_IN) as work:
        found = accounts.identify(work, account.email, form.before.data or "")
        is_same = found is not None and found.id == account.id
        weak = why_weak(work, account.email, new)
    if not is_same:
        form.before.errors = [gettext("Ce n'est pas le mot de passe de ce compte.")]
    elif weak:
        form.password.errors = [weak]
    else:
        with kit().store.work(SIGN_IN) as work:
            sign_ins.forget_tries(work, tried)
            row = work.session.get_one(Account, account.id)
            accounts.change_password(work, row, new, now())
            sign_ins.end_others(work, account.id, _here(), now())
    return is_same and not weak

"""Coming in and leaving: e-mail and password, then a code or a passkey; the way back in."""

import logging
from http import HTTPStatus
from typing import cast

from flask import Blueprint, Response, abort, redirect, render_template, request, session, url_for
from flask_babel import gettext, ngettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as Answer

from gateway.console.entry_forms import CheckForm, CodeForm, EnterForm, RecoverForm, why_weak
from gateway.console.flask_security_alone import current_user, login_user
from gateway.console.identity import SIGN_IN, SignedIn
from gateway.console.menu import OFFICERS
from gateway.console.security import guard
from gateway.console.sessions import Session
from gateway.console.viewing import kit, now, page
from gateway.console.wording import CHOSEN, chosen
from models.account import Account
from models.services import accounts, passkeys, recoveries, sign_ins

PENDING, SINCE, TOWARDS = "pending", "since", "towards"  # of whoever gave a right password
NEW_SECRET = "new_secret"  # noqa: S105 where the session keeps one, sealed
SQUARE = "image/svg+xml"

pages = Blueprint("security", __name__)
log = logging.getLogger(__name__)


@pages.route("/entrer", methods=["GET", "POST"])
def login() -> str | Answer:
    """Ask for e-mail and password."""
    if current_user.is_authenticated:
        return redirect("/")
    form = EnterForm()
    if form.validate_on_submit():
        account = _whose(form)
        if account is not None:
            return wait_for_second(account, local(request.args.get("vers", "")))
    return render_template("console/sign_in.html", form=form)


@pages.route("/entrer/code", methods=["GET", "POST"])
def code() -> str | Answer:
    """Ask whoever gave a right password for the code of their authenticator."""
    account = pending()
    if account is None:
        return redirect(url_for("security.login"))
    if not account.tf_totp_secret:
        return redirect(url_for("security.set_up"))
    form = CodeForm()
    if form.validate_on_submit() and is_right_code(form, account):
        return come_in(account)
    with kit().store.reading(SIGN_IN) as work:
        keys = passkeys.of(work, account.id)
    return render_template("console/code.html", form=form, has_passkey=bool(keys))


@pages.route("/entrer/authentificateur", methods=["GET", "POST"])
def set_up() -> str | Answer:
    """Let whoever gave a right password, and has no authenticator yet, set one up."""
    account = pending()
    if account is None or account.tf_totp_secret:
        return redirect(url_for("security.login"))
    form = CodeForm()
    if form.validate_on_submit() and takes_authenticator(form, account):
        return come_in(account)
    return render_template("console/authenticator.html", form=form, key=new_key())


@pages.get("/entrer/carre.svg")
def square() -> Response:
    """Show the square of the authenticator that is being set up, to its owner alone."""
    account = pending() or (current_user if current_user.is_authenticated else None)
    secret = session.get(NEW_SECRET)
    if account is None or secret is None:
        abort(404)
    return Response(guard().codes.square(secret, account.email), content_type=SQUARE)


@pages.route("/verifier", methods=["GET", "POST"])
@page()
def verify() -> str | Answer:
    """Ask who is signed in to prove it once more."""
    form, account = CheckForm(), cast("SignedIn", current_user)
    if form.validate_on_submit() and _is_proven(form, account):
        return checked(account)
    with kit().store.reading(SIGN_IN) as work:
        keys = passkeys.of(work, account.id)
    return render_template("console/check_again.html", form=form, has_passkey=bool(keys))


@pages.post("/sortir")
@page()
def logout() -> Answer:
    """Forget the browser, here and there."""
    with kit().store.work(SIGN_IN) as work:
        sign_ins.left(work, current_user.id, now())
    cast("Session", session).end()
    answer = redirect(url_for("security.login"), HTTPStatus.SEE_OTHER)
    answer.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return answer


@pages.route("/retrouver", methods=["GET", "POST"])
def recover() -> str | Answer:
    """Let somebody in again with the code that two administrators gave them."""
    form = RecoverForm()
    if form.validate_on_submit():
        found = _recovered(form)
        if found is not None:
            return wait_for_second(found, "/")
    return render_template("console/recover.html", form=form)


def wait_for_second(account: SignedIn, towards: str) -> Answer:
    """Remember who gave a right password, under a new name, until the second proof."""
    content = {
        PENDING: account.fs_uniquifier,
        SINCE: now().timestamp(),
        TOWARDS: towards,
        CHOSEN: account.language or chosen(),
    }
    cast("Session", session).prove(content, None, now())
    return redirect(url_for("security.code"), HTTPStatus.SEE_OTHER)


def pending() -> SignedIn | None:
    """Return who gave a right password here and has a second proof to give."""
    known, since = session.get(PENDING), session.get(SINCE, 0)
    if not known or now().timestamp() - since > sign_ins.IDLE.total_seconds():
        return None
    return guard().accounts.find_user(fs_uniquifier=known)


def come_in(account: SignedIn) -> Answer:
    """Sign somebody in who gave both proofs, under a new name."""
    towards, language = local(session.get(TOWARDS, "")), chosen()
    with kit().store.work(SIGN_IN) as work:
        sign_ins.entered(work, account.id, now())
        is_offered = account.role in OFFICERS and not passkeys.of(work, account.id)
    cast("Session", session).prove({CHOSEN: language}, account.id, now())
    login_user(account, remember=False)
    there = url_for("passkeys.show", vers=towards) if is_offered else towards
    return redirect(there, HTTPStatus.SEE_OTHER)


def checked(account: SignedIn) -> Answer:
    """Go on where a proof was asked for, under a new name."""
    cast("Session", session).prove(dict(session), account.id, now())
    return redirect(local(request.args.get("vers", "")), HTTPStatus.SEE_OTHER)


def new_key() -> str:
    """Return the secret of the authenticator that is being set up, as it is typed."""
    codes = guard().codes
    if NEW_SECRET not in session:
        session[NEW_SECRET] = codes.generate_totp_secret()
    return codes.in_groups(session[NEW_SECRET])


def takes_authenticator(form: CodeForm, account: SignedIn) -> bool:
    """Take the new authenticator if its first code is right; else say so beside the field."""
    secret = str(session.get(NEW_SECRET, ""))
    step = guard().codes.first(form.code.data or "", secret) if secret else None
    if step is None:
        form.code.errors = [gettext("Ce code n'est pas celui de maintenant.")]
        return False
    with kit().store.work(SIGN_IN) as work:
        sign_ins.set_authenticator(work, account.id, secret, step, now())
    session.pop(NEW_SECRET, None)
    return True


def is_right_code(form: CodeForm | CheckForm, account: SignedIn) -> bool:
    """Tell whether the code is of now and new; else say so beside the field."""
    tried = guard().tried("code", account.id)
    if must_wait(form, tried):
        return False
    if guard().codes.is_right(form.code.data or "", account.tf_totp_secret, account):
        with kit().store.work(SIGN_IN) as work:
            sign_ins.forget_tries(work, tried)
        return True
    log.warning("a second proof failed", extra={"endpoint": request.endpoint})
    form.code.errors = [gettext("Ce code n'est pas celui de maintenant, ou il a déjà servi.")]
    return False


def local(path: str) -> str:
    """Return an address of this console; its first page for any other."""
    is_ours = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if is_ours else "/"


def _whose(form: EnterForm) -> SignedIn | None:
    email = form.email.data or ""
    tried = guard().tried("enter", email, request.remote_addr)
    if must_wait(form, tried):
        return None
    with kit().store.reading(SIGN_IN) as work:
        found = accounts.identify(work, email, form.password.data or "")
        known = None if found is None else found.uniquifier
    if known is None:
        log.warning("a sign-in failed", extra={"endpoint": request.endpoint})
        form.form_errors.append(gettext("E-mail ou mot de passe faux."))
        return None
    with kit().store.work(SIGN_IN) as work:
        sign_ins.forget_tries(work, tried)
    return guard().accounts.find_user(fs_uniquifier=known)


def _is_proven(form: CheckForm, account: SignedIn) -> bool:
    tried = guard().tried("enter", account.email, request.remote_addr)
    if must_wait(form, tried):
        return False
    with kit().store.reading(SIGN_IN) as work:
        found = accounts.identify(work, account.email, form.password.data or "")
        is_same = found is not None and found.id == account.id
    if not is_same:
        form.password.errors = [gettext("Ce n'est pas le mot de passe de ce compte.")]
        return False
    if not is_right_code(form, account):
        return False
    with kit().store.work(SIGN_IN) as work:
        sign_ins.forget_tries(work, tried)
    return True


def _recovered(form: RecoverForm) -> SignedIn | None:
    email, password = form.email.data or "", form.password.data or ""
    tried = guard().tried("recover", email, request.remote_addr)
    if must_wait(form, tried):
        return None
    with kit().store.reading(SIGN_IN) as work:
        weak = why_weak(work, email, password)
        known = recoveries.find(work, email, form.code.data or "", now())
    if known is None:
        log.warning("a way back in failed", extra={"endpoint": request.endpoint})
        form.form_errors.append(gettext("E-mail ou code faux, ou code trop ancien."))
        return None
    if weak:
        form.password.errors = [weak]
        return None
    with kit().store.work(SIGN_IN) as work:
        account: Account = recoveries.use(work, known, password, now())
        sign_ins.forget_tries(work, tried)
        uniquifier = account.uniquifier
    return guard().accounts.find_user(fs_uniquifier=uniquifier)


def must_wait(form: FlaskForm, tried: sign_ins.Tried) -> bool:
    """Count a try; tell whether none is looked at yet, and until when."""
    with kit().store.work(SIGN_IN) as work:
        left = sign_ins.count_try(work, tried, now())
    if left <= sign_ins.NONE:
        return False
    seconds = int(left.total_seconds()) + 1
    minutes = -(-seconds // 60)
    form.form_errors.append(
        ngettext(
            "Trop d'essais. Réessayez dans %(num)s minute.",
            "Trop d'essais. Réessayez dans %(num)s minutes.",
            minutes,
        )
    )
    return True

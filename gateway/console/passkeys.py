"""Keys that devices hold, instead of the code: added by their owner, asked for at each proof.

A key serves only with its owner's finger, face or PIN (user verification). Its answer is for one
challenge, kept in the session and taken out of it when it is answered.
"""

from http import HTTPStatus
from typing import Any, cast

from flask import Blueprint, Response, abort, redirect, render_template, request, session, url_for
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    parse_authentication_credential_json,
    parse_registration_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialCreationOptions,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialRequestOptions,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from werkzeug.wrappers import Response as Answer
from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired, Length

from gateway.console.entering import checked, come_in, local, pending
from gateway.console.flask_security_alone import current_user
from gateway.console.identity import SIGN_IN, SignedIn
from gateway.console.menu import OFFICERS
from gateway.console.viewing import kit, now, page, rechecked
from models.services import passkeys
from models.sign_in import Passkey

CHALLENGE = "challenge"
NAME = 64
ANSWER = 20_000  # letters of a browser's answer
LOCAL = ("localhost", "127.0.0.1")
PROOF = UserVerificationRequirement.REQUIRED
_ = lazy_gettext
_BAD = (WebAuthnException, ValueError, KeyError, TypeError)

pages = Blueprint("passkeys", __name__)


class KeyForm(FlaskForm):  # type: ignore[misc]
    """A new key's name, and what it answered."""

    name = StringField(
        _("Nom de la clé"),
        [InputRequired(_("À remplir.")), Length(max=NAME, message=_("Trop long."))],
    )
    credential = HiddenField(validators=[Length(max=ANSWER)])


@pages.get("/moi/cles")
@page()
def show() -> str:
    """Show one's keys, and how to add one."""
    rechecked()
    return _shown(KeyForm())


@pages.post("/moi/cles/defi")
@page()
def ask_new() -> Response:
    """Give what a new key has to sign."""
    rechecked(url_for("passkeys.show"))
    account = cast("SignedIn", current_user)
    return _asked(
        generate_registration_options(
            rp_id=_host(),
            rp_name="Jaabi",
            user_id=account.fs_webauthn_user_handle.encode(),
            user_name=account.email,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.PREFERRED, user_verification=PROOF
            ),
            exclude_credentials=_known(account),
        )
    )


@pages.post("/moi/cles")
@page()
def add() -> str | Answer:
    """Keep a key."""
    rechecked(url_for("passkeys.show"))
    form = KeyForm()
    is_whole = form.validate_on_submit()
    if not is_whole and not form.credential.errors:
        return _shown(form)
    key = _new_key(form) if is_whole else None
    if key is None:
        form.form_errors.append(gettext("Cette clé n'a pas pu être ajoutée. Réessayez."))
        return _shown(form)
    with kit().store.work(SIGN_IN) as work:
        passkeys.add(work, key, now())
    return redirect(local(request.args.get("vers", "")), HTTPStatus.SEE_OTHER)


@pages.post("/moi/cles/<int:key_id>/retirer")
@page()
def remove(key_id: int) -> Answer:
    """Forget a key of one's own."""
    rechecked(url_for("passkeys.show"))
    with kit().store.work(SIGN_IN) as work:
        passkeys.remove(work, current_user.id, key_id, now())
    return redirect(url_for("passkeys.show"), HTTPStatus.SEE_OTHER)


@pages.post("/entrer/cle/defi")
def ask() -> Response:
    """Give what a known key has to sign: at sign-in, and where it is checked who one is."""
    account = _whose()
    asked = generate_authentication_options(
        rp_id=_host(), allow_credentials=_known(account), user_verification=PROOF
    )
    return _asked(asked)


@pages.post("/entrer/cle")
def enter() -> Answer:
    """Come in with a key instead of the code."""
    account = pending()
    if account is not None and _is_signed(account):
        return come_in(account)
    return redirect(url_for("security.code"), HTTPStatus.SEE_OTHER)


@pages.post("/verifier/cle")
@page()
def check() -> Answer:
    """Prove with a key that it is still oneself."""
    account = cast("SignedIn", current_user)
    if _is_signed(account):
        return checked(account)
    back = local(request.args.get("vers", ""))
    return redirect(url_for("security.verify", vers=back), HTTPStatus.SEE_OTHER)


def _shown(form: KeyForm) -> str:
    with kit().store.reading(SIGN_IN) as work:
        keys = passkeys.of(work, current_user.id)
        work.session.expunge_all()
    return render_template(
        "console/passkeys.html",
        form=form,
        keys=keys,
        back=local(request.args.get("vers", url_for("me.show"))),
        is_offered=not keys and current_user.role in OFFICERS,
    )


def _asked(
    options: PublicKeyCredentialCreationOptions | PublicKeyCredentialRequestOptions,
) -> Response:
    session[CHALLENGE] = bytes_to_base64url(options.challenge)
    return Response(options_to_json(options), content_type="application/json")


def _whose() -> SignedIn:
    account = pending() or (current_user if current_user.is_authenticated else None)
    if account is None:
        abort(HTTPStatus.NOT_FOUND)
    return cast("SignedIn", account)


def _new_key(form: KeyForm) -> Passkey | None:
    try:
        said = parse_registration_credential_json(form.credential.data or "")
        made = verify_registration_response(
            credential=said, **_expected(), require_user_verification=True
        )
    except _BAD:
        return None
    with kit().store.reading(SIGN_IN) as work:
        if passkeys.is_known(work, made.credential_id):
            return None
    return Passkey(
        account_id=current_user.id,
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        transports=[one.value for one in said.response.transports or []],
        device_type=made.credential_device_type.value,
        backup_state=made.credential_backed_up,
        usage="secondary",
        name=form.name.data,
        used_at=now(),
    )


def _is_signed(account: SignedIn) -> bool:
    """Tell whether a key of this account signed what was asked."""
    try:
        said = parse_authentication_credential_json(request.form.get("credential", "")[:ANSWER])
        with kit().store.reading(SIGN_IN) as work:
            key = passkeys.find(work, account.id, said.raw_id)
            work.session.expunge_all()
        if key is None:
            return False
        made = verify_authentication_response(
            credential=said,
            **_expected(),
            credential_public_key=key.public_key,
            credential_current_sign_count=0,  # looked at below, in the row, one after another
            require_user_verification=True,
        )
    except _BAD:
        return False
    with kit().store.work(SIGN_IN) as work:
        return passkeys.used(work, key.id, made.new_sign_count, now())


def _expected() -> dict[str, Any]:
    challenge = session.pop(CHALLENGE, None)
    if challenge is None:
        raise ValueError("nothing was asked")
    # A proxy of yours ends TLS: what we hear is http, what the browser signs is https.
    origins = [f"https://{request.host}"]
    if _host() in LOCAL:
        origins.append(f"http://{request.host}")
    return {
        "expected_challenge": base64url_to_bytes(challenge),
        "expected_rp_id": _host(),
        "expected_origin": origins,
    }


def _host() -> str:
    return request.host.partition(":")[0]


def _known(account: SignedIn) -> list[PublicKeyCredentialDescriptor]:
    with kit().store.reading(SIGN_IN) as work:
        keys = passkeys.of(work, account.id)
        return [PublicKeyCredentialDescriptor(id=one.credential_id) for one in keys]

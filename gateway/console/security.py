"""What signing in stands on: Flask-Security with our accounts, and none of its own pages.

Its pages would bring texts, addresses and ways in that nobody here needs. What it knows is used:
who is signed in, what a view asks for, codes of authenticators, signatures of passkeys.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, cast

from flask import Flask, current_app, redirect, render_template, request, url_for
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response

from gateway.console import key
from gateway.console.flask_security_alone import Security
from gateway.console.identity import Accounts
from gateway.console.sealed_codes import authenticators
from gateway.console.second_factor import Codes
from gateway.settings import Settings
from models.db import Store
from models.services.sign_ins import Tried

GUARD = "jaabi.sign_in"  # where the application keeps what proves who somebody is


@dataclass(frozen=True, slots=True, repr=False)
class Guard:
    """What proves who somebody is, and counts who tries."""

    accounts: Accounts
    codes: Codes
    tries_key: str

    def tried(self, *facts: object) -> Tried:
        """Name a door and who knocks there."""
        return Tried.at(self.tries_key, *facts)


def use(app: Flask, settings: Settings, store: Store, clock: Callable[[], datetime]) -> None:
    """Let people sign in to ``app``."""
    app.config.update(_configuration(settings))
    CSRFProtect(app)
    app.register_error_handler(CSRFError, _asked_by_another)
    accounts = Accounts(store)
    security = Security(app, accounts, register_blueprint=False)
    security.unauthn_handler(_to_sign_in)
    codes = Codes(authenticators(settings.home, clock), store)
    app.extensions[GUARD] = Guard(accounts, codes, key.derive(settings.home, "failures"))


def guard() -> Guard:
    """Return what proves who somebody is."""
    return cast("Guard", current_app.extensions[GUARD])


def _asked_by_another(_: CSRFError) -> tuple[str, int]:
    return render_template("console/form_too_old.html"), HTTPStatus.BAD_REQUEST


def _to_sign_in(*_: Any, **__: Any) -> Response:
    if request.method == "GET" and request.path != "/":
        return redirect(url_for("security.login", vers=request.full_path.rstrip("?")))
    return redirect(url_for("security.login"))


def _configuration(settings: Settings) -> dict[str, Any]:
    return {
        "SECRET_KEY": key.derive(settings.home, "forms"),
        "WTF_CSRF_CHECK_DEFAULT": True,
        "WTF_CSRF_TIME_LIMIT": None,  # as long as the session
        "WTF_CSRF_SSL_STRICT": False,  # our pages tell no address to anybody, not even to us
        "SECURITY_PASSWORD_SALT": key.derive(settings.home, "links"),
        "SECURITY_PASSWORD_HASH": "argon2",  # nosec B105 a way to hash, no password
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        "SECURITY_PASSWORD_SINGLE_HASH": ["argon2"],  # as `jaabi accounts` writes it
        "SECURITY_JOIN_USER_ROLES": False,
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False, "test_environment": True},
        "SECURITY_API_ENABLED_METHODS": ["session"],
        "SECURITY_DEFAULT_REMEMBER_ME": False,
        "SECURITY_STATIC_FOLDER": None,
    }

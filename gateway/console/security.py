"""Signing in: Flask-Security, with our accounts, our pages, and nothing of it that sends mail."""

from datetime import timedelta
from typing import Any

from flask import Flask, redirect, url_for
from flask_security import Security
from flask_wtf import CSRFProtect
from werkzeug.wrappers import Response

from gateway.console import key
from gateway.console.identity import Accounts
from gateway.settings import Settings
from models.db import Store

CHECKED_FOR = timedelta(minutes=30)  # how long a re-check serves


def use(app: Flask, settings: Settings, store: Store) -> Security:
    """Let people sign in to ``app``."""
    app.config.update(_configuration(settings))
    CSRFProtect(app)
    security = Security(app, Accounts(store), register_blueprint=True)
    security.unauthn_handler(_to_sign_in)
    return security


def _to_sign_in(*_: Any, **__: Any) -> Response:
    return redirect(url_for("security.login"))


def _configuration(settings: Settings) -> dict[str, Any]:
    return {
        "SECRET_KEY": key.derive(settings.keys, "forms"),
        "WTF_CSRF_CHECK_DEFAULT": True,
        "WTF_CSRF_TIME_LIMIT": None,  # as long as the session
        "WTF_CSRF_SSL_STRICT": False,  # our pages tell no address to anybody, not even to us
        "SECURITY_PASSWORD_SALT": key.derive(settings.keys, "links"),
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        "SECURITY_PASSWORD_SINGLE_HASH": ["argon2"],  # as `jaabi accounts` writes it
        "SECURITY_PASSWORD_LENGTH_MIN": 12,
        "SECURITY_JOIN_USER_ROLES": False,
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False, "test_environment": True},
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_API_ENABLED_METHODS": ["session"],
        "SECURITY_LOGIN_URL": "/entrer",
        "SECURITY_LOGOUT_URL": "/sortir",
        "SECURITY_VERIFY_URL": "/verifier",
        "SECURITY_POST_LOGIN_VIEW": "/",
        "SECURITY_POST_LOGOUT_VIEW": "/entrer",
        "SECURITY_FRESHNESS": CHECKED_FOR,
        "SECURITY_STATIC_FOLDER": None,
        "SECURITY_LOGIN_USER_TEMPLATE": "console/sign_in.html",
        "SECURITY_VERIFY_TEMPLATE": "console/check_again.html",
        "SECURITY_FLASH_MESSAGES": True,
    }

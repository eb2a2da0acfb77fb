"""What is typed to come in: forms of sign-in, of a second proof, of a new password."""

from flask_babel import gettext, lazy_gettext, ngettext
from flask_wtf import FlaskForm
from wtforms import EmailField, PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from flows.passwords import LONGEST, SHORTEST
from models.db import Work
from models.services import accounts

_ = lazy_gettext
_WRITTEN = InputRequired(_("À remplir."))
_BOUNDED = Length(max=LONGEST, message=_("Trop long."))
_SAME = EqualTo("password", message=_("Les deux ne sont pas les mêmes."))


class EnterForm(FlaskForm):  # type: ignore[misc]
    """E-mail and password."""

    email = EmailField(_("E-mail"), [_WRITTEN, _BOUNDED])
    password = PasswordField(_("Mot de passe"), [_WRITTEN, _BOUNDED])


class CodeForm(FlaskForm):  # type: ignore[misc]
    """The code of an authenticator."""

    code = StringField(_("Code à 6 chiffres"), [_WRITTEN, Length(max=20, message=_("Trop long."))])


class CheckForm(CodeForm):
    """Both proofs once more."""

    password = PasswordField(_("Mot de passe"), [_WRITTEN, _BOUNDED])


class NewPassword(FlaskForm):  # type: ignore[misc]
    """A password, typed twice."""

    password = PasswordField(_("Nouveau mot de passe"), [_WRITTEN, _BOUNDED])
    again = PasswordField(_("Encore une fois"), [_WRITTEN, _SAME])


class ChangePassword(NewPassword):
    """The password so far, and another."""

    before = PasswordField(_("Mot de passe actuel"), [_WRITTEN, _BOUNDED])


class RecoverForm(NewPassword):
    """What two administrators gave, and a new password."""

    email = EmailField(_("E-mail"), [_WRITTEN, _BOUNDED])
    code = StringField(_("Code reçu des administrateurs"), [_WRITTEN, _BOUNDED])


def why_weak(work: Work, email: str, password: str) -> str | None:
    """Return why a password cannot be, in the language of the page; None if it can."""
    if len(password) < SHORTEST:
        return str(
            ngettext("Au moins %(num)s caractère.", "Au moins %(num)s caractères.", SHORTEST)
        )
    if accounts.weak(work, email, password):
        return str(gettext("Ce mot de passe est parmi ceux que l'on essaie d'abord."))
    return None

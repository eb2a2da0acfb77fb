"""What an operator types while somebody speaks: four fields by number keys, then words."""

import hmac
import re
from collections.abc import Mapping
from hashlib import sha256

from flask import current_app
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    Field,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from flows.command_slips import CATEGORIES
from flows.msisdn import normalise
from flows.numbers import is_receipt
from flows.slip_replies import Correction, asks_who, read_correction, who
from gateway.console import saying
from gateway.console.viewing import now

ANSWERS: Mapping[str, str] = {"1": "code", "2": "call", "3": "none"}
LONGEST = 4000  # characters of a story
LASTS = 8 * 3600  # seconds: a code on the screen serves as long as a session
PIECES = re.compile(r"\D+")


def _choices(words: saying.Words) -> list[SelectChoice]:
    return [SelectChoice(code, said) for code, said in words.items()]


class CodeForm(FlaskForm):  # type: ignore[misc]
    """The code that stands on the screen, or the number of a slip on paper."""

    code = HiddenField()
    paper = StringField(_("Fiche papier"), [Length(max=3)])
    language = SelectField(_("Langue de la personne"), choices=_choices(saying.LANGUAGES))
    hour = SelectField(_("Quand rappeler"), choices=_choices(saying.HOURS), default="any")
    voice = SelectField(_("Qui rappelle"), choices=_choices(saying.VOICES), default="any")
    phone = StringField(_("Numéro à rappeler"), [Length(max=20)])

    def validate_paper(self, field: Field) -> None:
        """Take the two digits of a slip."""
        said = PIECES.sub("", field.data or "")
        field.data = said.zfill(2) if said else ""

    def msisdn(self) -> str | None:
        """Return the number typed, as it is sealed."""
        return normalise(self.phone.data.strip()) if self.phone.data else None

    def forget_phone(self) -> None:
        """Show the number typed on no page again."""
        self.phone.process_data("")

    def wish(self) -> dict[str, str]:
        """Return how the call back is wished."""
        return {
            "call_language": str(self.language.data),
            "call_when": str(self.hour.data),
            "call_voice": str(self.voice.data),
        }


class CallForm(CodeForm):
    """What was told by voice, in a box or at an assembly."""

    source = RadioField(_("D'où cela vient"), choices=_choices(saying.SOURCES), default="call")
    place = StringField(_("1 · Lieu"), [Length(max=60)])
    category = StringField(_("2 · Sujet"), [Length(max=4)])
    about = StringField(_("3 · Qui est en cause"), [Length(max=1)])
    answer = StringField(_("4 · Réponse"), [Length(max=1)], default="1")
    words = TextAreaField(_("Les mots"), [Length(max=LONGEST)])
    person = StringField(_("Sexe et âge"), [Length(max=5)])

    def validate_category(self, field: Field) -> None:
        """Take a code of the card; what is private has none but PRIVE."""
        field.data = PIECES.sub("", field.data or "")
        if field.data not in CATEGORIES:
            raise ValidationError(_("Tapez le code du sujet, par exemple 12. La liste est à côté."))

    def validate_about(self, field: Field) -> None:
        """Take a digit of E1."""
        if field.data and field.data not in "123456":
            raise ValidationError(_("Tapez un chiffre de 1 à 6, ou rien."))

    def validate_answer(self, field: Field) -> None:
        """Take how they will hear the answer."""
        if field.data not in ANSWERS:
            raise ValidationError(_("Tapez 1, 2 ou 3."))

    def validate_person(self, field: Field) -> None:
        """Take sex, and age if it was said: F34."""
        if field.data and self.told_person() is None:
            raise ValidationError(_("Écrivez F ou H, puis l'âge : F34."))

    def validate_phone(self, field: Field) -> None:
        """Want a number where somebody is to be called back."""
        if (field.data or self.answer.data == "2") and self.msisdn() is None:
            raise ValidationError(_("Pour rappeler, il faut le numéro : tapez-le."))

    def told_person(self) -> Correction | None:
        """Return sex and age as they were typed."""
        right = read_correction(str(self.person.data or ""), "12")
        return right if right is not None and right.what == "person" else None

    def told_about(self) -> str:
        """Return who is concerned, as the menus say it."""
        category, digit = str(self.category.data or ""), str(self.about.data or "")
        return who(category, digit) if digit in tuple("123456") and asks_who(category) else ""


class PrivateForm(CodeForm):
    """A wish to be called in private: a zone, an hour, a voice; no words at all."""

    zone = SelectField(_("Zone, jamais le village"), validate_choice=False)

    def validate_phone(self, field: Field) -> None:
        """Want what is typed to be a number."""
        if field.data and self.msisdn() is None:
            raise ValidationError(_("Ce n'est pas un numéro de téléphone."))


def sign(digits: str, person_id: int) -> str:
    """Return the code on a screen as its form carries it: nobody can choose one."""
    said = f"{digits}.{int(now().timestamp())}"
    return f"{said}.{_mark(said, person_id)}"


def digits_of(token: str | None, person_id: int) -> str | None:
    """Return the code that a form carries; None when it is not ours, or too old."""
    said, _dot, mark = (token or "").rpartition(".")
    if not hmac.compare_digest(mark.encode(), _mark(said, person_id).encode()):
        return None
    digits, _dot, at = said.partition(".")
    age = now().timestamp() - int(at)
    return digits if age <= LASTS and is_receipt(digits) else None


def _mark(said: str, person_id: int) -> str:
    key = str(current_app.secret_key).encode()
    return hmac.new(key, f"slip on screen {person_id} {said}".encode(), sha256).hexdigest()

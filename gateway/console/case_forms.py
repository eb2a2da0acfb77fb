"""What is asked on the pages of an item. Each form carries the state that it was made for."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from gateway.console import case_words, topics
from gateway.console.saying import Words
from models.services.answer_templates import LONGEST, LONGEST_NAME, left_blank
from models.services.case_acts import OBJET

WRITTEN = 2000  # characters, as from a phone
MISSING = _("Écrivez d'abord quelque chose.")
CHOOSE = _("Choisissez dans la liste.")


def listed(words: Words) -> list[SelectChoice]:
    """Return codes and words for a list to choose from."""
    return choices(words.items())


def choices(found: Iterable[tuple[str, Any]]) -> list[SelectChoice]:
    """Return pairs of a code and words for a list to choose from."""
    return [SelectChoice(code, words) for code, words in found]


class CaseForm(FlaskForm):  # type: ignore[misc]
    """What every form of an item carries: its last event, and whether its words stood open."""

    last = IntegerField(widget=HiddenInput(), default=0)
    opened = HiddenField()

    @property
    def typed(self) -> dict[str, Any]:
        """Return what was typed into it."""
        return {name: one for name, one in self.data.items() if name not in ("last", "csrf_token")}


class Plain(CaseForm):
    """A button."""


class Many(SelectMultipleField):  # type: ignore[misc]
    """Boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def pre_validate(self, form: FlaskForm) -> None:
        """Take any number: whoever acts looks which of them may be (case_acts.answer)."""


class Written(CaseForm):
    """What the speaker will read, perhaps from a template."""

    template = SelectField(_("Modèle"), validate_choice=False)

    def validate_words(self, field: TextAreaField) -> None:
        """Let nothing leave that still has a place to be filled in."""
        blank = left_blank(field.data or "")
        if blank is not None:
            raise ValidationError(_("Il reste à remplir : %(blank)s", blank=blank))


class Answer(Written):
    """An answer, or what was done."""

    words = TextAreaField(
        _("Ce que la personne lira"),
        validators=[InputRequired(MISSING), Length(max=WRITTEN)],
    )
    how = RadioField(
        _("C'est"),
        choices=choices(
            [("answer", _("une réponse")), ("resolved", _("ce qui a été fait : c'est réglé"))]
        ),
        default="answer",
    )
    also = Many(_("La même réponse aussi à"), choices=[])


class Question(Written):
    """One question: the item stays open."""

    words = TextAreaField(
        _("Ce que vous demandez"),
        id="question-words",
        validators=[InputRequired(MISSING), Length(max=WRITTEN)],
    )


class Note(CaseForm):
    """A note among handlers."""

    note = TextAreaField(
        _("Note interne"), validators=[InputRequired(MISSING), Length(max=WRITTEN)]
    )


class Objet(CaseForm):
    """The neutral line."""

    objet = StringField(_("Objet"), validators=[Length(max=OBJET)])


class Category(CaseForm):
    """What it is really about."""

    category = SelectField(
        _("Sujet"), choices=listed(topics.CATEGORIES), validators=[InputRequired(CHOOSE)]
    )


class Private(CaseForm):
    """Into which compartment."""

    compartment = RadioField(
        _("De quoi s'agit-il ?"),
        choices=listed(case_words.COMPARTMENTS),
        validators=[InputRequired(CHOOSE)],
    )


class Transfer(CaseForm):
    """To whom else, and why."""

    why = RadioField(
        _("Pourquoi"), choices=listed(case_words.WHYS), validators=[InputRequired(CHOOSE)]
    )
    to = SelectField(_("À qui"), validate_choice=False)
    reason = StringField(_("En quelques mots"), validators=[Length(max=WRITTEN)])


class Assign(CaseForm):
    """To which colleague."""

    person = SelectField(_("Collègue"), validate_choice=False, validators=[InputRequired(CHOOSE)])


class Check(CaseForm):
    """Who looks, and how."""

    who = SelectField(_("Qui"), choices=listed(case_words.WHO))
    way = SelectField(_("Comment"), choices=listed(case_words.HOW))


class Checked(CaseForm):
    """What was found."""

    check = IntegerField(widget=HiddenInput())
    result = SelectField(_("Résultat"), choices=listed(case_words.RESULTS))
    day = DateField(_("Quand"), validators=[Optional()])


class Close(CaseForm):
    """What came of it."""

    outcome = SelectField(_("Issue"), choices=listed(case_words.OUTCOMES))


class Lower(CaseForm):
    """Why it is not private."""

    reason = RadioField(
        _("Pourquoi"), choices=listed(case_words.LOWERINGS), validators=[InputRequired(CHOOSE)]
    )


class Judge(CaseForm):
    """The second word."""

    verdict = RadioField(
        _("Votre avis"),
        choices=choices([("keep", _("il reste privé")), ("lower", _("il est ordinaire"))]),
        validators=[InputRequired(CHOOSE)],
    )


class Stop(CaseForm):
    """The number once more, so that nothing is erased by mistake."""

    again = StringField(_("Numéro du dossier, encore une fois"))
    number = ""

    def validate_again(self, field: StringField) -> None:
        """Compare it with the item."""
        if (field.data or "").strip() != self.number:
            raise ValidationError(_("Ce n'est pas le numéro de ce dossier."))


class Glass(FlaskForm):  # type: ignore[misc]
    """Somebody else's item, and why it cannot wait."""

    number = StringField(_("Numéro du dossier"), validators=[InputRequired(MISSING)])
    reason = RadioField(
        _("Pourquoi maintenant"),
        choices=listed(case_words.REASONS),
        validators=[InputRequired(CHOOSE)],
    )


class TemplateForm(FlaskForm):  # type: ignore[misc]
    """An answer given often."""

    name = StringField(_("Titre"), validators=[InputRequired(MISSING), Length(max=LONGEST_NAME)])
    category = SelectField(_("Pour quel sujet"))
    language = SelectField(_("Langue"))
    text = TextAreaField(_("Texte"), validators=[InputRequired(MISSING), Length(max=LONGEST)])


ON_PAGE: dict[str, type[CaseForm]] = {
    "plain": Plain,
    "answer": Answer,
    "question": Question,
    "note": Note,
    "objet": Objet,
    "category": Category,
    "private": Private,
    "check": Check,
    "checked": Checked,
    "close": Close,
    "lower": Lower,
    "judge": Judge,
    "stop": Stop,
}
"""The forms of an item's page, by the act that each belongs to."""

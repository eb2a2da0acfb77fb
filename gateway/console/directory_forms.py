"""Forms of the directory: a row of coverage to be added or ended, a file to be brought."""

from collections.abc import Mapping, Sequence
from datetime import date

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import DateField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from gateway.console import directory_words as words
from gateway.console.saying import Words, say
from models.db import Work
from models.services.coverage import NewRow, areas_named

_ = lazy_gettext
REQUIRED = InputRequired(_("À remplir."))
NO_DATE = _("Il faut une date.")


class DayField(DateField):  # type: ignore[misc]  # of no types
    """A day; what is none is said in our words."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read a day."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(str(NO_DATE)) from None


class AddForm(FlaskForm):  # type: ignore[misc]  # of no types
    """A row of coverage."""

    organisation = SelectField(_("Organisation"))
    sector = SelectField(_("Secteur"))
    role = SelectField(_("Ce qu'elle fait"))
    area = StringField(_("Lieu"), [REQUIRED, Length(max=60)])
    since = DayField(_("Depuis"), [REQUIRED])
    until = DayField(_("Jusqu'au"), [Optional()])
    pcode = ""

    def offer(self, names: Mapping[str, str]) -> None:
        """Offer these organisations, and the sectors and roles there are."""
        self.organisation.choices = [(key, name) for key, name in names.items()]
        self.sector.choices = _choices(words.SECTORS)
        self.role.choices = _choices(words.COVERAGE_ROLES)

    def find_area(self, work: Work) -> bool:
        """Find the place that was typed; several of one name are to be told apart by p-code."""
        found = areas_named(work, self.area.data or "")
        if len(found) == 1:
            self.pcode = found[0][0]
            return True
        if not found:
            told = gettext("Ce lieu n'est pas dans l'annuaire.")
        else:
            several = ", ".join(
                f"{name} ({say(words.LEVELS, str(level))}) {pcode}" for pcode, name, level in found
            )
            told = gettext("Plusieurs lieux : écrire le code. %(several)s", several=several)
        self.area.errors = [told]
        return False

    def row(self) -> NewRow:
        """Return what was filled in."""
        return NewRow(
            organisation=self.organisation.data,
            sector=self.sector.data,
            role=self.role.data,
            area=self.pcode,
            since=self.since.data,
            until=self.until.data,
        )

    def refuse(self, why: str) -> bool:
        """Say beside its field why the row cannot be."""
        if why == "there":
            self.organisation.errors = [gettext("Cette ligne est déjà là, et en cours.")]
        else:
            self.until.errors = [gettext("La fin doit être après le début.")]
        return False

    def refuse_with(self, sentences: Sequence[str]) -> bool:
        """Say why nothing of this kind may be added."""
        self.organisation.errors = list(sentences)
        return False


class EndForm(FlaskForm):  # type: ignore[misc]  # of no types
    """Until when a row holds."""

    until = DayField(_("Dernier jour"), [REQUIRED], default=date.today)

    def refuse(self, why: str) -> None:
        """Say beside the field why it cannot end so."""
        told = {
            "over": gettext("Quelqu'un d'autre l'a finie entre-temps."),
            "backwards": gettext("La fin doit être après le début."),
        }
        self.until.errors = [told[why]]


class FileForm(FlaskForm):  # type: ignore[misc]  # of no types
    """A CSV file for the directory."""

    kind = SelectField(_("Ce que le fichier contient"))
    file = FileField(_("Fichier CSV"), [FileRequired(_("Choisir un fichier."))])

    def offer(self) -> None:
        """Offer the kinds of file there are."""
        self.kind.choices = _choices(words.FILES)


def _choices(known: Words) -> list[tuple[str, str]]:
    return [(code, str(label)) for code, label in known.items()]

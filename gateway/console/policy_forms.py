"""Forms of the routing policy: a case as somebody imagines it, and a version to be proposed."""

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from flows.case_lifecycle import LIFECYCLES
from flows.proposed_policy import LONGEST
from flows.sensitivity import CLASS_OF
from gateway.console import topics
from gateway.console.policy_words import category
from gateway.console.saying import say
from models.services.policies import LONGEST_NOTE

_ = lazy_gettext


class AskForm(FlaskForm):  # type: ignore[misc]  # of no types
    """What would happen to a case like this."""

    class Meta:
        """It changes nothing, and stands in the address."""

        csrf = False

    genre = SelectField(_("Genre"), default="complaint")
    categorie = SelectField(_("Catégorie"), default="12")
    lieu = StringField(_("Lieu"), [Length(max=60)])
    sur = StringField(_("De qui s'agit-il"), [Length(max=80)])
    inscrit = BooleanField(_("signalé par un téléphone inscrit (ALERTE)"))

    def offer(self) -> None:
        """Offer the kinds and categories there are."""
        self.genre.choices = [(kind, say(topics.KINDS, kind)) for kind in sorted(LIFECYCLES)]
        self.categorie.choices = [(one, category(one)) for one in sorted(CLASS_OF)]


class ProposalForm(FlaskForm):  # type: ignore[misc]  # of no types
    """Another policy, and why."""

    text = TextAreaField(_("La politique (YAML)"), [Length(max=LONGEST)])
    why = StringField(_("Pourquoi"), [InputRequired(_("Dire pourquoi.")), Length(max=LONGEST_NOTE)])

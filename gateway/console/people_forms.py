"""What is typed to make an account, and what can be wrong with it."""

from flask_babel import LazyString, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import EmailField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from models.services.accounts import LONGEST_EMAIL, ROLES, NewAccount

_ = lazy_gettext
ROLE_NAMES: dict[str, LazyString] = {
    "triager": _("Tri"),
    "operator": _("Ligne verte"),
    "focal_point": _("Point focal"),
    "supervisor": _("Superviseur"),
    "integrity": _("Intégrité (argent, corruption)"),
    "psea": _("PSEA (abus par le personnel)"),
    "gbv": _("VBG (violences)"),
    "auditor": _("Auditeur"),
    "administrator": _("Administrateur"),
}
_SHORT = Length(max=40, message=_("Trop long."))
_REFUSALS: tuple[tuple[str, LazyString], ...] = (
    ("this is no e-mail address", _("Ce n'est pas une adresse e-mail.")),
    ("this e-mail has an account", _("Cet e-mail a déjà un compte.")),
    ("s see no case: ", _("Ce rôle ne voit aucun cas : ni personne, ni fonction, ni lieu.")),
    ("no organisation ", _("Cette organisation n'est pas dans l'annuaire.")),
    (" is no cell: ", _("Seule la cellule trie : choisissez son organisation.")),
    ("no person", _("Personne n'est inscrit sous ce numéro.")),
    (
        "a registered person keeps ",
        _("Une personne inscrite garde son organisation, son lieu et sa fonction."),
    ),
    (" has an account", _("Cette personne a déjà un compte.")),
    (": jaabi people add", _("Cette personne n'est pas inscrite pour ce rôle.")),
)


class AddForm(FlaskForm):  # type: ignore[misc]
    """A new account."""

    email = EmailField(
        _("E-mail"),
        [InputRequired(_("À remplir.")), Length(max=LONGEST_EMAIL, message=_("Trop long."))],
    )
    role = SelectField(_("Rôle"), choices=[SelectChoice(one, ROLE_NAMES[one]) for one in ROLES])
    person = StringField(_("Personne déjà inscrite"), [_SHORT])
    organisation = StringField(_("Organisation"), [_SHORT])
    area = StringField(_("Lieu (code)"), [_SHORT])
    function = StringField(_("Fonction"), [_SHORT])

    def asked(self, password: str) -> NewAccount:
        """Return what is asked for, with a password that nobody knows."""
        facts = {
            name: (getattr(self, name).data or "").strip()
            for name in ("email", "role", "person", "organisation", "area", "function")
        }
        return NewAccount(**facts, password=password)


def refusal(mistake: str) -> str:
    """Return what is wrong in the viewer's language; as it was said where it is not known."""
    return next((str(words) for part, words in _REFUSALS if part in mistake), mistake)

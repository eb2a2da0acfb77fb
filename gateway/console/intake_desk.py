"""What stands behind the operator's form: what is known while they type, and filing it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask_babel import gettext as _

from flows.command_slips import CATEGORIES
from flows.deadlines import due, told
from flows.places import Place, choices
from flows.policy import SENSITIVE
from flows.sensitivity import class_of
from gateway.console.intake_forms import ANSWERS, CallForm, CodeForm, PrivateForm, digits_of
from gateway.console.viewing import kit, now, viewer
from models.case import Case
from models.db import Work
from models.services import opening, slips
from models.services.facts import commune, facts
from models.services.handling import Desk
from models.services.programme import programme_areas
from models.services.scene import Scene
from models.services.slip_logging import Call, ask_call, log_call, log_private, note_number
from models.services.slips import SlipsRefused
from models.services.sources import told_of
from models.slip import Slip

CHANNEL = "console"


@dataclass(frozen=True, slots=True)
class Known:
    """What the service makes of what was typed so far."""

    place: Place | None
    choices: Sequence[dict[str, str]]
    label: str
    is_private: bool
    count: int | None
    promise: str

    @property
    def place_words(self) -> str:
        """Return the place as it is said back."""
        if self.place is None:
            return ""
        if not self.place.commune_name:
            return str(_("cercle de %(cercle)s", cercle=self.place.cercle_name))
        return str(
            _(
                "%(place)s, commune de %(commune)s, cercle de %(cercle)s",
                place=self.place.name,
                commune=self.place.commune_name,
                cercle=self.place.cercle_name,
            )
        )


def known(work: Work, form: CallForm, chosen: str) -> Known:
    """Return what is known so far. ``chosen`` is a place picked among several."""
    found = places(work, str(form.place.data or "").strip(), chosen)
    place = found[0] if len(found) == 1 else None
    category = str(form.category.data or "").strip()
    is_code = category in CATEGORIES
    case_class = class_of(category, form.told_about()) if is_code else ""
    private = case_class in SENSITIVE
    count = None
    if place is not None and is_code and not private:
        area = place.commune_pcode or place.cercle_pcode
        count = told_of(work, category, area, now())
    return Known(
        place=place,
        choices=choices(found) if len(found) > 1 else [],
        label=kit().house.say(f"category_{category}") if is_code else "",
        is_private=private,
        count=count,
        promise=told(due(case_class, now())) if case_class else "",
    )


def places(work: Work, said: str, chosen: str = "") -> Sequence[Place]:
    """Return the places that a code, first letters or a name may mean, or the one chosen."""
    if not said:
        return []
    gazetteer = kit().house.places(work)
    found = gazetteer.find(said, programme_areas(work))
    picked = [one for one in found if one.ref == chosen]
    return picked or found


def scene() -> Scene:
    """Return the turn of whoever types: nobody's phone is in it."""
    return Scene(
        house=kit().house,
        kind="call",
        channel=CHANNEL,
        conversation=f"{CHANNEL}:{viewer().account_id}",
        contact=None,
        seal_sender=lambda: b"",
        person_id=viewer().person_id,
        language="fr",
        now=now(),
    )


def slip_of(desk: Desk, form: CodeForm) -> Slip | None:
    """Return the slip a form is filed on; None, with what is wrong beside the field, else."""
    paper = str(form.paper.data or "")
    if paper:
        found = slips.find(desk.work, desk.person.id, paper)
        if found is not None and found.used_at is None:
            return found
        left = ", ".join(slips.unused(desk.work, desk.person.id, 3)) or "-"
        form.paper.errors = [_("Cette fiche n'est pas libre. Libres : %(left)s", left=left)]
        return None
    digits = digits_of(form.code.data, desk.person.id)
    if digits is None:
        form.paper.errors = [_("Le code à l'écran est trop vieux : recommencez l'appel.")]
        return None
    try:
        slip = slips.on_screen(desk.work, desk.house, desk.person, digits, desk.now)
    except SlipsRefused:
        slip = None
    if slip is None:
        form.paper.errors = [_("Ce code est déjà enregistré : la fiche est partie une fois.")]
    return slip


def save(desk: Desk, form: CallForm, slip: Slip, place: Place | None) -> Case:
    """File what was told, and ask for the call back that goes with it."""
    person = form.told_person()
    call = Call(
        source=str(form.source.data),
        category=str(form.category.data),
        place="" if place is None else place.ref,
        sex=None if person is None else person.value,
        age=None if person is None else person.age,
        words=str(form.words.data or "").strip(),
        about=form.told_about(),
        answer=ANSWERS[str(form.answer.data)],
        language=str(form.language.data),
    )
    desk = replace(desk, scene=scene())
    case = log_call(desk, slip, call)
    msisdn = form.msisdn()
    if call.answer == "call" and msisdn is not None:
        ask_call(desk, case, msisdn, form.wish())
    return case


def save_private(desk: Desk, form: PrivateForm, slip: Slip) -> Case:
    """File a wish to be called in private."""
    desk = replace(desk, scene=scene())
    case = log_private(desk, slip, str(form.zone.data or ""), form.wish())
    msisdn = form.msisdn()
    if msisdn is not None:
        note_number(desk, case, msisdn)
    return case


def keep_unfinished(desk: Desk, form: CallForm, place: Place | None) -> bool:
    """Keep topic and commune of a call that was cut, without any way back; say if it was."""
    if place is None or str(form.category.data or "") not in CATEGORIES:
        return False
    said = {"category": form.category.data, "place": place.ref}
    return opening.keep_incomplete(desk.work, scene(), said) is not None


def read_back(desk: Desk, case: Case) -> str:
    """Return what was filed, in few words, to be read back."""
    said = _(
        "%(n)s noté : %(what)s, %(place)s. Réponse avant le %(date)s.",
        n=case.number,
        what=facts(desk.house, case),
        place=commune(desk.work, case) or _("lieu non dit"),
        date=told(case.due_at),
    )
    return str(said)

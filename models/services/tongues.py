"""Which language a phone is answered in: chosen by its owner, guessed from words, or French."""

from collections.abc import Mapping
from typing import Any

from models.conversation import Contact
from models.db import Work
from models.services.scene import EffectFunction, House, Outcome, Scene
from models.services.upsert import insert

# As their speakers call them, plain letters only, in the order of M2 (field guide, 4.1).
NAMES: Mapping[str, str] = {
    "fr": "Francais",
    "bm": "Bamanankan",
    "ff": "Fulfulde",
    "ses": "Songhay",
    "taq": "Tamasheq",
    "snk": "Soninke",
    "ar": "Arabe",
}
FRENCH = "fr"


def offered(house: House, channel: str) -> list[str]:
    """Return the languages a phone may choose, French first, in an order that never changes."""
    spoken = {code for code in house.tongues if house.speaking(code, channel).language == code}
    known = [code for code in NAMES if code == FRENCH or code in spoken]
    return [*known, *sorted(spoken - NAMES.keys())]


def languages(_work: Work, scene: Scene, _answers: Mapping[str, Any]) -> Outcome:
    """List the languages to choose from (M2), if there is any beside French (else M2b, T10)."""
    codes = offered(scene.house, scene.channel)
    if len(codes) == 1:
        return Outcome("one")
    listed = [{"value": code, "name": NAMES.get(code, code)} for code in codes]
    return Outcome("several", {"languages": listed})


def choose_language(work: Work, scene: Scene, answers: Mapping[str, Any]) -> Outcome:
    """Remember the language that somebody chose for this phone, from now on, by every road."""
    language = str(answers.get("language") or FRENCH)
    if scene.contact is not None:
        _remember(work, scene, language, chosen=True)
    return Outcome("chosen", {"language": language})


def guess_language(work: Work, scene: Scene, language: str) -> None:
    """Remember the language that words were heard in, unless another was chosen."""
    if scene.contact is not None:
        _remember(work, scene, language, chosen=False)


def language_of(work: Work, house: House, contact: str | None) -> str:
    """Return the language a phone is answered in outside any dialogue."""
    row = None if contact is None else work.session.get(Contact, contact)
    return (row and row.language in house.tongues and row.language) or FRENCH


def _remember(work: Work, scene: Scene, language: str, *, chosen: bool) -> None:
    kept = {"language": language, "language_chosen": chosen, "seen_at": scene.now}
    weaker = None if chosen else Contact.language_chosen.is_(False)
    work.session.execute(
        insert(work, Contact)
        .values(pseudonym=scene.contact, **kept)
        .on_conflict_do_update(index_elements=["pseudonym"], set_=kept, where=weaker)
    )


TONGUE_EFFECTS: Mapping[str, EffectFunction] = {
    "languages": languages,
    "choose_language": choose_language,
}

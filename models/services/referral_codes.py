"""What a woman does with a code of her own: ask for one, say whether she was received, stop it.

Nothing is ever sent to her, nothing of hers is kept but the code: no number, no pseudonym.
"""

from collections.abc import Mapping
from typing import Any

from flows.deadlines import shown
from flows.referral_lifecycle import allows, band_of
from models.area import Facility
from models.db import Work
from models.services import referrals
from models.services.referral_texts import Hand, opening_hours, place_name
from models.services.routing import where
from models.services.scene import EffectFunction, Outcome, Scene

ANSWERS = frozenset({"yes", "no", "not_yet"})
Answers = Mapping[str, Any]


def seen(work: Work, scene: Scene, code: str) -> Outcome | None:
    """Open a code of five digits at the screen of a phone (F13); None for everything else.

    By SMS there is nothing to read: an answer would stand on her phone.
    """
    one = referrals.find(work, code) if scene.kind == "ussd" else None
    return None if one is None else Outcome("referral", {"referral": one.number})


def refer_herself(work: Work, scene: Scene, answers: Answers) -> Outcome:
    """File a referral she asks for, after her consent (H6): the code is on her screen only."""
    chosen = str(answers.get("facility") or "").removeprefix("f:")
    facility = work.session.get(Facility, chosen)
    if facility is None:
        return Outcome("gone")
    age = answers.get("age")
    area = where(work, str(answers.get("place") or ""))[0]
    band = band_of(int(age) if age else None)
    language = str(answers.get("language") or "")
    wanted = referrals.Wanted("herself", facility.id, band, area, language=language)
    one = referrals.send(Hand(work, scene), wanted)
    return Outcome(
        "filed",
        {
            "n2": one.number,
            "facility_name": place_name(facility),
            "hours": opening_hours(facility),
            "date": shown(one.due_at),
        },
    )


def say_received(work: Work, scene: Scene, answers: Answers) -> Outcome:
    """Keep whether she says that she was received; centre and relay learn nothing of it."""
    one = referrals.find(work, str(answers.get("referral") or ""))
    said = str(answers.get("received") or "")
    if one is not None and said in ANSWERS and one.client_said != said:
        one.client_said = said
        referrals.note(Hand(work, scene), one, "client_said", said=said)
    return Outcome("noted")


def stop_referral(work: Work, scene: Scene, answers: Answers) -> Outcome:
    """Stop everything, as she wishes: the code means nothing any more. Twice is harmless."""
    one = referrals.find(work, str(answers.get("referral") or ""))
    if one is not None and allows(one.status, "withdrawn"):
        referrals.end(Hand(work, scene), one, "withdrawn")
    return Outcome("done")


REFERRAL_CODE_EFFECTS: Mapping[str, EffectFunction] = {
    "refer_herself": refer_herself,
    "say_received": say_received,
    "stop_referral": stop_referral,
}

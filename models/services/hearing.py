"""In which language a speaker's words are: kept with the case, remembered of the phone as a guess.

It decides neither whether words are accepted nor where they go (reference "Languages", rule 3).
"""

from flows.language import Known, weigh
from models.conversation import Contact
from models.db import Work
from models.services.scene import UNHEARD, Scene
from models.services.sensing import listen
from models.services.tongues import guess_language


def heard_in(work: Work, scene: Scene, words: str, *, private: bool) -> str:
    """Return the code of the language of ``words``, und where only a person can tell.

    Of a ``private`` case nothing is remembered beside it. What registered people write is in
    the language they are registered with.
    """
    if not words or scene.person_id is not None:
        return scene.language
    tongue = listen(work, scene.house, words).tongue
    spoken = weigh(words, _known(work, scene), lambda _: tongue)
    if spoken.language is not None and spoken.band == "sure" and not private:
        guess_language(work, scene, spoken.language)
    return spoken.language or UNHEARD


def _known(work: Work, scene: Scene) -> Known:
    row = None if scene.contact is None else work.session.get(Contact, scene.contact)
    if row is None or row.language is None:
        return Known()
    return Known(chosen=row.language) if row.language_chosen else Known(last=row.language)

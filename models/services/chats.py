"""What a chat has beyond an SMS: it stays open for a day, and people speak into it."""

from datetime import datetime

from models.case import Case
from models.conversation import Contact
from models.db import Work
from models.inbound import InboundMessage
from models.services import settling, stories, voice_notes
from models.services.effects import EFFECTS
from models.services.filing import OTHER
from models.services.scene import UNHEARD, Scene
from models.services.stories import Words
from models.services.upsert import insert
from models.services.voice_notes import SPOKEN


def remember(work: Work, scene: Scene, at: datetime) -> None:
    """Remember when somebody last wrote into a chat: words of ours may answer there for a day."""
    if scene.via is None or scene.contact is None:
        return
    kept = {"chat_channel": scene.via, "chat_at": at, "seen_at": scene.now}
    work.session.execute(
        insert(work, Contact)
        .values(pseudonym=scene.contact, **kept)
        .on_conflict_do_update(index_elements=["pseudonym"], set_=kept)
    )


def file_media(work: Work, scene: Scene, row: InboundMessage) -> int:
    """File a message of sounds or pictures as a case for a person; return the case's row id.

    Whatever question is open stays open: nobody can say whether this was meant to answer it.
    """
    asked = {"kind": "complaint", "category": OTHER, "answer": "none"}
    filed = EFFECTS["open_case"](work, scene, asked).values
    case = work.session.get_one(Case, filed["case"])
    case.language = UNHEARD  # nobody listened yet
    text = "voice_note" if row.cause == SPOKEN else "no_sound"
    said = Words("said", scene.house.say(text))
    stories.keep(work, scene.house.sealer, case, said, scene.now)
    voice_notes.belong(work, row, case)
    settling.release_announcements(work, case.id, scene.now)
    return case.id

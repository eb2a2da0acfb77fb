"""The only writer of what was said: sealed under a key of their own, read by the keeper alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update

from flows.readers import without_numbers
from models.case import Case, CaseKey, Story
from models.db import Work
from models.seal import Sealer
from models.services import erasures

VOICE = "voice"  # Story.what of a sound: never opened as words


@dataclass(frozen=True, slots=True, repr=False)
class Words:
    """Words to keep: ``what`` is said, question, answer, resolved, missed, note, repair or return.

    With ``leaves_at`` they wait until then and can be cancelled; without, they are kept at once.
    """

    what: str
    text: str
    leaves_at: datetime | None = None


def keep(work: Work, sealer: Sealer, case: Case, words: Words, now: datetime) -> Story:
    """Seal words into the case, by whoever works; telephone numbers are cut out first."""
    sealed = sealer.story(without_numbers(words.text))
    story = Story(
        case_id=case.id,
        what=words.what,
        by=str(work.actor),
        at=now,
        status="kept" if words.leaves_at is None else "leaving",
        leaves_at=words.leaves_at,
    )
    return _written(work, story, sealed)


def keep_sound(work: Work, sealer: Sealer, case: Case, sound: bytes, now: datetime) -> Story:
    """Seal a sound into the case, as it was spoken."""
    story = Story(case_id=case.id, what=VOICE, by=str(work.actor), at=now, status="kept")
    return _written(work, story, sealer.sound(sound))


def _written(work: Work, story: Story, under: tuple[bytes, str, bytes]) -> Story:
    story.sealed, key_id, wrapped = under
    work.session.add(story)
    work.session.flush()
    key = CaseKey(story_id=story.id, case_id=story.case_id, key_id=key_id, wrapped=wrapped)
    work.session.add(key)
    return story


def cancel(work: Work, story: Story) -> None:
    """Take back words that have not left: nobody will ever read them."""
    story.status = "cancelled"
    erase_words(work, [story])


def erase(work: Work, case: Case) -> None:
    """Make every word of a case unreadable for ever: call it before its rows are deleted too."""
    work.session.execute(
        update(Story)
        .where(Story.case_id == case.id, Story.status == "leaving")
        .values(status="cancelled")
    )
    said = select(Story).where(Story.case_id == case.id)
    erase_words(work, work.session.scalars(said).all())


def erase_words(work: Work, words: Sequence[Story]) -> None:
    """Make these words unreadable for ever: nobody opens them from the commit on.

    A key that the keeper did not collect yet goes with its row; the others it destroys when it
    takes up the note, within seconds.
    """
    erasures.words_erased(work, words)
    ids = [story.id for story in words]
    work.session.execute(delete(CaseKey).where(CaseKey.story_id.in_(ids)))

"""Sounds of chats: noted with their message, fetched later, sealed like words, deleted over there.

A note goes waiting -> kept (ours now, still at the provider) -> done. What is not kept (no sound,
too large, a case withdrawn meanwhile) goes waiting -> kept with a reason -> refused: it is deleted
over there all the same. What fails too often is dead.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, not_, or_, select, update

from models.case import Case
from models.db import Work
from models.inbound import InboundMessage
from models.seal import Sealer
from models.services import stories
from models.services.scene import House
from models.voice_note import VoiceNote

MOST = 2 * 1024 * 1024  # bytes of one sound: more than ten minutes as phones record them
LEASE = timedelta(seconds=8)  # a killed worker's sound is another's within ten seconds
KEPT_FOR = timedelta(days=7)  # as long as the transit key lives that its address is under
BACK_OFF = (10, 60, 600, 1800, 7200, 21600)  # seconds after each try that failed, then dead
NO_SOUND = "no sound"
SPOKEN, PICTURED = "a sound", "a picture or file"
MEDIA = frozenset({SPOKEN, PICTURED})
"""The causes of messages that are no words (InboundMessage.cause)."""

WITHDRAWN = "withdrawn"
SOUNDS = ("audio/", "application/ogg")
LONGEST_REASON = 80

Media = Sequence[tuple[str, str]]
"""What came with a message: where the provider keeps it, and its MIME type."""

# A dead one that is tried again waits anew, but may be sealed already.
_KEPT = or_(VoiceNote.status == "kept", VoiceNote.story_id.is_not(None))


@dataclass(frozen=True, slots=True, repr=False)
class Due:
    """A note that is ours to see to. ``is_kept``: only to be deleted at the provider."""

    id: int
    tries: int
    channel: str
    url_sealed: bytes | None
    is_kept: bool


def is_sound(kind: str) -> bool:
    """Tell by its MIME type whether something can be listened to."""
    return kind.startswith(SOUNDS)


def cause_of(media: Media, text: str) -> str | None:
    """Return why a message is no words, or not only words; None of words with a picture."""
    if any(is_sound(kind) for _, kind in media):
        return SPOKEN
    return PICTURED if media and not text.strip() else None


def note(work: Work, house: House, row: InboundMessage, media: Media) -> None:
    """Note what came with a message, beside its row."""
    for place, (url, kind) in enumerate(media):
        listened = is_sound(kind)
        one = VoiceNote(
            inbound_id=row.id,
            place=place,
            channel=row.channel,
            kind=kind,
            url_sealed=house.transit.wrap(url),
            status="waiting" if listened else "kept",
            reason=None if listened else NO_SOUND,
            due_at=row.received_at,
            received_at=row.received_at,
        )
        work.session.add(one)


def belong(work: Work, row: InboundMessage, case: Case) -> None:
    """Say to which case the sounds of a message belong: only now can they be sealed."""
    work.session.execute(
        update(VoiceNote).where(VoiceNote.inbound_id == row.id).values(case_id=case.id)
    )


def claim(work: Work, now: datetime) -> Due | None:
    """Take the note that is due longest. Of two workers exactly one gets it."""
    taken = work.session.execute(
        update(VoiceNote)
        .where(VoiceNote.id == _longest_due(now).scalar_subquery())
        .values(due_at=now + LEASE, tries=VoiceNote.tries + 1)
        .returning(
            VoiceNote.id,
            VoiceNote.tries,
            VoiceNote.channel,
            VoiceNote.url_sealed,
            VoiceNote.status,
            VoiceNote.story_id,  # SQLite 3.40 answers IS NOT NULL wrongly in RETURNING
        )
    ).one_or_none()
    if taken is None:
        return None
    is_kept = taken.status == "kept" or taken.story_id is not None
    return Due(taken.id, taken.tries, taken.channel, taken.url_sealed, is_kept)


def bury(work: Work, now: datetime) -> list[int]:
    """Give up what was tried too often, also by workers that died of it; return the row ids."""
    rows = work.session.scalars(
        update(VoiceNote)
        .where(
            VoiceNote.settled_at.is_(None),
            VoiceNote.tries > len(BACK_OFF),
            VoiceNote.due_at <= now,
        )
        .values(
            status="dead",
            reason=func.coalesce(VoiceNote.reason, "tried seven times"),
            settled_at=now,
        )
        .returning(VoiceNote.id)
    )
    return list(rows)


def go_on(work: Work, due: Due, now: datetime) -> bool:
    """Stay the one who fetches it a while longer; False if it became another's meanwhile."""
    still = work.session.execute(
        update(VoiceNote).where(*_still(due)).values(due_at=now + LEASE).returning(VoiceNote.id)
    )
    return still.scalar() is not None


def seal(work: Work, sealer: Sealer, due: Due, sound: bytes, now: datetime) -> None:
    """Keep a sound under a key of its own in its case; not of a case that was withdrawn."""
    row = _ours(work, due)
    if row is None:
        return
    case = work.session.get(Case, row.case_id)
    if case is None or case.status == WITHDRAWN:
        _to_delete(row, now, reason="case withdrawn")
        return
    row.story_id = stories.keep_sound(work, sealer, case, sound, now).id
    row.size = len(sound)
    _to_delete(row, now, reason=None)


def refuse(work: Work, due: Due, reason: str, now: datetime) -> None:
    """Do not keep this one; it is still to be deleted at the provider."""
    row = _ours(work, due)
    if row is not None:
        _to_delete(row, now, reason=reason)


def deleted(work: Work, due: Due, now: datetime) -> None:
    """Record that the provider has it no more, which is the end."""
    row = _ours(work, due)
    if row is not None:
        row.status = "refused" if row.story_id is None else "done"
        row.url_sealed, row.settled_at = None, now


def later(work: Work, due: Due, reason: str, now: datetime) -> None:
    """Let it wait after a failure, each time longer; after the last one ``bury`` gives it up."""
    row = _ours(work, due)
    if row is not None:
        waits = BACK_OFF[due.tries - 1] if due.tries <= len(BACK_OFF) else 0
        row.due_at = now + timedelta(seconds=waits)
        row.reason = row.reason if due.is_kept else reason[:LONGEST_REASON]


def purge(work: Work, now: datetime) -> int:
    """Give up what waited seven days, and forget where it was; return of how many."""
    old = VoiceNote.received_at <= now - KEPT_FOR
    work.session.execute(
        update(VoiceNote)
        .where(old, VoiceNote.settled_at.is_(None))
        .values(status="dead", reason="waited seven days", settled_at=now)
    )
    known = (old, VoiceNote.url_sealed.is_not(None))
    gone = update(VoiceNote).where(*known).values(url_sealed=None).returning(VoiceNote.id)
    return len(work.session.scalars(gone).all())


def _longest_due(now: datetime) -> Select[int]:
    ready = or_(
        VoiceNote.status == "kept",
        and_(VoiceNote.status == "waiting", VoiceNote.case_id.is_not(None)),
    )
    return (
        select(VoiceNote.id)
        .where(ready, VoiceNote.due_at <= now, VoiceNote.tries <= len(BACK_OFF))
        .order_by(VoiceNote.due_at, VoiceNote.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def _ours(work: Work, due: Due) -> VoiceNote | None:
    """Return the row while nobody else took it over, locked till the end of this work."""
    return work.session.scalar(select(VoiceNote).where(*_still(due)).with_for_update())


def _still(due: Due) -> tuple[ColumnElement[bool], ...]:
    # Tries are counted anew once it is kept, so they alone do not tell one claim from the next.
    return (
        VoiceNote.id == due.id,
        VoiceNote.tries == due.tries,
        _KEPT if due.is_kept else not_(_KEPT),
        VoiceNote.settled_at.is_(None),
    )


def _to_delete(row: VoiceNote, now: datetime, *, reason: str | None) -> None:
    row.status, row.reason = "kept", reason
    row.tries, row.due_at = 0, now

"""What could not be handled, of each kind: seen by staff, and tried again when they ask."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, select

from models.db import Work
from models.errors import NotFound
from models.inbound import InboundMessage
from models.outbound import OutboundMessage
from models.services.audit import Mark, note
from models.services.inbox import BEFORE, TIRED
from models.voice_note import VoiceNote

DEAD = "dead"
RECENT = timedelta(days=7)  # as long as words in motion can be read, and so be tried again
NOT_OURS = ("opted out",)  # texts that fail because somebody wants none
INBOX, VOICE, TEXT = "inbox", "voice", "text"
_NAMED = re.compile(r"(?:(?P<kind>[a-z]+)-)?(?P<row>[0-9]{1,9})")
LOST = (DEAD, "refused")
Given = InboundMessage | VoiceNote | OutboundMessage
_FAILED = and_(
    OutboundMessage.status == "failed",
    func.coalesce(OutboundMessage.reason, "").not_in(NOT_OURS),
)


@dataclass(frozen=True, slots=True)
class Letter:
    """One thing given up. ``id`` is what ``retry`` is asked with; ``again`` says whether it may be.

    ``kind``: ``inbox`` a message received, ``voice`` a sound not fetched, ``text`` one not sent.
    """

    id: int | str
    kind: str
    channel: str | None
    status: str
    tries: int
    cause: str | None
    at: datetime
    again: bool


def dead_letters(work: Work) -> list[Letter]:
    """Return all that was given up, oldest first."""
    found = [*_inbox(work), *_voices(work), *_texts(work)]
    return sorted(found, key=lambda letter: letter.at)


def recent(work: Work, now: datetime) -> Mapping[str, int]:
    """Return how many of each kind were given up within the last seven days."""
    given_up: dict[str, tuple[type[Given], ColumnElement[bool]]] = {
        INBOX: (InboundMessage, InboundMessage.status == DEAD),
        VOICE: (VoiceNote, VoiceNote.status.in_(LOST)),
        TEXT: (OutboundMessage, _FAILED),
    }
    return {
        kind: work.session.scalar(
            select(func.count()).select_from(table).where(which, table.settled_at > now - RECENT)
        )
        or 0
        for kind, (table, which) in given_up.items()
    }


def retry(work: Work, letter_id: int | str, now: datetime) -> None:
    """Let one be handled again, as if it had just come.

    Raises NotFound when there is no such dead letter, or when its words are gone: those of a
    message after seven days, those of a text once it was given up.
    """
    named = _NAMED.fullmatch(str(letter_id))
    again = None if named is None else _AGAIN.get(named["kind"] or "")
    if named is None or again is None:
        raise NotFound(f"no dead letter {letter_id} that still has its words")
    again(work, int(named["row"]), now)
    note(work, Mark("retry", named["kind"] or INBOX, int(named["row"])), now)
    work.wake("inbox")


def _inbox(work: Work) -> Iterator[Letter]:
    for row in work.session.scalars(select(InboundMessage).where(InboundMessage.status == DEAD)):
        again = row.text_sealed is not None
        yield _letter(INBOX, row, row.cause, row.received_at, again=again)


def _voices(work: Work) -> Iterator[Letter]:
    for row in work.session.scalars(select(VoiceNote).where(VoiceNote.status.in_(LOST))):
        yield _letter(VOICE, row, row.reason, row.received_at, again=_can_fetch(row))


def _texts(work: Work) -> Sequence[Letter]:
    return [
        # Number and words were forgotten when it failed.
        _letter(TEXT, row, row.reason, row.created_at, again=False)
        for row in work.session.scalars(select(OutboundMessage).where(_FAILED))
    ]


def _letter(
    kind: str,
    row: InboundMessage | VoiceNote | OutboundMessage,
    cause: str | None,
    since: datetime,
    *,
    again: bool,
) -> Letter:
    return Letter(
        id=row.id if kind == INBOX else f"{kind}-{row.id}",
        kind=kind,
        channel=row.channel,
        status=row.status,
        tries=row.tries,
        cause=cause,
        at=row.settled_at or since,
        again=again,
    )


def _hear_again(work: Work, row_id: int, now: datetime) -> None:
    row = work.session.get(InboundMessage, row_id, with_for_update=True)
    if row is None or row.status != DEAD or row.text_sealed is None:
        raise NotFound(f"no dead letter {row_id} that still has its words")
    row.status, row.tries, row.due_at = "waiting", 0, now
    # A STOP told by the provider, a call, a voice: its cause is what it is, and must come back.
    row.cause = (row.cause or "").removesuffix(TIRED).removesuffix(BEFORE) or None
    row.settled_at = None


def _fetch_again(work: Work, row_id: int, now: datetime) -> None:
    row = work.session.get(VoiceNote, row_id, with_for_update=True)
    if row is None or not _can_fetch(row):
        raise NotFound(f"no voice note {VOICE}-{row_id} that can still be fetched")
    row.status, row.tries, row.due_at = "waiting", 0, now
    row.reason = row.settled_at = None


def _can_fetch(row: VoiceNote) -> bool:
    return row.status == DEAD and row.url_sealed is not None


_AGAIN: Mapping[str, Callable[[Work, int, datetime], None]] = {
    "": _hear_again,
    VOICE: _fetch_again,
}

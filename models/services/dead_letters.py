"""What could not be handled, of each kind: seen by staff, and tried again when they ask."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, func, select

from models.db import Work
from models.errors import NotFound
from models.inbound import InboundMessage
from models.outbound import OutboundMessage
from models.services.audit import Mark, note
from models.services.inbox import BEFORE, TIRED
from models.voice_note import VoiceNote

DEAD = "dead"
AT_ONCE = 500  # tried again by one press: workers have other things to do
RECENT = timedelta(days=7)  # as long as words in motion can be read, and so be tried again
NOT_OURS = ("opted out",)  # texts that fail because somebody wants none
INBOX, VOICE, TEXT = "inbox", "voice", "text"
_NAMED = re.compile(r"(?:(?P<kind>[a-z]+)-)?(?P<row>[0-9]{1,9})")
LOST = (DEAD, "refused")
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
    found = [
        one.letter(row)
        for one in _GIVEN_UP.values()
        for row in work.session.scalars(select(one.table).where(one.which))
    ]
    return sorted(found, key=lambda letter: letter.at)


def recent(work: Work, now: datetime) -> Mapping[str, int]:
    """Return how many of each kind were given up within the last seven days."""
    return {
        kind: work.session.scalar(
            select(func.count())
            .select_from(one.table)
            .where(one.which, one.table.settled_at > now - RECENT)
        )
        or 0
        for kind, one in _GIVEN_UP.items()
    }


@dataclass(frozen=True, slots=True)
class Pile:
    """All of one kind: how many there are, and how many of them can be tried again."""

    kind: str
    total: int
    again: int


def piles(work: Work) -> list[Pile]:
    """Return what was given up, kind by kind."""
    found = []
    for kind in _GIVEN_UP:
        total, again = work.session.execute(_counted(kind)).one()
        found.append(Pile(kind, total, again))
    return found


def some(
    work: Work, kind: str, size: int, before: int | None = None, *, again: bool = False
) -> list[Letter]:
    """Return at most ``size`` of one kind, the newest first, from the row id ``before`` on.

    ``again``: only those that can be tried again.
    """
    given_up = _GIVEN_UP[kind]
    asked = select(given_up.table).where(given_up.which)
    if before is not None:
        asked = asked.where(given_up.table.id < before)
    if again:
        asked = asked.where(given_up.again)
    rows = work.session.scalars(asked.order_by(given_up.table.id.desc()).limit(size))
    return [given_up.letter(row) for row in rows]


def retry_all(work: Work, kind: str, now: datetime) -> int:
    """Let those of one kind be handled again that can be, the oldest 500; return how many."""
    given_up = _GIVEN_UP[kind]
    asked = select(given_up.table.id).where(given_up.which, given_up.again)
    ids = work.session.scalars(asked.order_by(given_up.table.id).limit(AT_ONCE)).all()
    for row_id in ids:
        _AGAIN[_PREFIXES[kind]](work, row_id, now)
    if ids:
        note(work, Mark("retry", kind, details={"count": len(ids)}), now)
        work.wake("inbox")
    return len(ids)


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


def _message(row: Any) -> Letter:
    return _letter(INBOX, row, row.cause, row.received_at, again=row.text_sealed is not None)


def _voice(row: Any) -> Letter:
    return _letter(VOICE, row, row.reason, row.received_at, again=_can_fetch(row))


def _text(row: Any) -> Letter:
    # Number and words were forgotten when it failed.
    return _letter(TEXT, row, row.reason, row.created_at, again=False)


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


def _counted(kind: str) -> Select[int, int]:
    one = _GIVEN_UP[kind]
    again = func.count(case((one.again, one.table.id)))
    return select(func.count(), again).select_from(one.table).where(one.which)


@dataclass(frozen=True, slots=True)
class _GivenUp:
    """Where one kind lies: what tells it, what tells that it can be tried again, how it is read."""

    table: Any
    which: ColumnElement[bool]
    again: ColumnElement[bool]
    letter: Callable[[Any], Letter]


_GIVEN_UP: Mapping[str, _GivenUp] = {
    INBOX: _GivenUp(
        InboundMessage,
        InboundMessage.status == DEAD,
        InboundMessage.text_sealed.is_not(None),
        _message,
    ),
    VOICE: _GivenUp(
        VoiceNote,
        VoiceNote.status.in_(LOST),
        and_(VoiceNote.status == DEAD, VoiceNote.url_sealed.is_not(None)),
        _voice,
    ),
    TEXT: _GivenUp(OutboundMessage, _FAILED, false(), _text),
}
_PREFIXES = {INBOX: "", VOICE: VOICE}
_AGAIN: Mapping[str, Callable[[Work, int, datetime], None]] = {
    "": _hear_again,
    VOICE: _fetch_again,
}

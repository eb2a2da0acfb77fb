"""What a restored database must know of itself before anybody works with it."""

from datetime import datetime

from sqlalchemy import and_, or_, update

from models.db import Work
from models.outbound import OutboundMessage as Message
from models.services import privacy, sending
from models.services.audit import Mark, note
from models.services.programme import put_setting, setting

REASON = "restored"
BACKED_UP = "backed_up_at"
_FORGET = {"address": None, "text_sealed": None}


def settle(work: Work, now: datetime) -> int:
    """Let nothing leave, and say of each text that was due that nobody knows whether it left.

    It may have left between the backup and the loss. As with any such text, a sensitive one is
    never sent again, another one once. What is over its time goes at once. Returns how many texts.
    """
    note(work, Mark("restore", "database"), now)
    sending.pause(work, sending.RESTORED)
    due = or_(Message.status == "sending", and_(Message.status == "waiting", Message.due_at <= now))
    once = or_(Message.sensitive, Message.repeated)
    ended = update(Message).where(due, once).values(settled_at=now, **_FORGET)
    open_ = update(Message).where(due).values(due_at=now)
    unknown = {"status": "unknown", "reason": REASON}
    counted = 0
    for change in (ended, open_):
        rows = change.values(**unknown).returning(Message.id)
        silent = rows.execution_options(synchronize_session=False)
        counted += len(work.session.execute(silent).all())
    while privacy.purge(work, now):
        pass
    return counted


def note_backup(work: Work, now: datetime) -> None:
    """Remember when the last backup was made."""
    put_setting(work, BACKED_UP, now.isoformat())


def last_backup(work: Work) -> datetime | None:
    """Return when the last backup was made; None if there never was one."""
    said = setting(work, BACKED_UP)
    return None if said is None else datetime.fromisoformat(said)

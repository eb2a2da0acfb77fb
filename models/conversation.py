"""Where dialogues stand, and the little that is remembered of a contact between two of them."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, says

DAY = "24 h after the last step"
LAST_USE = "12 months after last use"
LAST_PLACE = "30 days"
UNTIL_CALLED = "until JAABI"
WITH_OTHERS = "as long as one of the others of its row"
WRONG_CODES = "48 h after the day"
WHILE_USED = "while used"


class Conversation(Base):
    """One dialogue: one row, whose ``turn`` grows by one with each answer taken."""

    __tablename__ = "conversation"
    __table_args__ = (
        # Neither moves with an ordinary keypress, which so writes one page and no index.
        Index("ix_conversation_contact", "contact"),
        Index(
            "ix_conversation_due",
            "due_at",
            sqlite_where=text("due_at IS NOT NULL"),
            postgresql_where=text("due_at IS NOT NULL"),
        ),
    )

    key: Mapped[str] = mapped_column(
        String(140),
        primary_key=True,
        info=says("S1", "ussd:channel:session (ours where it has none), or sms:pseudonym", DAY),
    )
    turn: Mapped[int] = mapped_column(
        info=says("S1", "answers taken; guards against two at once", DAY)
    )
    contact: Mapped[str | None] = mapped_column(
        String(64), info=says("S3", "pseudonym; none until the keeper named it", DAY)
    )
    person_id: Mapped[int | None] = mapped_column(info=says("S1", "registered person, if one", DAY))
    sender_sealed: Mapped[bytes | None] = mapped_column(
        LargeBinary, info=says("S3", "number sealed for the keeper", DAY)
    )
    sealed: Mapped[bytes] = mapped_column(
        LargeBinary,
        info=says("S3", "state, text consumed and last screen under the transit key", DAY),
    )
    over: Mapped[bool] = mapped_column(info=says("S1", "ended", DAY))
    resumable: Mapped[bool] = mapped_column(info=says("S1", "may be offered again (M4)", DAY))
    updated_at: Mapped[datetime] = mapped_column(info=says("S1", "last step", DAY))
    due_at: Mapped[datetime | None] = mapped_column(
        info=says(
            "S1", "when silence is acted upon: incomplete case, or an SMS filed as it stands", DAY
        )
    )


class Contact(Base):
    """What is remembered of a phone by its pseudonym."""

    __tablename__ = "contact"

    pseudonym: Mapped[str] = mapped_column(
        String(64),
        primary_key=True,
        info=says("S3", "keyed hash of the number", WITH_OTHERS),
    )
    stopped_at: Mapped[datetime | None] = mapped_column(
        info=says("S1", "STOP received", UNTIL_CALLED)
    )
    language: Mapped[str | None] = mapped_column(String(8), info=says("S1", "language", LAST_USE))
    language_chosen: Mapped[bool] = mapped_column(
        default=False,
        server_default=false(),
        info=says("S1", "chosen by its owner, not guessed", LAST_USE),
    )
    chat_channel: Mapped[str | None] = mapped_column(
        String(40), info=says("S1", "chat channel last written by", LAST_USE)
    )
    chat_at: Mapped[datetime | None] = mapped_column(
        info=says("S2", "when: words may answer a chat for 24 h", LAST_USE)
    )
    last_commune: Mapped[str | None] = mapped_column(
        String(16), info=says("S2", "last place, ordinary classes only", LAST_PLACE)
    )
    last_place_at: Mapped[datetime | None] = mapped_column(info=says("S2", "when", LAST_PLACE))
    notice: Mapped[str | None] = mapped_column(
        String(16), info=says("S1", "version of the notice heard", LAST_USE)
    )
    notice_at: Mapped[datetime | None] = mapped_column(
        info=says("S2", "when it was heard last", LAST_USE)
    )
    seen_at: Mapped[datetime] = mapped_column(info=says("S2", "last use", WITH_OTHERS))


class WrongCode(Base):
    """Wrong receipts tried, by phone and day: guessing is limited, not remembered."""

    __tablename__ = "wrong_code"

    contact: Mapped[str] = mapped_column(
        String(64),
        primary_key=True,
        info=says("S3", "pseudonym, or * for the programme", WRONG_CODES),
    )
    day: Mapped[str] = mapped_column(
        String(10), primary_key=True, info=says("S1", "ISO date", WRONG_CODES)
    )
    count: Mapped[int] = mapped_column(info=says("S1", "how many", WRONG_CODES))


class Lease(Base):
    """Who runs the timetable now."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(
        String(40), primary_key=True, info=says("S0", "what is leased", WHILE_USED)
    )
    holder: Mapped[str] = mapped_column(String(80), info=says("S0", "process", WHILE_USED))
    until: Mapped[datetime] = mapped_column(info=says("S0", "end", WHILE_USED))

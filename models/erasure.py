"""What was erased or refused, noted with the act, until the keeper has it in its journal.

The journal lies outside the database: after a restore it says what has to be forgotten again.
"""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, says

SECONDS = "seconds, until the keeper wrote it down"


class Erasure(Base):
    """One fact about one row: no word and no number."""

    __tablename__ = "erasure"

    id: Mapped[int] = mapped_column(primary_key=True, info=says("S1", "order", SECONDS))
    what: Mapped[str] = mapped_column(
        String(12), info=says("S1", "case, speaker, words, stop, start, blocked, ...", SECONDS)
    )
    ref: Mapped[str] = mapped_column(
        String(120),
        info=says("S3", "row id and its own time, pseudonym, or a person's number", SECONDS),
    )

"""What triagers keep for themselves: filters they come back to, answers they give often."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.account import LIFE
from models.base import Base, says
from models.programme import LIFE as PROGRAMME


class SavedFilter(Base):
    """A list as somebody narrowed it, by a name of their own."""

    __tablename__ = "saved_filter"
    __table_args__ = (UniqueConstraint("account_id", "page", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=says("S1", "row id", LIFE))
    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), info=says("S1", "whose", LIFE)
    )
    page: Mapped[str] = mapped_column(String(16), info=says("S1", "which list", LIFE))
    name: Mapped[str] = mapped_column(String(60), info=says("S1", "as its owner calls it", LIFE))
    query: Mapped[str] = mapped_column(
        String(600), info=says("S1", "the filter, as it stands in the address", LIFE)
    )


class AnswerTemplate(Base):
    """An answer given often, by category and language; whoever answers may change it."""

    __tablename__ = "answer_template"
    __table_args__ = (Index("ix_answer_template_category", "category", "language"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=says("S0", "row id", PROGRAMME))
    category: Mapped[str] = mapped_column(
        String(3), default="", info=says("S0", "digits it begins with; empty = any", PROGRAMME)
    )
    language: Mapped[str] = mapped_column(String(8), info=says("S0", "of its words", PROGRAMME))
    name: Mapped[str] = mapped_column(String(60), info=says("S0", "title", PROGRAMME))
    text: Mapped[str] = mapped_column(String(480), info=says("S0", "the words", PROGRAMME))
    by: Mapped[str] = mapped_column(String(40), info=says("S1", "who wrote it", PROGRAMME))
    written_at: Mapped[datetime] = mapped_column(info=says("S1", "when", PROGRAMME))
    retired_at: Mapped[datetime | None] = mapped_column(
        info=says("S1", "when it was taken off the list", PROGRAMME)
    )

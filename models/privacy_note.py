"""What the law wants remembered: who asked for data, what went wrong, why a rule is as it is."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, says

YEARS = "5 years"


class PrivacyNote(Base):
    """One note, in words of whoever operates the service. Rows are only added."""

    __tablename__ = "privacy_note"

    id: Mapped[int] = mapped_column(primary_key=True, info=says("S1", "row id", YEARS))
    at: Mapped[datetime] = mapped_column(info=says("S1", "when it was noted", YEARS))
    kind: Mapped[str] = mapped_column(
        String(12), info=says("S1", "authority, person, incident or rule", YEARS)
    )
    by: Mapped[str] = mapped_column(String(40), info=says("S1", "who noted it", YEARS))
    words: Mapped[str] = mapped_column(
        String(400), info=says("S1", "what was asked, done or found; no number", YEARS)
    )

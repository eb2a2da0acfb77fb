"""Accounts of the console. Who handles cases is a registered person too, with the same bars."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, says

LIFE = "while registered, 12 months after"


class Account(Base):
    """One way into the console, for one person, or for an auditor or administrator."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True, info=says("S1", "row id", LIFE))
    email: Mapped[str] = mapped_column(
        String(120), unique=True, info=says("S1", "name at sign-in", LIFE)
    )
    password_hash: Mapped[str] = mapped_column(
        String(160), info=says("S1", "argon2id of the password", LIFE)
    )
    role: Mapped[str] = mapped_column(String(16), info=says("S1", "role of the contract", LIFE))
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id"),
        info=says("S1", "whose hats and bars it has; none for auditor and administrator", LIFE),
    )
    created_at: Mapped[datetime] = mapped_column(info=says("S1", "when it was made", LIFE))
    revoked_at: Mapped[datetime | None] = mapped_column(info=says("S1", "no longer valid", LIFE))

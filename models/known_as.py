"""Under which names people speak of those who are registered: who is named does not judge."""

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, says
from models.person import LIFE


class KnownAs(Base):
    """One name or nickname of a registered person, as it is said at the place."""

    __tablename__ = "known_as"
    __table_args__ = (UniqueConstraint("person_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=says("S1", "row id", LIFE))
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), index=True, info=says("S1", "who", LIFE)
    )
    name: Mapped[str] = mapped_column(
        String(60), info=says("S1", "name or nickname, to be recognised in what is told", LIFE)
    )

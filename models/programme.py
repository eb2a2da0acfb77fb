"""What the programme says of itself in a word or a number."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, says

LIFE = "while the programme lives"


class ProgrammeSetting(Base):
    """One named value: a telephone to ring, a count of changes."""

    __tablename__ = "programme_setting"

    name: Mapped[str] = mapped_column(String(40), primary_key=True, info=says("S0", "name", LIFE))
    value: Mapped[str] = mapped_column(String(80), info=says("S0", "value", LIFE))

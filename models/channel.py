"""How the channels do: whether they are well, and what was spent on them."""

from datetime import datetime

from sqlalchemy import Float, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, says

LIFE = "while the channel is configured"
YEARS = "5 years"


class ChannelHealth(Base):
    """The state of one channel as the sender last knew it."""

    __tablename__ = "channel_health"

    channel: Mapped[str] = mapped_column(
        String(40), primary_key=True, info=says("S0", "channel", LIFE)
    )
    state: Mapped[str] = mapped_column(
        String(10), info=says("S0", "well, failing (tried from time to time) or stopped", LIFE)
    )
    reason: Mapped[str | None] = mapped_column(
        String(80), info=says("S0", "what the provider said last", LIFE)
    )
    since: Mapped[datetime] = mapped_column(info=says("S0", "in this state since", LIFE))
    until: Mapped[datetime | None] = mapped_column(info=says("S0", "not tried before", LIFE))


class Spending(Base):
    """What left by one channel on one day."""

    __tablename__ = "spending"

    day: Mapped[str] = mapped_column(
        String(10), primary_key=True, info=says("S0", "ISO date, UTC", YEARS)
    )
    channel: Mapped[str] = mapped_column(
        String(40), primary_key=True, info=says("S0", "channel", YEARS)
    )
    segments: Mapped[int] = mapped_column(info=says("S0", "parts billed", YEARS))
    amount: Mapped[float] = mapped_column(
        Float, info=says("S0", "segments by price, in the programme's currency", YEARS)
    )

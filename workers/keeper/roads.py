"""The roads out: which of them reach a number, and which goes first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.channels.base import Channel
from models.services.turns import Due

WINDOW = timedelta(hours=24)  # so long after its last message words of ours may answer a chat


@dataclass(frozen=True, slots=True)
class Road:
    """A channel out.

    ``prefixes`` are the beginnings of the numbers it reaches best (none = all), ``rate`` is in
    messages a second, ``price`` a segment's in the programme's currency. ``wide``: it carries
    letters outside GSM-7. ``reopens``: it has approved words (a template) for a closed chat.
    """

    channel: Channel
    prefixes: tuple[str, ...] = ()
    rate: float = 20.0
    wide: bool = False
    price: float = 0.0
    reopens: bool = False

    @property
    def name(self) -> str:
        """The name of its channel."""
        return self.channel.name

    def reaches(self, number: str) -> bool:
        """Tell whether it carries SMS to this E.164 number."""
        matches = not self.prefixes or number.startswith(self.prefixes)
        return self.channel.carries == "sms" and matches


def is_open(due: Due, now: datetime) -> bool:
    """Tell whether a chat was written into so lately that words of ours may answer it."""
    return due.chat_at is not None and now - due.chat_at < WINDOW


def roads_for(roads: Sequence[Road], due: Due, number: str, now: datetime) -> list[Road]:
    """Return the roads a text may take, the best first, whatever their health.

    First the chat it answers into; then SMS, by a road of this number's prefix before one for all,
    and by the cheaper one. What answers harm leaves in the chat while it is open, or not at all:
    whoever else reads the SMS of this phone learns nothing (threat model, T1).
    """
    chat = [
        road
        for road in roads
        if road.name == due.via
        and road.channel.carries == "chat"
        and (is_open(due, now) or (road.reopens and not due.sensitive))
    ]
    if due.sensitive and due.via is not None:
        return chat
    sms = [road for road in roads if road.reaches(number)]
    return chat + sorted(sms, key=lambda road: (not road.prefixes, road.price))

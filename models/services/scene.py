"""What an effect finds around it: who speaks, by which road, and the house's tools."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flows.language import UNKNOWN, Detector, unheard
from flows.places import Gazetteer
from flows.words import Flows
from models.db import Work
from models.keeper import Keeper
from models.seal import Sealer, Transit

UNHEARD = UNKNOWN  # what a case is filed under when nobody can tell its language


@dataclass(frozen=True, slots=True)
class House:
    """The tools of one process, built once at its start."""

    flows: Flows
    places: Callable[[Work], Gazetteer]
    sealer: Sealer
    transit: Transit
    keeper: Keeper
    draw: Callable[[int], int]
    service_code: str
    tongues: Mapping[str, Flows] = field(default_factory=dict)
    """The conversations in the other reviewed languages; French is ``flows``."""
    hear: Detector = unheard
    """Which language a text is in, if one can tell (workers/language.py)."""

    wide_channels: frozenset[str] = frozenset()
    """The channels that carry letters outside GSM-7."""

    chats: frozenset[str] = frozenset()
    """The channels that are chats: a reply goes back into them while they are open."""

    def say(self, name: str, **values: Any) -> str:
        """Return a text for registered people, who are written to in French."""
        return self.flows.texts.say(name, **values)

    def speaking(self, language: str, channel: str = "") -> Flows:
        """Return the conversations in a language, in French where it is not reviewed.

        A language whose letters the channel cannot carry is none of its languages.
        """
        tongue = self.tongues.get(language, self.flows)
        return self.flows if tongue.wide and channel not in self.wide_channels else tongue


@dataclass(frozen=True, slots=True, repr=False)
class Scene:
    """One turn of one dialogue: whose, by which road, when.

    ``contact`` is None while the keeper is away; ``seal_sender`` gives the number, sealed.
    ``conversation`` is the key of the dialogue's row; ``person_id`` a registered person's.
    """

    house: House
    kind: str  # ussd, sms, chat
    channel: str
    conversation: str
    contact: str | None
    seal_sender: Callable[[], bytes]
    person_id: int | None
    language: str
    now: datetime
    told: int = 0  # texts within the hour, counted of whoever writes much (flood.py)

    @property
    def is_written(self) -> bool:
        """Whether it came as a message, not by keypad or in a call."""
        return self.kind in {"sms", "chat"}

    @property
    def via(self) -> str | None:
        """The chat that is answered into, if this is one."""
        return self.channel if self.channel in self.house.chats else None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an effect ended, and the values it gives to the conversation."""

    name: str
    values: dict[str, Any] = field(default_factory=dict)


EffectFunction = Callable[[Work, Scene, Mapping[str, Any]], Outcome]

"""What a conversation is made of: states, turns, screens, and the effects it may ask for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flows.effects import EFFECTS as EFFECTS
from flows.texts import Texts

Json = Any
Reader = Callable[[str, Mapping[str, Json]], Json]

MISSES = 3
SCREENS = 60
JUMPS = 20
BASE = ("usd", "dialled", "registered", "language")
MORE = "Suite"
FRENCH = "fr"

MAIN = "menu.main"
HARMLESS = "information.advice"
ENTRIES = (
    MAIN,
    "menu.resume",
    "agent.door",
    "sms.words",
    "sms.call_back",
    "sms.silent",
    "sms.language",
)

BACK = "back"
DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that can be chosen. Without text it is not listed; without key it is numbered.

    ``sets``: answers it gives. ``when``/``unless``: shown only if that answer is (not) set.
    ``also``: words taken for its key. ``uncounted``: a correction or a list, no step to filing.
    """

    to: str
    text: str = ""
    key: str = ""
    sets: Mapping[str, Json] = field(default_factory=dict)
    when: str = ""
    unless: str = ""
    also: tuple[str, ...] = ()
    uncounted: bool = False


@dataclass(frozen=True, slots=True)
class Each:
    """Options made of a list in the answers: items are ``{"value", "name", ...}``.

    ``text`` names an item's fields as ``{#.name}``; ``size`` items stand on one page.
    """

    of: str
    text: str
    keep: str
    to: str
    size: int


@dataclass(frozen=True, slots=True)
class Traits:
    """What holds for a state beside its words.

    ``label``: its name in the field guide. ``where``: file and line. ``wrong``/``lost``: where a
    wrong answer and the third one lead. ``fresh``: earlier answers are forgotten on arrival.
    ``topic``: asks what happened, so the notice stands before it. ``notice``: says who can see
    what. ``uncounted``: a list or a correction, no step to filing. ``message``: the SMS text that
    it says, if its words are not its own.
    """

    label: str = ""
    where: str = ""
    message: str = ""
    flow: str = ""
    sms: bool = False
    staff: bool = False
    sensitive: bool = False
    topic: bool = False
    resume: bool = False
    fresh: bool = False
    notice: bool = False
    uncounted: bool = False
    wrong: str = ""
    lost: str = ""


@dataclass(frozen=True, slots=True)
class Menu:
    """A question: numbered options, a list, a reader for anything else, or only a way out."""

    at: str
    text: str
    options: tuple[Option, ...] = ()
    each: Each | None = None
    hint: str = ""
    read: str = ""
    keep: str = ""
    to: str = ""
    next: Option | None = None
    zero: Option | None = None
    traits: Traits = field(default_factory=Traits)
    more: str = MORE


@dataclass(frozen=True, slots=True)
class Pages:
    """Texts of a list in the answers, shown one by one; 9 after the last leads to ``next``."""

    at: str
    of: str
    next: Option | None = None
    zero: Option | None = None
    traits: Traits = field(default_factory=Traits)
    more: str = MORE


@dataclass(frozen=True, slots=True)
class End:
    """Last words of a dialogue."""

    at: str
    text: str
    traits: Traits = field(default_factory=Traits)


@dataclass(frozen=True, slots=True)
class Act:
    """An effect asked of the service, and where each of its outcomes leads."""

    at: str
    do: str
    then: Mapping[str, str]
    sets: Mapping[str, Json] = field(default_factory=dict)
    traits: Traits = field(default_factory=Traits)


@dataclass(frozen=True, slots=True)
class Branch:
    """One way of a fork: taken if ``when`` is set, or is one of ``among``; always if empty."""

    to: str
    when: str = ""
    among: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fork:
    """A decision taken from the answers alone: the first branch that holds."""

    at: str
    branches: tuple[Branch, ...]
    sets: Mapping[str, Json] = field(default_factory=dict)
    traits: Traits = field(default_factory=Traits)


Node = Menu | Pages | End | Act | Fork


@dataclass(frozen=True, slots=True)
class Flows:
    """All states of all conversations, and what they need to speak and to read.

    ``main`` is where a lost dialogue starts again, ``harmless`` the state where 0 leads on the
    sensitive path. ``wide``: its words need letters that GSM-7 does not have.
    """

    nodes: Mapping[str, Node]
    main: Menu
    texts: Texts
    readers: Mapping[str, Reader]
    harmless: str = HARMLESS
    language: str = FRENCH
    wide: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """Where one conversation stands. Survives JSON.

    ``trail``: screens to go back through, with ``:page`` where a list was turned. ``misses``:
    unreadable answers in a row. ``screens``: shown so far. ``page``: of the list shown.
    """

    at: str
    answers: Mapping[str, Json]
    trail: tuple[str, ...] = ()
    misses: int = 0
    screens: int = 0
    page: int = 0

    def to_json(self) -> dict[str, Json]:
        """Return what ``from_json`` takes."""
        return {
            "at": self.at,
            "answers": dict(self.answers),
            "trail": list(self.trail),
            "misses": self.misses,
            "screens": self.screens,
            "page": self.page,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Json]) -> "State":
        """Return the state that ``to_json`` gave; what is missing in it starts anew."""
        return cls(
            kept.get("at", ""),
            kept.get("answers", {}),
            tuple(kept.get("trail", ())),
            kept.get("misses", 0),
            kept.get("screens", 0),
            kept.get("page", 0),
        )


@dataclass(frozen=True, slots=True)
class Screen:
    """What is shown for one turn: templates and their values, before a channel renders them.

    ``lines``: key and text of each listed option; a line without key is a remark.
    """

    state: str
    text: str
    lines: tuple[tuple[str, str], ...]
    values: Mapping[str, Json]
    over: bool = False


@dataclass(frozen=True, slots=True)
class Effect:
    """What a conversation asks the service to do, with all it knows."""

    name: str
    answers: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Turn:
    """Outcome of one answer: either a screen for the person or an effect for the service."""

    state: State
    screen: Screen | None = None
    effect: Effect | None = None
    over: bool = False

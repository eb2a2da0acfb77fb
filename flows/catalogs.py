"""The words of the conversations in another language: PO catalogs, one entry a text.

An entry is shown only if it is reviewed: two speakers have read it, what they understood is kept
beside it, and the French is still the one that they read. A state is translated whole or not at
all, so that nobody reads one screen in two languages.
"""

import hashlib
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from io import StringIO
from typing import Literal

from babel.messages.catalog import Catalog as PoCatalog
from babel.messages.catalog import Message as PoMessage
from babel.messages.pofile import PoFileError, read_po

from flows import gsm7
from flows.catalog_texts import has_words, respelt, shown_values, texts_of, values_of
from flows.errors import Mistaken
from flows.texts import Texts, names
from flows.words import Flows, Menu, Node

Status = Literal["missing", "draft", "attested", "reviewed"]
READERS = 2  # speakers who have read a text, one of them from the region
REQUIRED = ("menu", "complaint", "place", "who", "answer", "follow_up", "call_back")
_FIELD = re.compile(r"(status|source|by|date|french|back|voice): ?(.*)")
_STATUSES: Mapping[str, Status] = {"draft": "draft", "attested": "attested", "reviewed": "reviewed"}

# What the service puts into a screen, and the SMS texts it takes it from.
PUT_IN: Mapping[str, tuple[str, ...]] = {
    "sentence": ("status_received", "status_in_hand", "status_answered", "status_closed"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One text of a catalog, and what is known about it.

    ``french`` is what it stands beside, ``of`` the digest of the French that was translated;
    ``by`` the codes of those who read it, ``back`` what they understood, ``voice`` the recording.
    """

    name: str
    french: str
    text: str = ""
    status: Status = "missing"
    source: str = ""
    by: tuple[str, ...] = ()
    date: str = ""
    of: str = ""
    back: str = ""
    voice: str = ""

    @property
    def shown(self) -> bool:
        """Whether the people this is for may read it."""
        return self.status == "reviewed" and not list(self.lacks())

    def lacks(self) -> Iterator[str]:
        """Say what a text that is called reviewed still lacks."""
        if not self.text:
            yield "no text"
        if self.of != digest(self.french):
            yield "the French has changed since"
        if set(names(self.text)) != set(names(self.french)):
            yield "its values are not those of the French"
        if len(set(self.by)) < READERS or not self.date or not self.back:
            yield "reviewed means: two readers (by), a date, and what they understood (back)"


@dataclass(frozen=True, slots=True)
class Catalog:
    """The texts of one language by their names."""

    language: str
    entries: Mapping[str, Entry]


def digest(french: str) -> str:
    """Return what tells one French text from another."""
    return hashlib.sha256(french.encode()).hexdigest()[:12]


def parse(language: str, text: str) -> PoCatalog:
    """Return a PO file as its library reads it. Raises Mistaken if it cannot be read."""
    try:
        return read_po(StringIO(text), abort_invalid=True)
    except (PoFileError, ValueError) as error:
        raise Mistaken([f"locale/{language}: {error}"]) from None


def read(language: str, text: str) -> Catalog:
    """Return the catalog that a PO file holds. Raises Mistaken if it cannot be read."""
    found = parse(language, text)
    entries = [entry_of(message) for message in found if message.id and message.context]
    return Catalog(language, {entry.name: entry for entry in entries})


def french_of(flows: Flows) -> dict[str, str]:
    """Return every text of the conversations by its name, screens first."""
    return {name: text for unit in _units(flows).values() for name, text in unit.items()}


def translated(flows: Flows, catalog: Catalog, *, drafts: bool = False) -> Flows:
    """Return the conversations with every state and message that is translated whole.

    With ``drafts`` whatever has a text is taken, for those who test; never for speakers.
    """
    said = {
        name: entry.text
        for name, entry in catalog.entries.items()
        if (entry.text if drafts else entry.shown)
    }
    whole = _whole(flows, catalog, said)
    shown = shown_values(flows)
    nodes = {
        at: respelt(node, shown, lambda name, _text: said[name]) if at in whole else node
        for at, node in flows.nodes.items()
    }
    messages = {
        name: replace(one, text=said[f"messages.{name}"]) if f"messages.{name}" in whole else one
        for name, one in flows.texts.messages.items()
    }
    return _told(flows, nodes, Texts(messages, flows.texts.forbidden), catalog.language)


def offered(flows: Flows, catalog: Catalog) -> bool:
    """Tell whether the ordinary way from the menu to an answer can be spoken in this language."""
    said = {name for name, entry in catalog.entries.items() if entry.shown}
    whole = _whole(flows, catalog, said)
    return all(at in whole for at in required(flows))


def required(flows: Flows) -> list[str]:
    """Return the states that must be reviewed before a language is offered (product, 7)."""
    units = _units(flows)
    return [
        at
        for at, node in flows.nodes.items()
        if at in units and node.traits.flow in REQUIRED and not node.traits.staff
    ]


def tongues(flows: Flows, catalogs: Iterable[Catalog]) -> dict[str, Flows]:
    """Return the conversations in each language that may be offered, spelt for phones."""
    ready = [catalog for catalog in catalogs if offered(flows, catalog)]
    return {one.language: spelt(translated(flows, one)) for one in ready}


def spelt(flows: Flows) -> Flows:
    """Return the conversations as phones can show them: in GSM-7 wherever a text allows it."""
    shown, wide = shown_values(flows), False

    def say(_name: str, text: str) -> str:
        nonlocal wide
        safe = gsm7.safe(text)
        wide = wide or gsm7.septets(safe) is None
        return safe

    nodes = {at: respelt(node, shown, say) for at, node in flows.nodes.items()}
    messages = {
        name: replace(one, text=say(name, one.text)) for name, one in flows.texts.messages.items()
    }
    told = _told(flows, nodes, Texts(messages, flows.texts.forbidden), flows.language)
    return replace(told, wide=wide)


def _units(flows: Flows) -> dict[str, dict[str, str]]:
    """Return the texts of each state and message that has some, by their names."""
    shown = shown_values(flows)
    states = {at: texts_of(node, shown) for at, node in flows.nodes.items()}
    own = {
        f"messages.{name}": one.text
        for name, one in flows.texts.messages.items()
        if has_words(one.text)
    }
    units = {at: texts for at, texts in states.items() if texts}
    return units | {name: {name: text} for name, text in own.items()}


def _whole(flows: Flows, catalog: Catalog, said: Container[str]) -> set[str]:
    """Return the units of which every text is said, and nothing French is put into."""
    units = _units(flows)

    def has(name: str, french: str) -> bool:
        return name in said and catalog.entries[name].french == french

    whole = {unit for unit, texts in units.items() if all(has(*text) for text in texts.items())}
    bound = _bound(flows, units)
    while True:
        broken = [together for together in bound if together & whole and not together <= whole]
        if not broken:
            return whole
        whole -= set().union(*broken)


def _bound(flows: Flows, units: Mapping[str, Mapping[str, str]]) -> list[set[str]]:
    """Return the units that say words to be put into one another, each with those it needs."""
    giving: dict[str, set[str]] = {
        value: {f"messages.{name}" for name in messages} & units.keys()
        for value, messages in PUT_IN.items()
    }
    for unit, texts in units.items():
        for name in texts:
            _, given, value = name.partition(":")
            if given:
                giving.setdefault(value, set()).add(unit)
    values = {at: values_of(node) for at, node in flows.nodes.items() if at in units}
    return [
        givers | {at for at, shown in values.items() if value in shown}
        for value, givers in giving.items()
    ]


def _told(flows: Flows, nodes: Mapping[str, Node], texts: Texts, language: str) -> Flows:
    main = nodes[flows.main.at]
    assert isinstance(main, Menu)  # noqa: S101 respelt leaves every state what it is
    return replace(flows, nodes=nodes, main=main, texts=texts, language=language)


def entry_of(message: PoMessage) -> Entry:
    """Return one message of a PO file with what its comments say about it."""
    fields: dict[str, str] = {}
    last = ""
    for line in message.user_comments:
        found = _FIELD.fullmatch(line)
        if found is not None:
            last, fields[found[1]] = found[1], found[2]
        elif last:  # a long comment goes on in the next line
            fields[last] += f" {line}"
    status = _STATUSES.get(fields.get("status", ""), "draft") if message.string else "missing"
    return Entry(
        name=str(message.context),
        french=str(message.id),
        text=str(message.string or ""),
        status="draft" if status == "reviewed" and message.fuzzy else status,
        source=fields.get("source", ""),
        by=tuple(fields.get("by", "").split()),
        date=fields.get("date", ""),
        of=fields.get("french", ""),
        back=fields.get("back", ""),
        voice=fields.get("voice", ""),
    )

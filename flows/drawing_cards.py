"""One state as a card: its name, its words, and one row for each way on."""

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape

from flows.words import Act, End, Fork, Menu, Node, Option, Pages

# A letter of a 10 px monospaced font is 6 px wide wherever it is drawn: nothing runs over.
LETTER_W, LINE_H, PAD = 6, 13, 6
LETTERS = 52
CARD_W = LETTERS * LETTER_W + 2 * PAD
_ARROW = " > "


@dataclass(frozen=True, slots=True)
class Way:
    """One row of a card: what is said, and the state it leads to."""

    said: str
    to: str


@dataclass(frozen=True, slots=True)
class Card:
    """A state to be drawn: heading, words, ways."""

    at: str
    kind: str
    heading: str
    words: tuple[str, ...]
    ways: tuple[Way, ...]

    @property
    def height(self) -> int:
        """Return its height in pixels."""
        return (1 + len(self.words) + len(self.ways)) * LINE_H + 2 * PAD

    def row(self, place: int) -> int:
        """Return how far below its top the middle of a row is."""
        return PAD + (1 + len(self.words) + place) * LINE_H + LINE_H // 2


def card_of(node: Node) -> Card:
    """Return the card of a state."""
    kind = type(node).__name__.lower()
    sensitive = " sensitive" if node.traits.sensitive else ""
    label = f"{node.traits.label} " if node.traits.label else ""
    words = tuple(line for text in _words(node).split("\n") for line in _wrapped(text) if text)
    return Card(node.at, kind + sensitive, label + node.at, words, tuple(_ways(node)))


def drawn(card: Card, x: int, y: int) -> Iterator[str]:
    """Give a card as SVG, its upper left corner at ``x``, ``y``."""
    yield f'<rect class="{card.kind}" x="{x}" y="{y}" width="{CARD_W}" height="{card.height}"/>'
    lines = [("name", card.heading), *(("words", one) for one in card.words)]
    for place, (style, text) in enumerate(lines):
        yield _text(style, x + PAD, y + _baseline(place), text)
    flow = card.at.partition(".")[0]
    for place, way in enumerate(card.ways, len(lines)):
        to = way.to.removeprefix(f"{flow}.")
        said = textwrap.shorten(way.said, LETTERS - len(_ARROW) - len(to), placeholder="...")
        yield _text("way", x + PAD, y + _baseline(place), said)
        yield _text("to", x + CARD_W - PAD, y + _baseline(place), f"{_ARROW.strip()} {to}")


def _text(style: str, x: int, y: int, text: str) -> str:
    return f'<text class="{style}" x="{x}" y="{y}">{escape(text)}</text>'


def _baseline(line: int) -> int:
    return PAD + line * LINE_H + LINE_H - 3


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, LETTERS) or [""]


def _words(node: Node) -> str:
    if isinstance(node, Act):
        return f"({node.do})"
    if isinstance(node, Pages):
        return f"{{{node.of}}}, one after the other"
    return "" if isinstance(node, Fork) else node.text


def _ways(node: Node) -> Iterator[Way]:
    if isinstance(node, Act):
        yield from (Way(outcome, to) for outcome, to in node.then.items())
    elif isinstance(node, Fork):
        for branch in node.branches:
            among = f" {', '.join(branch.among)}" if branch.among else ""
            last = "else" if len(node.branches) > 1 else "always"
            yield Way(f"{branch.when}{among}" if branch.when else last, branch.to)
    elif not isinstance(node, End):
        if isinstance(node, Menu):
            yield from _choices(node)
        yield from (
            Way(f"{key} {line.text}", line.to)
            for key, line in (("9", node.next), ("0", node.zero))
            if line is not None
        )


def _choices(node: Menu) -> Iterator[Way]:
    number = 0
    if node.each is not None:
        number = node.each.size
        yield Way(f"1-{number} {node.each.text.replace('#.', '')}", node.each.to)
    for option in node.options:
        number += 0 if option.key else 1
        yield Way(f"{option.key or number} {_told(option)}", option.to)
    if node.read:
        yield Way(f"({node.read} typed)", node.to)


def _told(option: Option) -> str:
    only = f" ({option.when})" if option.when else ""
    only += f" (not {option.unless})" if option.unless else ""
    return f"{option.text or '-'}{only}"

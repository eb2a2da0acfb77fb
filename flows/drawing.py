"""The conversations as pictures: one page a flow, one column a step, one line a way on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import log

from flows.drawing_cards import CARD_W, Card, card_of, drawn
from flows.words import ENTRIES, Flows

GAP_X, GAP_Y, GAP_BANDS, MARGIN, HEAD, STUB = 70, 12, 28, 16, 44, 6
SHEET = 2**0.5  # width by height of a sheet of paper on its side

STYLE = """
text { font: 10px monospace; fill: #1b1b1b; white-space: pre; }
.name { font-weight: bold; } .flow { font: bold 20px sans-serif; }
.words { fill: #333; } .to { fill: #777; text-anchor: end; }
rect { stroke: #555; rx: 4; } .page { fill: #fff; stroke: none; }
.menu, .pages { fill: #eef5ff; } .act { fill: #fff4d6; } .fork { fill: #f2f2f2; }
.end { fill: #e4f5e4; } .sensitive { stroke: #a3005c; stroke-width: 2; }
path { fill: none; stroke: #8a8a8a; }
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a card stands, in pixels, and in which row of columns."""

    card: Card
    x: int
    y: int
    band: int


@dataclass(frozen=True, slots=True)
class Page:
    """One flow laid out: its cards by state, and how much room they take."""

    flow: str
    top: int
    places: Mapping[str, Place]
    width: int
    height: int


def names(flows: Flows) -> list[str]:
    """Return the flows there are."""
    return sorted({node.traits.flow for node in flows.nodes.values()})


def draw(flows: Flows, flow: str = "") -> str:
    """Return one flow as SVG, or all of them one under the other.

    A way on is a line where it leads to the next column, and is named in its row everywhere. Rows
    of columns are as long as fill a sheet best. Ways taken after a wrong answer are left out.
    """
    pages: list[Page] = []
    for name in [flow] if flow else names(flows):
        pages.append(_page(flows, name, sum(page.height for page in pages)))
    width = max(page.width for page in pages)
    height = sum(page.height for page in pages)
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size}>',
            f"<style>{STYLE}</style>",
            *(line for page in pages for line in _drawn(page)),
            "</svg>\n",
        ]
    )


def _drawn(page: Page) -> Iterator[str]:
    yield f'<text class="flow" x="{MARGIN}" y="{page.top + 28}">{page.flow}</text>'
    for place in page.places.values():
        yield from _lines(page, place)
    for place in page.places.values():
        yield from drawn(place.card, place.x, place.y)


def _page(flows: Flows, flow: str, top: int) -> Page:
    cards = {at: card_of(node) for at, node in flows.nodes.items() if node.traits.flow == flow}
    columns = [[cards[at] for at in column] for column in _columns(flows, cards)]
    wide = min(range(1, len(columns) + 1), key=lambda wide: _unlike_a_sheet(columns, wide))
    places: dict[str, Place] = {}
    y = top + HEAD
    for number, band in enumerate(_bands(columns, wide)):
        for column, stack in enumerate(band):
            x, below = MARGIN + column * (CARD_W + GAP_X), y
            for card in stack:
                places[card.at] = Place(card, x, below, number)
                below += card.height + GAP_Y
        y += _height(band) + GAP_BANDS
    return Page(flow, top, places, _width(wide), y - top)


def _bands(columns: list[list[Card]], wide: int) -> list[list[list[Card]]]:
    """Return the columns in rows of so many, to be read one row after the other."""
    return [columns[first : first + wide] for first in range(0, len(columns), wide)]


def _unlike_a_sheet(columns: list[list[Card]], wide: int) -> float:
    height = HEAD + sum(_height(band) + GAP_BANDS for band in _bands(columns, wide))
    return abs(log(_width(wide) / height / SHEET))


def _height(band: list[list[Card]]) -> int:
    return max(sum(card.height + GAP_Y for card in column) for column in band)


def _width(columns: int) -> int:
    return 2 * MARGIN + columns * (CARD_W + GAP_X) - GAP_X + STUB


def _columns(flows: Flows, cards: Mapping[str, Card]) -> list[list[str]]:
    """Return the states of a flow by their distance from where it is entered, in reading order."""
    entered = {
        way.to
        for node in flows.nodes.values()
        if node.at not in cards
        for way in card_of(node).ways
    }
    column = [at for at in cards if at in entered or at in ENTRIES] or list(cards)[:1]
    columns, seen = [], set[str]()
    while len(seen) < len(cards):
        column = column or [at for at in cards if at not in seen]
        columns.append(column)
        seen.update(column)
        following = (way.to for at in column for way in cards[at].ways)
        column = [at for at in dict.fromkeys(following) if at in cards and at not in seen]
    return columns


def _lines(page: Page, place: Place) -> Iterator[str]:
    for row, way in enumerate(place.card.ways):
        there = page.places.get(way.to)
        x, y = place.x + CARD_W, place.y + place.card.row(row)
        if there is None or there.x != x + GAP_X or there.band != place.band:
            yield f'<path d="M{x} {y}h{STUB}"/>'
            continue
        middle, end = x + GAP_X // 2, there.y + 12
        yield f'<path d="M{x} {y}C{middle} {y} {middle} {end} {there.x} {end}"/>'

"""What a centre says of its stock: STOCK and RUPTURE (field.md 6.2, B10)."""

from collections.abc import Sequence
from dataclasses import replace

from flows.command_cards import METHODS, SAME, found
from flows.command_line import POLITE, UNITS, Line
from flows.command_pieces import Said, bounded
from flows.command_shapes import Command, Reading
from flows.place_words import LINKS

MOST = 9999  # of one product in one centre; five digits are an item number

_PACKS = frozenset({"boite", "boites", "plaquette", "plaquettes", "dose", "doses", "unites"})
_SILENT = POLITE | LINKS | _PACKS | {"et", "reste", "il", "y", "n", "en", "produit", "plus"}

Level = list[str | int]


def levels(said: Said) -> Reading:
    """Read pairs of product and number: ``3 12``, ``2 40 3 0``, ``12 implants``; or OK."""
    said = _bared(said)
    words = said.line.words(0)
    if words and all(word in SAME for word in words):
        return said.command({"same": True})
    if not words:
        return said.lacks(said.given, *_waited(said))
    return None if any(word in UNITS for word in words) else _pairs(said)


def none_left(said: Said) -> Reading:
    """Read the products there are none of; several are levels of nothing."""
    said = _bared(said)
    line, place, products = said.line, 0, list[str]()
    while place < len(line.tokens):
        product = found(METHODS, line, place)
        if product is None or product[0] in products:
            alone = len(line.tokens) == 1 and len(line.number(0)) in {1, 2}
            return said.wrong(0, "product", {}) if alone and said.certain else None
        products.append(product[0])
        place = product[1]
    if not products:
        return said.lacks({}, "product") if said.certain else None
    if len(products) == 1:
        return said.command({"product": products[0]})
    return Command("STOCK", given={"levels": [[product, 0] for product in products]})


def _bared(said: Said) -> Said:
    """Leave products and numbers alone in the line, and what else there is to doubt."""
    line = said.line.counted(said.place, names=False)
    tokens = [token for token in line.tokens[said.place :] if token.word not in _SILENT]
    return replace(said, line=replace(line, tokens=tuple(tokens)), place=0)


def _waited(said: Said) -> Sequence[str]:
    return ["quantity"] if "product" in said.given else ["levels"]


def _pairs(said: Said) -> Reading:
    line, place = _products_first(said.line), 0
    said = replace(said, line=line)
    known: list[Level] = [list(level) for level in said.given.get("levels", ())]
    product = said.given.get("product")
    while place < len(line.tokens):
        named = found(METHODS, line, place) if product is None else None
        count = _count(line, place)
        if named is not None and named[0] not in {level[0] for level in known}:
            product, place = named
        elif product is not None and count is not None:
            known.append([product, count])
            product, place = None, place + 1
        else:
            return _odd(said, known, product, place)
    if product is not None:
        return said.lacks({"levels": known, "product": product}, "quantity")
    return said.command({"levels": known})


def _products_first(line: Line) -> Line:
    """Turn ``12 implants 40 pilules`` round; whatever else alternates is left as it stands."""
    numbers, words = line.tokens[::2], line.tokens[1::2]
    alternate = all(one.is_number for one in numbers) and not any(one.is_number for one in words)
    if not alternate or len(numbers) != len(words):
        return line
    pairs = zip(words, numbers, strict=True)
    return replace(line, tokens=tuple(token for pair in pairs for token in pair))


def _count(line: Line, place: int) -> int | None:
    """Return the number at ``place``; none below nothing (``-5``), none above MOST."""
    if not line.number(place):
        return None
    before = line.text[: line.tokens[place].start]
    minus = before.endswith("-") and before[:-1].endswith((" ", "\t"))
    return None if minus else bounded(line.number(place), MOST)


def _odd(said: Said, known: list[Level], product: str | None, place: int) -> Reading:
    """Say which word is wrong; a sentence without any product is no command."""
    if not known and product is None and not said.line.number(place):
        return None
    if product is None:
        return said.wrong(place, "product", {"levels": known})
    return said.wrong(place, "quantity", {"levels": known, "product": product})

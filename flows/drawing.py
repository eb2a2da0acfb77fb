"""The conversations as a picture: one band a flow, one column a step, one line a way on."""

from collections.abc import Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape

from flows.walk import targets
from flows.words import ENTRIES, Act, End, Flows, Fork, Node

BOX_W, BOX_H = 190, 44
GAP_X, GAP_Y = 60, 14
HEAD = 40
SHOWN = 30  # characters of a text that fit a box

_STYLE = """
text { font: 11px sans-serif; fill: #1b1b1b; }
.name { font-weight: bold; } .flow { font: bold 18px sans-serif; }
rect { stroke: #555; rx: 5; }
.menu { fill: #eef5ff; } .act { fill: #fff4d6; } .fork { fill: #f2f2f2; } .end { fill: #e4f5e4; }
.sensitive { stroke: #a3005c; stroke-width: 2; }
path { fill: none; stroke: #8a8a8a; } .out { stroke: #c9c9c9; stroke-dasharray: 4 3; }
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the box of a state stands, in pixels."""

    x: int
    y: int


def draw(flows: Flows) -> str:
    """Return the picture as SVG. Ways taken after a wrong answer are left out."""
    places, bands, width, height = _layout(flows)
    lines = [line for at in places for line in _ways(flows, at, places)]
    boxes = [_box(flows.nodes[at], place) for at, place in places.items()]
    titles = [f'<text class="flow" x="10" y="{y + 26}">{escape(flow)}</text>' for flow, y in bands]
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size}>',
            f"<style>{_STYLE}</style>",
            *lines,
            *boxes,
            *titles,
            "</svg>\n",
        ]
    )


def _layout(flows: Flows) -> tuple[dict[str, Place], list[tuple[str, int]], int, int]:
    places: dict[str, Place] = {}
    bands: list[tuple[str, int]] = []
    top, width = 0, 0
    for flow in sorted({node.traits.flow for node in flows.nodes.values()}):
        columns = _columns(flows, flow)
        bands.append((flow, top))
        for column, names in enumerate(columns):
            for row, at in enumerate(names):
                x = GAP_X // 2 + column * (BOX_W + GAP_X)
                places[at] = Place(x, top + HEAD + row * (BOX_H + GAP_Y))
        top += HEAD + max(map(len, columns)) * (BOX_H + GAP_Y) + GAP_Y
        width = max(width, len(columns) * (BOX_W + GAP_X))
    return places, bands, width, top


def _columns(flows: Flows, flow: str) -> list[list[str]]:
    """Return the states of a flow by their distance from where it is entered."""
    own = [at for at, node in flows.nodes.items() if node.traits.flow == flow]
    from_outside = {
        to
        for at, node in flows.nodes.items()
        if node.traits.flow != flow
        for to in _ways_on(flows, node)
    }
    columns = [[at for at in own if at in from_outside or at in ENTRIES] or own[:1]]
    seen = set(columns[0])
    while len(seen) < len(own):
        reached = {to for at in columns[-1] for to in _ways_on(flows, flows.nodes[at])}
        column = [at for at in own if at in reached - seen]
        column = column or [next(at for at in own if at not in seen)]
        columns.append(column)
        seen.update(column)
    return columns


def _ways_on(flows: Flows, node: Node) -> set[str]:
    aside = set() if isinstance(node, Act | Fork | End) else {node.traits.wrong, node.traits.lost}
    return (targets(flows, node) - aside - {flows.harmless}) & flows.nodes.keys()


def _ways(flows: Flows, at: str, places: dict[str, Place]) -> Iterator[str]:
    here = places[at]
    for to in sorted(_ways_on(flows, flows.nodes[at])):
        there = places[to]
        x1, y1 = here.x + BOX_W, here.y + BOX_H // 2
        x2, y2 = there.x, there.y + BOX_H // 2
        kind = "" if flows.nodes[to].traits.flow == flows.nodes[at].traits.flow else ' class="out"'
        bend = f"C{x1 + GAP_X // 2} {y1} {x2 - GAP_X // 2} {y2}"
        yield f'<path{kind} d="M{x1} {y1}{bend} {x2} {y2}"/>'


def _box(node: Node, place: Place) -> str:
    kind = type(node).__name__.lower().replace("pages", "menu")
    kind += " sensitive" if node.traits.sensitive else ""
    label = f"{node.traits.label} " if node.traits.label else ""
    name = f"{label}{node.at}"
    return (
        f'<g><rect class="{kind}" x="{place.x}" y="{place.y}" width="{BOX_W}" height="{BOX_H}"/>'
        f'<text class="name" x="{place.x + 8}" y="{place.y + 18}">{escape(name)}</text>'
        f'<text x="{place.x + 8}" y="{place.y + 34}">{escape(_says(node))}</text></g>'
    )


def _says(node: Node) -> str:
    if isinstance(node, Act):
        return f"do {node.do}"
    if isinstance(node, Fork):
        return " / ".join(dict.fromkeys(branch.when for branch in node.branches if branch.when))
    text = " ".join(getattr(node, "text", "pages").split())
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 3]}..."

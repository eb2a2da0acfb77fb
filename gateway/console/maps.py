"""A small map of a cercle, drawn from the directory's points: one address a cercle, so it is kept.

The address ends with the commune behind a #, which no browser sends nor keeps apart: only which
cercle was looked at can be found in a cache. In black on white it says the same.
"""

import hashlib
from base64 import b64encode
from collections.abc import Sequence
from html import escape
from math import cos, radians

from flask import Blueprint, Response, abort

from gateway.console.menu import AT_WORK
from gateway.console.viewing import page, reading
from models.services.cercle_maps import Cercle, Spot, cercle

pages = Blueprint("maps", __name__)

WIDTH, HEIGHT, MARGIN = 360, 270, 26
STYLE = (
    ".v{stroke:#b9ac90;stroke-width:2;stroke-linecap:round}.o{fill:#f6f1e6;stroke:#857b66}"
    ".c circle{fill:#fff;stroke:#1f2a44;stroke-width:1.5}"
    "text{font:10px sans-serif;fill:#3d3a33;paint-order:stroke;stroke:#fff;stroke-width:2.5px}"
    ".c:target circle{fill:#1f2a44;stroke:#9c2f1b;stroke-width:4}"
    ".c:target text{font:bold 14px sans-serif;fill:#000}"
)
_HASH = b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{_HASH}'; frame-ancestors 'none'"
KEPT = "private, max-age=86400"

Point = tuple[float, float]


@pages.get("/carte/<pcode>.svg")
@page(*AT_WORK)
def show(pcode: str) -> Response:
    """Draw a cercle."""
    with reading() as work:
        found = cercle(work, pcode)
    if found is None:
        abort(404)
    answer = Response(drawn(found), mimetype="image/svg+xml")
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["Cache-Control"] = KEPT
    return answer


def drawn(found: Cercle) -> str:
    """Return the map of a cercle: its outline, its villages as dots, its communes by name."""
    spots = [(one.lat, one.lon) for one in found.communes]
    place = _placed([*spots, *found.villages])
    dots = "".join(f"M{x:.0f} {y:.0f}h0" for x, y in sorted({place(one) for one in found.villages}))
    edge = " ".join(f"{x:.0f},{y:.0f}" for x, y in _hull([place(one) for one in found.villages]))
    names = "".join(_named(one, *place((one.lat, one.lon))) for one in found.communes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">'
        f"<title>{escape(found.name)}</title><style>{STYLE}</style>"
        f'<polygon class="o" points="{edge}"/><path class="v" d="{dots}"/>{names}</svg>'
    )


def _named(one: Spot, x: float, y: float) -> str:
    at = f'x="{x:.0f}" y="{y - 7:.0f}" text-anchor="{_anchor(x)}"'
    return (
        f'<g class="c" id="{one.ref}"><circle cx="{x:.0f}" cy="{y:.0f}" r="4"/>'
        f"<text {at}>{escape(one.name)}</text></g>"
    )


class _placed:  # noqa: N801 used as the function it is
    """Puts degrees on the paper: as wide as they are on the ground there, north above."""

    def __init__(self, points: Sequence[Point]) -> None:
        lats, lons = [lat for lat, _ in points], [lon for _, lon in points]
        self._narrow = cos(radians((min(lats) + max(lats)) / 2))
        wide = (max(lons) - min(lons)) * self._narrow or 0.01
        high = max(lats) - min(lats) or 0.01
        self._scale = min((WIDTH - 2 * MARGIN) / wide, (HEIGHT - 2 * MARGIN) / high)
        self._left = (WIDTH - wide * self._scale) / 2
        self._top = (HEIGHT - high * self._scale) / 2
        self._west, self._north = min(lons), max(lats)

    def __call__(self, point: Point) -> Point:
        lat, lon = point
        x = self._left + (lon - self._west) * self._narrow * self._scale
        return round(x), round(self._top + (self._north - lat) * self._scale)


def _anchor(x: float) -> str:
    if x < WIDTH / 4:
        return "start"
    return "end" if x > WIDTH * 3 / 4 else "middle"


def _hull(points: Sequence[Point]) -> list[Point]:
    """Return what lies around all of them (Andrew's monotone chain)."""
    ordered = sorted(set(points))
    return [*_half(ordered), *_half(ordered[::-1])]


def _half(points: Sequence[Point]) -> list[Point]:
    chain: list[Point] = []
    for point in points:
        while len(chain) > 1 and _turn(chain[-2], chain[-1], point) <= 0:
            chain.pop()
        chain.append(point)
    return chain[:-1]


def _turn(one: Point, two: Point, three: Point) -> float:
    return (two[0] - one[0]) * (three[1] - one[1]) - (two[1] - one[1]) * (three[0] - one[0])

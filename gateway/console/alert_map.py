"""A small map of where things happened: points of communes, circles with their sources.

In black and white it says the same: the number stands in the circle, the place beside it.
"""

from collections.abc import Mapping, Sequence
from math import cos, radians

from markupsafe import Markup

from models.services.alert_views import Point, Told

WIDTH, HEIGHT, MARGIN = 520, 300, 34
RADIUS, GROWS = 11, 2


def drawn(found: Sequence[Told], voices: Mapping[int, int], ground: Sequence[Point]) -> Markup:
    """Return the map; empty where no place is known."""
    here: dict[Point, list[Told]] = {}
    for one in found:
        if one.point is not None:
            here.setdefault(one.point, []).append(one)
    if not here:
        return Markup("")
    at = _Paper([*ground, *here])
    dots = "".join(f"M{x:.0f} {y:.0f}h0" for x, y in sorted({at(one) for one in ground}))
    said = {point: _said(some) for point, some in here.items()}
    rings = Markup("").join(
        _ring(at(point), some, sum(voices.get(one.id, 1) for one in some), said[point])
        for point, some in here.items()
    )
    return Markup(
        '<svg class="events" viewBox="0 0 {} {}" role="img" aria-label="{}">'
        '<path class="ground" d="{}"/>{}</svg>'
    ).format(WIDTH, HEIGHT, "; ".join(said.values()), dots, rings)


def _said(some: Sequence[Told]) -> str:
    return f"{some[0].place} : {', '.join(one.what for one in some)}"


def _ring(spot: Point, some: Sequence[Told], sources: int, said: str) -> Markup:
    x, y = spot
    size = RADIUS + GROWS * min(sources, 6)
    kind = "waits" if any(one.is_waiting for one in some) else "had"
    anchor = "start" if x < WIDTH / 4 else "end" if x > 3 * WIDTH / 4 else "middle"
    return Markup(
        '<circle class="{}" cx="{:.0f}" cy="{:.0f}" r="{}"/>'
        '<text class="many" x="{:.0f}" y="{:.0f}">{}</text>'
        '<text text-anchor="{}" x="{:.0f}" y="{:.0f}">{}</text>'
    ).format(kind, x, y, size, x, y + 5, sources, anchor, x, y - size - 5, said)


class _Paper:
    """Puts degrees on the paper: as wide as they are on the ground there, north above."""

    def __init__(self, points: Sequence[Point]) -> None:
        lats, lons = [lat for lat, _ in points], [lon for _, lon in points]
        self._narrow = cos(radians((min(lats) + max(lats)) / 2))
        wide = (max(lons) - min(lons)) * self._narrow or 0.05
        high = max(lats) - min(lats) or 0.05
        self._scale = min((WIDTH - 2 * MARGIN) / wide, (HEIGHT - 2 * MARGIN) / high)
        self._west, self._north = min(lons), max(lats)
        self._x = (WIDTH - wide * self._scale) / 2
        self._y = (HEIGHT - high * self._scale) / 2

    def __call__(self, point: Point) -> Point:
        east = (point[1] - self._west) * self._narrow
        return self._x + east * self._scale, self._y + (self._north - point[0]) * self._scale

"""A small map of where things happened: points of communes, circles with their sources.

In black and white it says the same: the number stands in the circle, the place beside it.
"""

from collections.abc import Mapping, Sequence
from math import cos, radians

from markupsafe import Markup, escape

from models.services.alert_views import Point, Told

WIDTH, HEIGHT, MARGIN = 520, 300, 34
RADIUS, GROWS = 11, 2


def drawn(found: Sequence[Told], voices: Mapping[int, int], ground: Sequence[Point]) -> Markup:
    """Return the map; empty where no place is known."""
    placed = [one for one in found if one.point is not None]
    points = [*ground, *(one.point for one in placed if one.point is not None)]
    if not placed or not points:
        return Markup("")
    at = _Paper(points)
    dots = "".join(f"M{x:.0f} {y:.0f}h0" for x, y in sorted({at(one) for one in ground}))
    rings = Markup("").join(_ring(one, voices.get(one.id, 1), at) for one in placed)
    return Markup(
        '<svg class="events" viewBox="0 0 {} {}" role="img" aria-label="{}">'
        '<path class="ground" d="{}"/>{}</svg>'
    ).format(WIDTH, HEIGHT, ", ".join(f"{one.what} {one.place}" for one in placed), dots, rings)


def _ring(one: Told, sources: int, at: "_Paper") -> Markup:
    x, y = at(one.point or (0.0, 0.0))
    size = RADIUS + GROWS * min(sources, 6)
    label = Markup('<text x="{:.0f}" y="{:.0f}">{}</text>').format(
        x, y - size - 4, f"{one.what}, {one.place}"
    )
    return Markup(
        '<a href="#a{}"><circle class="{}" cx="{:.0f}" cy="{:.0f}" r="{}"/>'
        '<text class="many" x="{:.0f}" y="{:.0f}">{}</text>{}</a>'
    ).format(
        escape(one.number),
        "waits" if one.is_waiting else "had",
        x,
        y,
        size,
        x,
        y + 5,
        sources,
        label,
    )


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

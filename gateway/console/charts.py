"""Charts as SVG within the page, from a library, without its styles and scripts.

Series differ by how light they are and by their outline: they are told apart in black and white.
Each is beside a table that says the same.
"""

import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pygal
from markupsafe import Markup

# It finds plugins in a way that Python forgot, and warns at every import of anything after it.
sys.meta_path[:] = [one for one in sys.meta_path if type(one).__module__ != pygal.__name__]

WIDTH, HEIGHT, LINE = 720, 250, 26
_SVG = "{http://www.w3.org/2000/svg}"
_UNWANTED = {"style", "script", "defs", "title", "desc"}
Series = Mapping[str, Sequence[int]]


def columns(names: Iterable[str], series: Series, label: str) -> Markup:
    """Draw one group of columns a step, such as a week."""
    return _drawn(pygal.Bar(**_SHAPE, height=HEIGHT), names, series, label)


def lines(names: Sequence[str], series: Series, label: str) -> Markup:
    """Draw one bar a line, the first above."""
    height = 60 + LINE * max(len(names), 1)
    turned = {name: list(reversed(values)) for name, values in series.items()}
    return _drawn(pygal.HorizontalBar(**_SHAPE, height=height), reversed(names), turned, label)


_SHAPE: Mapping[str, Any] = {
    "css": [],
    "js": [],
    "width": WIDTH,
    "margin": 6,
    "legend_at_bottom": True,
    "legend_box_size": 12,
    "max_scale": 6,
    "print_values": False,
    "truncate_label": 26,
    "truncate_legend": 30,
    "disable_xml_declaration": True,
    "value_formatter": lambda value: f"{value:.0f}",
}


def _drawn(chart: Any, names: Iterable[str], series: Series, label: str) -> Markup:
    chart.x_labels = list(names)
    chart.legend_at_bottom_columns = len(series)
    for name, values in series.items():
        chart.add(name, list(values))
    root = ET.fromstring(chart.render(is_unicode=True))  # noqa: S314 the library wrote it
    _strip(root)
    root.attrib = {
        "class": "chart",
        "viewBox": root.attrib["viewBox"],
        "role": "img",
        "aria-label": label,
    }
    ET.register_namespace("", "http://www.w3.org/2000/svg")
    return Markup(ET.tostring(root, encoding="unicode"))  # noqa: S704 escaped by the writer


def _strip(node: ET.Element) -> None:
    for child in list(node):
        name = child.tag.removeprefix(_SVG) if isinstance(child.tag, str) else ""
        if not name or name in _UNWANTED or "tooltip" in child.attrib.get("class", "").split():
            node.remove(child)
            continue
        for attribute in ("style", "id", "onload"):
            child.attrib.pop(attribute, None)
        for attribute in ("x", "y", "width", "height"):
            if attribute in child.attrib:
                child.attrib[attribute] = f"{float(child.attrib[attribute]):.1f}"
        _strip(child)

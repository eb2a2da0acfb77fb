"""Every screen and message as it is shown in a language, and how far its words are. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from flows.catalogs import Catalog, spelt, translated
from flows.check_texts import Measured, measure
from flows.words import FRENCH, Flows

Progress = Literal["reviewed", "draft", "missing"]


@dataclass(frozen=True, slots=True)
class ToldText:
    """One text of a language: as written at its longest, and as phones show it by now.

    ``progress``: reviewed, draft (written, and nobody is shown it) or missing (French is shown).
    """

    written: Measured
    shown: Measured
    progress: Progress


def told(flows: Flows, catalog: Catalog) -> Iterator[ToldText]:
    """Give every text, screens first."""
    if catalog.language == FRENCH or not catalog.entries:
        progress: Progress = "reviewed" if catalog.language == FRENCH else "missing"
        yield from (ToldText(one, one, progress) for one in measure(flows))
        return
    shown = measure(spelt(translated(flows, catalog)))
    written = measure(spelt(translated(flows, catalog, drafts=True)))
    for french, reviewed, one in zip(measure(flows), shown, written, strict=True):
        progress = "missing"
        if one.text != reviewed.text:
            progress = "draft"
        elif one.text != french.text:
            progress = "reviewed"
        yield ToldText(one, reviewed, progress)

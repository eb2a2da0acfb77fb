"""Slips as a PDF to print and cut: eight on a page, the number and the code big.

The only place where the twelve digits ever stand (models/services/slips.py keeps digests).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fpdf import FPDF, XPos, YPos

from flows.numbers import pairs
from flows.texts import Texts
from models.services.slips import Printed

WIDTH, HEIGHT = 95.0, 67.0  # millimetres of one slip
LEFT, TOP = 10.0, 12.0  # of the page, where the first begins
COLUMNS, ROWS = 2, 4
INSIDE = 5.0
FONT, DIGITS = "Helvetica", "Courier"  # every reader and printer has them
DASH, GAP = 2.0, 1.5


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands on every page: whose booklet, which one, made when, and the code to dial."""

    operator: str
    booklet: int
    made_at: datetime
    service_code: str


def sheets(printed: Sequence[Printed], sheet: Sheet, texts: Texts) -> bytes:
    """Return the PDF of a booklet, A4."""
    paper = FPDF(format="A4")
    paper.set_auto_page_break(auto=False)
    paper.set_margin(0)
    paper.set_title(f"Jaabi {sheet.operator} {sheet.booklet}")
    paper.set_creation_date(sheet.made_at)
    on_page = COLUMNS * ROWS
    for place, slip in enumerate(printed):
        if place % on_page == 0:
            paper.add_page()
            _head(paper, sheet, place // on_page + 1)
        row, column = divmod(place % on_page, COLUMNS)
        _slip(paper, slip, sheet, texts, (LEFT + column * WIDTH, TOP + row * HEIGHT))
    return bytes(paper.output())


def _head(paper: FPDF, sheet: Sheet, page: int) -> None:
    paper.set_font(FONT, size=8)
    paper.set_xy(LEFT, TOP - 6)
    paper.cell(
        COLUMNS * WIDTH,
        4,
        f"{sheet.operator} - carnet {sheet.booklet} - {sheet.made_at:%d/%m/%Y} - page {page}",
        align="R",
    )


def _slip(
    paper: FPDF, slip: Printed, sheet: Sheet, texts: Texts, corner: tuple[float, float]
) -> None:
    x, y = corner
    paper.set_dash_pattern(DASH, GAP)
    paper.rect(x, y, WIDTH, HEIGHT)
    paper.set_dash_pattern()
    _number(paper, slip.number, x, y)
    _code(paper, slip.digits, x, y)
    paper.set_xy(x + INSIDE, y + 28.5)
    for name, style, size in LINES:
        said = texts.say(name, slip=slip.number, usd=sheet.service_code)
        paper.set_font(FONT, style=style, size=size)
        paper.set_x(x + INSIDE)
        paper.multi_cell(
            WIDTH - 2 * INSIDE, size * 0.45, said, align="L", new_x=XPos.LEFT, new_y=YPos.NEXT
        )
        paper.ln(0.8)


# What stands under the code, with style and size in points: first what the caller hears.
LINES = (
    ("slip_say_code", "B", 9.5),
    ("slip_say_keep", "", 9.5),
    ("slip_say_back", "B", 9.5),
    ("slip_do_log", "", 8),
    ("slip_do_private", "", 8),
    ("slip_do_burn", "", 8),
)


def _number(paper: FPDF, number: str, x: float, y: float) -> None:
    paper.set_font(FONT, size=9)
    paper.set_xy(x + INSIDE, y + 4)
    paper.cell(22, 4, "FICHE")
    paper.set_font(FONT, style="B", size=40)
    paper.set_xy(x + INSIDE, y + 10)
    paper.cell(22, 15, number)


def _code(paper: FPDF, digits: str, x: float, y: float) -> None:
    """Write the twelve digits as they are said: two lines of three pairs (R4)."""
    paper.set_font(DIGITS, style="B", size=26)
    for line, three in enumerate(pairs(digits)):
        paper.set_xy(x + 32, y + 5 + line * 11)
        paper.cell(58, 10, three, align="R")

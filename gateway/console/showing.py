"""How pages say things: dates as used in Mali, files by an address that changes with them."""

import hashlib
from datetime import date, datetime
from functools import cache
from pathlib import Path

from flask import Flask, url_for
from flask_babel import format_date, format_datetime, format_decimal, gettext, ngettext

from gateway.console.menu import menu
from gateway.console.viewing import is_role, now, viewer
from gateway.console.wording import LANGUAGES, chosen

STATIC = Path(__file__).parent / "static"
INVISIBLE = {
    **dict.fromkeys(range(0x200B, 0x2010), "\u2423"),
    **dict.fromkeys(range(0x202A, 0x202F), "\u2423"),
    **dict.fromkeys(range(0x2060, 0x2070), "\u2423"),
    0xFEFF: "\u2423",
}


def use(app: Flask) -> None:
    """Give the templates of ``app`` what they say things with."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.filters.update(
        day=day,
        moment=moment,
        exactly=exactly,
        count=count,
        in_pairs=in_pairs,
        visible=visible,
    )
    app.jinja_env.globals.update(
        file=file,
        is_role=is_role,
        language=chosen,
        languages=LANGUAGES,
        menu=menu,
        this_moment=now,
        viewer=viewer,
    )


def day(value: date | datetime | None) -> str:
    """Return a date: 22/11/2026."""
    return "" if value is None else str(format_date(value, "dd/MM/yyyy"))


def moment(value: datetime | None) -> str:
    """Return a date and an hour: 22/11 14:05."""
    return "" if value is None else str(format_datetime(value, "dd/MM HH:mm"))


def exactly(value: datetime) -> str:
    """Return a date with its year, an hour and seconds, for a log: 22/11/2026 14:05:09."""
    return str(format_datetime(value, "dd/MM/yyyy HH:mm:ss"))


def count(value: int | float | None) -> str:
    """Return a number as the page's language writes it."""
    return "" if value is None else str(format_decimal(value))


def in_pairs(digits: str) -> str:
    """Return digits to be read out: 48 21 73."""
    return " ".join(digits[at : at + 2] for at in range(0, len(digits), 2))


def visible(words: str) -> str:
    """Return somebody's words with a mark for each sign that hides or turns what is read."""
    return words.translate(INVISIBLE)


def file(name: str) -> str:
    """Return the address of one of our files; it changes when the file does."""
    return str(url_for("static", filename=name, v=_version(name)))


@cache
def _version(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:8]

"""The dashboard: sums for those who handle, published numbers for everybody else."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from markupsafe import Markup

from flows.publications import COMPLAINTS, COUNTRY, REFERRALS
from gateway.console import charts, referral_words, saying, topics
from gateway.console.menu import CELL, HANDLERS
from gateway.console.saying import Words, say
from gateway.console.viewing import ACTS, kit, now, page, viewer
from models.db import Work
from models.figure import Figure
from models.person import Person
from models.services import dashboards
from models.services.dashboards import Board, Span
from models.services.naming_rows import names_of

pages = Blueprint("figures", __name__, url_prefix="/tableau")

SPANS = (7, 30, 90)
USUAL = 30
MOST = 12  # lines of one chart; its table has them all
COLUMNS: Words = {
    "received": lazy_gettext("Reçus"),
    "acted_in_time": lazy_gettext("Pris à temps"),
    "answered": lazy_gettext("Répondus"),
    "in_time": lazy_gettext("À temps"),
    "content": lazy_gettext("Contents"),
    "not_content": lazy_gettext("Pas contents"),
    "waiting": lazy_gettext("En attente"),
}
DIVIDED: Words = {
    "category": lazy_gettext("Par sujet"),
    "area": lazy_gettext("Par lieu"),
    "organisation": lazy_gettext("Par organisation"),
    "channel": lazy_gettext("Par voie"),
    "language": lazy_gettext("Par langue"),
    "class": lazy_gettext("Par classe"),
}


class Part(NamedTuple):
    """One table, with its chart."""

    name: str
    chart: Markup
    rows: Sequence[tuple[str, Mapping[str, int]]]


@pages.get("")
@page(*HANDLERS, "operator")
def show() -> str:
    """Show the sums, or what of them is published."""
    days, by = _span()
    # Opened to serve: what is taken away again is what its viewer may not know of.
    with kit().store.reading(ACTS) as work:
        own = replace(work, actor=viewer().actor)
        board, organisation = _board(own, days, by)
        names = names_of(work, board.divided if board else {})
        return render_template(
            "console/figures.html",
            board=board,
            organisation=organisation,
            chart=_trend(board, by) if board else "",
            parts=_parts(board, names) if board else [],
            columns=COLUMNS,
            **_published(own),
            stock=dashboards.out_of_stock(work),
            days=days,
            spans=SPANS,
            by=by,
            words=referral_words,
        )


def _published(work: Work) -> dict[str, Any]:
    told = dashboards.published(work, now())
    month, referred = told.last(REFERRALS.name)
    return {
        "published": told.last(COMPLAINTS.name),
        "compartments": told.compartments,
        "month": month,
        "referred": referral_words.table(referred).get(COUNTRY, {}),
        "mix": _mix(referred),
    }


def _span() -> tuple[int, str]:
    said = request.args.get("jours", "")
    days = int(said) if said.isdecimal() and int(said) in SPANS else USUAL
    return days, "month" if request.args.get("pas") == "mois" else "week"


def _board(work: Work, days: int, by: str) -> tuple[Board | None, str]:
    """Return what this viewer sees as it is: all, what their organisation has, or nothing."""
    span, role = Span.of(days, now()), viewer().role
    if role in CELL:
        return dashboards.board(work, span, by=by), ""
    person_id = viewer().person_id
    if role != "focal_point" or person_id is None:
        return None, ""
    me = work.session.get_one(Person, person_id)  # held, so that it is looked up once
    own = me.organisation_id
    return dashboards.board(work, span, organisation=own, by=by), own


def _trend(board: Board, by: str) -> Markup:
    def named(day: date) -> str:
        return f"{day:%m/%Y}" if by == "month" else f"{day:%d/%m}"

    series = {
        str(COLUMNS[one]): [row.get(one, 0) for row in board.trend.values()]
        for one in ("received", "in_time", "waiting")
    }
    return charts.columns([named(day) for day in board.trend], series, _("Reçus et répondus"))


def _parts(board: Board, names: Mapping[str, Mapping[str, str]]) -> list[Part]:
    return [
        _part(str(label), board.divided[split], _namer(split, names))
        for split, label in DIVIDED.items()
        if split in board.divided
    ]


def _part(label: str, found: Mapping[str, Mapping[str, int]], namer: Callable[[str], str]) -> Part:
    ordered = sorted(found.items(), key=lambda one: (-one[1].get("received", 0), one[0]))
    rows = [(namer(value), counts) for value, counts in ordered]
    series = {
        str(COLUMNS[one]): [counts.get(one, 0) for _name, counts in rows[:MOST]]
        for one in ("received", "waiting")
    }
    drawn = charts.lines([name for name, _counts in rows[:MOST]], series, label)
    return Part(label, drawn, rows)


def _namer(split: str, names: Mapping[str, Mapping[str, str]]) -> Callable[[str], str]:
    said: Mapping[str, Words] = {"channel": saying.SOURCES, "language": saying.LANGUAGES}
    if split == "category":
        return topics.topic
    if split in said:
        return lambda value: say(said[split], value)
    known = names.get(split, {})
    return lambda value: _("non dit") if value == "-" else known.get(value, value)


def _mix(figures: Sequence[Figure]) -> list[tuple[str, str, str]]:
    """Return of each digit of the card how many asked for it and were given it, as published."""
    found: dict[str, dict[str, str]] = {}
    for one in figures:
        if one.split in {"asked", "given"}:
            found.setdefault(one.value, {})[one.split] = referral_words.told(one)
    mixed = sorted(found.items())
    return [(digit, row.get("asked", ""), row.get("given", "")) for digit, row in mixed]

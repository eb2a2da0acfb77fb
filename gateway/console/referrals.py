"""Referrals: the funnel of one's own centre, who is late, the stock; one referral by its code.

Who works at no centre has the published numbers and the stock, and no code at all.
"""

from datetime import timedelta

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from flows.numbers import is_item_number
from gateway.console import referral_words
from gateway.console.menu import CELL
from gateway.console.viewing import kit, now, page, reading
from models.services import referral_views
from models.services.places import programme_cercles

pages = Blueprint("referrals", __name__, url_prefix="/orientations")

VIEWERS = (*CELL, "focal_point")
SPANS = (30, 90, 180)


@pages.get("")
@page(*VIEWERS)
def show() -> str | Response:
    """Show the funnel, or what was published of it, and the stock."""
    code = request.args.get("code", "").replace(" ", "")
    if is_item_number(code):
        return redirect(url_for("referrals.one", number=code), 303)
    days = _days()
    with reading() as work:
        cercles = programme_cercles(work)
        names = {one["value"].removeprefix("z:"): one["name"] for one in cercles}
        area = request.args.get("cercle", "") if request.args.get("cercle") in names else ""
        centres = referral_views.own_centres(work)
        relay = request.args.get("relais", "").strip().upper()
        since = now() - timedelta(days=days)
        funnel = referral_views.funnel(work, centres, since, now(), relay) if centres else None
        period, figures = ("", []) if centres else referral_views.released(work)
        return render_template(
            "console/referrals.html",
            funnel=funnel,
            period=period,
            released=referral_words.table(figures),
            names=names,
            stock=referral_views.stock(work, area, now()),
            chosen={"cercle": area, "jours": days, "relais": relay, "code": code},
            spans=SPANS,
            words=referral_words,
        )


@pages.get("/<number>")
@page(*VIEWERS)
def one(number: str) -> str:
    """Show one referral: band of age, until when, which centre, its steps; nobody's name."""
    with reading() as work:
        seen = referral_views.find(work, number)
        if seen is None:
            abort(404)
        return render_template(
            "console/referral.html", seen=seen, words=referral_words, house=kit().house, now=now()
        )


def _days() -> int:
    said = request.args.get("jours", "")
    return int(said) if said.isdecimal() and int(said) in SPANS else SPANS[1]

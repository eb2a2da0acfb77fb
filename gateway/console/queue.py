"""The queue: what is to be done, by promise; narrowed by an address, searched, shared out."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from gateway.console import filter_words, promises, saying, topics
from gateway.console.menu import HANDLERS
from gateway.console.viewing import acting, at_desk, now, page, reading, viewer
from models.services import saved_filters
from models.services.directory_names import Known, known
from models.services.listing import Asking, Filter, Listing
from models.services.sharing_out import aside, share_out

pages = Blueprint("queue", __name__, url_prefix="/file")

PAGE = "queue"
HERE = "queue.show"


@pages.get("")
@page(*HANDLERS)
def show() -> Response | str:
    """Show one page of what the address asks for."""
    wanted = Filter.from_query(request.args)
    after = request.args.get("apres", "")
    with reading() as work:
        meant = known(work, wanted)
        if meant.wanted != wanted:
            return _say_again(meant)
        listing = Listing(Asking(work, now()), wanted, topics.topic)
        found, total = listing.page(after), listing.count()
        own, others = aside(work, viewer().account_id, viewer().person_id, PAGE)
    return render_template(
        "console/queue.html",
        page=found,
        total=total,
        wanted=wanted,
        meant=meant,
        chips=list(filter_words.chips(meant)),
        saved=own,
        colleagues=others,
        me=viewer().person_id,
        after=after,
        address=_address,
        seen=now().astimezone(UTC).isoformat(timespec="seconds"),
        **_words(),
    )


@pages.get("/nouveau")
@page(*HANDLERS)
def count_new() -> Response:
    """Say how many more there are since a page was made; nothing where there are none."""
    try:
        since = datetime.fromisoformat(request.args.get("vu", ""))
    except ValueError:
        abort(404)
    if since.tzinfo is None:
        abort(404)
    wanted = Filter.from_query(request.args)
    with reading() as work:
        found = Listing(Asking(work, now()), wanted, topics.topic).count_new(since)
    if not found.number:
        return Response(status=204)
    many = f"{found.number}+" if found.is_more else str(found.number)
    said = ngettext(
        "%(many)s nouveau : montrer", "%(many)s nouveaux : montrer", found.number, many=many
    )
    return Response(said, content_type="text/plain; charset=utf-8")


@pages.get("/suivant")
@page(*HANDLERS)
def following() -> Response:
    """Go on to the item that follows one in a list; back to the list behind its last."""
    wanted = Filter.from_query(request.args)
    with reading() as work:
        listing = Listing(Asking(work, now()), wanted, topics.topic)
        number = listing.next_to(request.args.get("de", ""))
    if number is None:
        flash(_("C'était le dernier de cette liste."))
        return redirect(_address(wanted), 303)
    query = wanted.to_query()
    return redirect(f"/cas/{number}{'?' if query else ''}{query}", 303)


@pages.post("/confier")
@page(*HANDLERS)
def share() -> Response:
    """Give one item, or those that were ticked, to whoever asks or to a colleague."""
    alone = request.form.get("prendre", "")
    numbers = [alone] if alone else request.form.getlist("cas")
    to = request.form.get("to", "") if not alone and request.form.get("a") else ""
    wanted = Filter.from_query(request.args)
    with at_desk() as desk:
        done = share_out(desk, numbers, to or desk.person.number)
    if not numbers:
        flash(_("Cochez d'abord des cas."), "error")
    if done.given:
        flash(_("Pris : %(n)s", n=", ".join(done.given)) if not to else _shared(done.given, to))
    if done.refused:
        flash(_("Inchangé, déjà pris ou terminé : %(n)s", n=", ".join(done.refused)), "error")
    here = numbers[-1] if numbers else ""
    return redirect(_address(wanted, request.args.get("apres", ""), f"n{here}"), 303)


@pages.post("/filtres")
@page(*HANDLERS)
def keep() -> Response:
    """Keep the filter of the page under a name."""
    wanted = Filter.from_query(request.args)
    name = request.form.get("nom", "")
    with acting() as work:
        kept = saved_filters.save(work, viewer().account_id, PAGE, name, wanted.to_query())
    if not kept:
        flash(_("Donnez un nom ; vingt filtres au plus."), "error")
    return redirect(_address(wanted), 303)


@pages.post("/filtres/<int:filter_id>/oter")
@page(*HANDLERS)
def forget(filter_id: int) -> Response:
    """Forget one of one's own filters."""
    with acting() as work:
        saved_filters.forget(work, viewer().account_id, filter_id)
    return redirect(_address(Filter.from_query(request.args)), 303)


def _words() -> dict[str, Any]:
    return {
        "choices": filter_words.choices(viewer().role),
        "views": filter_words.VIEWS,
        "promises": promises,
        "saying": saying,
        "topics": topics,
    }


def _address(wanted: Filter, after: str = "", anchor: str = "", endpoint: str = HERE) -> str:
    query = wanted.to_query()
    behind = f"{'&' if query else ''}apres={after}" if after else ""
    mark = f"?{query}{behind}" if query or behind else ""
    return f"{url_for(endpoint)}{mark}{'#' + anchor if anchor else ''}"


def _say_again(meant: Known) -> Response:
    """Go on at the address by codes, so that lists are named alike however they were asked for."""
    for name in meant.unknown:
        flash(_("Inconnu ici : %(name)s", name=name), "error")
    return redirect(_address(meant.wanted), 303)


def _shared(numbers: Sequence[str], to: str) -> str:
    return str(_("Confié à %(to)s : %(n)s", to=to, n=", ".join(numbers)))

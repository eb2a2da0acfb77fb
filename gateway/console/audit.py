"""The audit log, for auditors: who did what and when, never a word of any case."""

from datetime import UTC, datetime, timedelta

from flask import Blueprint, render_template, request
from flask_babel import LazyString, lazy_gettext

from gateway.console.menu import AUDITOR
from gateway.console.viewing import page, reading
from models.services import audit_list
from models.services.audit_list import Asked

PAGE = 100
_ = lazy_gettext

pages = Blueprint("audit", __name__)


@pages.get("/journal")
@page(AUDITOR)
def show() -> str:
    """Show what was noted, the newest first, as the address narrows it."""
    asked, wrong = _asked()
    with reading() as work:
        found = audit_list.entries(work, asked)[::-1]
        work.session.expunge_all()
    return render_template(
        "console/audit.html",
        entries=found[:PAGE],
        asked=request.args,
        wrong=wrong,
        before=found[PAGE - 1].id if len(found) > PAGE else None,
    )


def _asked() -> tuple[Asked, LazyString | None]:
    said = {name: request.args.get(name, "").strip()[:40] for name in ("par", "acte", "numero")}
    day, wrong = _day(request.args.get("jour", "").strip())
    before = request.args.get("avant", "")
    asked = Asked(
        since=day,
        until=None if day is None else day + timedelta(days=1),
        actor=said["par"] or None,
        act=said["acte"] or None,
        number=said["numero"].upper() or None,
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 18 else None,
        last=PAGE + 1,
    )
    return asked, wrong


def _day(said: str) -> tuple[datetime | None, LazyString | None]:
    """Read a day as the field of a browser writes it, or as it is written here."""
    for shape in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(said, shape).replace(tzinfo=UTC), None
        except ValueError:
            continue
    return None, _("Une date comme 22/11/2026.") if said else None

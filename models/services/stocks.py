"""What centres have of each product digit, how old that figure is, and the task when it is nothing.

A product is out at a centre when it says so (STOCK 0, RUPTURE) or when three women were sent away
for it within thirty days. Then one task is open for that centre and product, until there is some
again: that closes it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select

from flows.case_lifecycle import HELD, WAITING
from flows.places import Place
from models.area import Facility
from models.case import Case
from models.db import Work
from models.referral import Referral, ReferralStep
from models.services import cases, settling
from models.services.centres import nearest
from models.services.facilities import Centre
from models.services.filing import Asked, file
from models.services.leases import alone
from models.services.referral_texts import Hand
from models.services.stock_texts import about, tell_others
from models.services.upsert import insert
from models.stock import Stock, StockReport

TURNED_AWAY = 3  # refusals after which a product is out, whatever was said of it
WITHIN = timedelta(days=30)
CATEGORY, CLASS = "22", "C4"  # no medicine at a centre: two working days to act


def levels(work: Work, facility_id: str) -> Sequence[Stock]:
    """Return the last figure of each product at a centre, by digit."""
    rows = select(Stock).where(Stock.facility_id == facility_id).order_by(Stock.product)
    return work.session.scalars(rows).all()


def put(hand: Hand, facility_id: str, product: str, quantity: int) -> None:
    """Note how much of a product a centre has; nothing opens its task, something closes it."""
    row = _locked(hand, facility_id, product)
    row.quantity, row.as_of = quantity, hand.now
    _report(hand, row)
    if quantity:
        row.out_since = None
        _restocked(hand, facility_id, product)
    else:
        _out(hand, row, hand.now)


def same(hand: Hand, facility_id: str) -> int:
    """Note that nothing changed since the last figures; return how many there are."""
    rows = levels(hand.work, facility_id)
    for row in rows:
        row.as_of = hand.now
        _report(hand, row)
    return len(rows)


def out_since(work: Work, facility_id: str, product: str | None) -> datetime | None:
    """Return since when a product is out at a centre; None if it is there or nobody said."""
    row = None if product is None else work.session.get(Stock, (facility_id, product))
    return None if row is None or row.quantity else row.out_since


def alternative(work: Work, place: Place, product: str, besides: str) -> Centre | None:
    """Return the nearest other centre that is known to have a product."""
    has_it = set(
        work.session.scalars(
            select(Stock.facility_id).where(
                Stock.product == product, Stock.quantity > 0, Stock.facility_id != besides
            )
        )
    )
    if not has_it:
        return None
    return next((one for one in nearest(work, place) if one.id in has_it), None)


def turned_away(hand: Hand, facility_id: str, product: str | None) -> None:
    """Count a woman sent away for want of a product: the third puts it to nothing."""
    if product is None:
        return
    alone(hand.work, Facility, facility_id)  # who counts at the same moment counts this one too
    since = _last_had(hand, facility_id, product)
    refused = refusals(hand.work, facility_id, product, since)
    if len(refused) < TURNED_AWAY:
        return
    row = _locked(hand, facility_id, product)
    if row.quantity:
        row.quantity, row.as_of = 0, hand.now
        _report(hand, row)
    _out(hand, row, min(refused))


def refusals(work: Work, facility_id: str, product: str, since: datetime) -> Sequence[datetime]:
    """Return when women were sent away from a centre for want of a product, each once."""
    last = (
        select(func.max(ReferralStep.at))
        .join(Referral, Referral.id == ReferralStep.referral_id)
        .where(
            Referral.facility_id == facility_id,
            Referral.wish == product,
            Referral.status == "not_served",
            Referral.reason == "stock_out",
            ReferralStep.transition == "not_served",
            ReferralStep.at >= since,
        )
        .group_by(Referral.id)
    )
    return work.session.scalars(last).all()


def _last_had(hand: Hand, facility_id: str, product: str) -> datetime:
    """Return since when refusals count: thirty days, or since the centre last said it has some."""
    had = hand.work.session.scalar(
        select(func.max(StockReport.at)).where(
            StockReport.facility_id == facility_id,
            StockReport.product == product,
            StockReport.quantity > 0,
        )
    )
    return max(hand.now - WITHIN, had) if had else hand.now - WITHIN


def _locked(hand: Hand, facility_id: str, product: str) -> Stock:
    """Return the row of a product, locked: of two who say that it is out, one opens the task."""
    keys = {"facility_id": facility_id, "product": product}
    work = hand.work
    first = insert(work, Stock).values(quantity=1, as_of=hand.now, **keys)
    work.session.execute(first.on_conflict_do_nothing())
    return work.session.get_one(Stock, (facility_id, product), with_for_update=True)


def _report(hand: Hand, row: Stock) -> None:
    hand.work.session.add(
        StockReport(
            facility_id=row.facility_id,
            product=row.product,
            quantity=row.quantity,
            by=str(hand.work.actor),
            at=hand.now,
        )
    )


def _out(hand: Hand, row: Stock, since: datetime) -> None:
    row.out_since = row.out_since or since
    if _open_task(hand.work, row.facility_id, row.product) is not None:
        return
    asked = Asked(
        kind="stock_out",
        category=CATEGORY,
        case_class=CLASS,
        place=f"f:{row.facility_id}",
        about=about(row.product),
        answer="none",
    )
    case, _ = file(hand.work, hand.scene, asked)
    settling.release_announcements(hand.work, case.id, hand.now)
    tell_others(hand, case)


def _restocked(hand: Hand, facility_id: str, product: str) -> None:
    case = _open_task(hand.work, facility_id, product)
    if case is None:
        return
    if case.status in WAITING:
        cases.move(hand.work, case, "taken", hand.now)
    if case.status != "answered":
        cases.move(hand.work, case, "answered", hand.now)
        case.answered_at = hand.now
    cases.close(hand.work, case, hand.now, why="restocked")


def _open_task(work: Work, facility_id: str, product: str) -> Case | None:
    wanted = select(Case).where(
        Case.kind == "stock_out",
        Case.place_ref == f"f:{facility_id}",
        Case.about == about(product),
        Case.status.in_(HELD),
    )
    return work.session.scalars(wanted.with_for_update()).first()

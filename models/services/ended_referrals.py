"""What becomes of referrals once they are over: counted, and then nothing is left of them."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case, func, select

from models.case import ItemNumber
from models.db import Work
from models.outbound import OutboundMessage
from models.referral import Referral, ReferralStep
from models.services import departed
from models.services.ended_cases import unlink
from models.services.purging import UPROOTED
from models.services.referral_texts import cause
from models.services.sweeping import each
from models.services.uprooting import take_out

KEPT = timedelta(days=30)
VISITS = ("arrived", "served", "not_served")


def purge_referrals(work: Work, now: datetime) -> int:
    """Take out referrals thirty days after the last visit; without one, after they expired."""
    found = (
        select(Referral)
        .where(Referral.closed_at.is_not(None), _over() <= now - KEPT)
        .where(Referral.id.not_in(work.passed))
        .order_by(Referral.id)
        .limit(UPROOTED)
        .with_for_update(of=Referral, skip_locked=True)
    )
    return each(work, work.session.scalars(found).all(), lambda one: _purge(work, one))


def _over() -> ColumnElement[datetime | None]:
    visited = (
        select(func.max(ReferralStep.at))
        .where(ReferralStep.referral_id == Referral.id, ReferralStep.transition.in_(VISITS))
        .correlate(Referral)
        .scalar_subquery()
    )
    seen = func.coalesce(visited, Referral.closed_at)
    return case((Referral.status == "closed", seen), else_=Referral.closed_at)


def _purge(work: Work, referral: Referral) -> None:
    departed.referrals(work, [referral])
    causes = [cause(step.id) for step in referral.steps]
    unlink(work, OutboundMessage.cause.in_(causes))
    take_out(work, Referral, [referral.id])
    take_out(work, ItemNumber, [referral.number])

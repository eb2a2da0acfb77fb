"""What becomes of counts, of stocks and of the audit log: gone after five years."""

from datetime import datetime, timedelta

from sqlalchemy import and_, delete, exists, select

from models.audit import AuditEntry, AuditLink
from models.case import Tally
from models.channel import Spending
from models.db import Work
from models.figure import Figure
from models.privacy_note import PrivacyNote
from models.services.purging import AT_ONCE, FIVE_YEARS, delete_some
from models.stock import Stock, StockReport

# The database refuses by its own clock to let go an entry of less than five years.
APART = timedelta(days=1)


def forget_counts(work: Work, now: datetime) -> int:
    """Forget what was counted, published, spent and in store."""
    old, day = now - FIVE_YEARS, (now - FIVE_YEARS).date().isoformat()
    spent = delete(Spending).where(Spending.day < day).returning(Spending.day)
    stocks = delete(Stock).where(Stock.as_of <= old).returning(Stock.product)
    count = delete_some(work, Tally.id, Tally.day < day)
    count += delete_some(work, StockReport.id, StockReport.at <= old)
    count += delete_some(work, PrivacyNote.id, PrivacyNote.at <= old)
    count += delete_some(work, Figure.id, Figure.published_at <= old)
    for gone in (spent, stocks):
        silent = gone.execution_options(synchronize_session=False)
        count += len(work.session.execute(silent).all())
    return count


def forget_audit(work: Work, now: datetime) -> int:
    """Forget who did what, of which the keeper never made a link.

    What is linked goes by the keeper's own hand (workers/keeper/chain.py): it must know where the
    chain begins from now on, or what is forgotten would look as if somebody had taken it away.
    """
    linked = exists().where(AuditLink.entry_id == AuditEntry.id)
    old = and_(AuditEntry.at <= now - FIVE_YEARS - APART, ~linked)
    found = select(AuditEntry.id).where(old).order_by(AuditEntry.id).limit(AT_ONCE)
    ids = work.session.scalars(found).all()
    gone = delete(AuditEntry).where(AuditEntry.id.in_(ids))
    work.session.execute(gone.execution_options(synchronize_session=False))
    return len(ids)

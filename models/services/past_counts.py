"""What becomes of counts, of stocks and of notes on privacy: gone after five years."""

from datetime import datetime

from sqlalchemy import delete

from models.case import Tally
from models.channel import Spending
from models.counter import Counter
from models.db import Work
from models.figure import Figure
from models.privacy_note import PrivacyNote
from models.services.purging import FIVE_YEARS, delete_some
from models.stock import Stock, StockReport


def forget_counts(work: Work, now: datetime) -> int:
    """Forget what was counted, published, spent and in store."""
    old, day = now - FIVE_YEARS, (now - FIVE_YEARS).date().isoformat()
    spent = delete(Spending).where(Spending.day < day).returning(Spending.day)
    stocks = delete(Stock).where(Stock.as_of <= old).returning(Stock.product)
    count = delete_some(work, Tally.id, Tally.day < day)
    count += delete_some(work, Counter.id, Counter.day < day)
    count += delete_some(work, StockReport.id, StockReport.at <= old)
    count += delete_some(work, PrivacyNote.id, PrivacyNote.at <= old)
    count += delete_some(work, Figure.id, Figure.published_at <= old)
    for gone in (spent, stocks):
        silent = gone.execution_options(synchronize_session=False)
        count += len(work.session.execute(silent).all())
    return count

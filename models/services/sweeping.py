"""Rows that are due, each in a savepoint of its own: one that fails keeps nobody else waiting.

What failed is undone and stays due for the next run; this run takes up what stands behind it
(docs/decisions/0011).
"""

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

from sqlalchemy.exc import OperationalError

from models.area import Facility
from models.case import Case
from models.db import Work, is_contended
from models.referral import Referral
from models.repair import Repair

AT_ONCE = 100  # rows a run takes up; it is called again while it took so many

log = logging.getLogger(__name__)


_Row = TypeVar("_Row", Case, Facility, Referral, Repair)


def each(work: Work, rows: Iterable[_Row], do: Callable[[_Row], object]) -> int:
    """Do one thing to each row and return how many rows there were.

    Rows that failed are in ``work.passed``: the caller's question leaves them out. A database that
    is away is raised; a row that somebody else holds too long waits for the next run.
    """
    taken = 0
    for row in rows:
        taken, row_id = taken + 1, row.id
        try:
            with work.session.begin_nested():
                do(row)
        except OperationalError as error:
            if not is_contended(error):
                raise
            log.warning("row waits", extra={"row": row_id})
            work.passed.add(row_id)
        except Exception:
            # One row that cannot be done may not keep those behind it from being done.
            log.exception("row failed", extra={"row": row_id})
            work.passed.add(row_id)
    return taken

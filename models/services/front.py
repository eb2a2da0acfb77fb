"""How far a table was forgotten: of a million rows that hold nothing none is looked at twice.

Row ids grow with time, a table's first young row is its front, and what stands before it is done.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute

from models.db import Work
from models.services.programme import put_setting, setting


@dataclass(frozen=True, slots=True)
class Front:
    """The front of one table: ``key`` its row id, ``at`` the time by which its rows are old."""

    key: InstrumentedAttribute[int]
    at: InstrumentedAttribute[datetime]

    def within(self, work: Work) -> ColumnElement[bool]:
        """Return what tells the rows that are still to be looked at."""
        return self.key >= self._stands(work)

    def move(self, work: Work, limit: datetime) -> None:
        """Let the front stand at the first row that is younger: all before it are forgotten."""
        stands = self._stands(work)
        young = select(func.min(self.key)).where(self.key >= stands, self.at > limit)
        newest = select(func.max(self.key))
        first = work.session.scalar(young) or work.session.scalar(newest)
        if first is not None and first != stands:
            put_setting(work, self._name, str(first))

    @property
    def _name(self) -> str:
        return f"front:{self.key.class_.__tablename__}"

    def _stands(self, work: Work) -> int:
        """Return where it stands; at the beginning if ids began anew, as SQLite's do."""
        said = int(setting(work, self._name) or 0)
        newest = work.session.scalar(select(func.max(self.key))) or 0
        return said if said <= newest else 0

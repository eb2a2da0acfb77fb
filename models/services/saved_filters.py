"""Lists as somebody narrowed them, kept under names of their own."""

from dataclasses import dataclass

from sqlalchemy import Select, delete, func, select

from models.db import Work
from models.services.upsert import insert
from models.triage import SavedFilter

MOST = 20
LONGEST_NAME = 60
LONGEST_QUERY = 600


@dataclass(frozen=True, slots=True)
class Saved:
    """One of them: its row id, its name, and the filter as it stands in an address."""

    id: int
    name: str
    query: str


def saved_by(account_id: int, page: str) -> Select[int, str, str]:
    """Return, as a question, an account's filters of a page: row id, name, filter."""
    return select(SavedFilter.id, SavedFilter.name, SavedFilter.query).where(
        SavedFilter.account_id == account_id, SavedFilter.page == page
    )


def save(work: Work, account_id: int, page: str, name: str, query: str) -> bool:
    """Keep a filter under a name, in place of what had it; False if there are too many."""
    plain = " ".join(name.split())[:LONGEST_NAME]
    mine = (SavedFilter.account_id == account_id, SavedFilter.page == page)
    others = select(func.count()).select_from(SavedFilter).where(*mine, SavedFilter.name != plain)
    if not plain or len(query) > LONGEST_QUERY or (work.session.scalar(others) or 0) >= MOST:
        return False
    work.session.execute(
        insert(work, SavedFilter)
        .values(account_id=account_id, page=page, name=plain, query=query)
        .on_conflict_do_update(index_elements=["account_id", "page", "name"], set_={"query": query})
    )
    return True


def forget(work: Work, account_id: int, filter_id: int) -> None:
    """Forget one of an account's filters; another's stays."""
    work.session.execute(
        delete(SavedFilter).where(SavedFilter.id == filter_id, SavedFilter.account_id == account_id)
    )

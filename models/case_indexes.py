"""What is looked up of cases, and in which order; made in migrations."""

from sqlalchemy import Index, text

RETURNED = text("transition = 'returned'")
_UNNAMED = text("sender_sealed IS NOT NULL OR receipt_sealed IS NOT NULL")
_OPEN = text("status IN ('asked', 'reopened', 'routed', 'taken')")
_DESK = ("holder_function", "holder_organisation")


def case_indexes() -> tuple[Index, ...]:
    """Return the indexes of the table of cases."""
    return (
        Index("ix_case_open", "status", "due_at"),
        Index("ix_case_holder", "holder_person", "status"),
        Index("ix_case_place", "area_pcode", "category", "opened_at"),
        # What a desk has, in the order in which it is to be done.
        Index("ix_case_desk", *_DESK, "status", "due_at", "id"),
        # The same of what is open, page after page of lists: no row beyond the page is read.
        _of_open("ix_case_desk_promise", *_DESK, "due_at", "number"),
        # What everybody has to do, in that order.
        _of_open("ix_case_promise", "due_at", "number"),
        # What is rare, among all that is open: evacuations.
        _of_open("ix_case_kind", "kind", "due_at"),
        # Since when nothing came from a place.
        Index("ix_case_silent", "area_pcode", "opened_at"),
        # The keeper looks here every other second: only the few rows that wait are in it.
        Index("ix_case_unnamed", "id", sqlite_where=_UNNAMED, postgresql_where=_UNNAMED),
    )


def _of_open(name: str, *columns: str) -> Index:
    return Index(name, *columns, sqlite_where=_OPEN, postgresql_where=_OPEN)

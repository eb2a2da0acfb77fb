"""Files that come in and go out by the console: an import looked at first, an export being made."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.account import NAMED
from models.base import Base, says

SEVEN_DAYS = "7 days after it was asked for"


class ImportDraft(Base):
    """A file that was read and explained, and changes nothing until somebody says so."""

    __tablename__ = "import_draft"

    id: Mapped[int] = mapped_column(primary_key=True, info=says("S1", "row id", SEVEN_DAYS))
    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), info=says("S1", "who brought it", SEVEN_DAYS)
    )
    kind: Mapped[str] = mapped_column(
        String(16), info=says("S1", "areas, facilities, organisations or coverage", SEVEN_DAYS)
    )
    body: Mapped[str] = mapped_column(Text, info=says("S1", "the file, CSV", SEVEN_DAYS))
    asked_at: Mapped[datetime] = mapped_column(index=True, info=says("S1", "when", SEVEN_DAYS))
    applied_at: Mapped[datetime | None] = mapped_column(
        info=says("S1", "when it was put into the directory", SEVEN_DAYS)
    )


class ExportRequest(Base):
    """What somebody asked to take along: made by a worker, fetched by them alone."""

    __tablename__ = "export_request"
    __table_args__ = (Index("ix_export_request_waiting", "status", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=says("S1", "row id", SEVEN_DAYS))
    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"),
        index=True,
        info=says("S1", "who asked", SEVEN_DAYS),
    )
    what: Mapped[str] = mapped_column(
        String(16), info=says("S1", "cases, referrals, alerts, figures", SEVEN_DAYS)
    )
    form: Mapped[str] = mapped_column(String(8), info=says("S1", "csv, xlsx, jsonl", SEVEN_DAYS))
    query: Mapped[str] = mapped_column(
        String(600), info=says("S1", "the filter, as it stands in the address", SEVEN_DAYS)
    )
    status: Mapped[str] = mapped_column(
        String(10), info=says("S1", "waiting, made, failed or gone", SEVEN_DAYS)
    )
    done: Mapped[int] = mapped_column(default=0, info=says("S1", "rows written", SEVEN_DAYS))
    total: Mapped[int | None] = mapped_column(info=says("S1", "rows to be written", SEVEN_DAYS))
    tries: Mapped[int] = mapped_column(default=0, info=says("S1", "how often begun", SEVEN_DAYS))
    due_at: Mapped[datetime] = mapped_column(
        info=says("S1", "when a worker may take it up", SEVEN_DAYS)
    )
    asked_at: Mapped[datetime] = mapped_column(index=True, info=says("S1", "when", SEVEN_DAYS))
    made_at: Mapped[datetime | None] = mapped_column(info=says("S1", "when ready", SEVEN_DAYS))


class PolicyVersion(Base):
    """A routing policy somebody proposed; in force once another person activated it."""

    __tablename__ = "policy_version"

    id: Mapped[int] = mapped_column(primary_key=True, info=says("S1", "row id", NAMED))
    text: Mapped[str] = mapped_column(Text, info=says("S1", "the policy, YAML", NAMED))
    note: Mapped[str] = mapped_column(String(200), info=says("S1", "why it changes", NAMED))
    first_id: Mapped[int] = mapped_column(
        ForeignKey("account.id"), info=says("S1", "who proposed it", NAMED)
    )
    second_id: Mapped[int | None] = mapped_column(
        ForeignKey("account.id"), info=says("S1", "who activated it", NAMED)
    )
    proposed_at: Mapped[datetime] = mapped_column(info=says("S1", "when", NAMED))
    activated_at: Mapped[datetime | None] = mapped_column(
        index=True, info=says("S1", "since when it is in force", NAMED)
    )

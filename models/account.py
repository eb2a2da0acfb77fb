"""Accounts of the console. Who handles cases is a registered person too, with the same bars."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, says

LIFE = "while registered, 12 months after"
NAMED = "while registered, 5 years after: as long as the audit log that names it"
_LIVE = text("revoked_at IS NULL")


class Account(Base):
    """One way into the console, for one person, or for an auditor or administrator."""

    __tablename__ = "account"
    __table_args__ = (
        # An address may come back after its account was revoked; an account's row id never.
        Index("uq_account_uniquifier", "uniquifier", unique=True),
        Index("uq_account_passkey_handle", "passkey_handle", unique=True),
        Index("uq_account_email", "email", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=says("S1", "row id", NAMED))
    email: Mapped[str] = mapped_column(String(120), info=says("S1", "name at sign-in", LIFE))
    password_hash: Mapped[str] = mapped_column(
        String(160), info=says("S1", "argon2id of the password", LIFE)
    )
    role: Mapped[str] = mapped_column(String(16), info=says("S1", "role of the contract", NAMED))
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id"),
        info=says("S1", "whose hats and bars it has; none for auditor and administrator", NAMED),
    )
    organisation_id: Mapped[str | None] = mapped_column(
        ForeignKey("organisation.id"),
        info=says("S1", "employer of an auditor or administrator, who has no person", LIFE),
    )
    uniquifier: Mapped[str | None] = mapped_column(
        String(64),
        info=says("S1", "changed, it ends every session and link of the account", LIFE),
    )
    second_factor: Mapped[str | None] = mapped_column(
        String(20), info=says("S1", "authenticator, once it was set up", LIFE)
    )
    totp_secret: Mapped[str | None] = mapped_column(
        String(400), info=says("S3", "secret of the authenticator, sealed for the console", LIFE)
    )
    totp_counter: Mapped[int | None] = mapped_column(
        BigInteger, info=says("S1", "last step used: a code serves once", LIFE)
    )
    passkey_handle: Mapped[str | None] = mapped_column(
        String(64), info=says("S1", "as whom passkeys know it, at random", LIFE)
    )
    language: Mapped[str | None] = mapped_column(
        String(8), info=says("S1", "of the console's pages: fr or en", LIFE)
    )
    left_at: Mapped[datetime | None] = mapped_column(
        info=says("S1", "when its owner was last here: what came since is new", LIFE)
    )
    created_at: Mapped[datetime] = mapped_column(info=says("S1", "when it was made", NAMED))
    revoked_at: Mapped[datetime | None] = mapped_column(info=says("S1", "no longer valid", NAMED))

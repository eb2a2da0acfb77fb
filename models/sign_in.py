"""Signing in at the console: sessions kept here and not in the browser, passkeys, recovery.

The console's process reads and writes these for whoever is not known yet (gateway/console).
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from models.account import LIFE, Account
from models.base import Base, says

A_DAY = "24 hours after its end"
TRIED = "48 h after the last one"
MONTH = "30 days after it ended"


class ConsoleSession(Base):
    """One browser at work. Its name is known to that browser alone; here stands a digest of it."""

    __tablename__ = "console_session"

    digest: Mapped[str] = mapped_column(
        String(64), primary_key=True, info=says("S1", "SHA-256 of what the browser holds", A_DAY)
    )
    account_id: Mapped[int | None] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"),
        index=True,
        info=says("S1", "who signed in; none before", A_DAY),
    )
    content: Mapped[dict[str, Any]] = mapped_column(
        default=dict, info=says("S1", "what sign-in and forms remember; no words", A_DAY)
    )
    browser: Mapped[str] = mapped_column(
        String(60), default="", info=says("S1", "make of the browser, for whoever revokes", A_DAY)
    )
    created_at: Mapped[datetime] = mapped_column(
        index=True, info=says("S1", "eight hours from here at most", A_DAY)
    )
    seen_at: Mapped[datetime] = mapped_column(info=says("S1", "ten idle minutes end it", A_DAY))
    checked_at: Mapped[datetime | None] = mapped_column(
        info=says("S1", "when its person last proved who they are", A_DAY)
    )
    ended_at: Mapped[datetime | None] = mapped_column(
        info=says("S1", "signed out or revoked", A_DAY)
    )


class Passkey(Base):
    """A key that somebody's device or stick holds: its public half."""

    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(primary_key=True, info=says("S1", "row id", LIFE))
    account_id: Mapped[int] = mapped_column(
        ForeignKey(Account.id, ondelete="CASCADE"), index=True, info=says("S1", "whose", LIFE)
    )
    credential_id: Mapped[bytes] = mapped_column(
        LargeBinary, unique=True, info=says("S1", "its name (WebAuthn)", LIFE)
    )
    public_key: Mapped[bytes] = mapped_column(
        LargeBinary, info=says("S1", "what its signatures are checked with", LIFE)
    )
    sign_count: Mapped[int] = mapped_column(
        info=says("S1", "signatures made: a copy of the key would lag", LIFE)
    )
    transports: Mapped[list[str]] = mapped_column(
        default=list, info=says("S1", "usb, nfc, internal, ...", LIFE)
    )
    extensions: Mapped[str | None] = mapped_column(
        String(255), info=says("S1", "what its maker adds", LIFE)
    )
    device_type: Mapped[str] = mapped_column(
        String(64), info=says("S1", "single_device or multi_device", LIFE)
    )
    backup_state: Mapped[bool] = mapped_column(info=says("S1", "copied by its maker", LIFE))
    usage: Mapped[str] = mapped_column(String(16), info=says("S1", "first or secondary", LIFE))
    name: Mapped[str] = mapped_column(String(64), info=says("S1", "as its owner calls it", LIFE))
    used_at: Mapped[datetime] = mapped_column(info=says("S1", "when it last signed", LIFE))


class SignInFailure(Base):
    """How often signing in failed for an e-mail from an address: each one more waits longer."""

    __tablename__ = "sign_in_failure"

    digest: Mapped[str] = mapped_column(
        String(64), primary_key=True, info=says("S1", "keyed digest of e-mail and address", TRIED)
    )
    count: Mapped[int] = mapped_column(default=0, info=says("S1", "failures in a row", TRIED))
    last_at: Mapped[datetime] = mapped_column(index=True, info=says("S1", "the last one", TRIED))


class Recovery(Base):
    """A way back in for somebody who lost password or second factor: by two administrators."""

    __tablename__ = "recovery"

    id: Mapped[int] = mapped_column(primary_key=True, info=says("S1", "row id", MONTH))
    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), index=True, info=says("S1", "whose", MONTH)
    )
    first_id: Mapped[int] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"),
        info=says("S1", "administrator who asked", MONTH),
    )
    second_id: Mapped[int | None] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"),
        info=says("S1", "another one, who agreed", MONTH),
    )
    code_hash: Mapped[str | None] = mapped_column(
        String(160), info=says("S1", "argon2id of the code said to its owner", MONTH)
    )
    asked_at: Mapped[datetime] = mapped_column(info=says("S1", "when it was asked", MONTH))
    agreed_at: Mapped[datetime | None] = mapped_column(info=says("S1", "when agreed", MONTH))
    ends_at: Mapped[datetime] = mapped_column(
        index=True, info=says("S1", "when it can no longer be used", MONTH)
    )
    used_at: Mapped[datetime | None] = mapped_column(info=says("S1", "when it was used", MONTH))

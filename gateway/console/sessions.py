"""Sessions kept by the service: a browser holds a name without meaning, and can be sent away.

Ten idle minutes end one, eight hours in any case (threat model, T4).
"""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Request, Response
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy import select
from werkzeug.datastructures import CallbackDict

from gateway.console.identity import SIGN_IN
from models.db import Store
from models.sign_in import ConsoleSession

COOKIE = "__Host-jaabi"
IDLE = timedelta(minutes=10)
LONGEST = timedelta(hours=8)
NOTED = timedelta(seconds=30)  # how exactly it is known when somebody was last here
NAME_BYTES = 32
WHO = "_user_id"  # where Flask-Login keeps whom a session belongs to


class Session(CallbackDict[str, Any], SessionMixin):
    """What one browser's session holds."""

    def __init__(self, content: Mapping[str, Any], name: str = "") -> None:
        def changed(_: Any) -> None:
            self.modified = True

        super().__init__(content, changed)
        self.name = name
        self.new = not name
        self.modified = False
        self.seen_at: datetime | None = None


def digest_of(name: str) -> str:
    """Return what stands in the database for what a browser holds."""
    return hashlib.sha256(name.encode()).hexdigest()


class Sessions(SessionInterface):
    """Opens the session of each request and keeps what it changed."""

    session_class = Session

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def open_session(self, app: Flask, request: Request) -> Session:
        """Return the session of this browser, or a new one."""
        del app
        name = request.cookies.get(COOKIE, "")
        row = self._find(name) if name else None
        if row is None:
            return Session({})
        session = Session(row.content, name)
        session.seen_at = row.seen_at
        return session

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Keep what changed. One that says nothing is not kept at all."""
        del app
        assert isinstance(session, Session)  # noqa: S101 opened above
        if session.new and not session:
            return
        now = self._clock()
        if not session.new and not session.modified and not _is_stale(session, now):
            return
        name = self._keep(session, now)
        if name != session.name:
            response.set_cookie(COOKIE, name, secure=True, httponly=True, samesite="Strict")

    def _find(self, name: str) -> ConsoleSession | None:
        now = self._clock()
        asked = select(ConsoleSession).where(
            ConsoleSession.digest == digest_of(name),
            ConsoleSession.ended_at.is_(None),
            ConsoleSession.seen_at > now - IDLE,
            ConsoleSession.created_at > now - LONGEST,
        )
        with self._store.reading(SIGN_IN) as work:
            found = work.session.scalar(asked)
            work.session.expunge_all()
        return found

    def _keep(self, session: Session, now: datetime) -> str:
        name = session.name or secrets.token_urlsafe(NAME_BYTES)
        with self._store.work(SIGN_IN) as work:
            row = work.session.get(ConsoleSession, digest_of(name))
            if row is None:
                row = ConsoleSession(digest=digest_of(name), created_at=now)
                work.session.add(row)
            row.content, row.seen_at = dict(session), now
        return name


def _is_stale(session: Session, now: datetime) -> bool:
    return session.seen_at is not None and now - session.seen_at > NOTED

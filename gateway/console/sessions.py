"""Sessions kept by the service: a browser holds a name without meaning, and can be sent away.

Ten idle minutes end one, eight hours in any case (threat model, T4). Whoever has proven nothing
yet has no row: the little that a form needs is signed and left with their browser, so that nobody
can fill a table by asking for pages.
"""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSessionInterface, SessionInterface, SessionMixin
from sqlalchemy import Update, select, update
from werkzeug.datastructures import CallbackDict

from gateway.console.identity import SIGN_IN
from models.db import Store, Work
from models.services.sign_ins import IDLE, LONGEST
from models.sign_in import ConsoleSession

COOKIE = "__Host-jaabi"
VISIT = "__Host-jaabi-visit"  # of whoever has not signed in
NOTED = timedelta(seconds=30)  # how exactly it is known when somebody was last here
NAME_BYTES = 32
BROWSERS = ("Edg", "Firefox", "Chrome", "Safari")  # the first that is named: others name more
UNASKED = "X-Unasked"  # a page that renews itself says so: nobody is there because of it


class Session(CallbackDict[str, Any], SessionMixin):
    """What one browser's session holds. With a ``name`` it is a row, without one a visit."""

    def __init__(self, content: Mapping[str, Any], name: str = "") -> None:
        def changed(_: Any) -> None:
            self.modified = True

        super().__init__(content, changed)
        self.name = name
        self.new = not name
        self.modified = False
        self.account_id: int | None = None
        self.created_at: datetime | None = None
        self.seen_at: datetime | None = None
        self.checked_at: datetime | None = None
        self.browser = ""
        self.is_renewed = self.is_over = False

    def prove(self, content: Mapping[str, Any], account_id: int | None, at: datetime) -> None:
        """Go on under a new name with ``content`` alone: somebody proved who they are."""
        if account_id is None or account_id != self.account_id:
            self.created_at = None
        self.clear()
        self.update(content)
        self.account_id = account_id
        self.checked_at = None if account_id is None else at
        self.is_renewed = self.modified = True

    def end(self) -> None:
        """Know nobody any more in this browser."""
        self.clear()
        self.is_over = True


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
        name = request.cookies.get(COOKIE, "")
        row = self._find(name) if name else None
        if row is None:
            session = Session(_visit(app, request.cookies.get(VISIT, "")))
            session.browser = browser_of(request)
            return session
        session = Session(row.content, name)
        session.browser = row.browser or browser_of(request)
        session.account_id, session.created_at = row.account_id, row.created_at
        session.checked_at = row.checked_at
        session.seen_at = None if UNASKED in request.headers else row.seen_at
        return session

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Keep what changed. One that says nothing is not kept at all."""
        assert isinstance(session, Session)  # noqa: S101 opened above
        if session.is_over:
            with self._store.work(SIGN_IN) as work:
                _close(work, session, self._clock())
            _take_away(response, COOKIE, VISIT)
        elif session.is_renewed:
            name = self._renew(session)
            if name:
                _give(response, COOKIE, name)
            _take_away(response, VISIT, *([] if name else [COOKIE]))
        elif session.new:
            if session.modified:
                _give(response, VISIT, _signer(app).dumps(dict(session)))
        elif session.modified or _is_stale(session, self._clock()):
            self._keep(session)

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

    def _keep(self, session: Session) -> None:
        said: dict[str, Any] = {"content": dict(session)}
        if session.seen_at is not None:
            said["seen_at"] = self._clock()
        with self._store.work(SIGN_IN) as work:
            work.session.execute(_open(session).values(**said))

    def _renew(self, session: Session) -> str:
        """Return the new name; none if the session was ended while this page was made."""
        name, now = secrets.token_urlsafe(NAME_BYTES), self._clock()
        row = ConsoleSession(
            digest=digest_of(name),
            account_id=session.account_id,
            content=dict(session),
            browser=session.browser,
            created_at=session.created_at or now,
            seen_at=now,
            checked_at=session.checked_at,
        )
        with self._store.work(SIGN_IN) as work:
            if session.name and not _close(work, session, now):
                return ""
            work.session.add(row)
        return name


def _open(session: Session) -> Update:
    """Change the row of a session, unless it has ended meanwhile."""
    own = ConsoleSession.digest == digest_of(session.name)
    return update(ConsoleSession).where(own, ConsoleSession.ended_at.is_(None))


def _close(work: Work, session: Session, now: datetime) -> bool:
    closing = _open(session).values(content={}, ended_at=now).returning(ConsoleSession.digest)
    return work.session.scalar(closing) is not None


def browser_of(request: Request) -> str:
    """Return the make of a browser, for whoever looks through their sessions."""
    said = request.user_agent.string
    return next((one for one in BROWSERS if one in said), "").replace("Edg", "Edge")


def _visit(app: Flask, said: str) -> dict[str, Any]:
    """Read what stands with a visitor's browser, signed as Flask signs its own sessions."""
    is_ours, content = _signer(app).loads_unsafe(said, max_age=int(LONGEST.total_seconds()))
    return dict(content) if is_ours and isinstance(content, dict) else {}


def _signer(app: Flask) -> Any:
    return SecureCookieSessionInterface().get_signing_serializer(app)


def _give(response: Response, cookie: str, value: str) -> None:
    response.set_cookie(cookie, value, secure=True, httponly=True, samesite="Strict")


def _take_away(response: Response, *cookies: str) -> None:
    for one in cookies:
        response.delete_cookie(one, secure=True, httponly=True, samesite="Strict")


def _is_stale(session: Session, now: datetime) -> bool:
    return session.seen_at is not None and now - session.seen_at > NOTED

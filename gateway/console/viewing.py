"""Who looks at a page, and the units of work they look and act in.

A page reads as its viewer: the query layer and the rights by row of the database both decide. An
act is done by the viewer in a work of the service, as by phone: it may take a case out of their
own sight, and it writes to others.
"""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import wraps
from http import HTTPStatus
from typing import Any, cast

from flask import abort, current_app, g, redirect, request, session, url_for

from gateway.console.flask_security_alone import auth_required, current_user
from gateway.console.identity import SignedIn
from gateway.console.sessions import Session
from models.db import Handler, Job, Overseer, Store, Work
from models.person import Person
from models.services.handling import Desk
from models.services.scene import House

ACTS = Job("console")
CHECKED_FOR = timedelta(minutes=15)  # how long a proof of who one is serves
HELD = "jaabi"  # where the application keeps what its pages need

View = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Kit:
    """What every page needs: the database, the house's tools, and the time."""

    store: Store
    house: House
    clock: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody signed in: the account, its role, and as whom they act."""

    account_id: int
    email: str
    role: str
    actor: Handler | Overseer

    @property
    def person_id(self) -> int | None:
        """Row id of the registered person they are; none for auditors and administrators."""
        return self.actor.person_id if isinstance(self.actor, Handler) else None


def kit() -> Kit:
    """Return the tools of this application."""
    return cast("Kit", current_app.extensions[HELD])


def now() -> datetime:
    """Return the time, the same throughout one request."""
    if "now" not in g:
        g.now = kit().clock()
    return cast("datetime", g.now)


def viewer() -> Viewer:
    """Return who looks: somebody signed in."""
    if "viewer" not in g:
        g.viewer = _viewer()
    return cast("Viewer", g.viewer)


def page(*roles: str) -> Callable[[View], View]:
    """Let a view be seen by whoever signed in with one of these roles; by all if none is named.

    Others find what stands at an address that does not exist.
    """

    def made(view: View) -> View:
        @auth_required("session")
        @wraps(view)
        def guarded(*args: Any, **named: Any) -> Any:
            if roles and viewer().role not in roles:
                abort(404)
            return view(*args, **named)

        return cast("View", guarded)

    return made


@contextmanager
def reading() -> Iterator[Work]:
    """Look as the viewer, without changing anything."""
    with kit().store.reading(viewer().actor) as work:
        yield work


@contextmanager
def acting() -> Iterator[Work]:
    """Change something as the viewer, in a work of the service."""
    with kit().store.work(ACTS) as work:
        yield replace(work, actor=viewer().actor)


@contextmanager
def at_desk() -> Iterator[Desk]:
    """Act on items as the registered person that the viewer is. 404 for those who are none."""
    person_id = viewer().person_id
    if person_id is None:
        abort(404)
    with acting() as work:
        person = work.session.get_one(Person, person_id)
        yield Desk(work, kit().house, person, now())


@contextmanager
def looking_at_desk() -> Iterator[Desk]:
    """Look as at the desk, at what the service knows too; nothing is changed. 404 for others."""
    person_id = viewer().person_id
    if person_id is None:
        abort(404)
    with kit().store.reading(ACTS) as base:
        work = replace(base, actor=viewer().actor)
        yield Desk(work, kit().house, work.session.get_one(Person, person_id), now())


def rechecked(back: str = "") -> None:
    """Go on only if whoever looks proved lately who they are; else let them first.

    ``back`` is where they come back to: this page, or for a form the page that had it.
    """
    at = cast("Session", session).checked_at
    if at is None or now() - at > CHECKED_FOR:
        here = request.full_path.rstrip("?") if request.method == "GET" else "/"
        abort(redirect(url_for("security.verify", vers=back or here), HTTPStatus.SEE_OTHER))


def is_role(names: Collection[str]) -> bool:
    """Tell whether whoever looks, if anybody, has one of these roles."""
    return current_user.is_authenticated and viewer().role in names


def _viewer() -> Viewer:
    account = cast("SignedIn", current_user)  # read anew with each request, while they may
    actor: Handler | Overseer = Overseer(account.id, account.role)
    if account.person_id is not None:
        actor = Handler(account.person_id, account.number)
    return Viewer(account.id, account.email, account.role, actor)

"""How long the console takes on PostgreSQL with 10,000 and with 1,000,000 cases.

python -m bench.console [cases ...]

Promised: with 1,000,000 cases and 5,000,000 messages each page within twice its time with 10,000;
queue and case within 150 ms at the median; at most 12 questions a page.
"""

import secrets
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event, select

from bench import _grown as grown
from bench import _service as service
from flows.numbers import is_item_number
from gateway.console import key
from gateway.console.application import console_app
from gateway.console.sessions import COOKIE, digest_of
from gateway.settings import Settings
from models import migrating
from models.account import Account
from models.db import Operator, Store
from models.organisation import Organisation
from models.services import accounts
from models.services.gazetteer import load_reference
from models.sign_in import ConsoleSession
from models.vault import create_keys

SIZES = (10_000, 1_000_000)
TIMES = 15
RATIO, AT_MOST_MS, QUESTIONS = 2.0, 150, 12
BOUND = {"queue", "case"}
PASSWORD = "sept chameaux attendent au puits"  # noqa: S105 of an account made here
PAGES = {
    "queue": "/file",
    "filter": "/file?categorie=12&lieu=ML0701",
    "nothing": "/file?categorie=12&lieu=ML0701&classe=C4",
    "late": "/file?terme=late&canal=ussd",
    "search": "/file?q=forage",
    "case": "/cas/{n}",
    "dashboard": "/tableau?jours=90",
    "morning": "/",
}


def furnish(store: Store, now: datetime) -> tuple[str, int]:
    """Make a programme with a triager, signed in; return the session's name and the account."""
    with store.work(Operator()) as work:
        load_reference(work)
        bodies = {f"body-{at}": "ngo" for at in range(grown.BODIES)}
        for name, kind in {"cell": "cell", "outside": "outside", **bodies}.items():
            work.session.add(Organisation(id=name, name=name, kind=kind))
        work.session.flush()
        new = accounts.NewAccount(
            email="triager@example.org", role="triager", organisation="cell", password=PASSWORD
        )
        account = accounts.add(work, new, now).id
        known = work.session.scalar(select(Account.uniquifier).where(Account.id == account))
        name = secrets.token_urlsafe(32)
        said = {"_user_id": known, "_fresh": True, "fs_cc": "set", "identity.id": known}
        session = ConsoleSession(digest=digest_of(name), account_id=account, content=said)
        session.created_at = session.seen_at = session.checked_at = now
        session.content = {**said, "fs_paa": now.timestamp()}
        work.session.add(session)
    return name, account


def measure(client: Any, store: Store, address: str) -> tuple[float, int]:
    """Return the median in milliseconds, and how many questions a page asks."""
    asked: list[str] = []

    def note(_link: object, _cursor: object, sql: str, *_rest: object) -> None:
        asked.append(sql)

    spent = []
    for engine in (store.durable, store.relaxed):
        event.listen(engine, "before_cursor_execute", note)
    for _ in range(TIMES):
        asked.clear()
        start = time.perf_counter()
        page = client.get(address)
        spent.append((time.perf_counter() - start) * 1000)
        if page.status_code != 200:
            raise SystemExit(f"{address}: {page.status_code}")
    for engine in (store.durable, store.relaxed):
        event.remove(engine, "before_cursor_execute", note)
    return statistics.median(spent[2:]), len(asked)


def measured(cases: int) -> dict[str, tuple[float, int]]:
    """Return (median, questions) of each page with so many cases."""
    now = datetime.now(UTC)
    with service.postgres() as owner, tempfile.TemporaryDirectory() as home:
        url = service.application_role(owner)
        migrating.upgrade(owner, role="application")
        store = Store(url)
        name, _ = furnish(store, now - timedelta(minutes=1))
        start = time.perf_counter()
        grown.grow(owner, cases, now)
        print(f"{cases:,} cases made in {time.perf_counter() - start:.0f} s", file=sys.stderr)
        settings = Settings.load(home=Path(home), database_url=url)
        create_keys(settings.keys)
        key.create(settings.home)
        client = console_app(settings, store).test_client()
        client.set_cookie(COOKIE, name, secure=True, domain="localhost")
        client.environ_base["wsgi.url_scheme"] = "https"
        number = _first(client)
        found = {
            page: measure(client, store, address.format(n=number))
            for page, address in PAGES.items()
        }
        store.close()
        return found


def _first(client: Any) -> str:
    words = client.get("/file").text.split('<tr id="n', 1)[1]
    number = words.split('"', 1)[0]
    assert is_item_number(number)
    return str(number)


def main() -> None:
    """Print a line a page."""
    sizes = tuple(map(int, sys.argv[1:])) or SIZES
    found = {size: measured(size) for size in sizes}
    print(f"{'page':<12}" + "".join(f"{size:>14,}" for size in sizes) + "   ratio  questions")
    few, many = found[sizes[0]], found[sizes[-1]]
    for page in PAGES:
        took = "".join(f"{found[size][page][0]:>11.1f} ms" for size in sizes)
        ratio, questions = many[page][0] / few[page][0], many[page][1]
        wrong = ratio > RATIO or questions > QUESTIONS
        wrong |= page in BOUND and many[page][0] > AT_MOST_MS
        print(f"{page:<12}{took}{ratio:>8.2f}{questions:>11}{'   over' if wrong else ''}")


if __name__ == "__main__":
    main()

"""Opens words for whoever may hear them: the holder of the case, or the holder of its receipt."""

import hmac
from collections.abc import Collection
from datetime import datetime, timedelta
from threading import Lock

from sqlalchemy import select

from flows.policy import SENSITIVE
from models.alert import AlertSource
from models.case import Case, CaseEvent, CaseKey, Story, Subject
from models.db import Job, Store, Work
from models.errors import KeeperRefused
from models.person import Person
from models.vault import Vault

ACTOR = Job("keeper")
FRESH = timedelta(seconds=60)
ANSWERS = ("answer", "resolved")
TO_HANDLERS = ("said", "repair")  # and what an organisation answered to a repair request


class Openings:
    """Checks who asks before anything is opened. One reading event opens words once."""

    def __init__(self, store: Store, vault: Vault) -> None:
        self._store = store
        self._vault = vault
        self._lock = Lock()
        self._used: dict[int, datetime] = {}

    def words(self, reading: int, now: datetime) -> list[str]:
        """Return what was said in a case and of its repair, oldest first. Raises KeeperRefused.

        ``reading`` is the row id of a committed event that says who reads: the trace comes first.
        """
        with self._store.reading(ACTOR) as work:
            event = work.session.get(CaseEvent, reading)
            if event is None or event.transition != "read" or now - event.at >= FRESH:
                raise KeeperRefused("no fresh reading")
            if not _may_read(work, event):
                raise KeeperRefused("not the holder")
            self._use(reading, now)
            return self._opened(work, _told_alike(work, event.case_id), TO_HANDLERS)

    def answer(self, case_id: int, contact: str | None, receipt: str) -> list[str]:
        """Return the answers given to a case, oldest first. Raises KeeperRefused."""
        short, long = self._vault.digests(contact, receipt)
        with self._store.reading(ACTOR) as work:
            case = work.session.get(Case, case_id)
            if case is None or not (
                _same(short, case.receipt_short) or _same(long, case.receipt_long)
            ):
                raise KeeperRefused("not its receipt")
            return self._opened(work, {case_id, *_joined(work, case_id)}, ANSWERS)

    def _use(self, reading: int, now: datetime) -> None:
        with self._lock:
            if reading in self._used:
                raise KeeperRefused("used before")
            fresh = {one: at for one, at in self._used.items() if now - at < 2 * FRESH}
            self._used = {**fresh, reading: now}

    def _opened(self, work: Work, cases: Collection[int], what: Collection[str]) -> list[str]:
        rows = work.session.execute(
            select(Story.sealed, CaseKey.key_id, CaseKey.wrapped)
            .join(CaseKey, CaseKey.story_id == Story.id)
            .where(Story.case_id.in_(cases), Story.what.in_(what), Story.status == "kept")
            .order_by(Story.at, Story.id)
        )
        return [self._vault.story(*row) for row in rows]


def _told_alike(work: Work, case_id: int) -> set[int]:
    """Return a case with those of speakers who told the same event and wait for it."""
    own = select(AlertSource.own_id).where(AlertSource.case_id == case_id)
    waiting = select(Case.id).where(Case.id.in_(own), Case.case_class.not_in(SENSITIVE))
    return {case_id, *work.session.scalars(waiting)}


def _joined(work: Work, case_id: int) -> set[int]:
    """Return the case whose answers are also those of a speaker's own one, if it joined another."""
    return set(
        work.session.scalars(select(AlertSource.case_id).where(AlertSource.own_id == case_id))
    )


def _may_read(work: Work, event: CaseEvent) -> bool:
    person = work.session.scalar(select(Person).where(Person.number == event.by))
    case = work.session.get(Case, event.case_id)
    if person is None or case is None or not person.usable:
        return False
    return not _is_accused(work, case, person) and (
        case.holder_person == person.id or _wears_holding_function(case, person)
    )


def _wears_holding_function(case: Case, person: Person) -> bool:
    return any(
        hat.function == case.holder_function and hat.organisation_id == case.holder_organisation
        for hat in person.hats
    )


def _is_accused(work: Work, case: Case, person: Person) -> bool:
    # A second wall behind visible_cases: whom a case is about never hears its words.
    organisations = {person.organisation_id, *(hat.organisation_id for hat in person.hats)}
    accused = work.session.execute(
        select(Subject.kind, Subject.ref).where(Subject.case_id == case.id)
    ).all()
    return ("person", person.number) in accused or any(
        kind == "organisation" and ref in organisations for kind, ref in accused
    )


def _same(digest: str | None, kept: str | None) -> bool:
    return digest is not None and kept is not None and hmac.compare_digest(digest, kept)

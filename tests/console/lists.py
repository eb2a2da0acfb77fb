"""Cases for lists: rows as filing leaves them, without a speaker and without words."""

from datetime import timedelta

from sqlalchemy import select

from models.case import Case, CaseEvent, ItemNumber, Subject
from models.db import Job
from models.organisation import Organisation
from models.person import Hat, Person

TESSIT, ANSONGO = "ML070106", "ML0701"


def person_of(store, number):
    with store.work(Job("test")) as work:
        return work.session.scalar(select(Person.id).where(Person.number == number))


def people_with(store, function):
    """Return the numbers of who wears a hat of this function, in the order of registration."""
    with store.work(Job("test")) as work:
        rows = select(Person.number).join(Hat, Hat.person_id == Person.id)
        return list(work.session.scalars(rows.where(Hat.function == function).order_by(Person.id)))


def put_case(store, number, now, about=(), **facts):
    """Write one case at the triage desk, due in ten days unless it is said otherwise."""
    with store.work(Job("test")) as work:
        for kind, ref in about:
            if kind == "organisation" and work.session.get(Organisation, ref) is None:
                work.session.add(Organisation(id=ref, name=ref.upper(), kind="ngo"))
                work.session.flush()
        work.session.add(ItemNumber(number=number, kind="case"))
        work.session.flush()
        case = Case(number=number, **{**_usual(now), **facts})
        case.subjects = [Subject(kind=kind, ref=ref) for kind, ref in about]
        work.session.add(case)
        work.session.flush()
        work.session.add(
            CaseEvent(
                case_id=case.id,
                transition="opened",
                status=case.status,
                by="gateway",
                at=case.opened_at,
                details={},
            )
        )
        return case.id


def put_event(store, case_id, transition, at, status="routed", **details):
    with store.work(Job("test")) as work:
        work.session.add(
            CaseEvent(
                case_id=case_id,
                transition=transition,
                status=status,
                by="test",
                at=at,
                details=details,
            )
        )


def _usual(now):
    return {
        "kind": "complaint",
        "category": "12",
        "case_class": "C4",
        "area_pcode": TESSIT,
        "source": "ussd",
        "channel": "phone",
        "language": "fr",
        "about": "unknown",
        "answer_wanted": "code",
        "status": "routed",
        "opened_at": now - timedelta(hours=2),
        "act_by": now + timedelta(days=2),
        "due_at": now + timedelta(days=10),
        "holder_organisation": "cell",
        "holder_function": "cell_triager",
        "why": [],
    }

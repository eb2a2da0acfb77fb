"""Who may know of which case: the only door to cases, whoever asks and by whatever road.

Whoever a case is about is barred from it in all hats and by declared ties, by the same rules that
routing follows (flows/bars.py), and finds what a stranger finds: nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import ColumnElement, Select, and_, case, false, or_, select, true

from flows.bars import bars
from flows.case_lifecycle import HELD, JOINED
from flows.policy import SENSITIVE
from models.case import Case
from models.db import Actor, Handler, Job, Operator, Work
from models.identity import BECOME, person_of
from models.lowering import Lowering
from models.person import Person
from models.services.barring import standing, unbarred
from models.services.routing import policy

BEYOND = "Z"  # sorts behind every digit, in every collation


def visible_cases(work: Work) -> Select[Case]:
    """Return the cases the actor of this work may see; add conditions to it, never replace it.

    A registered person sees what they hold, or what a function they wear holds; the operator all
    but C5 to C7; jobs all; the public gateway none, because receipts have their own door
    (models/services/receipts.py).
    """
    match work.actor:
        case Job():
            return select(Case)
        case Operator():
            # What joined an event is counted in it: one event, one item.
            return select(Case).where(Case.case_class.not_in(SENSITIVE), Case.status != JOINED)
        case Handler(person_id=person_id):
            return select(Case).where(_held(work, person_id), _unbarred(work, person_id))
        case _:
            return select(Case).where(false())


def countable_cases(work: Work, *among: ColumnElement[bool]) -> Select[Case]:
    """Return the ordinary cases of these conditions that the actor may count, whoever has them.

    PostgreSQL counts them in a work opened to serve; one opened as a person sees their own.
    """
    ordinary = and_(Case.case_class.not_in(SENSITIVE), *among)
    match work.actor:
        case Job() | Operator():
            return select(Case).where(ordinary)
        case Handler(person_id=person_id):
            return select(Case).where(ordinary, _unbarred(work, person_id))
        case _:
            return select(Case).where(false())


def ways(work: Work) -> list[ColumnElement[bool]]:
    """Return by which ways cases come before the actor of this work: each is one that an index has.

    Every visible case is found by one of them at least. None is a right: ``visible_cases`` judges.
    """
    person_id = work.actor.person_id if isinstance(work.actor, Handler) else None
    person = None if person_id is None else work.session.get(Person, person_id)
    if person is None:
        return [true()]
    found = standing(work, person.id)
    called = {*found.rung, *found.judging} if found else set()
    return [
        Case.holder_person == person.id,
        *([Case.id.in_(sorted(called))] if called else ()),
        *_by_function(person),
    ]


@contextmanager
def seen_by(work: Work) -> Iterator[None]:
    """Let the database itself hide, as long as this lasts, what the actor of this work may not see.

    For works that serve others too, and so were opened as the gateway or a job; SQLite has the one
    wall of ``visible_cases``. What fails in here leaves the transaction seeing too little.
    """
    if work.opened_by in {None, work.actor} or _is_sqlite(work):
        yield
        return
    work.session.flush()
    with work.session.no_autoflush:
        _become(work, work.actor)
        yield
        _become(work, work.opened_by)


@contextmanager
def in_service(work: Work, job: Job) -> Iterator[None]:
    """Let the service do, as long as this lasts, what takes a case out of its actor's own sight.

    Only after it was judged that they may: the database would else take the act for none.
    """
    if not isinstance(work.opened_by, Handler) or _is_sqlite(work):
        yield
        return
    work.session.flush()
    _become(work, job)
    yield
    work.session.flush()
    _become(work, work.opened_by)


def _is_sqlite(work: Work) -> bool:
    return work.session.get_bind().dialect.name == "sqlite"


def _become(work: Work, actor: Actor | None) -> None:
    person = person_of(actor.person_id if isinstance(actor, Handler) else None)
    work.session.connection().exec_driver_sql(BECOME, (str(actor), person))


def _held(work: Work, person_id: int) -> ColumnElement[bool]:
    person = work.session.get(Person, person_id)
    if person is None or not person.usable:
        return false()
    # Whoever was rung for an evacuation may take it, even when the next one rings already; and
    # whoever is asked whether a case may leave its compartment must see what is to be judged.
    # Said by row ids: PostgreSQL would look at a question within this one after all rights by row.
    found = standing(work, person_id)
    rung = Case.id.in_(found.rung if found else ())
    judged = Case.id.in_(found.judging if found else ())
    theirs = or_(Case.holder_person == person.id, rung, *_by_function(person))
    cleared = or_(Case.case_class.not_in(SENSITIVE), Case.case_class.in_(clearance(person)))
    # Lists say again which status they want: said plainly twice, it is thought to be rare twice.
    still_held = case((Case.status.in_(HELD), true()), else_=false())
    return and_(still_held, or_(and_(theirs, cleared), judged))


def _by_function(person: Person) -> list[ColumnElement[bool]]:
    return [
        and_(
            Case.holder_function == hat.function,
            Case.holder_organisation == hat.organisation_id,
            _inside(hat.area_pcode),
        )
        for hat in person.hats
    ]


def to_judge(person_id: int) -> ColumnElement[bool]:
    """Return what holds of a case of which this person is to say whether it is private."""
    asked = select(Lowering.case_id).where(Lowering.decided_at.is_(None))
    return Case.id.in_(asked.where(Lowering.second_id == person_id))


def clearance(person: Person) -> frozenset[str]:
    """Return the compartments a person is cleared for: those their functions judge.

    Whoever holds a case of another one all the same, by whatever mistake, does not see it.
    """
    worn = {hat.function for hat in person.hats}
    judged = policy().officers.items()
    return frozenset(name for name, functions in judged if worn & {*functions, policy().outside})


def is_cleared(work: Work) -> bool:
    """Tell whether who works may have cases of a compartment at all."""
    match work.actor:
        case Job():
            return True
        case Handler(person_id=person_id):
            person = work.session.get(Person, person_id)
            return person is not None and bool(clearance(person))
        case _:
            return False


def _inside(area_pcode: str | None) -> ColumnElement[bool]:
    # A hat worn for one area sees the cases of that area, and those without a place.
    if area_pcode is None:
        return true()
    # P-codes of the 2021 edition nest by their digits (flows/directory.py).
    within = and_(Case.area_pcode >= area_pcode, Case.area_pcode < area_pcode + BEYOND)
    return or_(Case.area_pcode.is_(None), within)


def _unbarred(work: Work, person_id: int) -> ColumnElement[bool]:
    # What bars a person is known beforehand: a subject written this moment is judged like others.
    return unbarred(work, person_id, bars)

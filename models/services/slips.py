"""Booklets of numbered slips: issued with their receipts, used up one by one, freed, revoked.

The twelve digits leave here once, to be printed, or stand on one screen during one call; what is
kept of them is their digest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, delete, func, or_, select

from flows import numbers
from flows.deadlines import UNDO
from models.case import Case
from models.db import Work
from models.errors import KeeperAway, NotFound, StoreError
from models.person import Person
from models.services.audit import Mark, note
from models.services.directory import by_number
from models.services.scene import House
from models.slip import Booklet, Slip

MOST = 99  # two digits name a slip
KEPT = timedelta(days=365)
DRAWS = 20


class SlipsRefused(StoreError):
    """What was asked for cannot be printed; the sentence says why."""


@dataclass(frozen=True, slots=True, repr=False)
class Printed:
    """One slip for paper: its number among the operator's, and the twelve digits."""

    number: str
    digits: str


@dataclass(frozen=True, slots=True)
class Standing:
    """One booklet as it stands: how many of its slips are used, and which numbers it has."""

    id: int
    operator: str
    first: str
    last: str
    slips: int
    used: int
    issued_at: datetime
    revoked_at: datetime | None
    on_screen: bool = False


def issue(
    work: Work, house: House, operator: str, count: int, now: datetime
) -> tuple[Booklet, list[Printed]]:
    """Make a booklet for an operator and return what to print. Raises NotFound, SlipsRefused.

    Numbers follow those of the booklet before. One whose slip is still out is not given twice:
    a number alone says which slip is meant.
    """
    person = by_number(work, operator)
    if person.role != "operator" or person.revoked_at is not None:
        raise SlipsRefused(f"{person.number} is no operator")
    free = _free_numbers(work, person.id, now)
    if len(free) < count:
        raise SlipsRefused(f"{person.number} has {len(free)} numbers free, of {MOST} in all")
    booklet = Booklet(person_id=person.id, issued_at=now)
    work.session.add(booklet)
    work.session.flush()
    note(work, Mark("slips_issued", "booklet", booklet.id, person.number), now)
    return booklet, [_add(work, house, booklet, number) for number in free[:count]]


def revoke(work: Work, booklet_id: int, now: datetime) -> Booklet:
    """Make a lost booklet worthless: what it logged stays, its other codes open nothing ever.

    Raises NotFound.
    """
    booklet = work.session.get(Booklet, booklet_id)
    if booklet is None:
        raise NotFound(f"there is no booklet {booklet_id}")
    if booklet.revoked_at is None:
        booklet.revoked_at = now
        note(work, Mark("slips_revoked", "booklet", booklet.id), now)
        for slip in work.session.scalars(select(Slip).where(Slip.booklet_id == booklet_id)):
            slip.receipt_long = slip.receipt_sealed = None
    return booklet


def booklets(work: Work) -> list[Standing]:
    """Return every booklet, the oldest first."""
    rows = work.session.execute(
        select(
            Booklet.id,
            Person.number,
            func.min(Slip.id),
            func.max(Slip.id),
            func.count(Slip.id),
            func.count(Slip.used_at),
            Booklet.issued_at,
            Booklet.revoked_at,
            Booklet.on_screen,
        )
        .join(Person, Person.id == Booklet.person_id)
        .join(Slip, Slip.booklet_id == Booklet.id)
        .group_by(Booklet.id, Person.number)
        .order_by(Booklet.id)
    ).all()
    ends = {one for row in rows for one in row[2:4]}
    named = select(Slip.id, Slip.number).where(Slip.id.in_(ends))
    numbered = {row[0]: row[1] for row in work.session.execute(named)}
    return [Standing(row[0], row[1], numbered[row[2]], numbered[row[3]], *row[4:]) for row in rows]


def on_screen(work: Work, house: House, person: Person, digits: str, now: datetime) -> Slip | None:
    """Return a slip for the code that stood on an operator's screen; None once it was used."""
    long, sealed = _digest(house, digits)
    if long is not None and (is_out(work, long) or _is_given(work, long)):
        return None
    booklet, number = _of_today(work, person.id, now)
    slip = Slip(booklet_id=booklet.id, number=number, receipt_long=long, receipt_sealed=sealed)
    work.session.add(slip)
    work.session.flush()
    return slip


def just_used(work: Work, person_id: int, now: datetime) -> Slip | None:
    """Return the slip that an operator used last, while it can still be freed."""
    lately = _of(person_id).where(Slip.used_at > now - UNDO)
    return work.session.scalar(lately.order_by(Slip.used_at.desc(), Slip.id.desc()).limit(1))


def find(work: Work, person_id: int, number: str) -> Slip | None:
    """Return the slip that an operator means by a number, locked: the unused one, or the newest."""
    mine = _of(person_id).where(Slip.number == number)
    last = mine.order_by(Slip.used_at.is_not(None), Slip.id.desc()).limit(1)
    return work.session.scalar(last.with_for_update(of=Slip))


def unused(work: Work, person_id: int, limit: int) -> Sequence[str]:
    """Return the numbers of an operator's next slips."""
    mine = _of(person_id).where(Slip.used_at.is_(None))
    return [slip.number for slip in work.session.scalars(mine.order_by(Slip.id).limit(limit))]


def use(work: Work, slip: Slip, case: Case, now: datetime) -> None:
    """Move the receipt of a slip to the case logged on it: twelve digits open it anywhere."""
    long, sealed = slip.receipt_long, slip.receipt_sealed
    slip.receipt_long = slip.receipt_sealed = None
    slip.used_at, slip.case_id = now, case.id
    work.session.flush()
    case.receipt_long, case.receipt_sealed = long, sealed


def logged_on(work: Work, case: Case) -> Slip | None:
    """Return the slip a case was logged on, or None."""
    return work.session.scalar(select(Slip).where(Slip.case_id == case.id).with_for_update())


def free(work: Work, slip: Slip, case: Case) -> None:
    """Give a slip its receipt back, before its case is withdrawn: it can be used again."""
    slip.receipt_long, slip.receipt_sealed = case.receipt_long, case.receipt_sealed
    case.receipt_long = case.receipt_sealed = None
    slip.used_at = slip.case_id = None
    work.session.flush()


def is_out(work: Work, long: str | None) -> bool:
    """Tell whether a digest is that of a slip read out to somebody and not yet logged."""
    if long is None:
        return False
    return work.session.scalar(select(Slip.id).where(Slip.receipt_long == long)) is not None


def purge(work: Work, now: datetime) -> int:
    """Forget booklets of more than a year ago; cases logged on them keep their receipts."""
    old = select(Booklet.id).where(Booklet.issued_at <= now - KEPT)
    work.session.execute(delete(Slip).where(Slip.booklet_id.in_(old)))
    gone = delete(Booklet).where(Booklet.issued_at <= now - KEPT).returning(Booklet.id)
    return len(work.session.scalars(gone).all())


def _of(person_id: int, *among: ColumnElement[bool]) -> Select[Slip]:
    mine = (Booklet.person_id == person_id, Booklet.revoked_at.is_(None), *among)
    return select(Slip).join(Booklet, Booklet.id == Slip.booklet_id).where(*mine)


def _free_numbers(work: Work, person_id: int, now: datetime) -> list[str]:
    """Return the numbers that name no slip, those after the last one issued first."""
    out = or_(Slip.used_at.is_(None), Slip.used_at > now - UNDO)
    taken = {slip.number for slip in work.session.scalars(_of(person_id, out))}
    mine = (Booklet.person_id == person_id, Booklet.on_screen.is_(False))
    ever = select(Slip.number).join(Booklet).where(*mine)
    last = int(work.session.scalar(ever.order_by(Slip.id.desc()).limit(1)) or 0)
    around = [f"{(last + step) % MOST + 1:02d}" for step in range(MOST)]
    return [number for number in around if number not in taken]


def _add(work: Work, house: House, booklet: Booklet, number: str) -> Printed:
    digits, long, sealed = _draw(work, house)
    slip = Slip(booklet_id=booklet.id, number=number, receipt_long=long, receipt_sealed=sealed)
    work.session.add(slip)
    work.session.flush()
    return Printed(number, digits)


def _draw(work: Work, house: House) -> tuple[str, str | None, bytes | None]:
    """Draw a receipt: its digits and digest, or sealed while the keeper is away."""
    for _ in range(DRAWS):
        digits = numbers.receipt(house.draw)
        long, sealed = _digest(house, digits)
        if long is None or not (is_out(work, long) or _is_given(work, long)):
            return digits, long, sealed
    raise RuntimeError("no free receipt")


def _digest(house: House, digits: str) -> tuple[str | None, bytes | None]:
    """Return the digest of a receipt; it sealed instead while the keeper is away."""
    try:
        return house.keeper.digests(None, digits)[1], None
    except KeeperAway:
        return None, house.sealer.receipt(digits)


def _is_given(work: Work, long: str) -> bool:
    of_case = select(Case.id).where(Case.receipt_long == long)
    return work.session.scalar(of_case) is not None


def _of_today(work: Work, person_id: int, now: datetime) -> tuple[Booklet, str]:
    """Return an operator's booklet at the screen that has a number free, and that number."""
    begun = now.replace(hour=0, minute=0, second=0, microsecond=0)
    mine = (Booklet.person_id == person_id, Booklet.on_screen, Booklet.issued_at >= begun)
    newest = select(Booklet).where(*mine, Booklet.revoked_at.is_(None)).order_by(Booklet.id.desc())
    booklet = work.session.scalar(newest.limit(1).with_for_update())
    free = _free_numbers(work, person_id, now)
    if booklet is not None:
        used = select(Slip.number).where(Slip.booklet_id == booklet.id)
        gone = set(work.session.scalars(used))
        left = [number for number in free if number not in gone]
        if left:
            return booklet, left[0]
    if not free:
        raise SlipsRefused("no number is free")
    booklet = Booklet(person_id=person_id, issued_at=now, on_screen=True)
    work.session.add(booklet)
    work.session.flush()
    return booklet, free[0]

"""Lists of people at work: their accounts of the console, and the phones they registered."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, or_, select

from models.account import Account
from models.db import Overseer, Work
from models.organisation import Organisation
from models.person import Person
from models.services import accounts, phones
from models.services.handling import Desk

PAGE = 50
CHUNK = 200  # looked through at once for those of one's area
CHUNKS = 4

Charge = Callable[[Person], bool]


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of people, and after whom the next one begins; none if this is the last."""

    people: Sequence[Person]
    after: str | None


def charge_of(desk: Desk | None, work: Work) -> Charge:
    """Return for whom somebody answers: administrators for all, supervisors for their area."""
    if desk is not None:
        return phones.charge_of(desk)
    match work.actor:
        case Overseer(role="administrator"):
            return lambda person: person.revoked_at is None
        case _:
            return lambda _: False


def accounts_of(work: Work, charge: Charge) -> Sequence[tuple[Account, Person | None]]:
    """Return the valid accounts that somebody answers for, by e-mail."""
    everybody = isinstance(work.actor, Overseer)
    return [
        (account, person)
        for account, person in accounts.live(work)
        if (person is not None and charge(person)) or (person is None and everybody)
    ]


def phones_of(work: Work, charge: Charge, said: str, after: str) -> Listed:
    """Return a page of the people with a phone that somebody answers for, by number.

    ``said`` is a number (P0151), three last digits, or part of the employer's name.
    """
    asked = _named(said)
    found: list[Person] = []
    for _ in range(CHUNKS):
        chunk = work.session.scalars(
            asked.where(Person.number > after).order_by(Person.number).limit(CHUNK)
        ).all()
        for person in chunk:
            if len(found) == PAGE:
                return Listed(found, found[-1].number)
            if charge(person):
                found.append(person)
        if len(chunk) < CHUNK:
            return Listed(found, None)
        after = chunk[-1].number
    return Listed(found, after)


def _named(said: str) -> Select[Person]:
    asked = select(Person).where(Person.pseudonym.is_not(None), Person.revoked_at.is_(None))
    if not said:
        return asked
    employers = select(Organisation.id).where(
        func.lower(Organisation.name).contains(said.casefold(), autoescape=True)
    )
    return asked.where(
        or_(
            Person.number == said.upper(),
            Person.phone_ends == said,
            Person.organisation_id == said.casefold(),
            Person.organisation_id.in_(employers),
        )
    )


def with_phone(work: Work, number: str) -> Person | None:
    """Return who has this number and a phone; none for others."""
    return work.session.scalar(
        select(Person).where(Person.number == number.upper(), Person.pseudonym.is_not(None))
    )

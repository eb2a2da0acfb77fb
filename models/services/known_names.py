"""The names by which people speak of those who are registered, noted by whoever registers them."""

from sqlalchemy import select

from flows.naming import is_name
from models.db import Work
from models.known_as import KnownAs
from models.services.directory import DirectoryRefused, by_number

LONGEST = 60


def call(work: Work, number: str, name: str) -> None:
    """Note a name or nickname of a registered person; twice is once.

    Raises NotFound, DirectoryRefused.
    """
    person, plain = by_number(work, number), " ".join(name.split())[:LONGEST]
    if not is_name(plain):
        raise DirectoryRefused([f"nobody can be recognised by {name}: three letters at least"])
    known = select(KnownAs.id).where(KnownAs.person_id == person.id, KnownAs.name == plain)
    if work.session.scalar(known) is None:
        work.session.add(KnownAs(person_id=person.id, name=plain))
        work.session.flush()


def names_of(work: Work, number: str) -> list[str]:
    """Return the names noted of a person. Raises NotFound."""
    theirs = select(KnownAs.name).where(KnownAs.person_id == by_number(work, number).id)
    return list(work.session.scalars(theirs.order_by(KnownAs.id)))


def forget(work: Work, number: str) -> None:
    """Forget the names noted of a person. Raises NotFound."""
    theirs = select(KnownAs).where(KnownAs.person_id == by_number(work, number).id)
    for one in work.session.scalars(theirs):
        work.session.delete(one)

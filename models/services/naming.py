"""Whom of the registered people words name: they may not judge what is told of them.

Names and nicknames are given by whoever registers people (`jaabi people known-as`); what somebody
is stands in the routing policy; of a telephone its last three digits are known, and in doubt it is
theirs.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select

from flows import naming
from flows.directory import Subject, overlaps
from models.db import Work
from models.known_as import KnownAs
from models.person import Hat, Person
from models.services.routing import policy

ENDS = 3  # digits kept of a registered telephone

_NAMES = select(KnownAs.person_id, KnownAs.name)
_STAFF = select(Person.id, Person.number, Person.role, Person.area_pcode, Person.phone_ends).where(
    Person.revoked_at.is_(None)
)
_HATS = select(Hat.person_id, Hat.function, Hat.area_pcode)


class Staff(NamedTuple):
    """Everybody registered and all that they are, read once for each text."""

    people: Sequence[Any]
    hats: Sequence[Any]


def registered(work: Work) -> Staff:
    """Return whom words may name."""
    return Staff(work.session.execute(_STAFF).all(), work.session.execute(_HATS).all())


def people_named(work: Work, among: Staff, words: str, area: str | None) -> list[Subject]:
    """Return who works at a place, by name or telephone in ``words``: ("person", number).

    Where the place is not known anybody may be meant.
    """
    staff = {one.id: one for one in among.people if overlaps(one.area_pcode, area)}
    hats = [one for one in among.hats if one.person_id in staff]
    there = {one.person_id for one in hats if overlaps(one.area_pcode, area)}
    there |= staff.keys() - {one.person_id for one in hats}
    here = {one: staff[one] for one in there}
    meant = {one for one in _by_name(work, words) if one in here}
    meant |= set(_by_telephone(words, here.values()))
    return [("person", number) for number in sorted(here[one].number for one in meant)]


def functions_named(among: Staff, words: str, area: str | None) -> list[Subject]:
    """Return what those who work at a place are, where ``words`` say it: ("function", mcd@...)."""
    said, labels = naming.said_in(words), policy().functions
    worn = {one.function for one in among.hats if overlaps(one.area_pcode, area)}
    worn |= {one.role for one in among.people if overlaps(one.area_pcode, area)}
    found = (one for one in sorted(worn & labels.keys()) if naming.names(labels[one], said))
    return [("function", f"{one}@{area}" if area else one) for one in found]


def _by_name(work: Work, words: str) -> Iterator[int]:
    said = naming.said_in(words)
    for one in work.session.execute(_NAMES):
        if naming.names(one.name, said):
            yield one.person_id


def _by_telephone(words: str, staff: Iterable[Any]) -> Iterator[int]:
    # The keeper is not asked whose a number is: a text full of numbers would look to it like an
    # attempt at all of them, and silence it for everybody.
    ends = {number[-ENDS:] for number in naming.numbers_in(words)}
    return (one.id for one in staff if one.phone_ends in ends)

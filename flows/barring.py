"""Whom a case must not be about for one person to know of it: the other side of flows/bars.py.

Found from the directory alone, once, so that each case costs one look at its own subjects, however
many cases there are. The rules judge: here are only those who may come into question.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from flows.bars import bars
from flows.directory import Directory, Seat, Subject, overlaps

Judge = Callable[[tuple[Subject, ...], Directory], Mapping[Seat, object]]


class Barring(NamedTuple):
    """Subjects that bar somebody, as ``kind:ref``: these, and all that begin with one of those."""

    names: frozenset[str]
    starts: frozenset[str]

    def meets(self, subject: Subject) -> bool:
        """Tell whether this subject bars."""
        name = ":".join(subject)
        return name in self.names or name.startswith(tuple(self.starts))


def barring(person_id: int, directory: Directory, judge: Judge = bars) -> Barring:
    """Return what bars this person, of what a case can be about."""
    mine = [seat for seat in directory.seats if seat.person_id == person_id]
    kin = _kin({seat.person for seat in mine}, directory)
    circle = [seat for seat in directory.seats if seat.person_id == person_id or seat.person in kin]
    # A colleague is judged alone with the circle, and colleagues of one desk once for all: each
    # among all would cost their square.
    bare = tuple(replace(seat, function="") for seat in circle)
    told: dict[object, bool] = {}
    names: set[str] = set()
    starts: set[str] = set()
    for seat in _beside(circle, mine, directory):
        near = Directory(directory.organisations, (seat, *bare), directory.ties)
        desk = (seat.organisation, seat.function, seat.area, seat if seat in circle else None)
        for subject, exact, start in _questions(seat, directory):
            asked = (subject[0], *desk)
            if asked not in told:
                judged = judge((subject,), near)
                told[asked] = any(one.person_id == person_id for one in judged)
            if told[asked]:
                names.update(exact)
                starts.update([] if start is None else [start])
    return Barring(frozenset(names), frozenset(starts))


def _kin(numbers: set[str], directory: Directory) -> set[str]:
    either = [*directory.ties, *((other, one) for one, other in directory.ties)]
    return {other for one, other in either if one in numbers}


def _beside(circle: list[Seat], mine: list[Seat], directory: Directory) -> Iterator[Seat]:
    """Give the circle's seats, and those at one's own employers and sites."""
    yield from circle
    for seat in directory.seats:
        if any(
            own.organisation == seat.organisation and overlaps(own.area, seat.area) for own in mine
        ):
            yield seat


def _questions(seat: Seat, directory: Directory) -> Iterator[tuple[Subject, list[str], str | None]]:
    """Give what a case may be about to mean this seat, with the names that mean the same."""
    yield ("person", seat.person), [f"person:{seat.person}"], None
    yield ("organisation", seat.organisation), [f"organisation:{seat.organisation}"], None
    body = directory.organisations.get(seat.organisation)
    if body is not None and body.facility:
        yield ("facility", body.facility), [f"facility:{body.facility}"], None
    yield _of_function(seat)


def _of_function(seat: Seat) -> tuple[Subject, list[str], str]:
    # Meant where it is worn: there, inside, and in all that lies around it.
    at, area = f"function:{seat.function}@", seat.area or ""
    around = [at + area[:length] for length in range(len(area) + 1)]
    meant = ("function", f"{seat.function}@{area}")
    return meant, [f"function:{seat.function}", *around], at + area

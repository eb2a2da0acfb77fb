"""What words say about who may know: heard before any person sees them (domain.md 4.2, rule 1).

A compartment by the lexicon in the languages heard; whoever of the staff they name is barred, and
a complaint that names a person is held for the officer of integrity (threat model, T2).
"""

from dataclasses import dataclass

from flows.directory import Subject
from flows.harm import unheard
from flows.sensitivity import Compartment, class_of, left_out, words_class
from models.db import Work
from models.services.naming import functions_named, people_named, registered
from models.services.scene import House

HELD: Compartment = "C5"
DOUBT: Compartment = "C7"


@dataclass(frozen=True, slots=True, repr=False)
class Sensed:
    """What was heard: a compartment by the lexicon, whom the words name, whether of a gap.

    ``accusing``: whether what they belong to accuses anybody. Of a fire or a flood it does not:
    who helps there may be named, and help must not wait for an officer.
    """

    heard: Compartment | None = None
    people: tuple[Subject, ...] = ()
    functions: tuple[Subject, ...] = ()
    excluded: bool = False

    def compartment(self, *, accusing: bool = True) -> Compartment | None:
        """Return the compartment that the words belong to."""
        return self.heard or (HELD if self.people and accusing else None)

    def named(self, *, accusing: bool = True) -> tuple[Subject, ...]:
        """Return who is barred for being named."""
        return (*self.people, *self.functions) if accusing else self.people

    def class_of(self, category: str, about: str, *, accusing: bool = True) -> str:
        """Return the class of what was chosen, raised by what the words say."""
        found = self.compartment(accusing=accusing)
        return class_of(category, about, found, excluded=self.excluded)


UNHEARD = Sensed()  # of what was chosen by digits alone


def sense(work: Work, house: House, words: str, area: str | None) -> Sensed:
    """Return what ``words`` told of a place say; ``area`` is its p-code, None where unknown."""
    spoken, among = languages(house, words), registered(work)
    return Sensed(
        heard=words_class(words, spoken) or _in_doubt(house, spoken),
        people=tuple(people_named(work, among, words, area)),
        functions=tuple(functions_named(among, words, area)),
        excluded=left_out(words),
    )


def _in_doubt(house: House, spoken: set[str]) -> Compartment | None:
    """Return the compartment of words in a language that we offer and cannot hear harm in."""
    offered = spoken.intersection(house.tongues)
    return DOUBT if any(unheard(one) for one in offered) else None


def languages(house: House, words: str) -> set[str]:
    """Return the languages heard in ``words``, in whose lexicons they are looked up too."""
    heard = house.hear(words)
    return {code for code in (heard.language, heard.second) if code}

"""What words say about who may know: heard before any person sees them (domain.md 4.2, rule 1).

A compartment by the lexicon in the languages heard; whoever of the staff they name is barred, and
a complaint that names a person is held for the officer of integrity (threat model, T2).
"""

from dataclasses import dataclass

from flows import concepts, language
from flows.directory import Subject
from flows.harm import unheard
from flows.sensitivity import Compartment, class_of, compartment_of, excludes
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


@dataclass(frozen=True, slots=True, repr=False)
class Listened:
    """What words say by themselves: in which language, of what, and whether of a gap."""

    tongue: language.Heard
    said: concepts.Heard
    excluded: bool

    @property
    def compartment(self) -> Compartment | None:
        """Return the compartment that they belong to, whoever said them and however often."""
        return compartment_of(self.said)


def listen(work: Work, house: House, words: str) -> Listened:
    """Return what ``words`` say. It costs more than filing them, so one work does it once."""
    heard = work.heard.get((words,))
    if not isinstance(heard, Listened):
        tongue, french = house.hear(words), concepts.lexicon()
        lexicon = concepts.lexicon(_codes(tongue))
        said = lexicon.hear(words)
        plainly = said if lexicon is french else french.hear(words)
        heard = work.heard[words,] = Listened(tongue, said, excludes(plainly))
    return heard


def sense(work: Work, house: House, words: str, area: str | None) -> Sensed:
    """Return what ``words`` told of a place say; ``area`` is its p-code, None where unknown."""
    sensed = work.heard.get((words, area))
    if not isinstance(sensed, Sensed):
        sensed = work.heard[words, area] = _sensed(work, house, words, area)
    return sensed


def _sensed(work: Work, house: House, words: str, area: str | None) -> Sensed:
    heard, among = listen(work, house, words), registered(work)
    return Sensed(
        heard=heard.compartment or _in_doubt(house, heard),
        people=tuple(people_named(work, among, words, area)),
        functions=tuple(functions_named(among, words, area)),
        excluded=heard.excluded,
    )


def _in_doubt(house: House, heard: Listened) -> Compartment | None:
    """Return the compartment of words in a language that we offer and cannot hear harm in."""
    offered = _codes(heard.tongue).intersection(house.tongues)
    return DOUBT if any(unheard(one) for one in offered) else None


def _codes(tongue: language.Heard) -> set[str]:
    """Return the languages heard, in whose lexicons words are looked up too."""
    return {code for code in (tongue.language, tongue.second) if code}

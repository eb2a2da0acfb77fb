"""Who may not judge a case: whoever it is about, in all their hats, their kin, their employer.

Each rule adds seats to those already barred, with the reason in words. Tests leave out one rule
at a time, by ``rules``, to show that every one of them is needed.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from flows.directory import Directory, Seat, Subject, overlaps

DIRECT = frozenset({"organisation", "facility", "function", "person"})  # accused, not only near
PERSONAL = frozenset({"function", "person"})  # somebody is accused, not a whole organisation


@dataclass(frozen=True, slots=True)
class Bar:
    """Why a seat is barred: by which rule, and in words."""

    rule: str
    words: str


Barred = dict[Seat, Bar]


@dataclass(frozen=True, slots=True)
class Hearing:
    """What a rule looks at: whom the case is about, the directory, and what is barred so far."""

    subjects: Sequence[Subject]
    directory: Directory
    barred: Barred

    def accused(self, kind: str) -> set[str]:
        """Return the subjects of one kind."""
        return {ref for one, ref in self.subjects if one == kind}


Rule = Callable[[Hearing], Iterable[tuple[Seat, str]]]


def organisation(hearing: Hearing) -> Iterable[tuple[Seat, str]]:
    """Bar whoever works for an organisation the case is about."""
    accused = hearing.accused("organisation")
    for seat in hearing.directory.seats:
        if seat.organisation in accused:
            yield seat, "son organisation est en cause"


def facility(hearing: Hearing) -> Iterable[tuple[Seat, str]]:
    """Bar whoever works at a centre the case is about."""
    accused = hearing.accused("facility")
    for seat in hearing.directory.seats:
        body = hearing.directory.organisations.get(seat.organisation)
        if body is not None and body.facility in accused:
            yield seat, "son centre est en cause"


def function(hearing: Hearing) -> Iterable[tuple[Seat, str]]:
    """Bar whoever wears a function the case is about, where it is about it."""
    accused = [ref.partition("@")[::2] for ref in sorted(hearing.accused("function"))]
    for seat in hearing.directory.seats:
        if any(seat.function == name and overlaps(seat.area, area) for name, area in accused):
            yield seat, "sa fonction est en cause"


def person(hearing: Hearing) -> Iterable[tuple[Seat, str]]:
    """Bar whoever the case is about by name."""
    accused = hearing.accused("person")
    for seat in hearing.directory.seats:
        if seat.person in accused:
            yield seat, "la personne est en cause"


def command(hearing: Hearing) -> Iterable[tuple[Seat, str]]:
    """Bar whoever works for the accused's employer at the same site, below and above."""
    sites = [(seat, bar) for seat, bar in hearing.barred.items() if bar.rule in PERSONAL]
    for seat in hearing.directory.seats:
        for accused, _ in sites:
            if seat.organisation == accused.organisation and overlaps(seat.area, accused.area):
                yield seat, f"meme employeur et meme lieu que {accused.person}"
                break


def tie(hearing: Hearing) -> Iterable[tuple[Seat, str]]:
    """Bar whoever declared a family or household tie with somebody the case is about."""
    accused = {seat.person for seat, bar in hearing.barred.items() if bar.rule in DIRECT}
    kin = {one: other for one, other in sorted(hearing.directory.ties) if other in accused}
    kin |= {other: one for one, other in sorted(hearing.directory.ties) if one in accused}
    for seat in hearing.directory.seats:
        if seat.person in kin:
            yield seat, f"lien declare avec {kin[seat.person]}"


def hats(hearing: Hearing) -> Iterable[tuple[Seat, str]]:
    """Bar every other hat of whoever is barred in one: a bar follows the person."""
    people = {seat.person: bar.words for seat, bar in hearing.barred.items()}
    for seat in hearing.directory.seats:
        if seat.person in people:
            yield seat, people[seat.person]


# In this order: each looks at what those before it found.
RULES: Mapping[str, Rule] = {
    "organisation": organisation,
    "facility": facility,
    "function": function,
    "person": person,
    "command": command,
    "tie": tie,
    "hats": hats,
}


def bars(
    subjects: Sequence[Subject], directory: Directory, rules: Mapping[str, Rule] = RULES
) -> Barred:
    """Return every barred seat with its reason."""
    barred: Barred = {}
    if not subjects:
        return barred
    for name, rule in rules.items():
        for seat, words in list(rule(Hearing(subjects, directory, barred))):
            barred.setdefault(seat, Bar(name, words))
    return barred

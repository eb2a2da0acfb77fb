"""Decides who receives a case, never the accused, and says why in words. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from flows.bars import RULES, Bar, Barred, Rule, bars
from flows.directory import Directory, Seat, Subject, within
from flows.policy import SENSITIVE, Desk, Policy, Row


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What routing needs of a case.

    ``area_pcode`` is None when the place was not said. ``level`` is where in the chain to begin:
    0 the first desk, one more for each move up. ``tried`` are the row ids of persons who had it
    and gave it back or let it lapse; ``returned`` says that it was just given back (RENVOI).
    """

    kind: str
    category: str
    case_class: str
    area_pcode: str | None = None
    about: str = "unknown"
    subjects: tuple[Subject, ...] = ()
    level: int = 0
    tried: frozenset[int] = frozenset()
    returned: bool = False
    voice: str = ""  # woman or man, when one was asked for
    language: str = ""
    registered: bool = False  # raised by a registered phone (ALERTE), not by somebody of the place


@dataclass(frozen=True, slots=True)
class Choice:
    """Who has it now, and why.

    ``person`` is the row id, ``number`` the name said aloud; both None where the outside body has
    nobody. Where not even an outside body is left, the four are None.
    """

    organisation: str | None
    function: str | None
    person: int | None
    number: str | None
    case_class: str
    level: int
    why: tuple[str, ...]
    barred: tuple[str, ...] = ()
    informed: tuple[str, ...] = ()
    repair: str = ""  # ask, visible or none (field.md 7.2)


def choose(
    facts: CaseFacts, directory: Directory, policy: Policy, rules: Mapping[str, Rule] = RULES
) -> Choice:
    """Return who receives the case: the first desk of its row that is neither barred nor empty.

    The outside body stands at the end of every chain. The same facts always give the same choice.
    """
    search = _Search(facts, directory, policy, bars(facts.subjects, directory, rules))
    row = row_for(facts, policy)
    passed: list[str] = []
    for level, step, desk in _chain(row, facts.level):
        if facts.case_class in SENSITIVE and not _is_officer(desk, facts, policy):
            continue
        seat = search.best(desk)
        if seat is not None:
            said = f"{_head(row)}, {step} {search.who(seat)}"
            return search.choice(row, seat, level, (said, *passed))
        passed.append(search.why_not(desk))
    return _outside(search, row, passed)


def informed(
    facts: CaseFacts, directory: Directory, policy: Policy, *, administration: bool
) -> list[Seat]:
    """Return who is told the fact: the administration where its switch says so, or the others."""
    search = _Search(facts, directory, policy, bars(facts.subjects, directory))
    return search.told(row_for(facts, policy), (administration,))


def seats_of(
    desk: Desk | None, facts: CaseFacts, directory: Directory, policy: Policy
) -> list[Seat]:
    """Return who of a desk may receive the case, the nearest first; of every desk if None."""
    search = _Search(facts, directory, policy, bars(facts.subjects, directory))
    every = [one for row in policy.rows for desks in row.levels for one in desks]
    desks = [Desk(name) for name in {one.function for one in every}] if desk is None else [desk]
    return search.ranked(desks)


def row_for(facts: CaseFacts, policy: Policy) -> Row:
    """Return the row of the policy that fits the case; the last one takes everything."""
    said = {
        "kind": facts.kind,
        "category": facts.category,
        "class": facts.case_class,
        "about": facts.about,
        "place": "known" if facts.area_pcode else "unknown",
        "returned": facts.returned,
        "registered": facts.registered,
    }
    return next(row for row in policy.rows if _fits(row, said))


def _fits(row: Row, said: Mapping[str, object]) -> bool:
    return all(
        said[key] in wanted if isinstance(wanted, frozenset) else said[key] == wanted
        for key, wanted in row.when.items()
    )


def _chain(row: Row, level: int) -> Iterable[tuple[int, str, Desk]]:
    for at, desks in enumerate(row.levels):
        for place, desk in enumerate(desks):
            if at >= level:
                step = "premier bureau" if place < row.firsts else "a sa place"
                yield at, step if at == 0 else f"niveau {at + 1}:", desk


def _is_officer(desk: Desk, facts: CaseFacts, policy: Policy) -> bool:
    return desk.function in policy.officers[facts.case_class]


def _outside(search: "_Search", row: Row, passed: list[str]) -> Choice:
    seat = search.outside()
    level = len(row.levels)
    if seat is None:
        return _unseated(search, row, passed)
    said = f"{_head(row)}, {search.policy.label(seat.function)} {search.name(seat)}"
    return search.choice(row, seat, level, (said, *passed))


def _unseated(search: "_Search", row: Row, passed: list[str]) -> Choice:
    """Leave it to the outside body itself while it has nobody, unless it is accused."""
    level, accused = len(row.levels), {ref for _, ref in search.facts.subjects}
    bodies = search.directory.organisations.values()
    outside = sorted(body.id for body in bodies if body.kind == "outside")
    left = next((one for one in outside if one not in accused), None)
    if left is None:
        said = f"{_head(row)}: personne n'est eligible, meme au dehors"
        return search.choice(row, None, level, (said, *passed))
    label = search.policy.label(search.policy.outside)
    said = f"{_head(row)}, {label} {search.directory.name(left)}: personne n'y travaille"
    nobody = search.choice(row, None, level, (said, *passed))
    return replace(nobody, organisation=left, function=search.policy.outside)


def _head(row: Row) -> str:
    return f"Regle {row.number}: {row.says}"


@dataclass(frozen=True, slots=True)
class _Search:
    """One case looking for its desk."""

    facts: CaseFacts
    directory: Directory
    policy: Policy
    barred: Barred

    @property
    def _area(self) -> str:
        return self.facts.area_pcode or ""

    def best(self, desk: Desk) -> Seat | None:
        """Return the nearest eligible seat of a desk: asked voice and language, then place."""
        return next(iter(self.ranked([desk])), None)

    def ranked(self, desks: Iterable[Desk]) -> list[Seat]:
        """Return the eligible seats of some desks, the nearest first."""
        tried = self.facts.tried
        worn = [seat for desk in desks for seat in self.worn(desk)]
        free = [one for one in worn if one.receives and one not in self.barred]
        return sorted((one for one in free if one.person_id not in tried), key=self._rank)

    def outside(self) -> Seat | None:
        """Return the outside body: last of all, so on duty or not, and even a second time."""
        seats = [
            seat
            for seat in self.directory.seats
            if seat.function == self.policy.outside
            and self.directory.kind(seat.organisation) == "outside"
            and seat not in self.barred
        ]
        tried = self.facts.tried
        return min(
            seats,
            key=lambda seat: (seat.person_id in tried, not seat.receives, *self._rank(seat)),
            default=None,
        )

    def worn(self, desk: Desk) -> list[Seat]:
        """Return who wears the desk's function for this place, barred or not."""
        area = self.facts.area_pcode
        return [
            seat
            for seat in self.directory.seats
            if seat.function == desk.function
            and (not area or within(seat.area, area))
            and self._suits(desk, seat)
        ]

    def _suits(self, desk: Desk, seat: Seat) -> bool:
        kind = self.directory.kind(seat.organisation)
        if kind in desk.not_kinds or (desk.kinds and kind not in desk.kinds):
            return False
        if desk.of == "pair" and seat.organisation not in self._pairs():
            return False
        if desk.of == "other" and seat.organisation in self._had_it():
            return False
        return not desk.covers or seat.organisation in self._covering(desk)

    def _covering(self, desk: Desk) -> set[str]:
        sectors = frozenset({desk.sector}) if desk.sector else self._sectors()
        rows = self.directory.covering(sectors, self._area)
        return {cover.organisation for cover in rows if cover.role == desk.covers}

    def _sectors(self) -> frozenset[str]:
        return self.policy.sectors_of(self.facts.category)

    def _pairs(self) -> set[str]:
        about = {ref for kind, ref in self.facts.subjects if kind == "organisation"}
        there = self.directory.covering(self._sectors(), self._area)
        concerned = about or {cover.organisation for cover in there}
        bodies = (self.directory.organisations.get(one) for one in concerned)
        return {body.pair for body in bodies if body is not None and body.pair}

    def _had_it(self) -> set[str]:
        return {
            seat.organisation for seat in self.directory.seats if seat.person_id in self.facts.tried
        }

    def _rank(self, seat: Seat) -> tuple[bool, bool, int, str, str]:
        near = len(seat.area or "")
        return (
            bool(self.facts.voice and seat.voice not in (None, self.facts.voice)),
            bool(self.facts.language and seat.language != self.facts.language),
            -near if self._area else near,
            seat.organisation,
            seat.person,
        )

    def name(self, seat: Seat) -> str:
        """Return the name of a seat's organisation."""
        return self.directory.name(seat.organisation)

    def who(self, seat: Seat) -> str:
        """Return a seat in words: MCD du CSRef Ansongo."""
        return f"{self.policy.label(seat.function)}, {self.name(seat)}"

    def why_not(self, desk: Desk) -> str:
        """Return in words why a desk was passed over."""
        label = self.policy.label(desk.function)
        worn = [seat for seat in self.worn(desk) if seat.receives]
        if any(seat in self.barred for seat in worn):
            return f"{label}: en cause, ecarte"
        if worn:
            return f"{label}: l'a deja eu"
        return f"{label}: personne de service pour ce lieu"

    def choice(self, row: Row, seat: Seat | None, level: int, why: tuple[str, ...]) -> Choice:
        """Return the choice of a seat with everything around it."""
        facts = self.facts
        quiet = facts.case_class in SENSITIVE
        return Choice(
            organisation=seat.organisation if seat else None,
            function=seat.function if seat else None,
            person=seat.person_id if seat else None,
            number=seat.person if seat else None,
            case_class=facts.case_class,
            level=level,
            why=why,
            barred=self._barred_words(),
            informed=() if quiet else self._informed(row),
            repair="" if quiet else row.repair,
        )

    def told(self, row: Row, administration: tuple[bool, ...] = (True, False)) -> list[Seat]:
        """Return who is told the fact of a row."""
        open_to = self.policy.setting(self._area, "administration")
        desks = [one for one in row.informed if open_to or not one.administration]
        seats = (self.best(one) for one in desks if one.administration in administration)
        return [seat for seat in seats if seat is not None]

    def _informed(self, row: Row) -> tuple[str, ...]:
        return tuple(dict.fromkeys(map(self.who, self.told(row))))

    def _barred_words(self) -> tuple[str, ...]:
        about = [f"{ref}: en cause" for kind, ref in self.facts.subjects if kind != "person"]
        people: dict[str, str] = {}
        for seat, bar in sorted(self.barred.items(), key=self._told_first):
            people.setdefault(seat.person, f"{seat.person} ({self.who(seat)}): {bar.words}")
        return tuple(dict.fromkeys((*about, *sorted(people.values()))))

    def _told_first(self, barred: tuple[Seat, Bar]) -> bool:
        """Sort a hat before a mere role; what bars it itself stands before what follows already."""
        seat, _ = barred
        return seat.function not in self.policy.functions

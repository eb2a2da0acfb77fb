"""Who may know that an item exists: what the documents ask for, and nothing of the project.

Written from threat-model.md (T2, section 6), product.md (1 and 4), field.md (7) and domain.md (4.1,
4.2). Each rule says whether it lets somebody by; all must. Tests leave out one at a time: the cells
of the matrix must then be wrong.
"""

from dataclasses import dataclass, field

ORDINARY = frozenset({"C0", "C1", "C2", "C3", "C4", "C8", "C9"})
# domain 4.1, "seen by"; field 7.3 rows 4, 14 to 16: who is asked first, and who after.
COMPARTMENTS = {
    "C5": frozenset({"integrity", "inspection"}),
    "C6": frozenset({"psea", "network_chair"}),
    "C7": frozenset({"gbv", "gbv_lead", "child_protection", "child_protection_lead"}),
}
OUTSIDE = "outside_body"  # the last resort of every chain (product 4)
AT_WORK = frozenset({"routed", "taken", "reopened", "answered"})


@dataclass(frozen=True)
class Seat:
    """One thing somebody is: what, for whom, where. No area = everywhere."""

    function: str
    organisation: str
    area: str | None = None


@dataclass(frozen=True)
class Viewer:
    """A registered person: the employment, the hats, the family that was declared."""

    number: str
    employment: Seat
    hats: tuple[Seat, ...] = ()
    kin: tuple["Viewer", ...] = ()
    is_known: bool = True  # registered, and the phone not lost

    @property
    def seats(self) -> tuple[Seat, ...]:
        """All of it: a person is one, whatever they wear."""
        return (self.employment, *self.hats)


@dataclass(frozen=True)
class Item:
    """A case as far as it matters: what, where, with whom, and about whom."""

    case_class: str
    area: str | None
    function: str
    organisation: str
    person: str | None = None
    rung: frozenset[str] = frozenset()
    status: str = "routed"
    subjects: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class World:
    """Everybody, and which organisation is which centre."""

    people: tuple[Viewer, ...]
    centres: dict[str, str] = field(default_factory=dict)


def is_registered(viewer: Viewer, item: Item, world: World) -> bool:
    """A phone that was lost, or somebody who left, is a stranger's (product 3.7)."""
    return viewer.is_known


def is_at_work(viewer: Viewer, item: Item, world: World) -> bool:
    """What is over, stopped or not yet filed is on nobody's list."""
    return item.status in AT_WORK


def is_theirs(viewer: Viewer, item: Item, world: World) -> bool:
    """By name, by the function asked there, or because they were rung (section 6; field 7)."""
    if viewer.number == item.person or viewer.number in item.rung:
        return True
    return any(
        (hat.function, hat.organisation) == (item.function, item.organisation)
        and (item.area is None or _inside(item.area, hat.area))
        for hat in viewer.hats
    )


def is_cleared(viewer: Viewer, item: Item, world: World) -> bool:
    """A compartment is seen by those trained for it, or the outside body (domain 4.1, 4.2)."""
    if item.case_class in ORDINARY:
        return True
    wanted = {OUTSIDE, *COMPARTMENTS[item.case_class]}
    return any(hat.function in wanted for hat in viewer.hats)


def is_of_no_accused_organisation(viewer: Viewer, item: Item, world: World) -> bool:
    """Whoever works for whom it is about (T2)."""
    accused = _about(item, "organisation")
    return not any(seat.organisation in accused for seat in viewer.seats)


def is_of_no_accused_centre(viewer: Viewer, item: Item, world: World) -> bool:
    """Whoever works at the centre it is about (T2: subject site)."""
    accused = _about(item, "facility")
    return not any(world.centres.get(seat.organisation) in accused for seat in viewer.seats)


def has_no_accused_function(viewer: Viewer, item: Item, world: World) -> bool:
    """Whoever is what it is about, there."""
    return not any(_is_accused_as(seat, item) for seat in viewer.seats)


def is_not_accused(viewer: Viewer, item: Item, world: World) -> bool:
    """Whoever it names."""
    return viewer.number not in _about(item, "person")


def is_beside_nobody_accused(viewer: Viewer, item: Item, world: World) -> bool:
    """The same employer at the same place: the unit, and the line of command (T2)."""
    others = [one for one in world.people if one.number != viewer.number]
    beside = [seat for one in others for seat in _accused_seats(one, item)]
    return not any(
        own.organisation == seat.organisation and _meet(own.area, seat.area)
        for own in viewer.seats
        for seat in beside
    )


def is_kin_of_nobody_accused(viewer: Viewer, item: Item, world: World) -> bool:
    """Declared family of whoever it is about, in whatever way it is about them (product 4)."""
    return all(rule(one, item, world) for one in viewer.kin for rule in DIRECT)


DIRECT = (
    is_of_no_accused_organisation,
    is_of_no_accused_centre,
    has_no_accused_function,
    is_not_accused,
)
RULES = (
    is_registered,
    is_at_work,
    is_theirs,
    is_cleared,
    *DIRECT,
    is_beside_nobody_accused,
    is_kin_of_nobody_accused,
)
BARS = (*DIRECT, is_beside_nobody_accused, is_kin_of_nobody_accused)


def may_know(viewer: Viewer, item: Item, world: World, rules: tuple = RULES) -> bool:
    """Say whether this person may learn, by any road, that this item exists."""
    return all(rule(viewer, item, world) for rule in rules)


def _about(item: Item, kind: str) -> set[str]:
    return {ref for one, ref in item.subjects if one == kind}


def _accused_seats(one: Viewer, item: Item) -> list[Seat]:
    if one.number in _about(item, "person"):
        return list(one.seats)
    return [seat for seat in one.seats if _is_accused_as(seat, item)]


def _is_accused_as(seat: Seat, item: Item) -> bool:
    for ref in _about(item, "function"):
        name, _, area = ref.partition("@")
        if seat.function == name and _meet(seat.area, area):
            return True
    return False


def _inside(place: str, area: str | None) -> bool:
    return area is None or place.startswith(area)


def _meet(one: str | None, other: str | None) -> bool:
    """Areas nest by the digits of their codes; where none is said, everywhere is meant."""
    one, other = one or "", other or ""
    return one.startswith(other) or other.startswith(one)

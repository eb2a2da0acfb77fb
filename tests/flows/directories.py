"""Directories for tests: a small one to read, random ones to search, and an oracle of bars.

The oracle is written from product.md 4 and threat-model.md T2 and imports no rule of ours.
"""

from random import Random

from hypothesis import strategies as st

from flows.directory import Body, Cover, Directory, Seat
from flows.routing import CaseFacts

TESSIT, ANSONGO, GAO, GOUNDAM = "ML070106", "ML0701", "ML07", "ML0602"

BODIES = (
    Body("cell", "Cellule", "cell"),
    Body("outside", "Organisme exterieur", "outside"),
    Body("ngo-a", "ONG A", "ngo", ANSONGO, pair="ngo-b"),
    Body("ngo-b", "ONG B", "ngo"),
    Body("ngo-c", "ONG C", "ngo"),
    Body("cscom-tessit", "CSCOM Tessit", "cscom", TESSIT, "MLF0219"),
    Body("csref-ansongo", "CSRef Ansongo", "csref", ANSONGO, "MLF0155"),
    Body("drs-gao", "DRS Gao", "drs", GAO),
    Body("sldses-ansongo", "SLDSES Ansongo", "sldses", ANSONGO),
    Body("drdses-gao", "DRDSES Gao", "drdses", GAO),
    Body("asaco-tessit", "ASACO Tessit", "asaco", TESSIT),
    Body("rrm-ansongo", "RRM Ansongo", "rrm", ANSONGO),
    Body("vbg-nord", "VBG Nord", "protection"),
)
# person, function, organisation, area, voice
HATS = (
    ("P0101", "cscom_head", "cscom-tessit", TESSIT, None),
    ("P0111", "mcd", "csref-ansongo", ANSONGO, None),
    ("P0121", "meal", "ngo-a", ANSONGO, None),
    ("P0122", "meal", "ngo-b", None, None),
    ("P0131", "sldses", "sldses-ansongo", ANSONGO, None),
    ("P0134", "drdses", "drdses-gao", GAO, None),
    ("P0141", "rrm_duty", "rrm-ansongo", ANSONGO, None),
    ("P0151", "cell_triager", "cell", None, None),
    ("P0151", "call_back", "cell", None, None),
    ("P0152", "cell_supervisor", "cell", None, None),
    ("P0152", "cell_triager", "cell", None, None),
    ("P0153", "integrity", "cell", None, None),
    ("P0154", "psea", "cell", None, "woman"),
    ("P0155", "gbv", "cell", None, "woman"),
    ("P0155", "child_protection", "cell", None, "woman"),
    ("P0156", "gbv", "vbg-nord", None, "man"),
    ("P0159", "outside_body", "outside", None, None),
    ("P0161", "drs", "drs-gao", GAO, None),
)
COVERS = (
    Cover("ngo-a", "food", "distributes", ANSONGO),
    Cover("ngo-b", "health", "supports", ANSONGO),
)


def seat(person, function, organisation, area=None, voice=None, **more):
    """A hat; row ids follow the numbers."""
    return Seat(person, function, organisation, area, voice, person_id=int(person[1:]), **more)


def small(*more, without=(), ties=(), covers=COVERS):
    """The directory above, with more seats, and without some persons."""
    seats = [seat(*hat) for hat in HATS if hat[0] not in without]
    bodies = {body.id: body for body in BODIES}
    return Directory(bodies, (*seats, *more), frozenset(ties), tuple(covers))


def facts(category="12", case_class="C4", **more):
    """An ordinary complaint at Tessit."""
    told = {"kind": "complaint", "area_pcode": TESSIT, **more}
    return CaseFacts(category=category, case_class=case_class, **told)


PLACES = (None, GAO, ANSONGO, TESSIT, GOUNDAM)
FUNCTIONS = (
    *("cell_triager", "cell_supervisor", "integrity", "gbv", "psea", "call_back"),
    *("mcd", "drs", "meal", "sldses", "chief"),
)
ORGANISATIONS = ("cell", "ngo-a", "ngo-b", "cscom-tessit", "csref-ansongo", "drs-gao")
PEOPLE = tuple(f"P{number:04d}" for number in range(1, 9))
OUTSIDE = seat("P9999", "outside_body", "outside")
CATEGORIES = ("12", "13", "17", "192", "21", "23", "27", "33", "41", "61", "65", "8")


def random_world(chance):
    """A random directory and case; its outside body is nobody's colleague, kin or subject.

    A random.Random makes it, because ten thousand are needed to find what one rule alone stops.
    """
    worn = {random_seat(chance) for _ in range(chance.randint(1, 14))}
    pairs = {(chance.choice(PEOPLE), chance.choice(PEOPLE)) for _ in range(chance.randint(0, 3))}
    covering = [
        Cover(
            chance.choice(ORGANISATIONS),
            chance.choice(("food", "health")),
            chance.choice(("distributes", "leads", "pays")),
            chance.choice(PLACES[1:]),
        )
        for _ in range(chance.randint(0, 3))
    ]
    hats = (*sorted(worn, key=repr), OUTSIDE)
    bodies = {body.id: body for body in BODIES}
    return Directory(bodies, hats, frozenset(pairs), tuple(covering)), random_case(chance)


def random_seat(chance):
    return seat(
        chance.choice(PEOPLE),
        chance.choice(FUNCTIONS),
        chance.choice(ORGANISATIONS),
        chance.choice(PLACES),
        chance.choice((None, "woman", "man")),
        receives=chance.random() < 0.8,
    )


def random_case(chance):
    return facts(
        chance.choice(CATEGORIES),
        chance.choice(("C3", "C4", "C5", "C6", "C7", "C9")),
        kind=chance.choice(("complaint", "complaint", "call_back")),
        area_pcode=chance.choice(PLACES),
        about=chance.choice(("unknown", "state", "csref", "asaco")),
        subjects=tuple(random_subject(chance) for _ in range(chance.randint(0, 2))),
        level=chance.choice((0, 0, 0, 1, 2, 4)),
        tried=frozenset(chance.randint(1, 8) for _ in range(chance.choice((0, 0, 1, 3)))),
        returned=chance.random() < 0.2,
        voice=chance.choice(("", "woman", "man")),
    )


def random_subject(chance):
    kind = chance.choice(("organisation", "facility", "person", "function"))
    if kind == "organisation":
        return kind, chance.choice(ORGANISATIONS)
    if kind == "facility":
        return kind, chance.choice(("MLF0219", "MLF0155"))
    if kind == "person":
        return kind, chance.choice(PEOPLE)
    area = chance.choice(PLACES)
    name = chance.choice(FUNCTIONS)
    return kind, f"{name}@{area}" if area else name


worlds = st.integers(0, 2**40).map(lambda seed: random_world(Random(seed)))


def concerned_people(directory, subjects):
    """Everybody who must not handle a case about these: a plain reading of the rules."""
    worn = {one.person: [] for one in directory.seats}
    for one in directory.seats:
        worn[one.person].append(one)
    accused_hats = [
        hat
        for hat in directory.seats
        if ("person", hat.person) in subjects or _function_accused(hat, subjects)
    ]
    accused = {hat.person for hat in accused_hats}
    for person, hats in worn.items():
        for hat in hats:
            centre = directory.organisations[hat.organisation].facility
            at_work = ("organisation", hat.organisation) in subjects
            if at_work or (centre and ("facility", centre) in subjects):
                accused.add(person)
    kin = {one for pair in directory.ties for one in pair if accused & set(pair)}
    colleagues = {
        hat.person
        for hat in directory.seats
        for other in accused_hats
        if hat.organisation == other.organisation and _same_site(hat.area, other.area)
    }
    return accused | (kin & set(worn)) | colleagues


def _function_accused(hat, subjects):
    for kind, ref in subjects:
        name, _, area = ref.partition("@")
        if kind == "function" and hat.function == name and _same_site(hat.area, area):
            return True
    return False


def _same_site(one, other):
    return not one or not other or one.startswith(other) or other.startswith(one)

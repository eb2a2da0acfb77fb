"""One person of each kind, with whoever stands around them, and items of every sort about them."""

import itertools
from dataclasses import dataclass, replace
from datetime import timedelta

from models.alert import Evacuation, EvacuationRing
from models.area import Facility
from models.case import Case, CaseEvent, ItemNumber, Subject
from models.db import Job
from models.organisation import Organisation
from models.person import Hat, Person, Tie
from tests.factories import ANSONGO, GAO, PEOPLE, TESSIT, make_area, make_person
from tests.oracles.access import Item, Seat, Viewer, World

MOPTI = "ML05"
ELSEWHERE = "ML050101"
# role of the registration, function, organisation, its centre, area
KINDS = {
    "triager": ("focal_point", "cell_triager", "cell", "", None),
    "supervisor": ("supervisor", "cell_supervisor", "cell", "", ANSONGO),
    "integrity": ("focal_point", "integrity", "cell", "", None),
    "psea": ("focal_point", "psea", "ngo-b", "", GAO),
    "gbv": ("focal_point", "gbv", "ngo-b", "", ANSONGO),
    "child": ("focal_point", "child_protection", "ngo-b", "", TESSIT),
    "outside": ("focal_point", "outside_body", "outside", "", None),
    "meal": ("focal_point", "meal", "ngo-a", "", ANSONGO),
    "mcd": ("focal_point", "mcd", "csref", "F-REF", ANSONGO),
    "cscom_head": ("focal_point", "cscom_head", "cscom", "F-CSC", TESSIT),
    "drs": ("focal_point", "drs", "drs", "", GAO),
    "rrm": ("focal_point", "rrm_duty", "rrm", "", GAO),
    "relay": ("relay", "relay", "cscom", "F-CSC", TESSIT),
    "operator": ("operator", "call_back", "cell", "", None),
}
BODIES = ("csref", "cscom", "drs", "rrm", "family", "other")
CENTRES = {"csref": "F-REF", "cscom": "F-CSC"}
CLASSES = ("C4", "C5", "C6", "C7", "C9")
HOLDERS = ("function", "person", "other", "rung")
AREAS = (TESSIT, ELSEWHERE, None)
OVER = ("closed", "withdrawn", "incomplete", "joined")


@dataclass(frozen=True)
class Standing:
    """A person of one kind, and who stands around: peer, chief, one away, kin."""

    kind: str
    viewer: Viewer
    peer: Viewer
    chief: Viewer
    away: Viewer
    kin: Viewer

    @property
    def around(self):
        return (self.peer, self.chief, self.away, self.kin)


def standings():
    """Everybody, by kind; numbers P2000, P2001 ... so that phones follow from them."""
    found = {}
    for place, (kind, (role, function, organisation, _, area)) in enumerate(KINDS.items()):

        def one(step, function, organisation, area, role="focal_point", place=place):
            number = f"P{2000 + place * 10 + step}"
            hat = Seat(function, organisation, area)
            return Viewer(number, Seat(role, organisation, area), (hat,))

        kin = one(4, "protection", "family", TESSIT)
        me = one(0, function, organisation, area, role)
        second = Seat("wash_lead", "other", ELSEWHERE)
        me = replace(me, hats=(*me.hats, second), kin=(replace(kin, kin=()),))
        found[kind] = Standing(
            kind,
            me,
            one(1, "secretary", organisation, area),
            one(2, "secretary", organisation, area[:4] if area else None, "supervisor"),
            one(3, "secretary", organisation, MOPTI),
            kin,
        )
    return found


def relations(standing):
    """Whom an item may be about, as seen from one person: name of the relation -> subjects."""
    me, centre = standing.viewer, CENTRES.get(standing.viewer.employment.organisation)
    hat, kin = me.hats[0], standing.kin
    found = {
        "nobody": (),
        "stranger": (("organisation", "stranger"),),
        "self": (("person", me.number),),
        "employer": (("organisation", hat.organisation),),
        "second employer": (("organisation", "other"),),
        "function here": (("function", f"{hat.function}@{hat.area or TESSIT}"),),
        "function everywhere": (("function", hat.function),),
        "function elsewhere": (("function", f"{hat.function}@{MOPTI}"),),
        "role": (("function", f"{me.employment.function}@{TESSIT}"),),
        "peer": (("person", standing.peer.number),),
        "chief": (("person", standing.chief.number),),
        "away": (("person", standing.away.number),),
        "kin": (("person", kin.number),),
        "employer of kin": (("organisation", "family"),),
        "function of kin": (("function", f"protection@{TESSIT}"),),
        "function of peer": (("function", f"secretary@{TESSIT}"),),
        "other centre": (("facility", "F-NONE"),),
        "two, one of them self": (("organisation", "stranger"), ("person", me.number)),
    }
    if centre:
        found["centre"] = (("facility", centre),)
    return found


def items(standing):
    """Give every item of one person's matrix, by a name that says what it is."""
    hat, me = standing.viewer.hats[0], standing.viewer.number
    every = itertools.product(relations(standing).items(), HOLDERS, AREAS, CLASSES)
    for (relation, subjects), holder, area, case_class in every:
        held = (hat.function, hat.organisation) if holder == "function" else ("sap", "stranger")
        yield (
            (standing.kind, relation, holder, area, case_class),
            Item(
                case_class,
                area,
                *held,
                person=me if holder == "person" else None,
                rung=frozenset({me}) if holder == "rung" else frozenset(),
                subjects=subjects,
            ),
        )
    for status in OVER:
        name = (standing.kind, "nobody", "function", TESSIT, status)
        yield name, Item("C4", TESSIT, hat.function, hat.organisation, status=status)


def oracle_world(found):
    """The world as the oracle sees it, with those whom every stage has."""
    people = [
        Viewer(number, Seat("focal_point", body, None), (Seat(function, body, area),))
        for number, body, function, area, _ in PEOPLE
    ]
    people += [one for standing in found.values() for one in (standing.viewer, *standing.around)]
    return World(tuple(people), dict(CENTRES))


def populate(stage, found):
    """Write everybody into the programme; return row ids of people by number."""
    with stage.store.work(Job("matrix")) as work:
        for pcode, name, level, parent in (
            (MOPTI, "Mopti", 1, "ML"),
            ("ML0501", "Bandiagara", 2, MOPTI),
            (ELSEWHERE, "Ailleurs", 3, "ML0501"),
        ):
            work.session.add(make_area(pcode, name, level, parent))
            work.session.flush()
        for identifier in {*CENTRES.values(), "F-NONE"}:
            work.session.add(
                Facility(
                    id=identifier,
                    name=identifier,
                    kind="cscom",
                    commune_pcode=TESSIT,
                    cercle_pcode=ANSONGO,
                    quality="test",
                    source="test",
                )
            )
        work.session.flush()
        for name in (*BODIES, "stranger"):
            facility = CENTRES.get(name)
            work.session.add(Organisation(id=name, name=name, kind="ngo", facility_id=facility))
        work.session.flush()
        ids = {}
        for standing in found.values():
            for one in (standing.viewer, *standing.around):
                ids[one.number] = _register(work, stage, one)
            work.session.add(
                Tie(person_id=ids[standing.viewer.number], other_id=ids[standing.kin.number])
            )
    return ids


def _register(work, stage, one):
    person = make_person(stage.vault, stage.house.sealer, one.number, one.employment.organisation)
    person.role, person.area_pcode = one.employment.function, one.employment.area
    person.hats = [
        Hat(function=hat.function, organisation_id=hat.organisation, area_pcode=hat.area)
        for hat in one.hats
    ]
    work.session.add(person)
    work.session.flush()
    return person.id


def write(work, item, number, ids, now):
    """Write one item as it stands; return its row id."""
    work.session.add(ItemNumber(number=number, kind="case"))
    work.session.flush()
    case = Case(
        number=number,
        kind="evacuation" if item.rung else "complaint",
        category={"C5": "17", "C6": "92", "C7": "93", "C9": "61"}.get(item.case_class, "12"),
        case_class=item.case_class,
        area_pcode=item.area,
        source="ussd",
        channel="phone",
        language="fr",
        about="unknown",
        answer_wanted="code",
        status=item.status,
        opened_at=now - timedelta(hours=1),
        act_by=now + timedelta(days=1),
        due_at=now + timedelta(days=2),
        holder_organisation=item.organisation,
        holder_function=item.function,
        holder_person=ids.get(item.person),
        why=[],
    )
    case.subjects = [Subject(kind=kind, ref=ref) for kind, ref in item.subjects]
    case.events = [
        CaseEvent(transition="opened", status=item.status, by="gateway", at=now, details={})
    ]
    work.session.add(case)
    work.session.flush()
    if item.rung:
        work.session.add(Evacuation(case_id=case.id, what="birth"))
        work.session.flush()
        for one in item.rung:
            ring = EvacuationRing(case_id=case.id, person_id=ids[one], function="mcd", at=now)
            work.session.add(ring)
        work.session.flush()
    return case.id


def row_of(work, number):
    return work.session.query(Person).filter_by(number=number).one()

"""Relays, those who answer shocks, and a centre with what carries its sick, around Tessit."""

from models.alert import EvacuationMeans
from models.area import Facility, PlaceCode
from models.db import Job
from models.organisation import Coverage, Organisation
from models.person import Hat, Person
from models.services.gazetteer import directory_changed
from tests.factories import ANSONGO, GAO, TESSIT, make_area, make_person, phone_of

LABBEZANGA = "ML070103"
CENTRE, CSREF = "MLF0219", "MLF0155"
ORGANISATIONS = (
    ("cscom-tessit", "CSCOM Tessit", "cscom", CENTRE),
    ("rrm-ansongo", "RRM Ansongo", "rrm", None),
    ("rrm-centre", "RRM Centre", "rrm", None),
    ("sap-ansongo", "SAP Ansongo", "sap", None),
    ("drdses-gao", "DRDSES Gao", "drdses", None),
    ("protection", "Protection Nord", "protection", None),
)
# number, role, organisation, function, area
PEOPLE = (
    ("R128", "relay", "cscom-tessit", None, TESSIT),
    ("R129", "relay", "cscom-tessit", None, TESSIT),
    ("P0101", "focal_point", "cscom-tessit", "cscom_head", TESSIT),
    ("P0104", "focal_point", "cscom-tessit", None, TESSIT),
    ("P0105", "focal_point", "ngo-b", None, ANSONGO),
    ("P0141", "focal_point", "rrm-ansongo", "rrm_duty", ANSONGO),
    ("P0142", "focal_point", "rrm-centre", "rrm_duty", None),
    ("P0133", "focal_point", "sap-ansongo", "sap", ANSONGO),
    ("P0134", "focal_point", "drdses-gao", "rrm_secretary", GAO),
    ("P0143", "focal_point", "protection", "protection", None),
)
AGREED = ("R128", "P0101", "P0104", "P0105", "P0111")


def settle_in(stage):
    """Write them all into the programme of a stage, and return it."""
    with stage.store.work(Job("test")) as work:
        work.session.add(make_area(LABBEZANGA, "Labbezanga", 3, ANSONGO))
        work.session.flush()
        _places(work)
        for name, shown, kind, facility in ORGANISATIONS:
            one = Organisation(id=name, name=shown, kind=kind, facility_id=facility)
            work.session.add(one)
        work.session.flush()
        for number, role, organisation, function, area in PEOPLE:
            _person(work, stage, number, role, (organisation, function, area))
        work.session.flush()
        for person in work.session.query(Person).filter(Person.number.in_(AGREED)):
            person.ring_agreed_at = stage.now
        _means(work, stage)
        directory_changed(work)
    return stage


def _places(work):
    for number, name, kind, phone, commune in (
        (CENTRE, "CSCOM Tessit", "cscom", phone_of("P0101"), TESSIT),
        (CSREF, "CSRef Ansongo", "csref", None, None),
    ):
        work.session.add(
            Facility(
                id=number,
                name=name,
                kind=kind,
                commune_pcode=commune,
                cercle_pcode=ANSONGO,
                quality="good",
                telephone=phone,
                source="test",
            )
        )
    work.session.add(PlaceCode(code="6143", ref=f"c:{TESSIT}"))
    work.session.add(PlaceCode(code="6160", ref=f"c:{LABBEZANGA}"))
    csref = work.session.get_one(Organisation, "csref-ansongo")
    csref.facility_id = CSREF


def _person(work, stage, number, role, worn):
    organisation, function, area = worn
    person = make_person(stage.vault, stage.house.sealer, number, organisation)
    person.role, person.area_pcode = role, area
    if function:
        person.hats = [Hat(function=function, organisation_id=organisation, area_pcode=area)]
    work.session.add(person)


def _means(work, stage):
    numbers = {one.number: one.id for one in work.session.query(Person)}
    for rank, number, what in ((1, "P0104", "vehicle"), (2, "P0105", "ambulance")):
        work.session.add(
            EvacuationMeans(
                facility_id=CENTRE,
                rank=rank,
                what=what,
                person_id=numbers[number],
                payer_id="ngo-b",
            )
        )
    work.session.add(
        Coverage(
            organisation_id="ngo-b",
            sector="health",
            role="pays",
            area_pcode=ANSONGO,
            since=stage.now,
        )
    )

"""Centres around Tessit with their matrons and stores, and relays who send: to test the loop."""

from sqlalchemy import select

from models.area import Facility, PlaceCode
from models.db import Job
from models.organisation import Coverage, Organisation
from models.person import Hat
from models.referral import Referral
from models.services.gazetteer import directory_changed
from models.stock import Stock
from tests.factories import ANSONGO, TESSIT, make_area, make_person

BARA, TALATAYE = "ML070102", "ML070105"
# id, name, kind, commune, hours
CENTRES = (
    ("F1", "CSCOM Tessit", "cscom", TESSIT, "8 h a 16 h"),
    ("F2", "CSCOM Bara", "cscom", BARA, None),
    ("F3", "CSCOM Talataye", "cscom", TALATAYE, None),
    ("F9", "CSRef Ansongo", "csref", BARA, None),
)
CODES = {"6143": f"c:{TESSIT}", "6160": f"c:{BARA}", "6177": f"c:{TALATAYE}"}
# number, organisation, function, role
STAFF = (
    ("P0201", "cscom-tessit", "cscom_head"),
    ("P0202", "cscom-tessit", "cscom_maternity"),
    ("P0203", "cscom-tessit", "cscom_store"),
    ("P0212", "cscom-bara", "cscom_maternity"),
    ("P0222", "cscom-talataye", "cscom_maternity"),
    ("P0112", "csref-ansongo", "csref_fp"),
    ("P0113", "csref-ansongo", "csref_store"),
)
RELAYS = ("R128", "R129")
HOMES = {"cscom-tessit": "F1", "cscom-bara": "F2", "cscom-talataye": "F3", "csref-ansongo": "F9"}


def settle(stage):
    """Add the centres, their people, two relays and a partner to a programme."""
    with stage.store.work(Job("test")) as work:
        for pcode, name in ((BARA, "Bara"), (TALATAYE, "Talataye")):
            work.session.add(make_area(pcode, name, 3, ANSONGO))
        work.session.flush()
        for identifier, name, kind, commune, hours in CENTRES:
            work.session.add(
                Facility(
                    id=identifier,
                    name=name,
                    kind=kind,
                    commune_pcode=commune,
                    cercle_pcode=ANSONGO,
                    quality="ok",
                    hours=hours,
                    source="test",
                )
            )
        for code, ref in CODES.items():
            work.session.add(PlaceCode(code=code, ref=ref))
        _people(work, stage)
        directory_changed(work)


def _people(work, stage):
    for name, facility in HOMES.items():
        body = work.session.get(Organisation, name)
        if body is None:
            body = Organisation(id=name, name=name, kind=name.partition("-")[0])
            work.session.add(body)
        body.facility_id = facility
    work.session.flush()
    for number, organisation, function in STAFF:
        person = make_person(stage.vault, stage.house.sealer, number, organisation)
        area = ANSONGO if organisation == "csref-ansongo" else None
        person.hats = [Hat(function=function, organisation_id=organisation, area_pcode=area)]
        work.session.add(person)
    for number in RELAYS:
        relay = make_person(stage.vault, stage.house.sealer, number, "cscom-tessit")
        relay.role = "relay"
        work.session.add(relay)
    work.session.add(
        Coverage(
            organisation_id="ngo-b",
            sector="health",
            role="supports",
            area_pcode=ANSONGO,
            since=stage.now,
        )
    )


def referral(stage, number):
    """Return one referral with its steps read."""
    with stage.store.work(Job("test")) as work:
        one = work.session.scalar(select(Referral).where(Referral.number == number))
        list(one.steps)
        return one


def refers(stage, line="REF 6143 24 3", relay="R128"):
    """Let a relay refer a woman; return the code of B1."""
    said = stage.writes(relay, line)
    assert " note. Dites ce code a la personne: " in said, said
    return said.split()[0]


def stock(stage, facility, product):
    with stage.store.work(Job("test")) as work:
        return work.session.get(Stock, (facility, product))

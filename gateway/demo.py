"""The demo programme of the contract, around Ansongo, Goundam, Tenenkou and Koulikoro.

Invented organisations on real places; telephones of the test range only.
"""

import os
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from models.alert import EvacuationMeans
from models.area import Area, Facility
from models.db import Work
from models.organisation import Coverage, Organisation
from models.person import Person
from models.services import answer_templates
from models.services.directory import NewPerson, Numbers, add_person, by_number, new_pin
from models.services.gazetteer import directory_changed, name_code
from models.services.programme import DAYTIME, GREEN_LINE, WOMAN_TO_TALK, put_setting

RANGE = "+2237000"
PINS = "demo-pins"
SINCE = timedelta(days=90)  # coverage began before the first case
ANSONGO, GOUNDAM, TENENKOU, KOULIKORO = "ML0701", "ML0602", "ML0507", "ML0206"
TESSIT, TALATAYE, BARA = "ML070106", "ML070105", "ML070102"
EVERYWHERE = ""

# id, name (20 characters on a phone), kind, area, facility, pair
ORGANISATIONS = (
    ("ngo-a", "ONG A", "ngo", ANSONGO, "", "ngo-b"),
    ("ngo-b", "ONG B", "ngo", EVERYWHERE, "", "ngo-c"),
    ("ngo-c", "ONG C", "ngo", EVERYWHERE, "", "ngo-a"),
    ("cell", "Cellule independante", "cell", EVERYWHERE, "", ""),
    ("outside", "Organisme exterieur", "outside", EVERYWHERE, "", ""),
    ("cscom-tessit", "CSCOM Tessit", "cscom", TESSIT, "MLF0219", ""),
    ("cscom-talataye", "CSCOM Talataye", "cscom", TALATAYE, "", ""),
    ("cscom-bara", "CSCOM Bara", "cscom", BARA, "MLF0159", ""),
    ("csref-ansongo", "CSRef Ansongo", "csref", ANSONGO, "MLF0155", ""),
    ("csref-goundam", "CSRef Goundam", "csref", GOUNDAM, "MLF1419", ""),
    ("csref-tenenkou", "CSRef Tenenkou", "csref", TENENKOU, "MLF0870", ""),
    ("csref-koulikoro", "CSRef Koulikoro", "csref", KOULIKORO, "MLF0602", ""),
    ("drs-gao", "DRS Gao", "drs", "ML07", "", ""),
    ("drs-tombouctou", "DRS Tombouctou", "drs", "ML06", "", ""),
    ("drs-mopti", "DRS Mopti", "drs", "ML05", "", ""),
    ("drs-koulikoro", "DRS Koulikoro", "drs", "ML02", "", ""),
    ("sldses-ansongo", "SLDSES Ansongo", "sldses", ANSONGO, "", ""),
    ("drdses-gao", "DRDSES Gao", "drdses", "ML07", "", ""),
    ("rrm-ansongo", "RRM Ansongo", "rrm", ANSONGO, "", ""),
    ("rrm-centre", "RRM Centre", "rrm", EVERYWHERE, "", ""),
    ("sap-ansongo", "SAP Ansongo", "sap", ANSONGO, "", ""),
    ("cap-ansongo", "CAP Ansongo", "cap", ANSONGO, "", ""),
    ("protection-nord", "Protection Nord", "protection", EVERYWHERE, "", ""),
    ("vbg-nord", "Service VBG Nord", "protection", EVERYWHERE, "", ""),
)

# organisation, sector, role, area
COVERAGE = (
    ("ngo-a", "food", "distributes", ANSONGO),
    ("ngo-a", "cash", "distributes", ANSONGO),
    ("ngo-b", "food", "distributes", GOUNDAM),
    ("ngo-b", "state_food", "distributes", GOUNDAM),
    ("ngo-b", "food", "distributes", TENENKOU),
    ("ngo-c", "food", "distributes", TENENKOU),
    ("ngo-c", "state_food", "distributes", TENENKOU),
    ("ngo-c", "food", "distributes", KOULIKORO),
    ("ngo-b", "health", "supports", ANSONGO),
    ("ngo-b", "health", "pays", ANSONGO),
    ("ngo-b", "wash", "implements", ANSONGO),
    ("ngo-c", "shelter", "implements", TENENKOU),
)

# number, last digits, role, organisation, area, then its functions (with a voice after a colon)
PEOPLE = (
    ("P0101", "0101", "focal_point", "cscom-tessit", TESSIT, "cscom_head"),
    ("P0102", "0102", "focal_point", "cscom-tessit", TESSIT, "cscom_maternity"),
    ("P0103", "0103", "focal_point", "cscom-tessit", TESSIT, "cscom_store"),
    ("P0107", "0107", "focal_point", "cscom-bara", BARA, "cscom_maternity cscom_store"),
    ("P0104", "0104", "focal_point", "cscom-tessit", TESSIT, ""),
    ("P0111", "0111", "focal_point", "csref-ansongo", ANSONGO, "mcd"),
    ("P0112", "0112", "focal_point", "csref-ansongo", ANSONGO, "csref_fp"),
    ("P0113", "0113", "focal_point", "csref-ansongo", ANSONGO, "csref_store"),
    ("P0117", "0117", "focal_point", "csref-ansongo", ANSONGO, ""),
    ("P0114", "0114", "focal_point", "csref-goundam", GOUNDAM, "mcd"),
    ("P0115", "0115", "focal_point", "csref-tenenkou", TENENKOU, "mcd"),
    ("P0116", "0116", "focal_point", "csref-koulikoro", KOULIKORO, "mcd"),
    ("P0121", "0121", "focal_point", "ngo-a", ANSONGO, "meal"),
    ("P0122", "0122", "focal_point", "ngo-b", EVERYWHERE, "meal"),
    ("P0123", "0123", "focal_point", "ngo-c", EVERYWHERE, "meal"),
    ("P0131", "0131", "focal_point", "sldses-ansongo", ANSONGO, "sldses"),
    ("P0132", "0132", "focal_point", "cap-ansongo", ANSONGO, "cap"),
    ("P0133", "0133", "focal_point", "sap-ansongo", ANSONGO, "sap"),
    ("P0134", "0134", "focal_point", "drdses-gao", "ML07", "drdses rrm_secretary"),
    ("P0141", "0141", "focal_point", "rrm-ansongo", ANSONGO, "rrm_duty"),
    ("P0142", "0142", "focal_point", "rrm-centre", EVERYWHERE, "rrm_duty"),
    ("P0143", "0143", "focal_point", "protection-nord", EVERYWHERE, "protection"),
    ("P0151", "0151", "focal_point", "cell", EVERYWHERE, "cell_triager call_back"),
    ("P0152", "0152", "supervisor", "cell", EVERYWHERE, "cell_supervisor cell_triager"),
    ("P0153", "0153", "focal_point", "cell", EVERYWHERE, "integrity"),
    ("P0154", "0154", "focal_point", "cell", EVERYWHERE, "psea:woman"),
    ("P0155", "0155", "focal_point", "cell", EVERYWHERE, "gbv:woman child_protection:woman"),
    ("P0156", "0156", "focal_point", "vbg-nord", EVERYWHERE, "gbv:man child_protection:man"),
    ("P0159", "0159", "focal_point", "outside", EVERYWHERE, "outside_body"),
    ("P0161", "0161", "focal_point", "drs-gao", "ML07", "drs"),
    ("P0162", "0162", "focal_point", "drs-tombouctou", "ML06", "drs"),
    ("P0163", "0163", "focal_point", "drs-mopti", "ML05", "drs"),
    ("P0164", "0164", "focal_point", "drs-koulikoro", "ML02", "drs"),
    ("R128", "0201", "relay", "cscom-tessit", TESSIT, "relay"),
    ("R129", "0202", "relay", "cscom-talataye", TALATAYE, "relay"),
    ("P0301", "0301", "operator", "cell", EVERYWHERE, ""),
)

# Place codes: the first of a cercle, the others 17 apart so that one wrong key is no neighbour.
FIRST_CODES = ((ANSONGO, 6143), (GOUNDAM, 6401), (TENENKOU, 6703), (KOULIKORO, 7004))
BETWEEN_CODES = 17

# facility: telephone, fee and hours as H5 shows them (24 characters)
FACILITIES = (
    ("MLF0219", "0101", "Enfants: gratuit", "tous les jours, 8-14h"),
    ("MLF0155", "0111", "Urgences: gratuit", "jour et nuit"),
)
GREEN, WOMAN = "0301", "0155"

# What carries the sick of a centre: facility, rank, what, who is rung, who refunds.
MEANS = (
    ("MLF0219", 1, "vehicle", "P0104", "ngo-b"),
    ("MLF0219", 2, "ambulance", "P0117", "ngo-b"),
)
# Who agreed at registration that their own number is given to be rung (D5 to D7).
RINGS = ("P0101", "P0104", "P0111", "P0117", "P0152", "R128", "R129")


def create(
    work: Work, numbers: Numbers, draw: Callable[[int], int], now: datetime
) -> dict[str, str]:
    """Write the demo programme into an empty one and return the PINs by person (P0151: 4821).

    PINs are drawn anew; only their hashes stay.
    """
    populate(work, numbers, now)
    return {number: new_pin(work, number, draw) for number, *_ in PEOPLE}


def populate(work: Work, numbers: Numbers, now: datetime) -> None:
    """Write organisations, coverage, people and place codes, where Mali's directory is known."""
    _organisations(work, now)
    for number, digits, role, organisation, area, functions in PEOPLE:
        for function in functions.split() or [""]:
            name, _, voice = function.partition(":")
            new = NewPerson(
                role=role,
                phone=RANGE + digits,
                organisation=organisation,
                function=name,
                area=area,
                voice=voice,
                number=number,
            )
            add_person(work, new, numbers)
    _places(work)
    _evacuations(work, now)
    put_setting(work, GREEN_LINE, RANGE + GREEN)
    put_setting(work, WOMAN_TO_TALK, RANGE + WOMAN)
    put_setting(work, DAYTIME, "0-24")  # whoever tries the demo by night waits for no morning
    answer_templates.seed(work, now)


def exists(work: Work) -> bool:
    """Return whether somebody is registered: a second init then leaves all as it is."""
    return work.session.scalar(select(Person.id).limit(1)) is not None


def write_pins(home: Path, pins: dict[str, str]) -> None:
    """Keep the demo's PINs for ``make run`` to print, readable by their owner only."""
    target = home / PINS
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.writelines(f"{number} {pin}\n" for number, pin in sorted(pins.items()))


def read_pins(home: Path) -> dict[str, str]:
    """Return the PINs kept by ``write_pins``, none if there are none."""
    target = home / PINS
    if not target.exists():
        return {}
    lines = target.read_text(encoding="utf-8").splitlines()
    return dict(line.split() for line in lines)


def place_codes(work: Work) -> Iterator[tuple[str, str]]:
    """Give each commune of the demo its four digits: (6143, c:ML070106)."""
    for cercle, first in FIRST_CODES:
        communes = select(Area.pcode).where(Area.parent_pcode == cercle).order_by(Area.pcode)
        pcodes = sorted(work.session.scalars(communes), key=lambda pcode: pcode != TESSIT)
        for place, pcode in enumerate(pcodes):
            yield f"{first + BETWEEN_CODES * place}", f"c:{pcode}"


def _organisations(work: Work, now: datetime) -> None:
    for identifier, name, kind, area, facility, pair in ORGANISATIONS:
        work.session.add(
            Organisation(
                id=identifier,
                name=name,
                kind=kind,
                area_pcode=area or None,
                facility_id=facility or None,
                pair_id=pair or None,
            )
        )
    work.session.flush()
    for organisation, sector, role, area in COVERAGE:
        since = now.replace(hour=0, minute=0, second=0, microsecond=0) - SINCE
        work.session.add(
            Coverage(
                organisation_id=organisation, sector=sector, role=role, area_pcode=area, since=since
            )
        )
    work.session.flush()


def _evacuations(work: Work, now: datetime) -> None:
    agreed = work.session.scalars(select(Person).where(Person.number.in_(RINGS)))
    for person in agreed:
        person.ring_agreed_at = now
    for facility, rank, what, number, payer in MEANS:
        person_id = by_number(work, number).id
        work.session.add(
            EvacuationMeans(
                facility_id=facility, rank=rank, what=what, person_id=person_id, payer_id=payer
            )
        )
    work.session.flush()


def _places(work: Work) -> None:
    for code, ref in place_codes(work):
        name_code(work, code, ref)
    for identifier, digits, fee, hours in FACILITIES:
        facility = work.session.get_one(Facility, identifier)
        facility.telephone, facility.fee, facility.hours = RANGE + digits, fee, hours
    directory_changed(work)

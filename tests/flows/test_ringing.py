"""Who is rung for an evacuation and in which order, and whom a refusal names."""

import pytest

from flows.directory import Body, Cover, Directory, Seat
from flows.policy import default_policy
from flows.ringing import MEANS, named_instead, ring_order, supervisor_level
from flows.routing import CaseFacts

POLICY = default_policy()
TESSIT, ANSONGO = "ML070106", "ML0701"
BODIES = {
    name: Body(name, shown, kind)
    for name, shown, kind in (
        ("cscom-tessit", "CSCOM Tessit", "cscom"),
        ("csref-ansongo", "CSRef Ansongo", "csref"),
        ("ngo-b", "ONG B", "ngo"),
        ("ngo-c", "ONG C", "ngo"),
        ("cell", "Cellule", "cell"),
        ("sap-ansongo", "SAP Ansongo", "sap"),
        ("rrm-centre", "RRM Centre", "rrm"),
        ("protection-nord", "Protection Nord", "protection"),
    )
}


def seat(number, function, organisation, area=None, **more):
    return Seat(number, function, organisation, area, person_id=int(number[1:]), **more)


SEATS = (
    seat("P0101", "cscom_head", "cscom-tessit", TESSIT),
    seat("P0111", "mcd", "csref-ansongo", ANSONGO),
    seat("P0122", "meal", "ngo-b", ANSONGO),
    seat("P0123", "meal", "ngo-c", ANSONGO),
    seat("P0152", "cell_supervisor", "cell"),
    seat("P0133", "sap", "sap-ansongo", ANSONGO),
    seat("P0142", "rrm_duty", "rrm-centre"),
    seat("P0143", "protection", "protection-nord"),
)
DRIVER = seat("P0104", MEANS, "cscom-tessit", TESSIT)
COVERAGE = (
    Cover("ngo-c", "health", "supports", ANSONGO),
    Cover("ngo-b", "health", "pays", ANSONGO),
)
DIRECTORY = Directory(BODIES, SEATS, coverage=COVERAGE)
EVACUATION = CaseFacts("evacuation", "28", "C9", TESSIT)
FLOOD = CaseFacts("alert", "61", "C9", TESSIT)


def order(*means, directory=DIRECTORY):
    return [one.person for one in ring_order(EVACUATION, directory, POLICY, means)]


def test_head_then_means_then_mcd_then_who_pays_then_who_supports():
    assert order(DRIVER) == ["P0101", "P0104", "P0111", "P0122", "P0123"]


def test_nobody_is_rung_twice_and_the_supervisor_not_at_all():
    mcd_drives = seat("P0111", MEANS, "csref-ansongo", ANSONGO)
    assert order(mcd_drives) == ["P0101", "P0111", "P0122", "P0123"]
    assert supervisor_level(EVACUATION, POLICY) == 4


def test_who_is_off_duty_is_not_rung():
    away = tuple(
        seat("P0101", "cscom_head", "cscom-tessit", TESSIT, receives=False)
        if one.person == "P0101"
        else one
        for one in SEATS
    )
    assert order(directory=Directory(BODIES, away, coverage=COVERAGE))[0] == "P0111"


@pytest.mark.parametrize(
    ("words", "person"),
    [
        ("SAP", "P0133"),
        ("c'est pour le sap, secheresse", "P0133"),
        ("RRM Centre", "P0142"),
        ("protection", "P0143"),
        ("voir le MCD", "P0111"),
        ("ong c", "P0123"),
        ("superviseur de la cellule", "P0152"),
    ],
)
def test_a_refusal_names_a_function_or_an_organisation(words, person):
    found = named_instead(words, FLOOD, DIRECTORY, POLICY)
    assert found is not None
    assert found.person == person


@pytest.mark.parametrize("words", ["", "pas pour moi", "absent", "un autre", "chef de service"])
def test_a_refusal_that_names_nobody_is_asked_again(words):
    assert named_instead(words, FLOOD, DIRECTORY, POLICY) is None

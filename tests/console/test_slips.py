"""Booklets of slips: who has which, how many are left, and the PDF that is their only copy."""

import pytest
from sqlalchemy import select

from models.db import Job
from models.slip import Slip
from tests.console.calling import kept
from tests.console.counting import statements


@pytest.fixture
def desk(console):
    console.operator = console.as_role("operator")
    console.triager = console.as_role("triager")
    with kept(console):
        yield console


def made(desk, count="8", operator="P0001"):
    return desk.triager.post("/fiches/carnet", data={"operator": operator, "count": count})


def test_a_booklet_is_made_as_the_only_copy_of_its_codes(desk):
    answer = made(desk)
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF")
    assert "no-store" in answer.headers["Cache-Control"]
    with desk.store.reading(Job("test")) as work:
        assert len(work.session.scalars(select(Slip.id)).all()) == 8
    listed = desk.triager.get("/fiches").text
    assert "0 / 8" in listed
    assert "01 – 08" in listed


def test_what_cannot_be_printed_is_said_beside_the_field(desk):
    for count in ("", "0", "100", "x"):
        answer = made(desk, count)
        assert answer.status_code == 422
        assert "1 à 99" in answer.text
    made(desk, "60")
    assert "libres" in made(desk, "60").text


def test_an_operator_sees_their_own_and_makes_none(desk):
    made(desk)
    other = desk.as_role("operator", email="o@example.org")
    assert "0 / 8" in desk.operator.get("/fiches").text
    assert "0 / 8" not in other.get("/fiches").text
    assert desk.operator.post("/fiches/carnet", data={"count": "8"}).status_code == 404
    assert desk.as_role("gbv").get("/fiches").status_code == 404


def test_a_lost_booklet_is_worth_nothing(desk):
    made(desk)
    assert desk.triager.post("/fiches/carnet/1/perdu").status_code == 303
    assert "perdu" in desk.triager.get("/fiches").text
    assert desk.triager.post("/fiches/carnet/99/perdu").status_code == 404


def test_one_out_for_a_month_without_use_stands_out_and_few_questions_are_asked(desk):
    for _ in range(3):
        made(desk)
    desk.clock.pass_by(minutes=5)
    with statements(desk.store) as asked:
        desk.triager.get("/fiches")
    assert len(asked) <= 12

"""Referrals: a centre sees its own, others see what was published, and nobody sees a name."""

from datetime import timedelta

import pytest

from models.area import Facility
from models.case import ItemNumber
from models.db import Operator
from models.figure import Figure
from models.organisation import Organisation
from models.referral import Referral, ReferralStep
from models.stock import Stock
from tests.console.counting import statements

HERE, THERE = "F1", "F2"
STEPS = {"sent": (), "arrived": ("arrived",), "served": ("arrived", "served")}
CODES = ("15736", "24680")


@pytest.fixture
def centre(console):
    """A centre with a matron, and another one."""
    with console.store.work(Operator()) as work:
        for facility, name in ((HERE, "CSCOM Tessit"), (THERE, "CSCOM Bara")):
            work.session.add(
                Facility(id=facility, name=name, kind="cscom", cercle_pcode="ML0701",
                         commune_pcode="ML070106", quality="ok", source="test")
            )  # fmt: skip
        work.session.flush()
        for name, facility in (("cscom-tessit", HERE), ("cscom-bara", THERE)):
            body = Organisation(id=name, name=name, kind="cscom", facility_id=facility)
            work.session.add(body)
    console.matron = matron(console, "cscom-tessit")
    return console


def matron(console, organisation):
    email = f"{organisation}@example.org"
    worn = {"organisation": organisation, "function": "cscom_maternity", "email": email}
    return console.as_role("focal_point", **worn)


def sends(console, number, status="sent", centre=HERE, days=1, **facts):
    at = console.clock() - timedelta(days=days)
    with console.store.work(Operator()) as work:
        work.session.add(ItemNumber(number=number, kind="referral"))
        work.session.flush()
        one = Referral(
            number=number, source="relay", facility_id=centre, age_band="20-24", status=status,
            sent_at=at, due_at=at + timedelta(days=30), **facts,
        )  # fmt: skip
        for step in ("consented", "sent", *STEPS.get(status, (status,))):
            one.steps.append(
                ReferralStep(transition=step, status=step, by="R128", road="sms", at=at, details={})
            )
        work.session.add(one)


def test_a_centre_sees_its_funnel_with_both_numbers_of_each_share(centre):
    sends(centre, "10006", "sent", days=9)
    sends(centre, "10018", "arrived")
    sends(centre, "10023", "served", wish="3", given="3")
    sends(centre, "10037", "served", centre=THERE)
    page = centre.matron.get("/orientations").text
    assert "2 / 3 (66 %)" in page
    assert "1 / 2 (50 %)" in page
    assert "10006" in page
    assert "10037" not in page


def test_who_works_at_no_centre_sees_only_what_was_published(centre):
    sends(centre, "10006")
    with centre.store.work(Operator()) as work:
        for split, value, shown, below in (
            ("", "", 40, None), ("arrived", "yes", 21, None), ("served", "yes", None, 10),
        ):  # fmt: skip
            work.session.add(
                Figure(publication="referrals", period="2026-09", area="ML0701", split=split,
                       value=value, shown=shown, below=below, is_public=True,
                       published_at=centre.clock())
            )  # fmt: skip
    triager = centre.as_role("triager")
    page = triager.get("/orientations").text
    assert "10006" not in page
    for said in ("2026-09", ">40<", ">21<", "&lt; 10"):
        assert said in page
    assert triager.get("/orientations/10006").status_code == 404
    assert triager.get("/orientations?code=10006").status_code in {200, 303}


def test_one_referral_by_its_code_says_band_and_steps_and_no_more(centre):
    sends(centre, "10006", "served", given="3")
    page = centre.matron.get("/orientations/10006").text
    for said in ("20 à 24 ans", "CSCOM Tessit", "servie", "accord donné"):
        assert said in page
    assert "R128" not in page


def test_a_code_is_said_at_any_counter_until_it_is_over(centre):
    other = matron(centre, "cscom-bara")
    sends(centre, "10006", "sent")
    sends(centre, "10018", "expired")
    assert other.get("/orientations/10006").status_code == 200
    assert other.get("/orientations/10018").status_code == 404
    assert centre.matron.get("/orientations/10018").status_code == 200
    assert other.get("/orientations/10023").status_code == 404


def test_the_stock_with_its_age(centre):
    with centre.store.work(Operator()) as work:
        for product, quantity, days in (("3", 0, 20), ("2", 12, 1)):
            at = centre.clock() - timedelta(days=days)
            row = Stock(facility_id=HERE, product=product, quantity=quantity, as_of=at)
            row.out_since = None if quantity else at
            work.session.add(row)
    page = centre.as_role("triager").get("/orientations?cercle=ML0701").text
    assert "20 jours" in page
    assert page.index("20 jours") < page.index("1 jour<")
    assert "20 jours" not in centre.matron.get("/orientations?cercle=ML0702").text


def test_few_questions_are_asked_however_many_there_are(centre):
    for at in range(20):
        sends(centre, f"2{at:04}", "served" if at % 2 else "sent", days=8)
    centre.matron.get("/")
    with statements(centre.store) as asked:
        centre.matron.get("/orientations")
    assert len(asked) <= 12

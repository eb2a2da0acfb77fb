"""What is said when a product is out at a centre (B9): by its digit, with no word of any woman."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from sqlalchemy import func, select

from flows.deadlines import shown
from models.area import Facility
from models.case import Case
from models.db import Work
from models.organisation import Coverage
from models.person import Hat, Person
from models.referral import Referral, ReferralStep
from models.services.centres import who_at
from models.services.referral_texts import Hand, place_name, reachable
from models.services.scene import House
from models.services.telling import Notice, tell
from models.stock import Stock

ABOUT = "product "
STORES = ("cscom_store", "csref_store")
ORDERS = ("cscom_maternity", "csref_fp")


def about(product: str) -> str:
    """Return how a case names the product digit it is about."""
    return f"{ABOUT}{product}"


def stock_out_text(work: Work, house: House, case: Case) -> str:
    """Return the announcement of a stock-out to whoever has it now (B9)."""
    return _said(work, house, case, "stock_out")


def stock_out_facts(work: Work, house: House, case: Case) -> str:
    """Return what VOIR says of a stock-out: which centre, which product."""
    return _written(work, house, case, "stock_out_facts", {})


def tell_others(hand: Hand, case: Case) -> None:
    """Tell the fact, not the case, to the centre's store, its maternity and the partner."""
    text = _said(hand.work, hand.house, case, "stock_out_told")
    told = {case.holder_person, hand.scene.person_id}
    for person in _others(hand.work, case):
        if person.id in told:
            continue
        told.add(person.id)
        cause = f"stock-out:{case.id}:{person.id}"
        notice = Notice("stock_out_told", text, cause, case_id=case.id)
        tell(hand.work, hand.house, person.id, notice, hand.now)


def _others(work: Work, case: Case) -> Iterator[Person]:
    facility_id = _facility_id(case)
    for functions in (STORES, ORDERS):
        person = who_at(work, facility_id, functions)
        if person is not None:
            yield person
    supports = (
        select(Person, Coverage.area_pcode)
        .join(Hat, Hat.person_id == Person.id)
        .join(Coverage, Coverage.organisation_id == Hat.organisation_id)
        .where(Hat.function == "meal", Coverage.role == "supports", Coverage.sector == "health")
        .order_by(Person.id)
    )
    for person, area in work.session.execute(supports):
        # P-codes of the 2021 edition nest by their digits (flows/directory.py).
        if (case.area_pcode or "").startswith(area) and reachable(person):
            yield person


def _said(work: Work, house: House, case: Case, name: str) -> str:
    count = _turned_away(work, case)
    if not count:
        return _written(work, house, case, f"{name}_nobody", {})
    people = house.say("sent_away_one" if count == 1 else "sent_away", k=count)
    return _written(work, house, case, name, {"sent_away": people})


def _written(work: Work, house: House, case: Case, name: str, values: Mapping[str, str]) -> str:
    place = place_name(work.session.get(Facility, _facility_id(case)))
    product, date = _product(case), shown(_since(work, case))
    return house.say(name, n=case.number, place=place, product=product, date=date, **values)


def _turned_away(work: Work, case: Case) -> int:
    """Return how many were sent away for it since it is out."""
    facility_id, product = _facility_id(case), _product(case)
    sent_away = (
        select(func.count(func.distinct(Referral.id)))
        .join(ReferralStep, ReferralStep.referral_id == Referral.id)
        .where(
            ReferralStep.transition == "not_served",
            ReferralStep.at >= _since(work, case),
            Referral.facility_id == facility_id,
            Referral.wish == product,
            Referral.status == "not_served",
            Referral.reason == "stock_out",
        )
    )
    return work.session.scalar(sent_away) or 0


def _since(work: Work, case: Case) -> datetime:
    row = work.session.get(Stock, (_facility_id(case), _product(case)))
    return row.out_since if row and row.out_since else case.opened_at


def _product(case: Case) -> str:
    return case.about.removeprefix(ABOUT)


def _facility_id(case: Case) -> str:
    return (case.place_ref or "").removeprefix("f:")

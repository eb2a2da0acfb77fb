"""Stock by product digit: said, out, found elsewhere, and the task that is open once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from flows.gsm7 import segments
from models.case import Case
from models.db import Job
from models.stock import StockReport
from tests import referral_world as world
from tests.referral_world import referral, refers, stock


@pytest.fixture
def loop(stage):
    world.settle(stage)
    return stage


def tasks(stage):
    with stage.store.work(Job("test")) as work:
        found = select(Case).where(Case.kind == "stock_out").order_by(Case.id)
        return [(one.status, one.about) for one in work.session.scalars(found)]


def test_figures_are_kept_with_their_age_and_read_back(loop):
    said = loop.writes("P0203", "STOCK 2 40 3 0")
    assert said == (
        "Stock note: produit 2: 40, produit 3: 0. Erreur? Envoyez STOCK et le bon nombre."
    )
    assert stock(loop, "F1", "2").quantity == 40
    loop.later(days=7)
    assert loop.writes("P0203", "STOCK OK") == "Stock: rien de change, note."
    assert stock(loop, "F1", "2").as_of == loop.now
    with loop.store.work(Job("test")) as work:
        assert len(work.session.scalars(select(StockReport)).all()) == 4


def test_nothing_changed_says_nothing_where_nothing_was_ever_said(loop):
    assert loop.writes("P0203", "STOCK OK").startswith("Aucun chiffre encore.")


def test_who_works_at_no_centre_has_no_stock(loop):
    assert loop.writes("R128", "RUPTURE 3").startswith("Pas compris: RUPTURE.")
    assert stock(loop, "F1", "3") is None


def test_a_product_that_is_out_opens_one_task_for_the_store_of_the_cercle(loop):
    loop.writes("P0203", "RUPTURE 3")
    loop.writes("P0203", "STOCK 3 0")
    assert tasks(loop) == [("routed", "product 3")]
    [(who, text)] = loop.outbox("case_new")
    number = text.split()[-1]
    assert who == "P0113"
    assert text == f"Stock: CSCOM Tessit, produit 3 a 0 depuis 23/11. Reponse: VOIR {number}"
    assert loop.writes("P0113", f"VOIR {number}") == (
        f"{number}: stock, CSCOM Tessit, produit 3 a 0 depuis 23/11. Je prends: PRIS {number}. "
        f"Pas pour moi: RENVOI {number}"
    )


def test_maternity_and_partner_are_told_the_fact_and_no_number(loop):
    loop.writes("P0203", "RUPTURE 3")
    told = loop.outbox("stock_out_told")
    assert {who for who, _ in told} == {"P0202", "P0122"}
    assert {text for _, text in told} == {"Stock: CSCOM Tessit, produit 3 a 0 depuis 23/11."}


def test_two_who_say_it_at_once_open_one_task(loop):
    with ThreadPoolExecutor(2) as together:
        list(together.map(lambda who: loop.writes(who, "RUPTURE 3"), ("P0202", "P0203")))
    assert tasks(loop) == [("routed", "product 3")]


def test_each_product_and_centre_has_a_task_of_its_own(loop):
    loop.writes("P0203", "STOCK 2 0 3 0")
    loop.writes("P0212", "RUPTURE 3")
    assert len(tasks(loop)) == 3


def test_what_came_again_closes_the_task_and_the_next_time_opens_another(loop):
    loop.writes("P0203", "RUPTURE 3")
    loop.writes("P0203", "STOCK 3 12")
    assert tasks(loop) == [("closed", "product 3")]
    assert loop.outbox("case_new") == []
    assert stock(loop, "F1", "3").out_since is None
    loop.writes("P0203", "RUPTURE 3")
    assert [status for status, _ in tasks(loop)] == ["closed", "routed"]


def test_three_women_sent_away_put_a_product_to_nothing(loop):
    loop.writes("P0203", "STOCK 3 5")
    for _ in range(3):
        assert tasks(loop) == []
        loop.later(days=1)
        loop.writes("P0202", f"PAS {refers(loop)} 1")
    assert tasks(loop) == [("routed", "product 3")]
    assert stock(loop, "F1", "3").quantity == 0
    [(_, text)] = loop.outbox("case_new")
    assert "a 0 depuis 24/11, 3 personnes renvoyees" in text


def test_women_sent_away_before_it_came_again_or_long_ago_do_not_count(loop):
    for _ in range(2):
        loop.writes("P0202", f"PAS {refers(loop)} 1")
    loop.later(hours=1)
    loop.writes("P0203", "STOCK 3 5")
    loop.later(hours=1)
    loop.writes("P0202", f"PAS {refers(loop)} 1")
    assert tasks(loop) == []
    for _ in range(2):
        loop.later(days=20)
        loop.writes("P0202", f"PAS {refers(loop)} 1")
    assert tasks(loop) == []


def test_the_same_woman_sent_away_twice_counts_once(loop):
    codes = [refers(loop), refers(loop)]
    for _ in range(2):
        for code in codes:
            loop.writes("P0202", f"PAS {code} 1")
    assert tasks(loop) == []


def test_a_relay_is_offered_the_nearest_centre_that_has_it(loop):
    loop.writes("P0203", "RUPTURE 3")
    loop.writes("P0222", "STOCK 3 4")
    loop.later(days=12)
    said = loop.writes("R128", "REF 6143 24 3")
    assert said == (
        "CSCOM Tessit: plus en stock depuis 12 j. Autre centre: CSCOM Talataye. "
        "1 envoyer la-bas 2 envoyer quand meme 0 annuler"
    )
    assert segments(said) == 1
    assert loop.outbox("referral_new") == []
    code = loop.writes("R128", "1").split()[0]
    assert referral(loop, code).facility_id == "F3"
    assert [who for who, _ in loop.outbox("referral_new")] == ["P0222"]


def test_she_may_be_sent_there_all_the_same_or_not_at_all(loop):
    loop.writes("P0203", "RUPTURE 3")
    assert loop.writes("R128", "REF 6143 24 3") == (
        "CSCOM Tessit: plus en stock depuis 1 j. 2 envoyer quand meme 0 annuler"
    )
    code = loop.writes("R128", "2").split()[0]
    assert referral(loop, code).facility_id == "F1"
    loop.writes("R128", "REF 6143 24 3")
    assert loop.writes("R128", "0") == "Annule. Rien n'est parti."
    assert len(loop.outbox("referral_new")) == 1


def test_without_a_wish_or_for_another_product_nothing_is_asked(loop):
    loop.writes("P0203", "RUPTURE 3")
    refers(loop, "REF 6143 24")
    refers(loop, "REF 6143 24 2")

"""Somebody is rung every five minutes until one takes it; then the refund is followed."""

from threading import Thread

import pytest
from sqlalchemy import select

from flows.gsm7 import segments
from models.alert import Evacuation, EvacuationMeans
from models.area import Facility
from models.case import Case
from models.db import Job
from models.outbound import OutboundMessage
from models.person import Hat, Person
from models.services import clocks, rings
from tests.factories import phone_of, staged
from tests.models.alert_world import CENTRE, CSREF, settle_in
from tests.outbox import claim_due

ORDER = ("P0101", "P0104", "P0105", "P0111", "P0122")


@pytest.fixture
def field(stage):
    """The programme with a centre and what carries its sick, on each engine."""
    return settle_in(stage)


@pytest.fixture
def here(sqlite_store, tmp_path, now):
    """The same, on the embedded engine alone."""
    with staged(sqlite_store, tmp_path, now) as one:
        yield settle_in(one)


def calls(stage, line="EVAC 6143 1"):
    stage.writes("R128", line)
    with stage.store.work(Job("test")) as work:
        case = work.session.scalars(select(Case).order_by(Case.id.desc())).first()
        return case.id, case.number


def rings_on(stage):
    with stage.store.work(Job("timetable")) as work:
        return rings.ring_due(work, stage.house, stage.now)


def rung(stage):
    with stage.store.work(Job("test")) as work:
        rows = select(OutboundMessage).where(OutboundMessage.purpose == "ring")
        rows = rows.where(OutboundMessage.status == "waiting").order_by(OutboundMessage.id)
        people = {one.id: one.number for one in work.session.scalars(select(Person))}
        return [
            (people[row.person_id], stage.house.transit.unwrap(row.text_sealed), row.fills)
            for row in work.session.scalars(rows)
        ]


def evacuation(stage, case):
    with stage.store.work(Job("test")) as work:
        return work.session.get_one(Evacuation, case)


def test_the_caller_reads_whom_to_ring_too(here):
    here.change(Facility, {"id": CSREF}, telephone=phone_of("P0111"))
    reply = here.writes("R128", "EVAC 6143 1")
    assert reply == (
        f"{reply[:5]}: le centre est prevenu. Appelez aussi vous-meme: 70000101."
        " Si personne en 10 min: 70000111."
    )


def test_a_number_that_only_the_keeper_knows_comes_in_a_text_of_its_own(field):
    number = field.writes("R128", "EVAC 6143 1").removeprefix("Recu ").removesuffix(". Merci.")
    texts = {person: (text, fills) for person, text, fills in rung(field)}
    assert texts["R128"] == (
        f"{number}: le centre est prevenu. Appelez aussi vous-meme: 70000101."
        " Si personne en 10 min: {tel2}.",
        {"tel2": "person:P0111"},
    )


def test_the_head_is_given_the_relays_number_by_the_keeper_alone(here):
    _, number = calls(here)
    person, text, fills = rung(here)[0]
    assert person == "P0101"
    assert text == (
        f"URGENT {number}: evacuation, Tessit, accouchement. Rappelez R128 au {{tel}}."
        f" Puis PRIS {number}. Sans reponse en 5 min, on appelle le suivant."
    )
    assert fills == {"tel": "person:R128"}
    assert segments(text) == 1


def test_where_nobody_is_at_the_centre_it_is_not_said_to_be_warned_and_the_relay_is_rung(here):
    here.change(Facility, {"id": CENTRE}, telephone=None)
    here.change(Facility, {"id": CSREF}, telephone=phone_of("P0111"))
    here.change(Person, {"number": "P0101"}, revoked_at=here.now)
    reply = here.writes("R128", "EVAC 6143 1")
    number = reply[:5]
    assert reply == f"{number}: on appelle qui peut venir. Appelez aussi vous-meme: 70000111."
    person, text, fills = rung(here)[0]
    assert person == "P0104"
    assert "Rappelez R128 au {tel}." in text
    assert fills == {"tel": "person:R128"}


def test_the_caller_may_look_where_it_stands(here):
    here.change(Facility, {"id": CSREF}, telephone=phone_of("P0111"))
    told = here.writes("R128", "EVAC 6143 1")
    number = told[:5]
    assert here.writes("R128", f"VOIR {number}") == told
    here.writes("P0101", f"PRIS {number}")
    assert here.writes("R128", number).startswith(f"{number}: c'est pris, on s'en occupe.")


def test_who_did_not_agree_to_be_rung_stands_there_by_name_alone(here):
    here.change(Person, {"number": "R128"}, ring_agreed_at=None)
    calls(here)
    _, text, fills = rung(here)[0]
    assert "relais R128" in text
    assert not fills


def test_the_vehicle_is_given_the_public_telephone_of_the_centre(here):
    _, number = calls(here)
    here.later(minutes=5)
    rings_on(here)
    person, text, fills = rung(here)[-1]
    assert person == "P0104"
    assert text == (
        f"URGENT {number}: vehicule pour Tessit, accouchement. Appelez le centre: 70000101."
        f" Puis PRIS {number}"
    )
    assert not fills


def test_each_five_minutes_the_next_is_rung_and_at_last_the_supervisor_speaks(field):
    case, number = calls(field)
    assert field.holder(case) == ORDER[0]
    for expected in ORDER[1:]:
        field.later(minutes=4)
        assert rings_on(field) == 0
        field.later(minutes=1)
        assert rings_on(field) == 1
        assert field.holder(case) == expected
    field.later(minutes=5)
    assert rings_on(field) == 1
    assert field.holder(case) == "P0152"
    assert (
        f"URGENT {number}: evacuation, Tessit, accouchement. Personne n'a pris."
        in rung(field)[-1][1]
    )
    field.later(minutes=30)
    assert rings_on(field) == 0


def test_a_pause_of_the_worker_rings_one_more_and_not_all_at_once(here):
    case, _ = calls(here)
    here.later(minutes=40)
    assert rings_on(here) == 1
    assert rings_on(here) == 0
    assert here.holder(case) == ORDER[1]


def test_two_workers_ring_once(field):
    calls(field)
    field.later(minutes=5)
    workers = [Thread(target=rings_on, args=(field,)) for _ in range(4)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert [person for person, *_ in rung(field) if person != "R128"] == list(ORDER[:2])


def test_whoever_was_rung_takes_it_even_when_the_next_rings_and_the_others_are_told(here):
    case, number = calls(here)
    here.later(minutes=5)
    rings_on(here)
    assert (
        here.writes("P0101", f"PRIS {number}")
        == f"{number} est a vous. Quand c'est fait: FINI {number}"
    )
    assert here.case(case).status == "taken"
    assert here.holder(case) == "P0101"
    assert here.case(case).holder_function == "cscom_head"
    texts = {person: text for person, text, _ in rung(here)}
    assert "deja pris par une autre personne" in texts["P0104"]
    assert texts["R128"].startswith(f"{number}: c'est pris")
    assert "deja pris" in here.writes("P0104", f"PRIS {number}")
    here.later(minutes=5)
    assert rings_on(here) == 0


def test_a_refusal_rings_the_next_at_once(here):
    case, number = calls(here)
    assert (
        here.writes("P0101", f"RENVOI {number}")
        == f"{number}: rendu, merci. On appelle le suivant."
    )
    assert here.holder(case) == ORDER[1]


def test_who_took_it_and_takes_that_back_lets_it_ring_on(here):
    case, number = calls(here)
    here.writes("P0101", f"PRIS {number}")
    here.writes("P0101", f"ANNULE {number}")
    assert here.case(case).status == "routed"
    assert here.holder(case) == ORDER[1]
    here.later(minutes=5)
    assert rings_on(here) == 1


def test_the_same_call_within_the_hour_is_the_same_item(here):
    case, _ = calls(here)
    here.later(minutes=30)
    assert calls(here, "EVAC 6143 1")[0] == case
    assert calls(here, "EVAC 6143 4")[0] != case
    here.later(minutes=31)
    assert calls(here, "EVAC 6143 1")[0] != case


def test_a_stop_does_not_keep_back_a_ring(here):
    here.change(Person, {"number": "P0101"}, stopped_at=here.now)
    case, _ = calls(here)
    assert here.holder(case) == "P0101"
    with here.store.work(Job("sender")) as work:
        claim_due(work, here.now, 10)
    assert [status for status in statuses(here, "P0101")] == ["sending"]


def statuses(stage, number):
    with stage.store.work(Job("test")) as work:
        person = work.session.scalars(select(Person).where(Person.number == number)).one()
        rows = select(OutboundMessage.status).where(OutboundMessage.person_id == person.id)
        return list(work.session.scalars(rows.where(OutboundMessage.purpose == "ring")))


def test_a_lost_or_revoked_phone_is_not_rung(here):
    here.change(Person, {"number": "P0101"}, blocked_at=here.now)
    here.change(Person, {"number": "P0104"}, revoked_at=here.now)
    case, _ = calls(here)
    assert here.holder(case) == "P0105"


def test_with_nobody_to_ring_the_supervisor_has_it_at_once(here):
    with here.store.work(Job("test")) as work:
        for row in work.session.scalars(select(EvacuationMeans)).all():
            work.session.delete(row)
        for hat in work.session.scalars(select(Hat)).all():
            hat.on_duty = hat.function == "cell_supervisor"
    case, _ = calls(here)
    assert here.holder(case) == "P0152"


def test_a_place_that_is_not_clear_rings_the_centre_of_the_callers_own(here):
    case, _ = calls(here, "EVAC 9999 2")
    assert here.holder(case) == "P0101"
    assert "Tessit, enfant malade" in rung(here)[0][1]


def test_the_caller_calls_it_off_within_ten_minutes_and_who_was_rung_is_told(here):
    case, number = calls(here)
    assert here.writes("R128", f"ANNULE {number}").startswith(f"{number}: annule.")
    assert here.case(case).status == "withdrawn"
    assert [text for person, text, _ in rung(here) if person == "P0101"] == [
        f"{number}: evacuation annulee. Rien a faire."
    ]
    here.later(minutes=5)
    assert rings_on(here) == 0


def test_the_refund_is_asked_of_who_pays_and_closed_when_it_is_paid(field):
    case, number = calls(field)
    field.writes("P0104", f"PRIS {number}")  # not rung yet: not theirs to take
    field.writes("P0101", f"PRIS {number}")
    field.writes("P0101", f"FINI {number} arrivee au CSRef")
    field.later(minutes=10)
    field.settles()
    assert field.case(case).status == "answered"
    owed = evacuation(field, case)
    assert owed.refund == "owed"
    refund = field.case(owed.refund_id)
    assert (refund.category, refund.case_class, refund.status) == ("27", "C2", "routed")
    assert field.holder(refund.id) == "P0122"
    assert field.writes("P0122", f"FINI {refund.number} paye").startswith(
        f"{refund.number}: regle."
    )
    field.later(minutes=10)
    field.settles()
    assert evacuation(field, case).refund == "paid"
    assert field.case(refund.id).status == "closed"


def test_a_refund_that_nobody_pays_climbs_like_any_other(here):
    case, number = calls(here)
    here.writes("P0101", f"PRIS {number}")
    here.writes("P0101", f"FINI {number}")
    here.later(minutes=10)
    here.settles()
    refund = evacuation(here, case).refund_id
    here.later(days=15)
    with here.store.work(Job("timetable")) as work:
        clocks.hand_over(work, here.house, here.now)
    assert here.holder(refund) != "P0122"


def test_what_was_taken_and_left_lying_comes_to_the_supervisor(here):
    case, number = calls(here)
    here.writes("P0101", f"PRIS {number}")
    here.later(days=3)
    with here.store.work(Job("timetable")) as work:
        clocks.hand_over(work, here.house, here.now)
    assert here.holder(case) == "P0152"


def test_the_supervisor_who_does_not_act_loses_it_to_the_outside_body(here):
    case, _ = calls(here)
    for _ in ORDER:
        here.later(minutes=5)
        rings_on(here)
    here.later(days=1)
    with here.store.work(Job("timetable")) as work:
        clocks.hand_over(work, here.house, here.now)
    assert here.holder(case) == "P0159"


def test_no_number_stands_in_any_text_but_of_a_centre(here):
    calls(here)
    for _ in ORDER:
        here.later(minutes=5)
        rings_on(here)
    for _, text, _ in rung(here):
        digits = text.replace("70000101", "")
        assert "7000" not in digits


def test_the_supervisor_hears_too_that_somebody_took_it(here):
    _, number = calls(here)
    for _ in ORDER:
        here.later(minutes=5)
        rings_on(here)
    here.writes("P0104", f"PRIS {number}")
    texts = [text for person, text, _ in rung(here) if person == "P0152"]
    assert texts == [f"{number} est deja pris par une autre personne. Rien a faire."]


def test_a_relay_who_wanted_no_more_texts_still_reads_whom_to_ring(here):
    here.change(Person, {"number": "R128"}, stopped_at=here.now)
    _, number = calls(here)
    assert next(text for person, text, _ in rung(here) if person == "R128").startswith(
        f"{number}: le centre est prevenu."
    )

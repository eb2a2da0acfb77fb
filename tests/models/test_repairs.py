"""Repair requests and checks: what is broken and where, never a case, a source or a count."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from models.case import Case
from models.db import Job
from models.organisation import Coverage
from models.outbound import OutboundMessage
from models.person import Person
from models.repair import Check, Repair, RepairCase
from models.services import agent_menu, repair_answers, repairs
from models.services.programme import DAYTIME, put_setting
from tests.factories import ANSONGO, NEIGHBOUR, SPEAKER, TESSIT, staged

THIRD = "+22370000003"
LATE = "13"  # a fact that all can see: the food did not come
SHORT = "12"  # what may point at one household
SESSION = timedelta(minutes=5)


@pytest.fixture
def stage(sqlite_store, tmp_path, now):
    with staged(sqlite_store, tmp_path, now) as one:
        yield one


def acts(stage, *lines):
    done = 0
    for line in lines or (repairs.seek, repairs.give_up_waiting):
        with stage.store.work(Job("timetable")) as work:
            done += line(work, stage.house, stage.now)
    return done


def follows(stage):
    return acts(stage, repair_answers.remind, repair_answers.note_lateness)


def rows(stage, table):
    with stage.store.work(Job("test")) as work:
        return list(work.session.scalars(select(table).order_by(*table.__mapper__.primary_key)))


def files(stage, phone=SPEAKER, category=LATE, **said):
    return stage.case(stage.files(phone, category=category, **said)["case"])


def asked(stage, category=LATE, **said):
    """File a case of which a repair is asked at once; return both."""
    case = files(stage, category=category, **said)
    stage.clock[0] += SESSION
    acts(stage)
    [request] = rows(stage, Repair)
    return case, request


def told(stage, purpose, number=None):
    return [text for person, text in stage.outbox(purpose) if number in {None, person}]


def last_due(stage, purpose):
    sent = [row for row in rows(stage, OutboundMessage) if row.purpose == purpose]
    return sent[-1].due_at


def read(stage, case):
    """Return the pages of words that the holder of a case reads behind the PIN."""
    holder = stage.holder(case.id)
    phone = f"+2237000{holder[1:]}"
    with stage.store.work(Job("test")) as work:
        scene = stage.scene(phone)
        reading = agent_menu.begin_reading(
            work, scene, {"agent": holder, "item": stage.case(case.id).number}
        )
    return agent_menu.finish_reading(stage.house, reading)


def test_a_fact_that_all_can_see_is_asked_at_once_after_the_session(stage):
    case = files(stage)
    assert acts(stage) == 0
    stage.clock[0] += SESSION
    assert [acts(stage), acts(stage)] == [1, 0]
    [request] = rows(stage, Repair)
    assert (request.organisation_id, request.function, request.why) == ("ngo-a", "meal", "visible")
    assert request.number != case.number
    assert [(one.repair_id, one.case_id) for one in rows(stage, RepairCase)] == [
        (request.id, case.id)
    ]
    assert stage.outbox("repair_new") == [
        (
            "P0121",
            "Jaabi: a verifier: vivres, en retard, commune Tessit, plusieurs menages."
            f" Reponse avant le 01/12: VOIR {request.number}",
        )
    ]


def test_a_programme_may_set_the_hours_in_which_it_asks(stage, now):
    with stage.store.work(Job("test")) as work:
        put_setting(work, DAYTIME, "0-24")
    stage.clock[0] = now.replace(hour=22)
    asked(stage)
    assert last_due(stage, "repair_new") == stage.now


def test_many_who_say_the_same_are_one_request(stage):
    for phone in (SPEAKER, NEIGHBOUR, THIRD):
        files(stage, phone)
    stage.clock[0] += SESSION
    acts(stage)
    files(stage, "+22370000004")
    stage.clock[0] += SESSION
    acts(stage)
    assert len(rows(stage, Repair)) == len(told(stage, "repair_new")) == 1
    assert len(rows(stage, RepairCase)) == 4


def test_what_points_at_one_household_waits_for_three_voices(stage):
    for phone in (SPEAKER, SPEAKER, NEIGHBOUR):
        files(stage, phone, SHORT)
        stage.clock[0] += SESSION
        assert acts(stage) == 0
    files(stage, THIRD, SHORT)
    stage.clock[0] += SESSION
    acts(stage)
    [request] = rows(stage, Repair)
    assert request.why == "sources"
    assert len(rows(stage, RepairCase)) == 4


def test_the_speakers_yes_is_enough_and_speaks_for_that_household_only(stage):
    first, second = files(stage, SPEAKER, SHORT), files(stage, NEIGHBOUR, SHORT)
    stage.does("allow_repair", {"case": first.id, "repair": "yes"})
    stage.clock[0] += SESSION
    acts(stage)
    [request] = rows(stage, Repair)
    assert request.why == "allowed"
    assert [one.case_id for one in rows(stage, RepairCase)] == [first.id]
    assert "1 " not in told(stage, "repair_new")[0].replace("01/12", "")
    assert second.id != first.id


def test_a_no_is_neither_spoken_for_nor_counted(stage):
    for phone in (SPEAKER, NEIGHBOUR, THIRD):
        case = files(stage, phone, SHORT)
    stage.does("allow_repair", {"case": case.id, "repair": "no"})
    stage.clock[0] += SESSION
    acts(stage)
    assert rows(stage, Repair) == []
    files(stage, "+22370000004", SHORT)
    stage.clock[0] += SESSION
    acts(stage)
    assert case.id not in {one.case_id for one in rows(stage, RepairCase)}
    assert len(rows(stage, RepairCase)) == 3


@pytest.mark.parametrize("category", ["16", "17", "51", "91", "92", "93", "94", "35"])
def test_never_for_a_compartment_however_many_say_it(stage, category):
    for phone in (SPEAKER, NEIGHBOUR, THIRD, "+22370000004"):
        files(stage, phone, category)
    stage.later(days=20)
    acts(stage)
    assert rows(stage, Repair) == rows(stage, Check) == []


@pytest.mark.parametrize("category", ["21", "61", "7", "192", "31"])
def test_never_where_the_policy_asks_for_none(stage, category):
    for phone in (SPEAKER, NEIGHBOUR, THIRD):
        files(stage, phone, category)
    stage.later(days=9)
    acts(stage)
    assert rows(stage, Repair) == rows(stage, Check) == []


def test_a_case_that_becomes_a_compartments_is_spoken_for_no_longer_and_the_text_never_leaves(
    stage,
):
    case, request = asked(stage)
    stage.does("add_words", {"case": case.id, "words": "Le chef demande de l'argent."})
    assert stage.case(case.id).case_class == "C5"
    assert rows(stage, RepairCase) == []
    assert told(stage, "repair_new") == []
    assert "n'existe pas chez vous" in stage.writes("P0121", f"VOIR {request.number}")
    stage.later(days=20)
    follows(stage)
    assert stage.outbox("repair_late") == stage.outbox("repair_reminder") == []


def test_a_case_that_is_stopped_leaves_the_request_to_the_others(stage):
    case, request = asked(stage)
    files(stage, NEIGHBOUR)
    stage.clock[0] += SESSION
    acts(stage)
    stage.does("withdraw", {"case": case.id})
    assert len(rows(stage, RepairCase)) == 1
    assert "Tessit" in stage.writes("P0121", f"VOIR {request.number}")


def test_only_who_was_asked_knows_of_the_number(stage):
    case, request = asked(stage)
    for number in ("P0122", "P0150", stage.holder(case.id), "P0111"):
        assert "n'existe pas chez vous" in stage.writes(number, f"VOIR {request.number}")
    shown = stage.writes("P0121", f"VOIR {request.number}")
    assert shown == (
        f"{request.number}: vivres, en retard. Commune Tessit. Plusieurs menages."
        f" Avant le 01/12: FINI {request.number} et quoi, ou DIRE {request.number},"
        f" ou RENVOI {request.number}"
    )
    assert "n'existe pas chez vous" in stage.writes("P0121", f"VOIR {case.number}")


def test_what_the_organisation_answers_is_read_by_whoever_handles_each_case(stage):
    case, request = asked(stage, words="Rien n'est venu.")
    other = files(stage, NEIGHBOUR)
    stage.clock[0] += SESSION
    acts(stage)
    assert "est a vous" in stage.writes("P0121", f"PRIS {request.number}")
    said = stage.writes("P0121", f"FINI {request.number} Le camion part demain. Tel 70001234")
    assert said == (
        f"{request.number}: note, la cellule va lire. Erreur? ANNULE {request.number} avant 10 min."
    )
    [answered] = rows(stage, Repair)
    assert (answered.status, answered.answered_at) == ("answered", stage.now)
    pages = " ".join(read(stage, case))
    assert "Rien n'est venu." in pages
    assert "ngo-a: Le camion part demain." in pages
    assert "1234" not in pages
    assert "ngo-a: Le camion part demain." in " ".join(read(stage, other))
    assert {person for person, _ in stage.outbox("repair_came")} == {
        stage.holder(case.id),
        stage.holder(other.id),
    }
    assert told(stage, "repair_came")[0].startswith("Jaabi: ")
    assert stage.outbox("answer_ready") == []  # the cell answers the speaker, not the organisation
    assert ("repair_answered", "P0121") in stage.events(case.id)


def test_each_who_handles_is_told_once_however_many_cases(stage):
    for number in range(5):
        files(stage, f"+2237000010{number}")
    stage.clock[0] += SESSION
    acts(stage)
    [request] = rows(stage, Repair)
    stage.writes("P0121", f"DIRE {request.number} Le camion part demain.")
    holders = {stage.holder(one.case_id) for one in rows(stage, RepairCase)}
    assert sorted(person for person, _ in stage.outbox("repair_came")) == sorted(holders)


def test_an_answer_can_be_taken_back_for_ten_minutes(stage):
    case, request = asked(stage)
    stage.writes("P0121", f"FINI {request.number} C'est fait.")
    stage.later(minutes=9)
    said = stage.writes("P0121", f"ANNULE {request.number}")
    assert said == f"{request.number}: annule. Rien n'est parti."
    assert [one.status for one in rows(stage, Repair)] == ["taken"]
    assert "C'est fait." not in " ".join(read(stage, case))
    assert stage.outbox("repair_came") == []
    stage.writes("P0121", f"FINI {request.number} Vraiment fait.")
    assert "Vraiment fait." in " ".join(read(stage, case))
    stage.later(minutes=10)
    assert "trop tard" in stage.writes("P0121", f"ANNULE {request.number}")
    assert "Vraiment fait." in " ".join(read(stage, case))


def test_what_was_answered_is_not_answered_again_but_may_be_added_to(stage):
    case, request = asked(stage)
    stage.writes("P0121", f"FINI {request.number} C'est fait.")
    for line in ("DIRE", "FINI", "RENVOI", "PRIS"):
        said = stage.writes("P0121", f"{line} {request.number} Encore.")
        assert said == (
            f"{request.number}: c'est deja repondu."
            f" Pour ajouter: NOTE {request.number} et le texte."
        )
    assert "note gardee" in stage.writes("P0121", f"NOTE {request.number} Livre a midi.")
    assert "ngo-a: Livre a midi." in " ".join(read(stage, case))
    assert [one.status for one in rows(stage, Repair)] == ["answered"]


def test_a_request_given_back_tells_the_cell_and_ends(stage):
    case, request = asked(stage)
    stage.writes("P0121", f"RENVOI {request.number}")
    assert [one.status for one in rows(stage, Repair)] == ["closed"]
    assert "ngo-a: pas pour nous" in " ".join(read(stage, case))
    stage.later(days=20)
    follows(stage)
    assert stage.outbox("repair_late") == stage.outbox("repair_reminder") == []


def test_without_words_nothing_is_answered(stage):
    _, request = asked(stage)
    for verb in ("FINI", "DIRE"):
        stage.writes("P0121", f"{verb} {request.number}")
    assert [one.answered_at for one in rows(stage, Repair)] == [None]


def test_an_organisation_is_reminded_once_in_working_hours_and_then_the_cell_is_told(stage):
    case, request = asked(stage)
    stage.clock[0] = request.due_at - timedelta(hours=47)
    while not 7 <= stage.now.hour < 17 or stage.now.weekday() > 4:
        stage.later(hours=1)
    for _ in range(3):
        follows(stage)
    assert stage.outbox("repair_reminder") == [
        ("P0121", f"Jaabi: {request.number} attend, fin le 30/11. VOIR {request.number}")
    ]
    assert stage.outbox("repair_late") == []
    stage.clock[0] = request.due_at
    for _ in range(3):
        follows(stage)
    assert [one.status for one in rows(stage, Repair)] == ["late"]
    assert stage.outbox("repair_late") == [
        (
            stage.holder(case.id),
            f"Jaabi: {case.number}: la demande reste sans reponse. VOIR {case.number}",
        )
    ]
    stage.writes("P0121", f"FINI {request.number} Enfin fait.")
    assert [one.status for one in rows(stage, Repair)] == ["answered"]


def test_what_was_answered_lately_is_not_asked_again_but_later_it_is(stage):
    _, request = asked(stage)
    stage.writes("P0121", f"FINI {request.number} C'est fait.")
    stage.later(days=6)
    files(stage, NEIGHBOUR)
    stage.clock[0] += SESSION
    acts(stage)
    assert len(rows(stage, Repair)) == 1
    stage.later(days=2)
    files(stage, THIRD)
    stage.clock[0] += SESSION
    acts(stage)
    assert len(rows(stage, Repair)) == 2


def test_waiting_for_three_voices_ends_with_a_check_that_the_handler_alone_knows(stage):
    case = files(stage, category=SHORT)  # a Monday
    stage.clock[0] = case.opened_at + timedelta(days=7, minutes=-1)
    acts(stage)
    assert rows(stage, Check) == []
    stage.later(minutes=1)
    for _ in range(2):
        acts(stage)
    [check] = rows(stage, Check)
    assert (check.case_id, check.why, check.done_at) == (case.id, "few_sources", None)
    assert rows(stage, Repair) == []
    assert stage.outbox("check_asked") == [
        (
            stage.holder(case.id),
            f"Jaabi: {case.number} est a verifier, sur place ou par appel. VOIR {case.number}",
        )
    ]


def test_where_nobody_can_be_asked_a_check_is_asked_at_once(stage):
    stage.change(Person, {"number": "P0121"}, revoked_at=stage.now)
    files(stage)
    stage.clock[0] += SESSION
    for _ in range(2):
        acts(stage)
    assert rows(stage, Repair) == []
    assert [one.why for one in rows(stage, Check)] == ["few_sources"]


def test_what_did_not_arrive_asks_for_a_check_by_whoever_has_it_next(stage):
    given = stage.files()
    case = stage.case(given["case"])
    stage.writes(stage.holder(case.id), f"FINI {case.number} C'est fait.")
    stage.later(minutes=10)
    stage.settles()
    stage.does("reopen", {"case": case.id, "how": "not_arrived"})
    assert [one.why for one in rows(stage, Check)] == ["not_arrived"]
    assert [person for person, _ in stage.outbox("check_asked")] == [stage.holder(case.id)]


def test_every_organisation_concerned_that_works_there_is_asked_by_its_own_meal(stage, now):
    with stage.store.work(Job("test")) as work:
        work.session.add(
            Coverage(
                organisation_id="ngo-b",
                sector="food",
                role="distributes",
                area_pcode=ANSONGO,
                since=now - timedelta(days=9),
            )
        )
    files(stage, about="unknown")
    files(stage, NEIGHBOUR, about="ngo", about_org="ngo-b", category="191")
    stage.clock[0] += SESSION
    acts(stage)
    assert sorted((one.category, one.organisation_id) for one in rows(stage, Repair)) == [
        ("13", "ngo-a"),
        ("13", "ngo-b"),
        ("191", "ngo-b"),
    ]
    assert len({one.number for one in rows(stage, Repair)}) == 3


def test_a_colleague_of_the_same_function_may_answer_for_who_left(stage):
    case, request = asked(stage)
    with stage.store.work(Job("test")) as work:
        other = work.session.scalar(select(Person).where(Person.number == "P0122"))
        other.organisation_id = other.hats[0].organisation_id = "ngo-a"
    stage.change(Person, {"number": "P0121"}, revoked_at=stage.now)
    assert "la cellule va lire" in stage.writes("P0122", f"FINI {request.number} C'est fait.")
    assert "C'est fait." in " ".join(read(stage, case))


def test_no_text_of_a_request_holds_a_case_a_place_of_a_source_or_a_word_said(stage):
    case, request = asked(stage, words="Chez Binta rien n'est venu.", place=f"c:{TESSIT}")
    stage.writes("P0121", f"VOIR {request.number}")
    texts = [text for purpose in ("repair_new",) for text in told(stage, purpose, "P0121")]
    texts.append(stage.writes("P0121", f"VOIR {request.number}"))
    for text in texts:
        assert case.number not in text
        assert "Binta" not in text
        assert "source" not in text
    with stage.store.work(Job("test")) as work:
        assert work.session.get_one(Case, case.id).holder_organisation == "cell"

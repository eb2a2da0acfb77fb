"""An item's page: what it shows to whom, and what may be done with it."""

import gzip
import re

import pytest
from sqlalchemy import select, update

from models.audit import AuditEntry
from models.case import Case
from models.db import Gateway, Job
from models.inbound import InboundMessage
from models.outbound import OutboundMessage
from models.services import stories
from models.voice_note import VoiceNote
from tests.console.counting import statements


@pytest.fixture
def case(world):
    case = world.file(words="pas assez de mil", answer="sms")
    world.give(case, "P0151")
    return case


def entries(world, **about):
    with world.console.store.reading(Job("test")) as work:
        asked = select(AuditEntry).filter_by(**about).order_by(AuditEntry.id)
        return [(one.actor, one.act, one.number) for one in work.session.scalars(asked)]


def opens(world, number, case):
    """Open the words as somebody and return the page."""
    return world.browser(number).post(f"/cas/{case.number}/lire", follow_redirects=True)


def looks(world, number, case):
    return world.browser(number).get(f"/cas/{case.number}")


def test_a_page_says_in_one_glance_what_it_is_and_why_it_came_here(world, case):
    browser = world.browser("P0151")
    browser.get(f"/cas/{case.number}")
    with statements(world.console.store) as asked:
        page = browser.get(f"/cas/{case.number}")
    assert page.status_code == 200
    for said in (case.number, "Vivres, pas assez", "Tessit", "Ansongo", "à vous", "Regle", "avant"):
        assert said in page.text
    assert "pas assez de mil" not in page.text
    assert "+223" not in page.text
    assert len(asked) <= 12, "\n".join(asked)


def test_a_page_with_all_that_it_shows_is_light(world, case):
    page = looks(world, "P0151", case)
    files = re.findall(r'(?:href|src)="(/(?:static|carte)/[^"#]+)', page.text)
    browser = world.browser("P0151")
    weights = []
    for one in dict.fromkeys(files):
        with browser.get(one) as sent:
            weights.append(len(gzip.compress(sent.data)))
    assert any(one.startswith("/carte/") for one in files)
    assert len(gzip.compress(page.data)) + sum(weights) <= 80_000


def test_words_are_shown_behind_an_entry_of_the_audit_and_once(world, case):
    page = opens(world, "P0151", case)
    assert "pas assez de mil" in page.text
    assert "Lu par P0151 le 23/11" in page.text
    assert entries(world, act="read") == [("P0151", "read", case.number)]
    again = world.browser("P0151").get(page.request.full_path)
    assert "pas assez de mil" not in again.text
    assert "Cette lecture est finie" in again.text


def test_the_entry_of_somebody_else_opens_nothing(world, case):
    noted = world.browser("P0151").post(f"/cas/{case.number}/lire").headers["Location"]
    page = world.browser("P0150").get(noted.partition("#")[0])
    assert page.status_code == 200  # of the same desk
    assert "pas assez de mil" not in page.text


@pytest.mark.parametrize("stranger", ["P0153", "P0154"])
def test_what_is_not_theirs_is_as_absent_as_what_is_not_there(world, case, stranger):
    browser = world.browser(stranger)
    there, nowhere = browser.get(f"/cas/{case.number}"), browser.get("/cas/10003")
    assert (there.status_code, there.data) == (404, nowhere.data)
    assert browser.post(f"/cas/{case.number}/lire").status_code == 404
    assert world.does(stranger, case, "prendre").status_code == 404
    assert browser.get(f"/cas/{case.number}/confier").status_code == 404
    assert entries(world, act="read") == []


def test_an_answer_takes_the_item_waits_ten_minutes_and_can_be_taken_back(world, case):
    done = world.does("P0151", case, "repondre", words="Le camion arrive.", how="answer")
    assert done.status_code == 303
    assert world.said(case) == [("said", "kept"), ("answer", "leaving")]
    page = looks(world, "P0151", case)
    assert "part à 23/11 12:10" in page.text
    assert "Le camion" not in page.text
    assert "Le camion arrive." in opens(world, "P0151", case).text
    assert world.does("P0151", case, "reprendre").status_code == 303
    assert world.said(case)[-1] == ("answer", "cancelled")


def test_nothing_leaves_while_a_place_of_a_template_is_empty_and_what_was_typed_stays(world, case):
    page = world.does("P0151", case, "repondre", words="Avant le [date].", how="answer")
    assert page.status_code == 422
    assert "Il reste à remplir : [date]" in page.text
    assert "Avant le [date]." in page.text
    assert world.said(case) == [("said", "kept")]


def test_one_answer_reaches_all_who_said_the_same_there(world, case):
    others = [world.file(phone=f"+2237000000{digit}") for digit in (2, 3)]
    elsewhere = world.file(phone="+22370000004", category="41")
    for one in (*others, elsewhere):
        world.give(one, "P0151")
    page = looks(world, "P0151", case)
    assert all(one.number in page.text for one in others)
    also = [one.number for one in (*others, elsewhere)]
    world.does("P0151", case, "repondre", words="Le camion arrive.", how="answer", also=also)
    assert [world.said(one) for one in others] == [[("answer", "leaving")]] * 2
    assert world.said(elsewhere) == []


def test_the_second_of_two_people_is_told_and_loses_nothing(world, case):
    before = world.last(case)
    world.does("P0150", case, "prendre")
    late = world.browser("P0151").post(
        f"/cas/{case.number}/faire/repondre",
        data={"last": before, "words": "Mes mots", "how": "resolved"},
    )
    assert late.status_code == 409
    assert "P0150 : pris" in late.text
    assert "Mes mots</textarea>" in late.text
    assert "Une autre personne" not in late.text
    assert world.said(case) == [("said", "kept")]
    world.does("P0151", case, "repondre", words="Mes mots", how="answer")
    assert world.said(case) == [("said", "kept")]


def test_without_a_script_the_phone_is_shown_by_the_service(world, case):
    said = "Le camion arrive " * 12
    page = world.does("P0151", case, "repondre", words=said, how="answer", look="1")
    assert page.text.count("<pre>") == 2
    assert "9 Suite\n0 Sortir" in page.text
    filled = world.does("P0151", case, "repondre", template="Bonjour [qui]", fill="1")
    assert "Bonjour [qui]</textarea>" in filled.text
    assert world.said(case) == [("said", "kept")]


def test_a_note_is_for_colleagues_and_the_objet_is_neutral(world, case):
    world.does("P0151", case, "noter", note="voir le magasin")
    assert world.said(case)[-1] == ("note", "kept")
    world.does("P0151", case, "objet", objet="Mil de novembre")
    assert world.case(case).subject_line == "Mil de novembre"
    wrong = world.does("P0151", case, "objet", objet="le chef a demande de l'argent")
    assert wrong.status_code == 409
    assert "neutre" in wrong.text
    assert world.case(case).subject_line == "Mil de novembre"


def test_a_colleague_is_given_the_item_and_told_without_any_number_shown(world, case):
    page = world.browser("P0151").get(f"/cas/{case.number}/confier")
    assert "P0150" in page.text
    assert "P0153" not in page.text
    form = {"last": world.last(case), "person": "P0150"}
    world.browser("P0151").post(f"/cas/{case.number}/confier", data=form)
    assert world.holder(case) == "P0150"
    assert world.stage.events(case.id)[-1] == ("assigned", "P0151")


def test_an_item_is_given_to_another_organisation_with_a_reason_in_ten_minutes(world, case):
    browser = world.browser("P0152")
    world.give(case, "P0152")
    page = browser.get(f"/cas/{case.number}/confier")
    chosen = re.search(r'<option value="(ngo-b|outside)"', page.text).group(1)
    form = {"last": world.last(case), "why": "2", "to": chosen, "reason": "pas nous"}
    assert browser.post(f"/cas/{case.number}/confier", data=form).status_code == 303
    assert world.said(case)[-1] == ("return", "leaving")
    world.later(minutes=11)
    world.stage.settles()
    assert world.case(case).holder_organisation == chosen


def test_it_goes_up_and_out_of_sight(world, case):
    done = world.does("P0151", case, "monter")
    assert done.headers["Location"] != f"/cas/{case.number}"
    assert world.case(case).level > 0
    assert looks(world, "P0151", case).status_code == 404


def test_the_topic_is_put_right_and_the_class_follows(world, case):
    world.does("P0151", case, "sujet", category="13")
    now = world.case(case)
    assert (now.category, now.case_class, now.status) == ("13", "C3", "routed")
    world.does("P0150", case, "sujet", category="17")
    assert world.case(case).case_class == "C5"
    assert looks(world, "P0151", case).status_code == 404


def test_private_is_out_of_sight_at_once_and_comes_back_only_by_two(world, case):
    world.does("P0151", case, "repondre", words="Le camion arrive.", how="answer")
    world.does("P0151", case, "prive", compartment="C6")
    assert looks(world, "P0151", case).status_code == 404
    now = world.case(case)
    assert (now.case_class, now.subject_line, now.address) == ("C6", None, None)
    assert world.said(case)[-1] == ("answer", "cancelled")
    page = looks(world, "P0154", case)
    assert page.status_code == 200
    assert "/objet" not in page.text
    world.does("P0154", case, "ordinaire", reason="misheard")
    assert world.case(case).case_class == "C6"
    # Nobody else judges this compartment here but the outside body, which has no account.
    assert world.does("P0154", case, "juger", verdict="lower").status_code == 409


def test_a_check_is_asked_for_and_its_result_kept(world, case):
    world.does("P0151", case, "verification", who="pair", way="unannounced")
    page = looks(world, "P0151", case)
    assert "organisation paire, visite sans prévenir" in page.text
    check = re.search(r'name="check" value="(\d+)"', page.text).group(1)
    world.does("P0151", case, "verifie", check=check, result="partly", day="2026-11-22")
    assert "<b>en partie</b>, 22/11/2026" in looks(world, "P0151", case).text


def test_a_repair_is_asked_for_with_three_voices_and_not_before(world, case):
    world.later(minutes=6)
    early = world.does("P0151", case, "reparation")
    assert early.status_code == 409
    assert "trois voix" in early.text
    for digit in (2, 3):
        world.file(phone=f"+2237000000{digit}")
    world.later(minutes=6)
    assert world.does("P0151", case, "reparation").status_code == 303
    assert "trois voix ou plus" in looks(world, "P0151", case).text


def test_an_answered_item_is_reopened_or_closed_with_what_came_of_it(world, case):
    world.does("P0151", case, "repondre", words="Fait.", how="resolved")
    assert world.does("P0151", case, "clore", outcome="solved").status_code == 409
    world.later(minutes=11)
    world.stage.settles()
    world.does("P0151", case, "rouvrir")
    assert world.case(case).status == "reopened"
    world.does("P0151", case, "repondre", words="Fait, vraiment.", how="resolved")
    world.later(minutes=11)
    world.stage.settles()
    world.does("P0151", case, "clore", outcome="solved")
    assert (world.case(case).status, world.case(case).address) == ("closed", None)


def test_only_a_supervisor_stops_everything_and_types_the_number_again(world, case):
    assert "Tout arrêter" not in looks(world, "P0151", case).text
    assert world.does("P0151", case, "arreter", again=case.number).status_code == 409
    with world.console.store.work(Job("test")) as work:
        row = work.session.get_one(Case, case.id)
        row.holder_function = "cell_supervisor"
    world.give(case, "P0152")
    wrong = world.does("P0152", case, "arreter", again="12345")
    assert wrong.status_code == 422
    assert world.does("P0152", case, "arreter", again=case.number).status_code == 303
    assert world.case(case).status == "withdrawn"


def test_somebody_elses_item_opens_with_a_reason_and_a_second_person_is_told(world):
    case = world.file(words="pas assez de mil")
    with world.console.store.work(Job("test")) as work:
        row = work.session.get_one(Case, case.id)
        row.holder_function, row.holder_organisation = "outside_body", "outside"
    world.give(case, "P0159")
    browser = world.browser("P0151")
    assert browser.get(f"/cas/{case.number}").status_code == 404
    refused = browser.post("/cas/ouvrir", data={"number": "10003", "reason": "urgent"})
    assert "Rien ne s&#39;ouvre" in refused.text
    page = browser.post(
        "/cas/ouvrir", data={"number": case.number, "reason": "urgent"}, follow_redirects=True
    )
    assert "pas assez de mil" in page.text
    assert "Lecture seulement" in page.text
    with world.console.store.reading(Job("test")) as work:
        told = select(OutboundMessage.person_id).where(OutboundMessage.purpose == "glass_broken")
        assert len(work.session.scalars(told).all()) == 1
    assert world.does("P0151", case, "prendre").status_code == 404
    world.later(minutes=31)
    assert looks(world, "P0151", case).status_code == 404


def test_a_voice_note_is_heard_and_each_time_noted(world, case):
    with world.console.store.work(Gateway()) as work:
        row = work.session.get_one(Case, case.id)
        sound = stories.keep_sound(work, world.stage.house.sealer, row, b"OggS" * 99, NOW(world))
        work.session.add(_message(work, NOW(world)))
        work.session.flush()
        inbound = work.session.scalar(select(InboundMessage.id))
        work.session.add(_voice(inbound, case.id, sound.id, NOW(world)))
    page = looks(world, "P0151", case)
    address = re.search(r'<audio[^>]* src="([^"]+)"', page.text).group(1)
    heard = world.browser("P0151").get(address)
    assert (heard.data, heard.mimetype) == (b"OggS" * 99, "audio/ogg")
    assert "no-store" in heard.headers["Cache-Control"]
    assert world.browser("P0153").get(address).status_code == 404
    assert len(entries(world, act="read")) == 1


def NOW(world):  # noqa: N802
    return world.console.clock()


def _message(work, now):
    return InboundMessage(
        channel="phone", provider_id="1", status="done", received_at=now, due_at=now
    )


def _voice(inbound, case, story, now):
    return VoiceNote(
        inbound_id=inbound,
        place=0,
        channel="phone",
        kind="audio/ogg; codecs=opus",
        case_id=case,
        story_id=story,
        status="done",
        due_at=now,
        received_at=now,
    )


def test_a_sensitive_page_asks_as_little_of_the_database(world):
    case = world.file(category="92", private="1")
    browser = world.browser("P0154")
    browser.get(f"/cas/{case.number}")
    with statements(world.console.store) as asked:
        assert browser.get(f"/cas/{case.number}").status_code == 200
    assert len(asked) <= 12, "\n".join(asked)


def test_the_map_is_drawn_once_a_cercle_and_tells_no_commune(world, case):
    page = looks(world, "P0151", case)
    assert 'src="/carte/ML0701.svg#ML070106"' in page.text
    drawn = world.browser("P0151").get("/carte/ML0701.svg")
    assert drawn.headers["Cache-Control"] == "private, max-age=86400"
    assert 'id="ML070106"' in drawn.text
    assert world.browser("P0151").get("/carte/ML9999.svg").status_code == 404


def test_on_the_second_wall_too_acts_cross_out_of_ones_own_sight(walled):
    case = walled.file(words="pas assez de mil", answer="sms")
    walled.give(case, "P0151")
    assert "pas assez de mil" in opens(walled, "P0151", case).text
    assert looks(walled, "P0153", case).status_code == 404
    assert walled.does("P0151", case, "noter", note="voir").status_code == 303
    form = {"last": walled.last(case), "person": "P0150"}
    assert walled.browser("P0151").post(f"/cas/{case.number}/confier", data=form).status_code == 303
    assert walled.does("P0150", case, "prive", compartment="C5").status_code == 303
    assert looks(walled, "P0150", case).status_code == 404
    assert looks(walled, "P0153", case).status_code == 200
    assert walled.does("P0153", case, "ordinaire", reason="misheard").status_code == 303
    broken = walled.browser("P0151").post(
        "/cas/ouvrir", data={"number": case.number, "reason": "urgent"}
    )
    assert "Rien ne s&#39;ouvre" in broken.text  # no officer of its compartment
    with walled.console.store.work(Job("test")) as work:
        plain = update(Case).where(Case.id == case.id)
        work.session.execute(plain.values(case_class="C4", holder_function="outside_body"))
    opened = walled.browser("P0151").post(
        "/cas/ouvrir", data={"number": case.number, "reason": "urgent"}, follow_redirects=True
    )
    assert "pas assez de mil" in opened.text

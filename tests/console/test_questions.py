"""One question from the page of an item: written, taken back, read by the receipt, replied to."""

import re

import pytest

ASKED = "Dans quel village, et quel jour ?"
SAID = "À Tintihigrène, jeudi"


@pytest.fixture
def case(world):
    case = world.file(words="pas assez de mil", answer="sms")
    world.give(case, "P0151")
    return case


def page(world, case, number="P0151"):
    return world.browser(number).get(f"/cas/{case.number}").text


def asks(world, case, words=ASKED, **typed):
    return world.does("P0151", case, "questionner", words=words, **typed)


def let_go(world):
    world.later(minutes=11)
    world.stage.settles()


def replies(world, case):
    said = {"case": case.id, "words": SAID}
    assert world.stage.does("add_words", said).name == "added"


def fold(text):
    """Return the part of a page where a question is written; empty where there is none."""
    found = re.search(r'<form [^>]*/faire/questionner".*?</form>', text, re.DOTALL)
    return found.group() if found else ""


def asked_and_replied(world, case):
    assert asks(world, case).status_code == 303
    assert world.case(case).status == "taken"
    let_go(world)
    waits = page(world, case)
    assert "attend des mots depuis le 23/11 12:10" in waits
    assert fold(waits) == ""
    replies(world, case)
    words = world.browser("P0151").post(f"/cas/{case.number}/lire", follow_redirects=True).text
    assert ASKED in words
    assert SAID in words
    for told in ("question écrite", "question partie", "la personne a répondu à la question"):
        assert told in words
    morning = world.browser("P0151").get("/").text
    assert "a répondu à la question" in morning
    assert case.number in world.browser("P0151").get("/file?retour=replied").text


def test_it_is_asked_read_and_replied_to_while_the_item_stays_open(world, case):
    asked_and_replied(world, case)


def test_on_the_second_wall_too(walled):
    case = walled.file(words="pas assez de mil", answer="sms")
    walled.give(case, "P0151")
    asked_and_replied(walled, case)
    assert walled.does("P0153", case, "questionner", words=ASKED).status_code == 404


def test_until_it_leaves_it_is_taken_back(world, case):
    asks(world, case)
    leaves = page(world, case)
    assert "part à 23/11 12:10" in leaves
    assert fold(leaves) == ""
    assert ASKED not in leaves
    assert world.does("P0151", case, "reprendre").status_code == 303
    assert world.said(case)[-1] == ("question", "cancelled")
    assert fold(page(world, case))


def test_a_second_one_is_refused_beside_what_was_typed(world, case):
    asks(world, case)
    for _ in range(2):  # about to leave, then waiting for words
        refused = asks(world, case, "Combien de sacs ?")
        assert refused.status_code == 409
        assert "Combien de sacs ?</textarea>" in fold(refused.text)
        assert "Une question attend déjà : une seule à la fois." in fold(refused.text)
        let_go(world)
    assert [what for what, _ in world.said(case)] == ["said", "question"]


def test_none_is_asked_while_an_answer_leaves(world, case):
    world.does("P0151", case, "repondre", words="Le camion arrive.", how="answer")
    refused = asks(world, case)
    assert refused.status_code == 409
    assert "reprenez-la d&#39;abord" in fold(refused.text)
    assert world.said(case)[-1] == ("answer", "leaving")


def test_nothing_leaves_empty_or_with_a_place_of_a_template_left(world, case):
    assert asks(world, case, "").status_code == 422
    blank = asks(world, case, "C'est à [lieu] ?")
    assert blank.status_code == 422
    assert "Il reste à remplir : [lieu]" in fold(blank.text)
    assert [what for what, _ in world.said(case)] == ["said"]


def test_templates_that_ask_are_offered_to_ask_and_the_others_to_answer(world, case):
    text = page(world, case)
    answers = re.search(r'<form [^>]*/faire/repondre".*?</form>', text, re.DOTALL).group()
    assert "Question: combien?" in fold(text)
    assert "Question:" not in answers
    assert "Pas assez: on pèse" in answers
    assert "Pas assez: on pèse" not in fold(text)


def test_without_a_script_the_phone_is_shown_by_the_service(world, case):
    look = asks(world, case, ASKED, look="1")
    assert look.status_code == 200
    assert f"<pre>{ASKED}".replace(" ?", "") in fold(look.text)
    filled = asks(world, case, "", template="Quel jour ?", fill="1")
    assert "Quel jour ?</textarea>" in fold(filled.text)
    assert [what for what, _ in world.said(case)] == ["said"]
    plain = world.does("P0151", case, "noter", note="voir", look="1")
    assert plain.status_code == 303  # a note is shown on no phone


def test_whoever_awaits_no_answer_is_not_asked(world):
    nameless = world.file(answer="none")
    world.give(nameless, "P0151")
    assert fold(page(world, nameless)) == ""
    refused = asks(world, nameless)
    assert refused.status_code == 409
    assert "elle ne lirait pas de question" in fold(refused.text)
    assert world.said(nameless) == []


def test_colleagues_and_strangers_ask_as_little_as_they_answer(world, case):
    world.does("P0151", case, "prendre")
    assert fold(page(world, case, "P0150")) == ""
    refused = world.does("P0150", case, "questionner", words=ASKED)
    assert refused.status_code == 409
    assert "Une autre personne a ce dossier" in refused.text
    for stranger in ("P0153", "P0154"):
        assert world.does(stranger, case, "questionner", words=ASKED).status_code == 404
    assert [what for what, _ in world.said(case)] == ["said"]


def test_its_leaving_does_not_stop_what_its_handler_is_writing(world, case):
    asks(world, case)
    before = world.last(case)
    let_go(world)
    late = world.browser("P0151").post(
        f"/cas/{case.number}/faire/noter", data={"last": before, "note": "voir le magasin"}
    )
    assert late.status_code == 303


def test_an_officer_asks_in_a_compartment_and_nothing_leaves_for_the_phone(world):
    case = world.file(category="92", private="1", answer="sms")
    text = page(world, case, "P0154")
    assert "Rien ne part vers le téléphone" in text
    assert world.does("P0154", case, "questionner", words=ASKED).status_code == 303
    let_go(world)
    assert world.said(case)[-1] == ("question", "asked")
    assert world.stage.outbox("answer_ready") == []

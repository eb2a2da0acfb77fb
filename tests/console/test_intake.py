"""The operator's form: filed as by SMS, without script, with nothing left of what is private."""

import re

import pytest
from sqlalchemy import select

from models.area import PlaceCode
from models.case import CallBack, Case, Story, Tally
from models.db import Job, Operator
from models.services.gazetteer import directory_changed
from models.slip import Slip
from tests.console.calling import SAID, SPEAKER, kept
from tests.console.counting import statements

WORDS = "les vivres ne sont pas complets"
WISH = {"hour": "any", "voice": "any", "language": "fr"}


@pytest.fixture
def desk(console):
    with console.store.work(Operator()) as work:
        work.session.add(PlaceCode(code="6143", ref="c:ML070106"))
        directory_changed(work)
    console.operator = console.as_role("operator")
    console.as_role("triager")
    with kept(console):
        yield console


def opened(desk):
    """Open the form; return its hidden code, and the twelve digits that stand beside it."""
    page = desk.operator.get("/saisir").text
    code = re.search(r'name="code"[^>]*value="([^"]+)"', page)[1]
    big = re.search(r'class="big">([^<]+)<br>([^<]+)', page)
    return code, "".join(big.groups()).replace(" ", "")


def sent(desk, **said):
    code, digits = opened(desk)
    whole = {
        "code": code, "source": "call", "language": "ses", "place": "6143", "category": "12",
        "about": "2", "answer": "1", "words": WORDS, "person": "F34", "hour": "any",
        "voice": "any", **said,
    }  # fmt: skip
    return desk.operator.post("/saisir", data=whole), digits


def rows(desk, kind=Case):
    with desk.store.reading(Job("test")) as work:
        found = work.session.scalars(select(kind).order_by(kind.id)).all()
        work.session.expunge_all()
        return found


def test_what_was_told_is_filed_with_the_code_on_the_screen(desk):
    answer, digits = sent(desk)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/saisir")
    (case,) = rows(desk)
    assert (case.category, case.about, case.source) == ("12", "ngo", "call")
    assert (case.sex, case.age_band, case.language) == ("F", "25-59", "ses")
    assert case.area_pcode == "ML070106"
    assert case.receipt_long == desk.vault.digests(None, digits)[1]
    assert (case.contact, case.address) == (None, None)
    said = desk.operator.get("/saisir").text
    assert case.number in said
    assert digits not in said.replace(" ", "")


def test_a_form_sent_twice_files_once(desk):
    code, _ = opened(desk)
    said = {"code": code, "source": "box", "place": "6143", "category": "12", "answer": "1", **WISH}
    first, second = (desk.operator.post("/saisir", data=said) for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 422)
    assert "déjà enregistré" in second.text
    assert len(rows(desk)) == 1


def test_nobody_chooses_a_code(desk):
    answer, _ = sent(desk, code="482173061549")
    assert answer.status_code == 422
    assert rows(desk) == []


def test_the_place_is_looked_up_without_script_and_all_that_was_typed_stays(desk):
    answer, digits = sent(desk, do="check", place="tess")
    assert answer.status_code == 200
    assert WORDS in answer.text
    assert digits in answer.text.replace(" ", "").replace("<br>", "")
    assert "Tessit" in answer.text
    assert rows(desk) == []


def test_every_mistake_is_said_beside_its_field(desk):
    answer, _ = sent(desk, place="zzzzzz", category="99", about="9", answer="2", person="X")
    assert answer.status_code == 422
    for said in ("Lieu inconnu", "code du sujet", "1 à 6", "il faut le numéro", "F34"):
        assert said in answer.text
    assert WORDS in answer.text


def test_how_often_it_was_told_here_and_by_when_an_answer_comes(desk):
    for _ in range(2):
        sent(desk)
    known = desk.operator.post("/saisir/ici", data={"place": "6143", "category": "12"}).json
    assert known["count"] == 2
    assert known["promise"] == "07/12"
    assert "cercle" in known["place"]
    private = desk.operator.post("/saisir/ici", data={"place": "6143", "category": "51"}).json
    assert (private["private"], private["count"]) == (True, None)


def test_who_wants_to_be_called_is_and_the_number_comes_back_on_no_page(desk):
    wrong, _ = sent(desk, answer="2", phone=SPEAKER, category="")
    assert wrong.status_code == 422
    assert SPEAKER not in wrong.text
    answer, _ = sent(desk, answer="2", phone=SAID, hour="evening", voice="woman")
    assert answer.status_code == 303
    told, call = rows(desk)
    with desk.store.reading(Job("test")) as work:
        wish = work.session.get_one(CallBack, call.id)
        assert (wish.about_id, wish.language, wish.hour) == (told.id, "ses", "evening")
    assert desk.vault.number(call.address) == SPEAKER
    assert told.address is None


def test_the_private_page_reads_no_words_and_keeps_only_zone_hour_and_voice(desk):
    code, digits = opened(desk)
    page = desk.operator.post("/saisir/prive", data={"code": code, "place": "6143", "words": WORDS})
    assert WORDS not in page.text
    assert "textarea" not in page.text
    assert digits in page.text.replace(" ", "").replace("<br>", "")
    said = {"code": code, "zone": "z:ML0701", "hour": "evening", "voice": "woman", "language": "fr"}
    answer = desk.operator.post("/saisir/prive/noter", data={**said, "phone": SAID, "words": WORDS})
    assert answer.status_code == 303
    (case,) = rows(desk)
    assert (case.case_class, case.area_pcode, case.place_ref) == ("C7", "ML0701", None)
    assert desk.vault.number(case.address) == SPEAKER
    assert rows(desk, Story) == []


def test_after_a_private_call_there_are_two_minutes_for_oneself(desk):
    code, _ = opened(desk)
    desk.operator.post("/saisir/prive/noter", data={"code": code, **WISH})
    paused = desk.operator.get("/saisir")
    assert "Deux minutes" in paused.text
    assert paused.headers["Refresh"]
    desk.clock.pass_by(minutes=2)
    assert 'name="category"' in desk.operator.get("/saisir").text


def test_what_turns_out_to_be_private_leaves_no_trace_on_the_next_page(desk):
    answer, _ = sent(desk, category="51")
    assert answer.status_code == 303
    (case,) = rows(desk)
    assert case.case_class == "C5"
    desk.clock.pass_by(minutes=3)
    assert case.number not in desk.operator.get("/saisir").text


def test_the_line_was_cut(desk):
    answer, _ = sent(desk, do="hung_up")
    assert answer.status_code == 303
    (case,) = rows(desk)
    assert (case.status, case.address, case.receipt_long) == ("incomplete", None, None)
    assert rows(desk, Story) == []
    sent(desk, do="hung_up", category="")
    sent(desk, do="hung_up", category="51")
    assert len(rows(desk)) == 1


def test_the_last_slip_can_be_taken_back(desk):
    sent(desk)
    assert "Fiche 01" in desk.operator.get("/saisir").text
    desk.operator.post("/saisir/annuler")
    (case,) = rows(desk)
    assert case.status in {"closed", "withdrawn"}
    assert rows(desk, Slip)[0].used_at is None


def test_calls_that_are_only_counted(desk):
    for what in ("mute", "mute", "information"):
        assert desk.operator.post(f"/saisir/compter/{what}").status_code == 303
    assert desk.operator.post("/saisir/compter/other").status_code == 404
    counted = {one.what: one.count for one in rows(desk, Tally)}
    assert counted == {"call_mute": 2, "call_information": 1}
    assert rows(desk) == []


def test_only_who_answers_the_line_has_the_form(desk):
    assert desk.as_role("integrity").get("/saisir").status_code == 404
    assert desk.as_role("auditor").get("/saisir").status_code == 404


def test_few_questions_are_asked_while_somebody_speaks(desk):
    sent(desk)
    typed = {"place": "6143", "category": "12"}
    desk.operator.post("/saisir/ici", data=typed)
    for ask in (desk.operator.get, desk.operator.post):
        with statements(desk.store) as asked:
            ask("/saisir") if ask == desk.operator.get else ask("/saisir/ici", data=typed)
        assert len(asked) <= 12

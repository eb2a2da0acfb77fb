"""An operator's basic phone after the call: one line logs it, a reply puts it right."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from flows.commands import Command
from flows.gsm7 import segments
from models.alert import AlertSource
from models.area import PlaceCode
from models.case import CallBack, Case, CaseKey, Story, Subject, Tally
from models.db import Job
from models.person import Person
from models.services import slip_lines, slips
from models.services.handling import desk_at
from models.services.replies import Question
from models.slip import Slip
from tests.factories import (
    ANSONGO,
    GAO,
    NEIGHBOUR,
    SPEAKER,
    TESSIT,
    make_area,
    make_person,
    phone_of,
    staged,
)

OPERATOR, OTHER = "P0301", "P0302"
TALATAYE = "ML070107"
HARM = "un homme a viole ma fille"


@pytest.fixture
def stage(sqlite_store, tmp_path, now):
    """A programme with two operators; the first has three slips, the second one."""
    with staged(sqlite_store, tmp_path, now) as one:
        with one.store.work(Job("test")) as work:
            for number in (OPERATOR, OTHER):
                person = make_person(one.vault, one.house.sealer, number, "cell")
                person.role = "operator"
                work.session.add(person)
            work.session.add(make_area(TALATAYE, "Talataye", 3, ANSONGO))
            work.session.flush()
            work.session.add(PlaceCode(code="6143", ref=f"c:{TESSIT}"))
            work.session.add(PlaceCode(code="6160", ref=f"c:{TALATAYE}"))
        with one.store.work(Job("test")) as work:
            one.paper = slips.issue(work, one.house, OPERATOR, 3, now)[1]
            slips.issue(work, one.house, OTHER, 1, now)
        one.pending = None
        yield one


@pytest.fixture
def keeperless(stage, tmp_path):
    return replace(stage.house, keeper=type(stage.house.keeper)(tmp_path / "nobody"))


def says(stage, act, who=OPERATOR):
    """Let an operator's phone do something; return the text, remembering what was asked back."""
    with stage.store.work(Job("converse")) as work:
        reply = act(desk_at(work, stage.scene(phone_of(who), "sms")))
    stage.pending = reply.pending if isinstance(reply, Question) else None
    text = reply.text if isinstance(reply, Question) else reply
    assert text is None or segments(text) == 1
    return text


def logs(stage, words="Rations incompletes", who=OPERATOR, verb="LV", **given):
    call = {"source": "call", "slip": "01", "place": "6143", "category": "12"}
    private = {"slip": "01", "place": "ANSONGO", "hour": "evening", "voice": "woman"}
    whole = {**(call if verb == "LV" else private), **given}
    command = Command(verb, words=words, given=whole)
    return says(stage, lambda desk: slip_lines.FRESH[verb](desk, command), who)


def replies(stage, line, who=OPERATOR):
    pending = stage.pending
    return says(stage, lambda desk: slip_lines.ANSWERS[pending["verb"]](desk, pending, line), who)


def annuls(stage, number, kind="complaint", who=OPERATOR):
    undo = slip_lines.ON_ITEM[kind, "ANNULE"]
    return says(stage, lambda desk: undo(desk, number, Command("ANNULE", number)), who)


def last_case(stage):
    with stage.store.work(Job("test")) as work:
        case = work.session.scalar(select(Case).order_by(Case.id.desc()).limit(1))
        list(case.subjects)
        return case


def kept_words(stage):
    with stage.store.work(Job("test")) as work:
        rows = select(Story.sealed, CaseKey.key_id, CaseKey.wrapped).join(
            CaseKey, CaseKey.story_id == Story.id
        )
        return [stage.vault.story(*row) for row in work.session.execute(rows)]


def slip(stage, number="01"):
    with stage.store.work(Job("test")) as work:
        return work.session.scalar(select(Slip).where(Slip.number == number).order_by(Slip.id))


def test_a_call_becomes_a_case_read_back_with_the_question_who(stage):
    text = logs(stage, sex="F", age=34)
    case = last_case(stage)
    assert text == (
        f"{case.number}, fiche 01: Tessit, vivres pas assez, F 34. Qui est en cause? 1 personne "
        "2 ONG 3 chef 4 comite 5 autre 6 ne sait pas"
    )
    assert (case.kind, case.source, case.area_pcode) == ("complaint", "call", TESSIT)
    assert (case.sex, case.age_band, case.about) == ("F", "25-59", "unknown")
    assert (case.contact, case.address, case.receipt_short) == (None, None, None)
    assert kept_words(stage) == ["Rations incompletes"]
    assert stage.events(case.id)[:2] == [("opened", "gateway"), ("logged", OPERATOR)]
    assert len(stage.outbox("case_new")) == 1


def test_the_code_read_out_opens_the_case_from_any_phone(stage):
    code = stage.paper[0].digits
    logs(stage)
    opened = stage.follows(code, NEIGHBOUR)
    assert (opened.name, opened.values["case"]) == ("waiting", last_case(stage).id)
    assert opened.values["sentence"] == "Recu, pas encore lu."
    assert slip(stage).receipt_long is None


def test_a_code_read_out_before_its_call_is_logged_is_not_called_wrong(stage):
    code = stage.paper[0].digits
    for _ in range(9):  # nor does asking use up the caller's tries
        assert stage.follows(code, NEIGHBOUR).name == "away"
    assert stage.follows(code, NEIGHBOUR, kind="sms").name == "waiting"
    logs(stage)
    assert stage.follows(code, NEIGHBOUR).name == "waiting"


def test_a_revoked_slip_opens_nothing(stage):
    with stage.store.work(Job("test")) as work:
        slips.revoke(work, 1, stage.now)
    assert stage.follows(stage.paper[0].digits, NEIGHBOUR).name == "unknown"


def test_a_code_that_still_waits_for_its_digest_moves_with_the_case(stage, keeperless):
    with stage.store.work(Job("test")) as work:
        sealed = stage.house.sealer.receipt(stage.paper[0].digits)
        row = work.session.scalar(select(Slip).where(Slip.number == "01").order_by(Slip.id))
        row.receipt_long, row.receipt_sealed = None, sealed
    logs(stage)
    assert last_case(stage).receipt_sealed is not None
    assert slip(stage).receipt_sealed is None


SOURCES = ["call", "box", "committee", "assembly", "radio", "visit", "pdm", "focus"]


@pytest.mark.parametrize("source", SOURCES)
def test_where_it_was_told_is_kept(stage, source):
    logs(stage, source=source)
    assert last_case(stage).source == source


def test_calls_without_words_sex_age_or_place_are_taken_as_they_are(stage):
    text = logs(stage, words="", place=None, category="8")
    case = last_case(stage)
    number = case.number
    assert text == f"{number}, fiche 01: lieu non dit, autre. Erreur? ANNULE {number} avant 10 min."
    assert (case.area_pcode, case.sex, case.age_band) == (None, None, None)
    assert kept_words(stage) == []


@pytest.mark.parametrize(
    ("digit", "about", "said", "barred"),
    [
        ("1", "nobody", "personne", {("organisation", "ngo-a")}),
        ("2", "ngo", "ONG", {("organisation", "ngo-a")}),
        ("3", "chief", "chef", {("function", f"chief@{TESSIT}")}),
        ("6", "unknown", "ne sait pas", {("organisation", "ngo-a")}),
    ],
)
def test_a_digit_says_who_is_concerned_bars_them_and_is_read_back(
    stage, digit, about, said, barred
):
    logs(stage, category="12")
    number = last_case(stage).number
    assert replies(stage, digit) == (
        f"{number}, fiche 01: Tessit, vivres pas assez, en cause: {said}. "
        f"Erreur? ANNULE {number} avant 10 min."
    )
    case = last_case(stage)
    assert case.about == about
    assert {(one.kind, one.ref) for one in case.subjects} == barred


def test_whoever_is_named_never_has_the_case_and_who_had_it_is_told_nothing(stage):
    logs(stage, category="21")
    assert stage.holder(last_case(stage).id) == "P0111"
    replies(stage, "4")  # the community association: not for the one who works beside it
    assert stage.holder(last_case(stage).id) == "P0159"
    assert [person for person, _ in stage.outbox("case_new")] == ["P0159"]
    assert [person for person, _ in stage.outbox("case_new", "withheld")] == ["P0111"]


def test_whoever_said_to_be_concerned_stays_barred_whatever_is_replied(stage):
    logs(stage)
    with stage.store.work(Job("test")) as work:
        work.session.add(Subject(case_id=last_case(stage).id, kind="person", ref="P0150"))
    replies(stage, "3")
    assert ("person", "P0150") in {(one.kind, one.ref) for one in last_case(stage).subjects}
    assert stage.holder(last_case(stage).id) != "P0150"


def test_money_taken_by_the_head_of_the_centre_goes_to_the_compartment(stage):
    logs(stage, category="23", words="on a paye")
    assert last_case(stage).case_class == "C4"
    assert replies(stage, "3").startswith("Recu, mis en prive. Effacez votre SMS maintenant.")
    case = last_case(stage)
    assert (case.case_class, case.place_ref, stage.holder(case.id)) == ("C5", None, "P0153")
    assert [person for person, _ in stage.outbox("case_new")] == ["P0153"]


def test_place_sex_and_age_are_put_right_by_a_reply(stage):
    logs(stage, sex="F", age=34)
    assert "Talataye, vivres pas assez, F 34. Qui" in replies(stage, "6160")
    assert "Talataye, vivres pas assez, M 17. Qui" in replies(stage, "M17")
    case = last_case(stage)
    assert (case.area_pcode, case.sex, case.age_band) == (TALATAYE, "M", "under18")
    replies(stage, "1")
    assert last_case(stage).about == "nobody"


def test_other_words_are_no_answer_to_the_read_back(stage):
    logs(stage)
    assert replies(stage, "le camion est arrive") is None


def test_nobody_else_answers_in_an_operators_place(stage):
    logs(stage)
    assert replies(stage, "3", who=OTHER) is None
    assert last_case(stage).about == "unknown"


def test_a_place_not_understood_is_filed_and_asked(stage):
    text = logs(stage, place="Xyzwq")
    case = last_case(stage)
    assert text == (
        f"{case.number}, fiche 01: lieu pas trouve: Xyzwq. Envoyez le code de 4 chiffres ou la "
        "commune. 0 pour ne pas dire."
    )
    assert case.area_pcode is None
    assert "lieu pas trouve: Zzz" in replies(stage, "Zzzzzz")
    assert replies(stage, "tessit").startswith(f"{case.number}, fiche 01: Tessit,")
    assert last_case(stage).area_pcode == TESSIT


def test_a_place_may_be_left_unsaid(stage):
    logs(stage, place="Xyzwq")
    assert "lieu non dit" in replies(stage, "0")
    assert last_case(stage).area_pcode is None


def test_of_two_places_of_one_name_one_is_chosen(stage):
    with stage.store.work(Job("test")) as work:
        for cercle, name in (("ML0702", "Bourem"), ("ML0703", "Gao")):
            work.session.add(make_area(cercle, name, 2, GAO))
            work.session.flush()
            work.session.add(make_area(f"{cercle}01", "Bamba", 3, cercle))
    text = logs(stage, place="Bamba")
    number = last_case(stage).number
    assert text == (f"{number}, fiche 01: quel lieu? 1 Bamba (Bourem) 2 Bamba (Gao) 0 aucun")
    assert replies(stage, "2").startswith(f"{number}, fiche 01: Bamba,")
    assert last_case(stage).area_pcode == "ML070301"


SENSITIVE_CALLS = [
    {"category": "17", "words": ""},
    {"category": "35", "words": ""},
    {"category": "51", "words": "il demande un cadeau"},
    {"category": "12", "words": HARM},
    {"category": "8", "words": "detournement des vivres"},
]


@pytest.mark.parametrize("given", SENSITIVE_CALLS)
def test_what_is_sensitive_goes_to_its_compartment_and_is_to_be_erased(stage, given):
    text = logs(stage, **given)
    assert text == (
        "Recu, mis en prive. Effacez votre SMS maintenant. La prochaine fois: PRIVE, la fiche et "
        "la zone, pas de recit."
    )
    assert stage.pending is None
    case = last_case(stage)
    assert case.case_class in {"C5", "C6", "C7"}
    assert (case.place_ref, case.contact, case.address) == (None, None, None)
    assert kept_words(stage) == [one for one in [given["words"]] if one]
    assert stage.follows(stage.paper[0].digits, NEIGHBOUR).values["private"] is True


def test_a_slip_is_used_once(stage):
    logs(stage)
    number = last_case(stage).number
    again = logs(stage)
    assert again == (
        f"Fiche 01: deja notee, {number}. Fiches libres: 02, 03. "
        f"Erreur? ANNULE {number} avant 10 min."
    )
    stage.later(minutes=10)
    assert logs(stage) == "Fiche 01: deja notee. Fiches libres: 02, 03. Verifiez et renvoyez."
    assert len(stage.outbox("case_new")) == 1


def test_of_a_private_slip_nobody_is_told_the_number_again(stage):
    logs(stage, category="17")
    assert logs(stage) == "Fiche 01: deja notee. Fiches libres: 02, 03. Verifiez et renvoyez."


def test_slips_of_others_and_slips_that_never_were_are_the_same(stage):
    assert logs(stage, slip="44") == (
        "Fiche 44: pas dans vos carnets. Fiches libres: 01, 02, 03. Verifiez et renvoyez."
    )
    assert logs(stage, slip="02", who=OTHER) == (
        "Fiche 02: pas dans vos carnets. Fiches libres: 01. Verifiez et renvoyez."
    )
    logs(stage, who=OTHER)
    assert logs(stage, slip="02", who=OTHER) == (
        "Fiche 02: pas dans vos carnets. Aucune fiche libre: demandez un carnet."
    )
    assert logs(stage, who=OTHER).startswith("Fiche 01: deja notee")


def test_a_wrong_slip_is_freed_and_used_again_with_its_code(stage):
    logs(stage, place="6160")
    first = last_case(stage)
    assert annuls(stage, first.number) == (
        f"{first.number}: annule. La fiche 01 est libre: envoyez encore."
    )
    assert stage.case(first.id).status == "withdrawn"
    assert kept_words(stage) == []
    assert stage.outbox("case_new") == []
    assert logs(stage).startswith(f"{last_case(stage).number}, fiche 01: Tessit")
    opened = stage.follows(stage.paper[0].digits, NEIGHBOUR)
    assert opened.values["case"] == last_case(stage).id != first.id


def test_after_ten_minutes_a_call_stays_logged(stage):
    logs(stage)
    number = last_case(stage).number
    stage.later(minutes=10)
    assert annuls(stage, number) == f"{number}: trop tard, c'est deja transmis."
    assert last_case(stage).status == "routed"


def test_nobody_frees_the_slip_of_another(stage):
    logs(stage)
    number = last_case(stage).number
    assert "n'existe pas chez vous" in annuls(stage, number, who=OTHER)
    assert "n'existe pas chez vous" in annuls(stage, "15736")
    assert last_case(stage).status == "routed"


def test_a_silent_call_is_only_counted(stage):
    for what in ("mute", "mute", "joke", "wrong_number"):
        command = Command("LV", given={"slip": "0", "tally": what})
        text = says(stage, lambda desk, line=command: slip_lines.FRESH["LV"](desk, line))
        assert text == "C'est compte, sans fiche."
    with stage.store.work(Job("test")) as work:
        assert work.session.scalar(select(Case.id)) is None
        counted = {row.what: row.count for row in work.session.scalars(select(Tally))}
    assert counted == {"call_mute": 2, "call_joke": 1, "call_wrong_number": 1}


def test_a_danger_told_by_two_callers_is_one_event_and_each_follows_their_own_code(stage):
    assert "inondation" in logs(stage, category="61", words="l'eau est dans les maisons")
    first = last_case(stage)
    logs(stage, category="61", slip="02", words="")
    second = last_case(stage)
    assert (first.kind, second.kind, second.status) == ("alert", "alert", "joined")
    with stage.store.work(Job("test")) as work:
        voices = work.session.scalars(select(AlertSource).order_by(AlertSource.id)).all()
        assert [(one.person_id, one.contact) for one in voices] == [(None, None)] * 2
    opened = [stage.follows(paper.digits, NEIGHBOUR) for paper in stage.paper[:2]]
    assert [one.values["case"] for one in opened] == [first.id, second.id]
    stage.does("withdraw", {"case": first.id})
    assert kept_words(stage) == []
    assert stage.case(second.id).status == "joined"


def test_a_danger_logged_by_mistake_frees_its_slip(stage):
    logs(stage, category="61")
    number = last_case(stage).number
    assert stage.writes(OPERATOR, f"ANNULE {number}").startswith(f"{number}: annule. La fiche 01")
    assert "fiche 01: Tessit, inondation." in logs(stage, category="61")


def test_a_private_call_keeps_zone_hour_and_voice_and_no_story(stage):
    text = logs(stage, verb="PRIVE", words="")
    case = last_case(stage)
    assert text == (
        f"{case.number}, fiche 01 prive: note sans recit. Effacez vos SMS. La personne chargee "
        "appelle a l'heure choisie."
    )
    assert (case.kind, case.case_class, case.category) == ("call_back", "C7", "93")
    assert (case.area_pcode, case.place_ref, case.source) == (ANSONGO, None, "call")
    assert (case.contact, case.address) == (None, None)
    assert stage.holder(case.id) == "P0155"
    with stage.store.work(Job("test")) as work:
        wish = work.session.get_one(CallBack, case.id)
        assert (wish.hour, wish.voice, wish.consent_at) == ("evening", "woman", stage.now)
    assert [person for person, _ in stage.outbox("case_new")] == ["P0155"]


def test_a_private_call_names_no_village(stage):
    logs(stage, verb="PRIVE", words="", place="6143")
    assert (last_case(stage).area_pcode, last_case(stage).place_ref) == (ANSONGO, None)


@pytest.mark.parametrize("place", ["Xyzwq", "", None])
def test_a_private_call_without_a_zone_is_taken_all_the_same(stage, place):
    assert "note sans recit" in logs(stage, verb="PRIVE", words="", place=place)
    assert last_case(stage).area_pcode is None


def test_a_story_told_with_a_private_call_is_kept_nowhere(stage):
    text = logs(stage, verb="PRIVE", words=HARM)
    assert text.startswith("Recu, mis en prive. Effacez votre SMS maintenant.")
    assert last_case(stage).case_class == "C7"
    assert kept_words(stage) == []
    with stage.store.work(Job("test")) as work:
        assert work.session.scalar(select(Story.id)) is None


def test_the_number_to_be_called_comes_with_the_line_or_after_it_and_is_sealed(stage):
    logs(stage, verb="PRIVE", words=NEIGHBOUR)
    assert stage.vault.number(last_case(stage).address) == NEIGHBOUR
    logs(stage, verb="PRIVE", words="", slip="02")
    assert last_case(stage).address is None
    assert replies(stage, "le soir") is None
    logs(stage, verb="PRIVE", words="", slip="03")
    assert "note sans recit" in replies(stage, NEIGHBOUR[4:])
    assert stage.vault.number(last_case(stage).address) == NEIGHBOUR


def test_the_private_caller_stops_everything_with_her_code(stage):
    logs(stage, verb="PRIVE", words=NEIGHBOUR)
    opened = stage.follows(stage.paper[0].digits, NEIGHBOUR)
    assert (opened.name, opened.values["private"]) == ("waiting", True)
    stage.does("withdraw", {"case": opened.values["case"]})
    case = last_case(stage)
    assert (case.status, case.address, case.receipt_long) == ("closed", None, None)
    assert stage.follows(stage.paper[0].digits, NEIGHBOUR).name == "unknown"


def test_a_private_call_logged_by_mistake_frees_its_slip(stage):
    logs(stage, verb="PRIVE", words=NEIGHBOUR)
    case = last_case(stage)
    assert annuls(stage, case.number, "call_back").startswith(f"{case.number}: annule.")
    assert stage.case(case.id).address is None
    assert "fiche 01: Tessit" in logs(stage)


def test_an_operator_revoked_logs_nothing(stage):
    stage.change(Person, {"number": OPERATOR}, revoked_at=stage.now)
    with stage.store.work(Job("test")) as work:
        assert desk_at(work, stage.scene(phone_of(OPERATOR), "sms")) is None


LINES = {
    "LV 01 6143 12 F34 Rations incompletes": "01: Tessit, vivres pas assez, F 34. Qui est en cause",
    "lv 1 tessit 12 34 F rations": "01: Tessit, vivres pas assez, F 34. Qui est en cause?",
    "BOITE 02 6143 22 pas de medicament": "02: Tessit, sante pas de medicament. Qui est en cause?",
    "AG 3 6143 191": "03: Tessit, vivres point trop loin. Qui est en cause?",
    "LV 01 6143 61 l'eau monte": "01: Tessit, inondation. Erreur?",
    "RADIO 02 6143 7 merci": "02: Tessit, merci ou idee. Erreur?",
    "PRIVE 03 ANSONGO SOIR FEMME": "03 prive: note sans recit. Effacez vos SMS.",
    "LV 0 MUET": "C'est compte, sans fiche.",
    "LV 44 6143 12": "Fiche 44: pas dans vos carnets. Fiches libres: 01, 02, 03.",
}


@pytest.mark.parametrize("line", LINES)
def test_a_line_as_operators_send_it_is_logged_and_read_back(stage, line):
    assert LINES[line] in stage.writes(OPERATOR, line)


def test_what_was_asked_is_answered_by_the_next_line(stage):
    stage.writes(OPERATOR, "COMITE 01 6143 12 M45 la liste est fausse")
    assert "Talataye, vivres pas assez, M 45. Qui" in stage.writes(OPERATOR, "6160")
    assert "Talataye, vivres pas assez, F 45. Qui" in stage.writes(OPERATOR, "F45")
    assert "F 45, en cause: chef. Erreur?" in stage.writes(OPERATOR, "3")
    case = last_case(stage)
    assert (case.about, case.area_pcode, case.sex) == ("chief", TALATAYE, "F")
    assert (case.source, kept_words(stage)) == ("committee", ["la liste est fausse"])


def test_a_private_line_and_then_the_number_to_call(stage):
    stage.writes(OPERATOR, "PRIVE 01 ANSONGO SOIR FEMME")
    assert "note sans recit" in stage.writes(OPERATOR, NEIGHBOUR[4:])
    assert stage.vault.number(last_case(stage).address) == NEIGHBOUR
    stage.writes(OPERATOR, f"PRIVE 02 ANSONGO MATIN HOMME {SPEAKER[4:]}")
    assert stage.vault.number(last_case(stage).address) == SPEAKER
    assert "Effacez votre SMS" in stage.writes(OPERATOR, f"PRIVE 03 ANSONGO {HARM}")
    assert kept_words(stage) == []


def test_a_logged_call_is_taken_back_by_its_number(stage):
    stage.writes(OPERATOR, "LV 01 6160 12")
    number = last_case(stage).number
    assert stage.writes(OPERATOR, f"ANNULE {number}") == (
        f"{number}: annule. La fiche 01 est libre: envoyez encore."
    )
    assert "01: Tessit," in stage.writes(OPERATOR, "LV 01 6143 12")


def test_an_operator_works_no_case_that_they_logged(stage):
    stage.writes(OPERATOR, "LV 01 6143 12")
    number = last_case(stage).number
    for verb in ("VOIR", "PRIS", "FINI"):
        stage.writes(OPERATOR, f"{verb} {number}")
    assert last_case(stage).status == "routed"
    assert "vivres" not in stage.writes(OPERATOR, f"VOIR {number}")


def test_others_log_nothing_with_an_operators_words(stage):
    assert "Pas compris: LV" in stage.writes("P0151", "LV 01 6143 12 rations incompletes")
    with stage.store.work(Job("test")) as work:
        assert work.session.scalar(select(Case.id)) is None

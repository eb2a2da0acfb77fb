"""One line of a registered person: asked back, answered, corrected, said in the wrong words."""

import pytest
from sqlalchemy import select

from flows.gsm7 import segments
from models.case import Case
from models.db import Job
from models.person import Person
from models.services import commanding
from models.services.roles import roles_of
from tests.factories import NEIGHBOUR, TESSIT, make_person, phone_of
from tests.models.talking import Talking

RELAY, OPERATOR, CHIEF = "R128", "P0170", "P0152"


@pytest.fixture
def stage(stage):
    """The same programme with a relay at Tessit and an operator of the green line."""
    stage.change(Person, {"number": CHIEF}, role="supervisor")
    with stage.store.work(Job("test")) as work:
        for number, role, organisation in (
            (RELAY, "relay", "ngo-a"),
            (OPERATOR, "operator", "cell"),
        ):
            person = make_person(stage.vault, stage.house.sealer, number, organisation)
            person.role, person.area_pcode = role, TESSIT
            work.session.add(person)
    return stage


@pytest.fixture
def talking(stage):
    return Talking(stage)


@pytest.fixture
def number(stage):
    """The number of a case at the triager P0150."""
    return stage.files()["n"]


def roles(stage, number):
    with stage.store.work(Job("test")) as work:
        person = work.session.scalar(select(Person).filter_by(number=number))
        return roles_of(work, person)


def stories(stage):
    """Return how many cases there are: words of anybody become one."""
    with stage.store.work(Job("test")) as work:
        return len(work.session.scalars(select(Case)).all())


def test_a_person_has_the_roles_of_registration_hats_and_centre(stage):
    assert roles(stage, RELAY) == {"relay"}
    assert roles(stage, OPERATOR) == {"operator"}
    assert roles(stage, "P0150") == {"agent"}
    assert roles(stage, CHIEF) == {"agent", "supervisor"}


def test_a_missing_piece_alone_is_asked_and_the_next_line_gives_it(talking):
    phone = phone_of(CHIEF)
    [asked] = talking.text(phone, "PERDU")
    assert asked == "PERDU: quel telephone? Ecrivez le numero de l'agent. Ex: R128"
    [blocked] = talking.text(phone, RELAY)
    assert blocked.startswith(f"Telephone de {RELAY} bloque.")
    assert talking.text(phone, RELAY) != [blocked]  # nothing is asked any more


def test_whoever_is_registered_may_ask_what_a_word_of_a_card_means(stage, talking):
    [said] = talking.text(phone_of(CHIEF), "AIDE REF")
    assert said.startswith("REF, le lieu")
    assert stories(stage) == 0


def test_a_digit_that_answers_nothing_is_no_story(stage, talking):
    [said] = talking.text(phone_of(RELAY), "7")
    assert said.startswith("Pas compris: 7. Vous pouvez: REF, ALERTE, EVAC.")
    assert stories(stage) == 0


def test_a_wrong_piece_is_named_and_the_right_one_alone_puts_it_right(talking):
    phone = phone_of(CHIEF)
    assert talking.text(phone, "PERDU Moussa")[0].startswith("Agent pas trouve: Moussa.")
    assert talking.text(phone, RELAY)[0].startswith(f"Telephone de {RELAY} bloque.")


def test_a_look_leaves_the_question_open_and_another_act_closes_it(stage, talking, number):
    phone = phone_of(CHIEF)
    talking.text(phone, "PERDU")
    assert talking.text(phone, "LISTE") == ["Aucun dossier pour vous."]
    assert talking.text(phone, RELAY)[0].startswith(f"Telephone de {RELAY} bloque.")
    talking.text(phone, "PERDU")
    assert "n'existe pas chez vous" in talking.text(phone, f"PRIS {number}")[0]
    assert "bloque" not in talking.text(phone, OPERATOR)[0]


def test_the_number_of_an_item_alone_is_looked_at_unless_a_number_was_asked(stage, talking, number):
    stage.change(Person, {"number": "P0150"}, role="supervisor")
    phone = phone_of("P0150")
    talking.text(phone, "PERDU")
    assert talking.text(phone, number)[0].startswith(f"{number}: vivres, pas assez.")
    assert talking.text(phone, RELAY)[0].startswith(f"Telephone de {RELAY} bloque.")


def test_a_question_of_yesterday_is_not_answered_by_the_line_of_today(stage, talking):
    phone = phone_of(CHIEF)
    talking.text(phone, "PERDU")
    stage.later(hours=25)
    assert "bloque" not in talking.text(phone, RELAY)[0]


def test_words_while_a_question_is_open_are_heard_as_words(stage, talking, number):
    phone, before = phone_of(CHIEF), stories(stage)
    talking.text(phone, "PERDU")
    said = talking.text(phone, "les gens du village disent que le camion de vivres est en retard")
    assert said != []
    talking.text(phone, "0")
    talking.text(phone, "8")
    assert stories(stage) == before + 1


def test_the_question_of_a_story_is_answered_before_a_misspelt_command(stage, talking):
    phone = phone_of("P0150")
    [asked] = talking.text(phone, "on n'a pas recu les vivres")
    assert "Ecrivez le nom de la commune" in asked
    assert "Pas compris" not in talking.text(phone, "oui")[0]


def test_two_commands_of_one_line_are_both_done(talking, number, stage):
    other = stage.files()["n"]
    said = talking.text(phone_of("P0150"), f"PRIS {number} PRIS {other}")
    assert [line.partition(" ")[0] for line in said] == [number, other]


def test_a_wrong_verb_is_told_what_the_number_is(stage, number):
    said = stage.writes("P0150", f"{number} 2")
    assert said == (
        f"{number} est un dossier. Vous pouvez: VOIR, PRIS, DIRE, FINI, RENVOI, NOTE. "
        f"Ex: VOIR {number}"
    )
    assert segments(said) == 1


def test_a_wrong_verb_tells_a_stranger_to_the_item_nothing(stage, number):
    said = stage.writes("P0121", f"{number} 2")
    assert said == f"Le numero {number} n'existe pas chez vous. Verifiez les chiffres."
    assert stage.writes("P0121", "10008 2") == said.replace(number, "10008")


@pytest.mark.parametrize(
    ("person", "line", "offered"),
    [
        ("P0150", "XYZ 10008", "LISTE, VOIR, PRIS, DIRE, FINI, RENVOI suivi du numero. Ex: PRIS"),
        (RELAY, "XYZ 10008", "REF, ALERTE, EVAC. Ex: REF 6143 24"),
        (OPERATOR, "XYZ 10008", "LV, PRIVE. Ex: LV 07 6143 12 F34"),
    ],
)
def test_who_is_not_understood_is_told_what_their_role_can_do(stage, person, line, offered):
    said = stage.writes(person, line)
    assert said.startswith("Pas compris: XYZ. Vous pouvez: ")
    assert offered in said
    assert segments(said) == 1


def test_no_role_reads_the_words_of_another(stage, number):
    for line in (f"PRIS {number}", f"DIRE {number} bonjour", f"PERDU {CHIEF}"):
        said = stage.writes(RELAY, line)
        assert said is None or "est a vous" not in said
    assert stage.case(1).status == "routed"


@pytest.mark.parametrize(
    "line",
    [
        "REF 6143 24 3",
        "ALERTE TESSIT EAU 120 menages",
        "EVAC 6143 1",
        "VENUE 24 R128",
        "STOCK 3 12",
        "LISTE",
        "VOIR 15736",
        "PERDU R128",
        "LV 07 6143 12 F34 rien recu",
    ],
)
def test_a_command_of_a_phone_that_is_not_registered_is_words_and_becomes_a_case(
    stage, talking, line
):
    said = talking.text(NEIGHBOUR, line)
    for _ in range(3):  # whatever is asked about it is answered with nothing
        if stories(stage):
            break
        said += talking.text(NEIGHBOUR, "0")
    assert stories(stage) == 1
    for reply in said:
        assert "Pas compris" not in reply
        assert "n'existe pas chez vous" not in reply
        assert "dossier" not in reply


def test_every_text_about_a_piece_names_the_verb_or_the_word(stage):
    texts = stage.house.flows.texts
    for name in texts.messages:
        if name.startswith("missing_"):
            assert texts.say(name, verb="REF").startswith("REF")
        elif name.startswith("wrong_") and name != "wrong_verb":
            assert "tesit" in texts.say(name, word="tesit")


def test_no_two_domains_answer_the_same_line():
    tables = (commanding.FRESH, commanding.ON_ITEM, commanding.ANSWERS, commanding.KNOWN)
    assert all(callable(function) for table in tables for function in table.values())
    assert {"LISTE", "PERDU"} <= commanding.FRESH.keys()
    assert ("case", "VOIR") in commanding.ON_ITEM

"""A phone that chose another language: by USSD and SMS from then on, and as quick as in French."""

import pytest

from flows.catalogs import Catalog, spelt, translated
from models.conversation import Contact
from models.db import Job
from models.services.tongues import language_of
from tests.factories import FLOWS, NEIGHBOUR, SPEAKER
from tests.flows.pseudo import catalog, reviewed
from tests.gateway.service import code_on, serving

XX = spelt(translated(FLOWS, catalog(FLOWS)))
ARABIC = {"menu.bye": reviewed("menu.bye", "Merci.", "شكرا")}
WIDE = spelt(translated(FLOWS, Catalog("ar", catalog(FLOWS, "ar").entries | ARABIC)))


@pytest.fixture
def service(sqlite_store, tmp_path):
    with serving(sqlite_store.url, tmp_path) as one:
        yield one


@pytest.fixture
def again(service):
    """Restart the programme with other languages."""
    running = []

    def restart(**house):
        running.append(service.restarted(**house))
        return running[-1]

    yield restart
    for one in running:
        one.store.close()


@pytest.fixture
def spoken(again):
    """The programme once a second language is reviewed."""
    return again(tongues={"xx": XX})


def chooses(phone, digit="2"):
    phone.dial()
    phone.type("7")
    return phone.type(digit)


def remembered(service, number):
    with service.store.work(Job("test")) as work:
        row = work.session.get(Contact, service.stage.vault.pseudonym(number))
        return None if row is None else (row.language, row.language_chosen)


def test_with_french_alone_no_other_language_is_promised(service):
    phone = service.phone()
    phone.dial()
    assert phone.type("7").startswith("CON Jaabi est en francais ici.\n1 Continuer\n")
    [told] = phone.asks("LANGUE")
    assert told.startswith("Jaabi repond en francais.")


def test_the_menu_of_languages_lists_what_is_reviewed_and_a_call_for_the_others(spoken):
    phone = spoken.phone()
    phone.dial()
    assert phone.type("7") == "CON 1 Francais\n2 xx\n3 Autre: on vous rappelle\n0 Sortir"
    assert phone.type("3").startswith("CON Une personne vous appelle.")


def test_a_language_chosen_during_a_session_is_spoken_at_once(spoken):
    phone = spoken.phone()
    assert chooses(phone).startswith("CON <Jaabi. Tapez un")
    assert phone.type("1").startswith("CON <Ceux qui lisent")
    assert phone.type("9").startswith("CON <Ce chiffre n'est pas dans la liste")


def test_a_whole_complaint_is_told_in_the_language_that_was_chosen(spoken):
    phone = spoken.phone()
    chooses(phone)
    phone.dial()
    assert phone.type("1", "1", "1").startswith("CON <Vivres, argent,")
    assert phone.type("2").startswith("CON <C'est ou?")
    assert phone.type("6143").startswith("CON <C'est bien ici?\nTessit")
    filed = phone.type("1", "1", "1")
    assert filed.startswith("CON <C'est recu. Votre code:")
    [case] = spoken.cases
    assert case.language == "xx"
    phone.dial()
    assert "<On s'en occupe" in phone.type("4", code_on(filed)) or "<Recu, pas" in phone.screen
    assert all(len(line) < 183 for line in [phone.screen])


def test_it_is_remembered_for_the_next_session_and_for_sms(spoken):
    phone = spoken.phone()
    chooses(phone)
    phone.hang_up()
    assert remembered(spoken, SPEAKER) == ("xx", True)
    assert phone.dial().startswith("CON <Jaabi.")
    [asked] = phone.asks("les vivres ne sont pas complets")
    assert asked.startswith("<Ceux qui lisent")
    assert "<C'est ou?" in asked
    [told] = phone.asks("AIDE")
    assert told.startswith("<Jaabi. Ecrivez ici")
    other = spoken.phone(NEIGHBOUR)
    assert other.dial().startswith("CON Jaabi.")


def test_french_can_be_chosen_again(spoken):
    phone = spoken.phone()
    chooses(phone)
    assert chooses(phone, "1").startswith("CON Jaabi. Tapez un chiffre:")
    assert phone.dial().startswith("CON Jaabi.")


def test_langue_by_sms_lists_the_languages_and_takes_the_digit(spoken):
    phone = spoken.phone()
    [listed] = phone.asks("LANGUE")
    assert listed.split("\n") == [
        "Jaabi parle ces langues. Envoyez le chiffre. Autre langue: RAPPEL.",
        "1 Francais",
        "2 xx",
    ]
    [told] = phone.asks("2")
    assert told.startswith("<C'est fait: Jaabi vous repond dans cette langue.")
    assert remembered(spoken, SPEAKER) == ("xx", True)
    assert phone.dial().startswith("CON <Jaabi.")


@pytest.mark.parametrize("word", ["LANGUE", "RAPPEL"])
def test_words_not_filed_yet_are_filed_before_another_question_is_asked(spoken, word):
    phone = spoken.phone()
    [asked] = phone.asks("on a rien recu comme vivres")
    assert "C'est ou?" in asked
    told = phone.asks(word)
    assert told[0].startswith("Recu. Code:")
    assert told[1].startswith("Jaabi parle" if word == "LANGUE" else "C'est note:")
    assert any("rien recu" in story for story in spoken.stories)


def test_words_instead_of_a_language_are_a_message(spoken):
    phone = spoken.phone()
    phone.asks("LANGUE")
    [asked] = phone.asks("on a rien recu comme vivres a tessit")
    assert "C'est bien Tessit?" in asked


def test_a_question_of_languages_left_open_files_nothing(spoken):
    spoken.phone().asks("LANGUE")
    spoken.stage.later(hours=2)
    spoken.silence.act()
    assert spoken.cases == []


def test_a_dropped_dialogue_is_resumed_in_its_language(spoken):
    phone = spoken.phone()
    chooses(phone)
    phone.type("1", "1", "1")
    with spoken.store.work(Job("test")) as work:
        row = work.session.get_one(Contact, spoken.stage.vault.pseudonym(SPEAKER))
        row.language = "fr"
    assert phone.dial().startswith("CON <Vous aviez commence.")
    assert phone.type("1").startswith("CON <Vivres, argent,")


def test_a_language_that_is_no_longer_offered_is_french_again(spoken, service):
    chooses(spoken.phone())
    assert service.phone().dial().startswith("CON Jaabi.")
    assert remembered(service, SPEAKER) == ("xx", True)


def test_what_is_sent_outside_a_dialogue_is_in_the_language_of_the_phone(spoken, service):
    chooses(spoken.phone())
    with spoken.store.work(Job("test")) as work:
        contact = spoken.stage.vault.pseudonym(SPEAKER)
        assert language_of(work, spoken.conversing.house, contact) == "xx"
        assert language_of(work, spoken.conversing.house, None) == "fr"
        assert language_of(work, service.stage.house, contact) == "fr"


def test_another_language_costs_no_question_more(spoken):
    def asked(phone):
        counts = []
        for typed in ("", "1", "1", "1"):
            spoken.asked.clear()
            phone.type(typed) if typed else phone.dial()
            counts.append(spoken.asked.words)
        return counts

    french, other = spoken.phone(NEIGHBOUR), spoken.phone()
    chooses(other)
    other.hang_up()
    french.dial()
    assert asked(other) == asked(french)


def test_letters_a_channel_cannot_carry_are_no_language_of_it(again):
    narrow = again(tongues={"ar": WIDE})
    phone = narrow.phone()
    phone.dial()
    assert phone.type("7").startswith("CON Jaabi est en francais ici.")
    wide = again(tongues={"ar": WIDE}, wide_channels=frozenset({"at"}))
    phone = wide.phone()
    assert chooses(phone).startswith("CON <Jaabi.")
    assert phone.type("0") == "END شكرا"
    assert narrow.phone().dial().startswith("CON Jaabi.")

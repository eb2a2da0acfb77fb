"""What Africa's Talking posts, through the whole application to what is kept and answered."""

import logging

import pytest

from models.conversation import Contact, Conversation
from models.db import Job
from tests import factories
from tests.factories import SPEAKER, TESSIT
from tests.gateway import africastalking_posts as posts
from tests.gateway.service import code_on

RELAY = "+22370000005"
UNREAD = "Nous avons bien recu vos mots"
MENU = "CON Jaabi. Tapez un chiffre:"
NOTICE = "CON Ceux qui lisent ne voient ni nom ni numero."
CONSENT = "CON Une personne vous appelle."
WRONG = "CON Ce chiffre n'est pas dans la liste."


def post(service, name):
    """Post one row of the table and return the response."""
    return service.post(*posts.POSTS[name])


def told(service, name, number=SPEAKER):
    """Post an SMS, let the worker answer and return what its sender is told."""
    reply = post(service, name)
    assert (reply.status_code, reply.text) == (200, "")
    service.converser.drain()
    return [text for to, text in service.send() if to == number]


def test_whatever_is_posted_in_whatever_order_has_its_answer_and_the_second_time_too(service):
    broken = {"an SMS without a sender", "an answer without a session"}
    for name in [*posts.POSTS, *reversed(posts.POSTS)]:
        reply = post(service, name)
        assert reply.status_code == (400 if name in broken else 200), name
        assert reply.content_type == "text/plain; charset=utf-8", name
        talks = posts.POSTS[name][0] == "ussd" and name not in broken
        assert reply.text.startswith(("CON ", "END ")) if talks else reply.text == "", name


ANSWERED = {
    "an SMS": f"{factories.NOTICE} C'est ou?",
    "an SMS with an ISO date and without options": f"{factories.NOTICE} C'est ou?",
    "an SMS without words": UNREAD,
    "an SMS in Bambara with emoji": UNREAD,
    "an SMS of ten parts": "Recu, merci. Vous pouvez effacer ces SMS.",
    "an SMS whose plus was not encoded": UNREAD,
    "an SMS in another charset": UNREAD,
    "an SMS with control signs": UNREAD,
    "an SMS that says stop": "C'est fait: plus aucun SMS.",
}


@pytest.mark.parametrize("name", ANSWERED)
def test_an_sms_is_taken_in_once_and_answered_once(service, name):
    [text] = told(service, name)
    assert text.startswith(ANSWERED[name])
    cases = len(service.cases)
    assert told(service, name) == []
    assert service.inbox == [("processed", None)]
    assert len(service.cases) == cases


def test_the_same_id_is_the_same_message_while_the_first_still_waits(service):
    assert [post(service, "an SMS").status_code for _ in range(3)] == [200, 200, 200]
    assert service.inbox == [("waiting", None)]


WORDS = {
    "an SMS in Bambara with emoji": "Kɛnɛya so la fura tɛ yen, ɲinin kɛ 😀🙏🏾 ŋ",
    "an SMS in another charset": "café fermé",
    "an SMS with control signs": "aide  svp",
}


@pytest.mark.parametrize("name", WORDS)
def test_words_arrive_as_they_were_written_without_control_signs(service, name):
    told(service, name)
    assert service.stories == [WORDS[name]]


def test_ten_parts_arrive_whole(service):
    told(service, "an SMS of ten parts")
    [story] = service.stories
    assert story.startswith("Partie 01: le comite")
    assert story.endswith("Partie 40: le comite demande de l argent")
    [case] = service.cases
    assert case.case_class == "C5"


def test_a_relay_without_a_keyword_of_ours_is_heard_like_anybody(service):
    [text] = told(service, "an SMS of a relay", RELAY)
    assert text.startswith(UNREAD)
    assert service.stories == ["REF F 24 CSCOM KALABAN INJ"]


def test_a_sender_that_is_a_name_is_noted_and_left_alone(service):
    assert told(service, "an SMS from a name") == []
    assert service.outbox == []
    assert service.inbox == [("ignored", "sender is no telephone")]
    assert service.cases == []


@pytest.mark.parametrize("name", ["an SMS without a sender", "an answer without a session"])
def test_what_cannot_be_read_leaves_nothing_and_says_nothing_of_it_in_the_log(
    service, caplog, name
):
    post(service, name)
    assert service.inbox == []
    assert service.rows(Conversation) == []
    assert "Pas de vivres" not in caplog.text
    assert "70000001" not in caplog.text


def test_a_session_walks_on_with_what_is_new_in_its_text(service):
    assert post(service, "a dialled code").text.startswith(MENU)
    assert post(service, "a first answer").text.startswith(NOTICE)
    assert post(service, "a second answer").text.startswith(CONSENT)


def test_a_repeated_answer_shows_the_same_screen_and_is_taken_once(service):
    for name in ("a dialled code", "a first answer"):
        post(service, name)
    first = post(service, "a second answer").text
    [before] = service.rows(Conversation)
    assert post(service, "a second answer").text == first
    [after] = service.rows(Conversation)
    assert (after.turn, after.sealed) == (before.turn, before.sealed)


def test_free_text_with_a_star_arrives_whole(service):
    phone = service.phone()
    phone.dial()
    phone.type("1", "1", "1", "2", "6143", "1", "1", "1", "1")
    assert phone.type("il a pris 5*6 sacs").startswith("CON C'est ajoute.")
    assert service.stories == ["il a pris 5*6 sacs"]
    # The next answer begins after all of it.
    assert phone.type("1").startswith("CON Ecrivez en peu de mots")


def test_free_text_at_a_menu_is_one_answer_and_one_miss(service):
    for name in ("a dialled code", "a first answer", "a second answer"):
        post(service, name)
    assert post(service, "free text with a star").text.startswith(WRONG)


def test_an_empty_answer_repeats_the_menu_and_is_no_miss(service):
    for name in ("a dialled code", "a first answer"):
        post(service, name)
    menu = post(service, "a second answer").text
    assert post(service, "an empty answer").text == menu
    assert service.post("ussd", posts.ussd("1%2A2%2A%2A")).text == menu
    assert service.post("ussd", posts.ussd("1%2A2%2A%2A%2A1")).text.startswith("CON Langue")


@pytest.mark.parametrize("name", ["a dialled code", "an empty answer"])
def test_whatever_was_posted_last_a_session_that_was_left_is_offered_again(service, name):
    service.post("ussd", posts.ussd("", session="first"))
    for text in ("1", "1%2A1", "1%2A1%2A1", "1%2A1%2A1%2A2"):
        asked = service.post("ussd", posts.ussd(text, session="first")).text
    repeated = "" if name == "a dialled code" else "1%2A1%2A1%2A2%2A"
    assert service.post("ussd", posts.ussd(repeated, session="first")).text == asked
    offered = service.post("ussd", posts.ussd("", session="second")).text
    assert offered.startswith("CON Vous aviez commence.")
    assert service.post("ussd", posts.ussd("1", session="second")).text == asked


def test_a_longer_code_walks_the_flow(service):
    assert post(service, "a longer code").text.startswith("CON Conseils:\n1 Les moyens")


def test_a_place_dialled_through_is_not_asked_again(service):
    phone = service.phone()
    assert phone.dial("6143").startswith(MENU)
    assert phone.type("1", "1", "1", "2").startswith("CON Qui est en cause?")
    phone.type("1", "1")
    [case] = service.cases
    assert case.area_pcode == TESSIT


def test_a_text_that_shrank_is_answered_from_where_the_session_stands(service):
    for name in ("a dialled code", "a first answer"):
        post(service, name)
    menu = post(service, "a second answer").text
    assert post(service, "a first answer").text == menu
    assert post(service, "a dialled code").text == menu
    assert service.post("ussd", posts.ussd("1%2A2%2A1")).text.startswith("CON Langue")


def test_stars_and_hashes_are_one_wrong_answer_wherever_they_are_typed(service):
    assert post(service, "stars and hashes").text.startswith(WRONG)
    [conversation] = service.rows(Conversation)
    assert conversation.turn == 1
    phone = service.phone()
    phone.dial()
    assert phone.type("*#06#").startswith(WRONG)
    assert phone.type("1").startswith(MENU)


def test_the_network_code_is_not_needed(service):
    assert post(service, "a dialled code without a network").text.startswith(MENU)


@pytest.mark.parametrize(
    "name", ["a session that ended well", "a session that was left", "a session that failed"]
)
def test_the_end_of_a_session_repeats_nothing_of_it_in_the_log(service, caplog, name):
    post(service, "a dialled code")
    assert post(service, name).text == ""
    assert "Expliquez" not in caplog.text
    assert "70000001" not in caplog.text
    failed = [one for one in caplog.records if one.levelno >= logging.WARNING]
    assert bool(failed) == (name == "a session that failed")


def test_the_end_of_a_session_lets_the_announcement_go(service):
    phone = service.phone()
    phone.dial()
    phone.type("1", "1", "1", "2", "6143", "1", "1", "1")
    assert service.send() == []
    phone.hang_up("Incomplete")
    [(_, announced)] = service.send()
    assert announced.startswith("Jaabi: nouveau dossier")
    phone.hang_up("Incomplete")
    assert service.send() == []


@pytest.mark.parametrize("last", ["1", ""])
def test_a_session_that_was_left_keeps_what_was_given_without_a_way_back(service, last):
    phone = service.phone()
    phone.dial()
    phone.type("1", "1", "1", "2", "6143", "1", last)
    phone.hang_up("Incomplete")
    service.stage.later(hours=25)
    service.silence.act()
    [case] = service.cases
    assert (case.status, case.category, case.area_pcode) == ("incomplete", "12", TESSIT)
    assert (case.contact, case.address, case.receipt_short) == (None, None, None)
    assert service.send() == []


def help_sent(service, provider_id=posts.SENT_ID):
    """Let one text leave whose fate the provider will report."""
    service.phone().writes("AIDE")
    service.converser.drain()
    assert len(service.send(provider_id)) == 1


FATES = {
    "delivered": ("delivered", None),
    "refused by the number": ("failed", "UserInBlackList"),
    "refused by the network": ("failed", "UserIsInactive"),
    "a word nobody knows": ("handed_over", None),
    "still on its way": ("handed_over", None),
    "a report for nobody": ("handed_over", None),
}


@pytest.mark.parametrize("name", FATES)
def test_a_report_moves_its_message_and_no_other(service, name):
    help_sent(service)
    for _ in range(2):
        assert post(service, name).status_code == 200
    assert service.outbox == [FATES[name]]
    assert len(service.reports) == 1


@pytest.mark.parametrize("name", FATES)
def test_a_report_that_comes_before_the_provider_answered_is_kept_for_its_message(service, name):
    assert post(service, name).status_code == 200
    help_sent(service)
    assert service.outbox == [FATES[name]]
    [(_, matched)] = service.reports
    assert matched == (name != "a report for nobody")


def test_a_late_report_moves_nothing_back(service):
    help_sent(service)
    for name in ("delivered", "still on its way", "a word nobody knows", "refused by the network"):
        assert post(service, name).status_code == 200
    assert service.outbox == [("delivered", None)]


def stopped(service, number=SPEAKER):
    with service.store.work(Job("test")) as work:
        row = work.session.get(Contact, service.stage.vault.pseudonym(number))
        return row is not None and row.stopped_at is not None


def test_only_a_number_that_refuses_us_is_written_to_no_more(service):
    help_sent(service)
    post(service, "refused by the network")
    assert not stopped(service)
    help_sent(service, "ATXid_2")
    service.post("delivery", posts.delivery("Failed", id="ATXid_2", reason="UserInBlacklist"))
    assert stopped(service)


def test_an_opt_out_is_obeyed_in_silence(service):
    assert told(service, "an opt-out") == []
    assert stopped(service)
    assert [status for status, _ in service.inbox] == ["processed"]
    assert service.phone().asks("AIDE") == []
    assert service.outbox == [("withheld", "stop")]
    [resumed] = service.phone().asks("JAABI")
    assert resumed.startswith("C'est fait: les SMS reprennent.")


def test_what_was_promised_is_told_to_whoever_asks_after_a_stop(service):
    phone = service.phone()
    phone.dial()
    code = code_on(phone.type("1", "1", "1", "2", "6143", "1", "1", "1"))
    told(service, "an SMS that says stop")
    phone.dial()
    assert phone.type("4", code).startswith("CON Recu, pas encore lu.")

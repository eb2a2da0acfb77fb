"""Whole sessions by each aggregator, through the application to what is kept and shown."""

import shutil
import threading
from contextlib import closing
from datetime import timedelta

import pytest

from models.conversation import Conversation
from models.db import Job
from models.keeper import Keeper
from tests.factories import TESSIT
from tests.gateway.dialling import Dialler, dialled_by_all
from tests.gateway.service import serving
from tests.gateway.ussd_posts import NETWORKS

MENU = "Jaabi. Tapez un chiffre:"
NOTICE = "Ceux qui lisent ne voient ni nom ni numero."
WAY = ("1", "1", "1", "2", "6143", "1", "1", "1")  # to a filed case
ALL = pytest.mark.parametrize("name", NETWORKS)


@pytest.fixture(scope="module")
def aggregated(sqlite_template, tmp_path_factory):
    """A programme that is dialled by every aggregator; each test has phones of its own."""
    folder = tmp_path_factory.mktemp("aggregated")
    shutil.copyfile(sqlite_template, folder / "jaabi.db")
    with serving(f"sqlite:///{folder / 'jaabi.db'}", folder) as one:
        yield dialled_by_all(one)


@ALL
def test_a_case_is_filed_by_every_aggregator(aggregated, name):
    phone = Dialler(aggregated, name)
    assert phone.dial().startswith(MENU)
    assert phone.type("1").startswith(NOTICE)
    assert phone.type(*WAY[1:]).startswith("C'est recu. Votre code:")
    assert not phone.over
    [case] = phone.cases
    assert (case.area_pcode, case.category) == (TESSIT, "12")


@ALL
def test_a_session_ends_as_its_network_says_it(aggregated, name):
    phone = Dialler(aggregated, name)
    phone.dial()
    phone.type("0")
    assert phone.over


THROUGH = [name for name, one in NETWORKS.items() if one.dials_through]


@pytest.mark.parametrize("name", THROUGH)
def test_a_place_dialled_through_is_not_asked_again(aggregated, name):
    phone = Dialler(aggregated, name)
    assert phone.dial("6143").startswith(MENU)
    assert phone.type("1", "1", "1", "2").startswith("Qui est en cause?")


@ALL
def test_free_text_with_a_star_arrives_whole(aggregated, name):
    phone = Dialler(aggregated, name)
    phone.dial()
    phone.type(*WAY, "1", "il a pris 5*6 sacs")
    assert aggregated.stories[-1] == "il a pris 5*6 sacs"


@ALL
def test_a_dialled_code_that_comes_twice_shows_the_same_screen(aggregated, name):
    phone = Dialler(aggregated, name)
    first = phone.dial()
    assert phone.repeat() == first
    assert phone.type("1").startswith(NOTICE)


REPEATABLE = [name for name, one in NETWORKS.items() if one.counts or one.whole]


@pytest.mark.parametrize("name", REPEATABLE)
def test_an_answer_that_comes_twice_is_taken_once_where_answers_are_told_apart(aggregated, name):
    phone = Dialler(aggregated, name)
    phone.dial()
    shown = phone.type("1", "1")
    [before] = phone.dialogues
    assert phone.repeat() == shown
    [after] = phone.dialogues
    assert after.turn == before.turn


def test_a_provider_whose_marks_stand_still_is_answered_all_the_same(aggregated):
    phone = Dialler(aggregated, "beem")
    phone.dial()
    for answer in WAY:
        phone.turn = -1  # its request_id stays what it was at the beginning
        phone.type(answer)
    assert len(phone.cases) == 1


@ALL
def test_an_empty_answer_repeats_the_question_and_is_no_miss(aggregated, name):
    phone = Dialler(aggregated, name)
    phone.dial()
    asked = phone.type("1", "1")
    assert phone.type("") == asked
    assert phone.type("1").startswith("Langue") or phone.screen != asked


SAID = [name for name, one in NETWORKS.items() if not one.whole]


@pytest.mark.parametrize("name", SAID)
def test_an_answer_to_a_session_we_know_nothing_of_shows_the_start(aggregated, name):
    phone = Dialler(aggregated, name)
    phone.turn, phone.typed = 4, "1*1*1"
    assert phone.type("2").startswith(MENU)
    assert phone.type("1").startswith(NOTICE)


ENDS = [(name, word) for name, one in NETWORKS.items() for word in one.ends]


@pytest.mark.parametrize(("name", "word"), ENDS)
def test_the_end_of_a_session_lets_the_announcement_go(aggregated, name, word):
    phone = Dialler(aggregated, name)
    phone.dial()
    phone.type(*WAY)
    assert aggregated.send() == []
    for _ in range(2):
        assert phone.end(word).status_code == 200
    [(_, announced)] = aggregated.send()
    assert announced.startswith("Jaabi: nouveau dossier")


@ALL
def test_a_session_that_was_left_is_offered_again(aggregated, name):
    phone = Dialler(aggregated, name)
    phone.dial()
    asked = phone.type("1", "1", "1", "2")
    assert phone.dial().startswith("Vous aviez commence.")
    assert phone.type("1") == asked


def later(service, **passed):
    """Let time pass for every dialogue, as it would for the webhooks."""
    with service.store.work(Job("test")) as work:
        for row in work.session.query(Conversation):
            row.updated_at -= timedelta(**passed)


def test_a_number_without_a_session_is_in_its_last_one_for_three_minutes(service):
    phone = Dialler(dialled_by_all(service), "nalo")
    phone.dial()
    phone.type("1")
    later(service, seconds=170)
    asked = phone.type("1", "1", "2")
    later(service, seconds=190)
    assert phone.type("1").startswith("Vous aviez commence.")
    assert phone.type("1") == asked


def test_two_numbers_without_sessions_do_not_meet(service):
    dialled_by_all(service)
    one, other = Dialler(service, "nalo"), Dialler(service, "nalo")
    one.dial()
    other.dial()
    one.type("1", "1")
    assert other.type("1").startswith(NOTICE)


def test_a_number_is_in_a_session_of_its_own_on_each_channel(aggregated):
    one = Dialler(aggregated, "hubtel")
    one.dial()
    assert Dialler(aggregated, "nalo", one.number).type("1").startswith(MENU)


NAMED = [name for name in NETWORKS if name != "nalo"]  # whose sessions have names


@pytest.mark.parametrize("name", NAMED)
def test_a_session_named_by_a_number_is_kept_without_it_and_works_as_any(aggregated, name):
    phone = Dialler(aggregated, name)
    phone.session = f"{phone.number}-7"
    phone.dial()
    assert phone.type(*WAY).startswith("C'est recu. Votre code:")
    [row] = phone.dialogues
    assert phone.number[3:] not in row.key
    assert len(phone.cases) == 1
    for word in NETWORKS[name].ends[:1]:
        phone.end(word)
        [(_, announced)] = aggregated.send()
        assert announced.startswith("Jaabi: nouveau dossier")
    assert phone.dial().startswith(MENU)  # the name is that of the next session too


def test_a_session_named_by_a_number_is_known_by_the_keeper_alone(service, tmp_path):
    away = service.restarted(keeper=Keeper(tmp_path / "nobody"))
    with closing(away.store):
        phone = Dialler(dialled_by_all(away), "hubtel", session="22370004999")
        phone.number = phone.session
        assert phone.dial() == away.stage.house.flows.texts.say("away", usd="*123#")
        assert away.rows(Conversation) == []


@pytest.mark.parametrize("name", NAMED)
@pytest.mark.parametrize("way", [("5", "1", "1"), WAY], ids=["left", "filed"])
def test_a_name_that_was_somebody_elses_shows_nothing_of_theirs(aggregated, name, way):
    one = Dialler(aggregated, name, session=f"recycled-{len(way)}")
    one.dial()
    theirs = one.type(*way)
    other = Dialler(aggregated, name, session=one.session)
    assert other.dial().startswith(MENU)
    assert other.type("1").startswith(NOTICE)
    assert theirs != other.screen
    assert other.cases == []
    [kept] = one.dialogues
    assert kept.turn == len(way) + 1


@pytest.mark.parametrize("name", NAMED)
def test_a_name_that_is_always_the_same_shows_nothing_private_to_who_dials_next(service, name):
    phone = Dialler(dialled_by_all(service), name, session="always")
    phone.dial()
    private = phone.type("5", "1", "1")
    later(service, seconds=190)
    assert phone.dial().startswith(MENU)
    assert phone.screen != private


def test_no_key_of_a_dialogue_holds_a_number_or_a_pseudonym(aggregated):
    phone = Dialler(aggregated, "nalo")
    phone.dial()
    [row] = phone.dialogues
    assert phone.number[3:] not in row.key
    assert row.contact not in row.key


def test_without_the_keeper_only_sessions_with_a_name_go_on(service, tmp_path):
    away = service.restarted(keeper=Keeper(tmp_path / "nobody"))
    with closing(away.store):
        dialled_by_all(away, ("hubtel", "nalo"))
        assert Dialler(away, "hubtel").dial().startswith(MENU)
        nameless = Dialler(away, "nalo")
        assert nameless.dial() == away.stage.house.flows.texts.say("away", usd="*123#")
        assert nameless.over


class Asked:
    """A keeper that counts whom it was asked for."""

    def __init__(self):
        self.numbers = []

    def pseudonym(self, number):
        self.numbers.append(number)
        return "0" * 64


@pytest.mark.parametrize("session", [None, "22370004998"])
def test_while_the_database_is_away_the_keeper_is_asked_for_no_name(service, tmp_path, session):
    keeper = Asked()
    away = service.restarted(f"sqlite:///{tmp_path / 'nowhere' / 'jaabi.db'}", keeper=keeper)
    with closing(away.store):
        dialled_by_all(away)
        for name, network in NETWORKS.items():
            phone = Dialler(away, name, "22370004998", session)
            phone.dial()
            phone.type("1")
            assert all(phone.end(word).status_code == 200 for word in network.ends)
    assert keeper.numbers == []


def test_while_the_database_is_away_every_network_is_told_to_try_later(service, tmp_path):
    away = service.restarted(f"sqlite:///{tmp_path / 'nowhere' / 'jaabi.db'}")
    with closing(away.store):
        dialled_by_all(away)
        for name, network in NETWORKS.items():
            phone = Dialler(away, name)
            assert phone.dial() == away.stage.house.flows.texts.say("away", usd="*123#")
            assert phone.over
            assert all(phone.end(word).status_code == 200 for word in network.ends)


def test_of_two_answers_to_one_screen_the_later_shows_what_the_first_led_to(service):
    phone = Dialler(dialled_by_all(service), "arkesel")
    phone.dial()
    phone.type("1")
    start, screens = threading.Barrier(2), []

    def press():
        twin = Dialler(service, "arkesel", phone.number)
        twin.begun, twin.turn, twin.typed = phone.begun, 1, "1"
        start.wait()
        screens.append(twin.type("1"))

    presses = [threading.Thread(target=press) for _ in range(2)]
    for one in presses:
        one.start()
    for one in presses:
        one.join()
    [row] = phone.dialogues
    # Raced, the loser is shown what the winner wrote; one after the other, both were answers.
    assert (row.turn == 3) == (screens[0] == screens[1])

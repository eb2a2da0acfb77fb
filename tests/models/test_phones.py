"""A lost phone is dead at its next message; a new one goes on where the old one stopped."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from flows.gsm7 import segments
from models.case import Case
from models.conversation import Conversation
from models.db import Job, Operator
from models.errors import KeeperRefused, NotFound
from models.keeper import Keeper
from models.outbound import OutboundMessage
from models.person import Person
from models.services import directory, messages, waiting
from models.services.agent_menu import AGENT_READS
from models.services.directory import DirectoryRefused, NewPerson, Numbers
from tests.factories import ANSONGO, GAO, NEIGHBOUR, PIN, TESSIT, make_person, phone_of
from tests.models.talking import Talking
from tests.outbox import claim_due

CHIEF, RELAY, FIELD_CHIEF, LOST = "P0152", "R128", "P0171", "P0150"
begin_reading, finish_reading = AGENT_READS["read_words"]


@pytest.fixture
def stage(stage):
    """The same programme with supervisors of the cell and of Ansongo, and a relay at Tessit."""
    stage.change(Person, {"number": CHIEF}, role="supervisor")
    with stage.store.work(Job("test")) as work:
        for number, role, area in ((FIELD_CHIEF, "supervisor", ANSONGO), (RELAY, "relay", TESSIT)):
            person = make_person(stage.vault, stage.house.sealer, number, "ngo-a")
            person.role, person.area_pcode = role, area
            work.session.add(person)
    return stage


@pytest.fixture
def talking(stage):
    return Talking(stage)


@pytest.fixture
def numbers(stage):
    return Numbers(stage.vault.pseudonym, stage.house.sealer.number)


def person(stage, number):
    with stage.store.work(Job("test")) as work:
        return work.session.scalar(select(Person).filter_by(number=number))


def texts_of(stage, number):
    """Return (purpose, status, reason) of every text to a registered person."""
    with stage.store.work(Job("test")) as work:
        rows = select(OutboundMessage).where(OutboundMessage.person_id == person(stage, number).id)
        found = work.session.scalars(rows.order_by(OutboundMessage.id))
        return [(one.purpose, one.status, one.reason) for one in found]


def perdu(stage, who=CHIEF, lost=LOST):
    return stage.writes(who, f"PERDU {lost}")


def test_a_lost_phone_is_blocked_at_once_and_said_so_in_one_segment(stage):
    said = perdu(stage)
    assert said == (
        "Telephone de P0150 bloque. Rien ne s'y ouvre plus. Nouveau numero: console ou responsable."
    )
    assert segments(said) == 1
    assert person(stage, LOST).blocked_at == stage.now
    stage.later(hours=1)
    assert perdu(stage) == said
    assert person(stage, LOST).blocked_at == stage.now - timedelta(hours=1)


def test_what_was_held_on_it_is_seated_anew_and_what_was_unsent_to_it_withheld(stage):
    filed = stage.files()
    assert stage.holder(filed["case"]) == LOST
    stage.writes(LOST, f"PRIS {filed['n']}")
    perdu(stage)
    assert stage.holder(filed["case"]) == "P0151"
    assert stage.case(filed["case"]).status == "routed"
    assert texts_of(stage, LOST) == [("case_new", "withheld", "lost")]
    assert [to for to, _ in stage.outbox("case_new")] == ["P0151"]
    assert stage.writes("P0151", f"PRIS {filed['n']}").startswith(f"{filed['n']} est a vous.")


def test_its_texts_are_withheld_whatever_is_queued_for_it_later(stage):
    perdu(stage)
    lost = person(stage, LOST)
    draft = messages.Draft("test:1", "reminder", "15736", lost.phone_sealed, person_id=lost.id)
    with stage.store.work(Job("test")) as work:
        messages.queue(work, draft, stage.house.transit, stage.now)
        assert claim_due(work, stage.now, 10) == []
    assert texts_of(stage, LOST) == [("reminder", "withheld", "revoked")]


def test_nothing_is_seated_with_it_any_more(stage):
    perdu(stage)
    assert stage.holder(stage.files()["case"]) == "P0151"


def test_nobody_with_a_lost_phone_is_said_to_be_on_duty(stage):
    assert stage.does("help_on_duty", {}).values["woman_on_duty"]
    with stage.store.work(Operator()) as work:
        directory.block(work, "P0155", stage.now)
    assert not stage.does("help_on_duty", {}).values["woman_on_duty"]


def test_a_dialogue_of_it_that_the_keeper_names_late_is_a_strangers(stage, talking):
    phone = phone_of(LOST)
    away = replace(stage.house, keeper=Keeper(Path("/nobody")))
    talking.dial(phone, "s7", "", away)
    perdu(stage)
    with stage.store.work(Job("fill")) as work:
        waiting.fill(work, stage.vault)
        [row] = work.session.scalars(select(Conversation)).all()
        assert (row.contact, row.person_id) == (stage.vault.pseudonym(phone), None)
    assert "PIN" not in talking.dial(phone, "s7", "8")


def test_a_screen_of_words_is_not_shown_again_on_it(stage, talking):
    filed = stage.files()
    stage.does("add_words", {"case": filed["case"], "words": "les sacs etaient ouverts"})
    phone, typed = phone_of(LOST), f"8*{PIN}*1*1*1"
    for upto in range(len(typed.split("*")) + 1):
        shown = talking.dial(phone, "s1", "*".join(typed.split("*")[:upto]))
    assert "sacs" in shown
    perdu(stage)
    for more in (typed, f"{typed}*9", f"{typed}*0", f"{typed}*0*3*bonjour"):
        shown = talking.dial(phone, "s1", more)
        assert "sacs" not in shown
        assert "PIN" not in shown
    assert "dossier" not in talking.dial(phone, "s2", "8")


def test_a_dialogue_of_another_phone_goes_on(stage, talking):
    other = phone_of("P0151")
    talking.dial(other, "s3")
    talking.dial(other, "s3", "8")
    perdu(stage)
    assert "P0151" in talking.dial(other, "s3", f"8*{PIN}")
    with stage.store.work(Job("test")) as work:
        assert len(work.session.scalars(select(Conversation.key)).all()) == 1


def test_its_commands_are_words_and_its_words_become_a_case(stage, talking):
    number = stage.files()["n"]
    perdu(stage)
    phone = phone_of(LOST)
    for line in (f"VOIR {number}", "les sacs de vivres sont vides"):
        said = talking.text(phone, line)
        assert all("dossier" not in one and "vivres, pas" not in one for one in said)
    with stage.store.work(Job("test")) as work:
        assert len(work.session.scalars(select(Case)).all()) > 1


def test_a_question_open_to_it_is_dead(stage, talking):
    phone = phone_of(CHIEF)
    assert talking.text(phone, "PERDU")[0].startswith("PERDU: quel telephone?")
    with stage.store.work(Operator()) as work:
        directory.block(work, CHIEF, stage.now)
    talking.text(phone, RELAY)
    assert person(stage, RELAY).blocked_at is None


def test_what_it_said_a_moment_ago_does_not_leave(stage):
    filed = stage.files()
    stage.writes(LOST, f"DIRE {filed['n']} Venez seul ce soir.")
    perdu(stage)
    stage.later(minutes=10)
    stage.settles()
    assert stage.case(filed["case"]).answered_at is None
    assert stage.follows(filed["c6"]).name == "waiting"


def test_no_word_is_opened_to_it_even_for_a_reading_already_written_down(stage):
    filed = stage.files()
    stage.does("add_words", {"case": filed["case"], "words": "les sacs"})
    with stage.store.work(Job("test")) as work:
        answers = {"agent": LOST, "item": filed["n"]}
        reading = begin_reading(work, stage.scene(phone_of(LOST)), answers)
    perdu(stage)
    with pytest.raises(KeeperRefused):
        finish_reading(stage.house, reading)
    assert stage.signed_in(LOST, "open_item", item=filed["n"]).name == "gone"


@pytest.mark.parametrize(
    ("who", "lost", "blocked"),
    [
        (CHIEF, RELAY, True),
        (FIELD_CHIEF, RELAY, True),
        (FIELD_CHIEF, "P0111", True),  # the MCD wears a hat for the cercle of Ansongo
        (FIELD_CHIEF, "P0161", False),  # of the whole region
        (FIELD_CHIEF, LOST, False),  # of everywhere
        (FIELD_CHIEF, FIELD_CHIEF, False),
        (FIELD_CHIEF, CHIEF, False),
        (CHIEF, FIELD_CHIEF, True),
        (CHIEF, "P0153", False),  # an officer may have a case about the supervisor
        (CHIEF, "P0155", False),
        (CHIEF, "P0159", False),
        ("P0151", RELAY, False),
        (RELAY, FIELD_CHIEF, False),
    ],
)
def test_only_a_supervisor_of_that_area_or_of_the_cell_blocks_a_phone(stage, who, lost, blocked):
    said = perdu(stage, who, lost)
    assert (person(stage, lost).blocked_at is not None) == blocked
    if who == FIELD_CHIEF and not blocked:
        assert said == perdu(stage, who, "R999").replace("R999", lost)


def test_a_new_number_goes_on_where_the_old_one_stopped(stage, talking, numbers):
    perdu(stage, lost=RELAY)
    with stage.store.work(Operator()) as work:
        directory.change_phone(work, "r128", "70 00 00 02", numbers)
    relay = person(stage, RELAY)
    assert (relay.blocked_at, relay.phone_ends) == (None, "002")
    assert "PIN" in talking.dial(NEIGHBOUR, "s4", "8")
    assert "PIN" not in talking.dial(phone_of(RELAY), "s5", "8")


def test_a_phone_that_was_found_again_works_again(stage, talking, numbers):
    perdu(stage)
    with stage.store.work(Operator()) as work:
        directory.change_phone(work, LOST, phone_of(LOST), numbers)
    assert talking.text(phone_of(LOST), "LISTE") == ["Aucun dossier pour vous."]


def test_what_waits_for_an_old_number_goes_to_the_new_one(stage, numbers):
    stage.files()
    with stage.store.work(Operator()) as work:
        directory.change_phone(work, LOST, NEIGHBOUR, numbers)
    stage.later(minutes=6)
    with stage.store.work(Job("sender")) as work:
        [claimed] = claim_due(work, stage.now, 10)
    assert stage.vault.number(claimed.address) == NEIGHBOUR
    assert claimed.contact == stage.vault.pseudonym(NEIGHBOUR)


def test_a_number_of_another_person_or_of_nobody_is_refused(stage, numbers):
    for number, phone, error in (
        (RELAY, phone_of(LOST), DirectoryRefused),
        (RELAY, "12", DirectoryRefused),
        ("R999", NEIGHBOUR, NotFound),
    ):
        with pytest.raises(error), stage.store.work(Operator()) as work:
            directory.change_phone(work, number, phone, numbers)


def test_a_lost_phone_cannot_be_registered_for_somebody_else(stage, numbers):
    perdu(stage, lost=RELAY)
    new = NewPerson(role="relay", phone=phone_of(RELAY), organisation="ngo-a")
    with (
        pytest.raises(DirectoryRefused, match="reported lost"),
        stage.store.work(Operator()) as work,
    ):
        directory.add_person(work, new, numbers)


def test_a_revoked_phone_loses_its_dialogues_and_texts_too(stage, talking):
    stage.files()
    talking.dial(phone_of(LOST), "s6")
    with stage.store.work(Operator()) as work:
        directory.revoke(work, LOST, stage.now)
    assert texts_of(stage, LOST) == [("case_new", "withheld", "revoked")]
    with stage.store.work(Job("test")) as work:
        assert work.session.scalars(select(Conversation.key)).all() == []


def test_a_supervisor_resets_a_pin_by_keypad_and_it_only_serves_to_be_changed(stage):
    found = stage.signed_in(CHIEF, "find_phone", wanted="128")
    assert (found.name, found.values) == ("one", {"relay": RELAY, "phone_ends": "128"})
    reset = stage.signed_in(CHIEF, "reset_pin", relay=RELAY)
    assert reset.name == "reset"
    signed = stage.does("sign_in", {"pin": reset.values["pin_given"]}, phone_of(RELAY))
    assert signed.name == "temporary"
    assert stage.does("sign_in", {"pin": PIN}, phone_of(RELAY)).name == "wrong"


def test_a_supervisor_blocks_a_phone_by_keypad(stage):
    assert stage.signed_in(CHIEF, "block_phone", relay=RELAY).name == "blocked"
    assert person(stage, RELAY).blocked_at == stage.now


@pytest.mark.parametrize("who", ["P0151", RELAY, "P0161"])
def test_nobody_else_finds_resets_or_blocks_by_keypad(stage, who):
    assert stage.signed_in(who, "find_phone", wanted="P0122").name == "none"
    assert stage.signed_in(who, "reset_pin", relay="P0122").name == "gone"
    assert stage.signed_in(who, "block_phone", relay="P0122").name == "gone"
    assert stage.does("reset_pin", {"relay": "P0122"}, phone_of(CHIEF)).name == "gone"  # no PIN
    assert person(stage, "P0122").blocked_at is None


@pytest.mark.parametrize("wanted", ["P0153", "0153", "153", "P0159"])
def test_no_supervisor_gives_an_officer_a_new_pin(stage, wanted):
    assert stage.signed_in(CHIEF, "find_phone", wanted=wanted).name == "none"
    assert stage.signed_in(CHIEF, "reset_pin", relay="P0153").name == "gone"
    assert stage.signed_in(CHIEF, "block_phone", relay="P0153").name == "gone"


def test_no_supervisor_gives_a_new_pin_to_one_of_as_much_as_theirs(stage):
    with stage.store.work(Job("test")) as work:
        peer = make_person(stage.vault, stage.house.sealer, "P0172", "ngo-a")
        peer.role, peer.area_pcode = "supervisor", ANSONGO
        work.session.add(peer)
    for one, other in ((FIELD_CHIEF, "P0172"), ("P0172", FIELD_CHIEF), (FIELD_CHIEF, CHIEF)):
        assert stage.signed_in(one, "reset_pin", relay=other).name == "gone"


def test_two_people_of_the_same_digits_are_told_apart(stage):
    with stage.store.work(Job("test")) as work:
        twin = make_person(stage.vault, stage.house.sealer, "P0128", "ngo-a")
        twin.pseudonym = stage.vault.pseudonym(NEIGHBOUR)
        work.session.add(twin)
    found = stage.signed_in(CHIEF, "find_phone", wanted="128")
    assert found.values == {
        "phones": [{"value": "P0128", "name": "P0128"}, {"value": "R128", "name": "R128"}]
    }
    assert stage.signed_in(CHIEF, "find_phone", wanted="r128").values["relay"] == RELAY
    assert stage.signed_in(CHIEF, "find_phone", wanted="129").name == "none"


def test_the_area_of_a_region_covers_its_cercles(stage):
    stage.change(Person, {"number": FIELD_CHIEF}, area_pcode=GAO)
    assert perdu(stage, FIELD_CHIEF, "P0161").startswith("Telephone de P0161 bloque.")

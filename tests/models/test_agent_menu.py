"""Behind the PIN: the items, the words once the reading is written down, answering."""

import pytest

from models.audit import AuditEntry
from models.db import Job
from models.errors import KeeperAway, KeeperRefused
from models.services.agent_menu import AGENT_READS
from tests.factories import NEIGHBOUR, phone_of

WORDS = "les sacs etaient deja ouverts"
begin_reading, finish_reading = AGENT_READS["read_words"]


@pytest.fixture
def filed(stage):
    given = stage.files()
    stage.does("add_words", {"case": given["case"], "words": WORDS})
    assert stage.holder(given["case"]) == "P0150"
    return given


def begin(stage, number, item, phone=None):
    with stage.store.work(Job("test")) as work:
        answers = {"agent": number, "item": item}
        return begin_reading(work, stage.scene(phone or phone_of(number)), answers)


def test_the_items_are_listed_by_number_and_date(stage, filed):
    listed = stage.signed_in("P0150", "my_items")
    assert listed.values["items"] == [
        {"value": filed["n"], "name": f"{filed['n']} avant {filed['date']}"}
    ]
    assert stage.signed_in("P0122", "my_items").name == "none"


def test_an_item_shows_its_facts(stage, filed):
    opened = stage.signed_in("P0150", "open_item", item=filed["n"])
    assert (opened.name, opened.values) == (
        "opened",
        {"n": filed["n"], "facts": "vivres, pas assez", "date": filed["date"]},
    )


def test_words_are_read_only_after_the_reading_is_written_down(stage, filed):
    reading = begin(stage, "P0150", filed["n"])
    with stage.store.reading(Job("test")) as work:
        entry = work.session.get_one(AuditEntry, reading)
        assert (entry.act, entry.actor, entry.number) == ("read", "P0150", filed["n"])
    assert finish_reading(stage.house, reading) == [WORDS]
    with pytest.raises(KeeperRefused):
        finish_reading(stage.house, reading)  # one reading, one trace


def test_a_reading_that_was_never_committed_opens_nothing(stage, filed):
    def begin_and_die():
        with stage.store.work(Job("test")) as work:
            answers = {"agent": "P0150", "item": filed["n"]}
            ids.append(begin_reading(work, stage.scene(phone_of("P0150")), answers))
            raise ZeroDivisionError

    ids = []
    with pytest.raises(ZeroDivisionError):
        begin_and_die()
    with pytest.raises(KeeperRefused):
        finish_reading(stage.house, ids[0])


def test_nobody_reads_what_is_not_theirs(stage, filed):
    assert begin(stage, "P0121", filed["n"]) is None  # works for whom it is about
    assert begin(stage, "P0153", filed["n"]) is None
    assert begin(stage, "P0150", "10004") is None
    assert begin(stage, "P0150", filed["n"], phone=phone_of("P0151")) is None  # another's name
    assert begin(stage, "P0150", filed["n"], phone=NEIGHBOUR) is None
    assert [done for done, _ in stage.events(filed["case"])] == ["opened", "added"]


def test_while_the_keeper_is_away_nothing_is_read(stage, filed, keeperless):
    with pytest.raises(KeeperAway):
        finish_reading(keeperless, begin(stage, "P0150", filed["n"]))


def test_a_case_without_words_gives_no_page(stage):
    given = stage.files()
    reading = begin(stage, stage.holder(given["case"]), given["n"])
    assert finish_reading(stage.house, reading) == []


def test_an_officer_reads_her_compartment_behind_the_pin(stage):
    given = stage.files(category="17")
    stage.does("add_words", {"case": given["case"], "words": WORDS})
    assert finish_reading(stage.house, begin(stage, "P0153", given["n"])) == [WORDS]


def test_taking_answering_and_settling_by_ussd_are_the_same_acts_as_by_sms(stage, filed):
    item = filed["n"]
    assert stage.signed_in("P0150", "take_item", item=item).name == "taken"
    assert stage.signed_in("P0151", "take_item", item=item).name == "already"
    said = {"item": item, "words": "Le camion arrive.", "how": "answer"}
    assert stage.signed_in("P0151", "answer_item", **said).name == "gone"
    assert stage.signed_in("P0150", "answer_item", **said).name == "noted"
    stage.later(minutes=10)
    stage.settles()
    assert stage.follows(filed["c6"]).values["pages"] == ["Le camion arrive."]
    assert stage.signed_in("P0150", "answer_item", **{**said, "how": "resolved"}).name == "noted"


def test_a_nameless_case_takes_no_answer_by_ussd_either(stage):
    given = stage.files(answer="none")
    said = {"item": given["n"], "words": "Bonjour"}
    assert stage.signed_in("P0150", "answer_item", **said, how="answer").name == "nameless"
    assert stage.signed_in("P0150", "answer_item", **said, how="resolved").name == "noted"


def test_whoever_says_i_am_concerned_is_barred_from_then_on(stage, filed):
    returned = stage.signed_in("P0150", "return_item", item=filed["n"], why=3)
    assert (returned.name, returned.values) == ("returned", {"n": filed["n"]})
    stage.later(minutes=10)
    stage.settles()
    case = stage.case(filed["case"])
    assert ("person", "P0150") in {(one.kind, one.ref) for one in case.subjects}
    assert stage.holder(case.id) not in {"P0150", None}
    assert stage.signed_in("P0150", "open_item", item=filed["n"]).name == "gone"


@pytest.mark.parametrize(
    "effect", ["open_item", "take_item", "answer_item", "return_item", "my_items"]
)
def test_without_the_pin_nothing_is_shown_or_done(stage, filed, effect):
    said = {"item": filed["n"], "words": "x", "how": "answer", "why": 1}
    done = stage.does(effect, said, phone_of("P0150"))
    assert done.name == ("none" if effect == "my_items" else "gone")
    assert stage.case(filed["case"]).status == "routed"


def test_an_answered_case_cannot_be_sent_back(stage, filed):
    stage.writes("P0150", f"DIRE {filed['n']} Merci.")
    stage.later(minutes=10)
    stage.settles()
    assert stage.signed_in("P0150", "return_item", item=filed["n"], why=1).name == "gone"
    assert stage.writes("P0150", f"RENVOI {filed['n']}").startswith(f"{filed['n']}: trop tard")

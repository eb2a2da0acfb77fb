"""Other languages: shown only if reviewed, a state whole or not at all, French wherever not."""

from dataclasses import replace

import pytest

from flows.catalogs import (
    Catalog,
    Entry,
    digest,
    french_of,
    offered,
    read,
    required,
    spelt,
    tongues,
    translated,
)
from flows.engine import advance, begin, compose
from flows.errors import Mistaken
from flows.loader import load
from flows.words import Menu
from tests.flows.pseudo import REVIEWED, catalog, pseudo, reviewed

FLOWS = load()
FRENCH = french_of(FLOWS)
XX = catalog(FLOWS)
KNOWN = {"usd": "*123#", "dialled": "", "registered": False}
PO = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

# status: reviewed
# source: somebody
# by: S01 S02
# date: 2026-11-20
# french: {digest}
# back: what they understood, told at such length that the tool which writes
# catalogs breaks it into two lines
# voice: v17
msgctxt "menu.bye"
msgid "Merci."
msgstr "Tank."
"""


def shown(flows, at, **answers):
    return compose(begin(flows, at, {**KNOWN, **answers}).screen)


def changed(name, **fields):
    entries = {**XX.entries, name: replace(XX.entries[name], **fields)}
    return translated(FLOWS, Catalog("xx", entries))


def test_a_catalog_is_read_with_what_is_known_about_each_text():
    entry = read("xx", PO.format(digest=digest("Merci."))).entries["menu.bye"]
    assert entry == Entry(
        name="menu.bye",
        french="Merci.",
        text="Tank.",
        status="reviewed",
        source="somebody",
        by=("S01", "S02"),
        date="2026-11-20",
        of=digest("Merci."),
        back="what they understood, told at such length that the tool which writes"
        " catalogs breaks it into two lines",
        voice="v17",
    )
    assert entry.shown


def test_a_fuzzy_text_is_a_draft_whatever_its_comment_says():
    fuzzy = PO.format(digest=digest("Merci.")).replace("msgctxt", "#, fuzzy\nmsgctxt")
    entry = read("xx", fuzzy).entries["menu.bye"]
    assert entry.status == "draft"
    assert not entry.shown


def test_a_text_without_a_status_is_a_draft():
    bare = 'msgid ""\nmsgstr ""\n\nmsgctxt "menu.bye"\nmsgid "Merci."\nmsgstr "Tank."\n'
    assert read("xx", bare).entries["menu.bye"].status == "draft"


def test_a_catalog_that_cannot_be_read_is_told_by_its_name():
    with pytest.raises(Mistaken) as told:
        read("xx", 'msgctxt "menu.bye\nmsgid "a"\n"')
    assert told.value.mistakes[0].startswith("locale/xx: ")


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "draft"},
        {"status": "attested"},
        {"text": ""},
        {"by": ("S01",)},
        {"by": ("S01", "S01")},
        {"date": ""},
        {"back": ""},
        {"of": digest("another French")},
        {"french": "another French"},
    ],
    ids=lambda fields: "-".join(fields),
)
def test_a_text_that_is_not_wholly_reviewed_leaves_its_whole_screen_french(fields):
    spoken = changed("menu.resume/1", **fields)
    assert shown(spoken, "menu.resume") == shown(FLOWS, "menu.resume")
    assert shown(spoken, "menu.main").startswith("<Jaabi. Tapez un chiffre:_")


def test_a_text_that_lost_its_value_is_not_shown():
    spoken = changed("menu.lost", text="[a word]")
    assert shown(spoken, "menu.lost") == shown(FLOWS, "menu.lost")


def test_a_screen_is_translated_whole_and_its_digits_stay():
    def keys(flows):
        return [line[0] for line in shown(flows, "menu.main").split("\n")[1:]]

    spoken = translated(FLOWS, XX)
    assert keys(spoken) == keys(FLOWS) == list("12345670")
    assert all("<" in line for line in shown(spoken, "menu.main").split("\n"))


def test_lists_and_the_line_to_the_next_page_are_translated_too():
    cercles = [{"value": str(one), "name": f"Cercle {one}"} for one in range(8)]
    screen = shown(translated(FLOWS, XX), "place.cercle", cercles=cercles)
    assert "1 Cercle 0" in screen
    assert "9 <Suite__>" in screen


def test_what_is_made_of_values_alone_has_no_words_to_translate():
    assert "place.cercle/each" not in FRENCH
    assert "place.last/1" not in FRENCH
    assert "messages.band" not in FRENCH


def test_words_of_a_choice_that_a_later_screen_shows_are_one_with_it():
    spoken = translated(FLOWS, XX)
    answers = {**KNOWN, "c6": "48 21 73"}
    turn = advance(spoken, begin(spoken, "call_back.hour", answers).state, "1")
    assert turn.effect.answers["when"] == pseudo("matin, une femme")
    half = changed("call_back.done", status="draft")
    assert shown(half, "call_back.hour") == shown(FLOWS, "call_back.hour")
    turn = advance(half, begin(half, "call_back.hour", answers).state, "1")
    assert turn.effect.answers["when"] == "matin, une femme"


def test_what_the_service_puts_into_a_screen_is_in_its_language_or_neither_is():
    half = changed("messages.status_received", status="draft")
    assert half.texts.say("status_closed") == FLOWS.texts.say("status_closed")
    [status] = [at for at, node in FLOWS.nodes.items() if node.traits.label == "F2"]
    assert half.nodes[status] == FLOWS.nodes[status]
    assert translated(FLOWS, XX).nodes[status] != FLOWS.nodes[status]


def test_a_state_that_says_an_sms_text_has_no_words_of_its_own():
    assert "sms.receipt" not in FRENCH
    spoken = translated(FLOWS, XX)
    assert spoken.nodes["sms.receipt"].text == spoken.texts.messages["receipt"].text


def test_every_text_has_a_name_and_nothing_is_lost_on_the_way():
    states = {name.partition("/")[0].partition(":")[0] for name in FRENCH}
    silent = {at for at, node in FLOWS.nodes.items() if getattr(node, "text", "")} - states
    assert {at for at in silent if not FLOWS.nodes[at].traits.message} == set()


def test_the_walk_is_the_same_in_every_language():
    spoken = translated(FLOWS, XX)
    assert spoken.nodes.keys() == FLOWS.nodes.keys()
    assert isinstance(spoken.main, Menu)
    for at, node in FLOWS.nodes.items():
        there = spoken.nodes[at]
        assert type(there) is type(node)
        if isinstance(node, Menu):
            assert [one.to for one in there.options] == [one.to for one in node.options]


def test_drafts_are_shown_only_to_those_who_ask_for_them():
    draft = Catalog("xx", {"menu.bye": Entry("menu.bye", "Merci.", "Tank.", "draft")})
    assert shown(translated(FLOWS, draft), "menu.bye") == "Merci."
    assert shown(translated(FLOWS, draft, drafts=True), "menu.bye") == "Tank."


def test_a_language_is_offered_once_the_whole_ordinary_way_is_reviewed():
    assert offered(FLOWS, XX)
    needed = required(FLOWS)
    assert {"menu.notice", "complaint.what", "place.ask", "call_back.agree"} <= set(needed)
    assert not any(at.startswith(("agent.", "private.", "sms.", "health.")) for at in needed)
    for name in ("menu.main/7", "who.aid/1", "answer.receipt", "follow_up.code/0"):
        assert name in FRENCH, name
        assert not offered(FLOWS, catalog(FLOWS, without=(name,))), name
    assert offered(FLOWS, catalog(FLOWS, without=("health.menu", "private.kind/1")))


def test_what_is_not_required_falls_back_screen_by_screen():
    spoken = tongues(FLOWS, [catalog(FLOWS, without=("private.promise",))])["xx"]
    assert spoken.nodes["private.promise"] == FLOWS.nodes["private.promise"]
    assert spoken.nodes["private.kind"] != FLOWS.nodes["private.kind"]


def test_a_language_that_is_not_whole_is_not_offered():
    assert tongues(FLOWS, [catalog(FLOWS, without=("menu.main",))]) == {}


def test_a_phone_is_given_safe_spelling_and_the_catalog_keeps_its_own():
    entries = {**XX.entries, "menu.bye": reviewed("menu.bye", "Merci.", "Naŋ, dɔgɔtɔrɔ ɛ")}
    kept = translated(FLOWS, Catalog("xx", entries))
    assert shown(kept, "menu.bye") == "Naŋ, dɔgɔtɔrɔ ɛ"
    assert shown(spelt(kept), "menu.bye") == "Nang, dògòtòrò è"
    assert not spelt(kept).wide


def test_a_language_that_gsm_7_cannot_carry_is_marked():
    entries = {**XX.entries, "menu.bye": reviewed("menu.bye", "Merci.", "شكرا")}
    assert spelt(translated(FLOWS, Catalog("xx", entries))).wide


def test_review_says_what_it_means():
    entry = Entry("menu.bye", "Merci.", "Tank.", **{**REVIEWED, "by": ("S01",), "back": ""})
    assert [one for one in entry.lacks() if "two readers" in one]
    assert [one for one in entry.lacks() if "French has changed" in one]

"""Every text that leaves, walked: what it may hold, to whom, and nothing more (field guide, 5)."""

import ast
import re
from pathlib import Path

import pytest

from flows.check_texts import longest
from flows.gsm7 import segments
from flows.loader import load
from flows.place_names import words_of
from flows.texts import names
from flows.words import End, Menu
from tests.rules.sources import modules

FLOWS = load()
STORIES = Path(__file__).parent.parent / "transcripts" / "stories"
MESSAGES = FLOWS.texts.messages

# What a value may be in any text: numbers, dates, the code to dial, the sender's own typing
# said back, and the words of the card. None tells what an item is about, or where.
QUIET = {
    *("n", "n2", "number", "k", "date", "usd", "list", "codes"),
    *("word", "verb", "verbs", "example", "kind", "state", "slip", "slips"),
}

NOTHING: frozenset[str] = frozenset()

# The values of each line of field guide 5, beside the quiet ones.
LINES = {
    **dict.fromkeys(("T1", "T2", "T5", "T6", "T7", "T8", "T10", "T11", "T11b"), NOTHING),
    **dict.fromkeys(("T12", "T13", "T14", "T16", "N1"), NOTHING),
    **dict.fromkeys(("A1", "A3", "A5", "A6", "A7", "A8", "A9", "A13", "A14", "A15"), NOTHING),
    **dict.fromkeys(("A16", "A17", "A18", "A19", "A20", "A21"), NOTHING),
    "A2": {"facts", "place", "sources"},
    "A4": {"words"},
    "A10": {"facts", "place"},
    "A11": {"relay"},
    "A12": {"words"},
    "B1": {"place", "hours"},
    "B2": {"place", "place2"},
    "B3": {"band", "wish", "relay"},
    **dict.fromkeys(("B4", "B5", "B6", "B8", "B10", "D1", "E3"), NOTHING),
    "B7": {"month"},
    "B9": {"place", "product", "sent_away"},
    "D2": {"event", "place", "size", "since", "sources"},
    "D3": {"event", "place", "size", "org"},
    "D4": {"decision"},
    "D5": {"place", "sick", "relay", "tel"},
    "D6": {"place", "sick", "tel"},
    "D7": {"tel", "tel2"},
    "E1": {"place", "what", "who"},
    "E2": NOTHING,
}

# Texts without a line of their own: each says a part, or another case, of the line it is like.
LIKE = {
    "case_facts_nowhere": "A2",
    "repair_facts": "A10",
    "referral_stock_out_alone": "B2",
    "referral_new_herself": "B3",
    "stock_out_told": "B9",
    "stock_out_nobody": "B9",
    "stock_out_told_nobody": "B9",
    "stock_out_facts": "B9",
    "stock_item": "B9",
    "alert_new_nowhere": "D2",
    "alert_passed": "D3",
    "alert_passing": "D3",
    "evacuation_facts": "D5",
    "evacuation_centre_alone": "D5",
    "evacuation_voice": "D5",
    "evacuation_voice_alone": "D5",
    "evacuation_vehicle_alone": "D6",
    "evacuation_relay_one": "D7",
    "evacuation_search": "D7",
    "evacuation_search_one": "D7",
    "slip_noted": "E1",
    "slip_noted_who": "E1",
}

# Said back to whoever has just sent it, and to nobody else.
SAID_BACK = {
    "referral_given": {"product"},  # its digit on the card
    "referral_why_noted": {"reason"},  # its digit on the card
    "referral_sent_on": {"place"},
    "referral_open_list": {"relay", "band", "age"},
    "referral_relay_unknown": {"relay", "age"},
    "slip_which_place": {"places"},
    "week_at_centre": {"arrived", "served", "waiting"},  # counts of its own week
}
# Parts of other texts: the age band of B3, and the lists behind the PIN.
FRAGMENTS = {"band": {"band"}, "code_awaited": {"ages"}}

# Words that name a product or what it is for, as they are folded.
PRODUCTS = words_of(
    """
    pilule piqure injection implant diu sterilet preservatif capote collier allaitement sayana
    jadelle implanon noristerat contraceptif contraceptifs contraception methode methodes planning
    planification naissance naissances espacer maternite grossesse accouchement enceinte avortement
    medicament depistage
"""
)
# Words that name a service, an organisation, or what somebody told.
TELLING = words_of(
    """
    vivres ration rations argent bons carte cantine ecole maitre forage abri cscom csref asaco
    felascom drs mcd sldses meal rrm prefet commercant viol violence abus attaque vol mine malade
    inondation sante distribution
"""
)

SENDING = {"Draft", "Notice", "Reply", "Question"}

# The who question goes to everybody alike, whatever was said; its words are no answer yet.
EVERYBODY = {"sms.who"}

# Reasons of a card, sent only to the centre that asks for them; no product and no person in it.
CARDS = {"help_pas", "help_evac"}


def values(text):
    return {name.partition(".")[0] for name in names(text)} - QUIET


def told(text):
    return set(words_of(text))


def spoken():
    """Every SMS that goes to speakers and clients: texts, and the states of the dialogue by SMS."""
    for name, message in MESSAGES.items():
        if not message.staff:
            yield f"messages.{name}", message.text
    for at, node in FLOWS.nodes.items():
        if node.traits.sms and isinstance(node, Menu | End):
            yield at, node.text


def of_the_loop():
    """Every text of the referral path: the loop's own, and the help on its commands."""
    for name, message in MESSAGES.items():
        verbs = ("ref", "venue", "donne", "pas", "oriente", "stock", "rupture")
        own = message.where.startswith("messages_referral.yaml")
        if own or name.startswith("code_") or name in {f"help_{verb}" for verb in verbs}:
            yield name, message.text
    for name in ("missing_product", "missing_age", "wrong_wish", "wrong_product", "wrong_reason"):
        yield name, MESSAGES[name].text


@pytest.mark.parametrize(("name", "text"), sorted(spoken()), ids=lambda one: one[:20])
def test_no_text_to_a_speaker_names_a_product_a_service_an_organisation_or_what_was_said(
    name, text
):
    if name not in EVERYBODY:
        assert told(text) & {*PRODUCTS, *TELLING} == set()


def test_texts_to_speakers_carry_a_code_a_date_and_a_place_they_named_themselves():
    holding = {name: values(text) - {"c6"} for name, text in spoken()}
    assert {name: held for name, held in holding.items() if held} == {
        "sms.place_confirm": {"place_name"},
        "sms.place_which": {"places"},
        "sms.place_which_last": {"places"},
    }
    assert {name for name, text in spoken() if "c6" in names(text)} == {
        "messages.receipt",
        "sms.receipt",
    }


@pytest.mark.parametrize(("name", "text"), sorted(of_the_loop()), ids=lambda one: one[:20])
def test_no_text_of_the_referral_path_names_a_product_or_what_it_is_for(name, text):
    assert told(text) & set(PRODUCTS) <= ({"enceinte"} if name in CARDS else set())


def test_the_referral_path_is_walked_whole():
    assert {MESSAGES[name].label for name, _ in of_the_loop()} >= {
        f"B{number}" for number in range(1, 11)
    }


@pytest.mark.parametrize("label", ["A1", "A5", "A6"])
def test_what_comes_unasked_to_a_registered_phone_holds_number_and_date_only(label):
    [message] = [one for one in MESSAGES.values() if one.label == label]
    assert set(names(message.text)) <= {"n", "date", "usd"}
    assert told(message.text) & {*PRODUCTS, *TELLING} == set()


@pytest.mark.parametrize("name", MESSAGES)
def test_no_text_holds_more_than_its_line(name):
    message = MESSAGES[name]
    line = message.label if message.label in LINES else LIKE.get(name)
    allowed = (
        LINES.get(line or "", NOTHING) | SAID_BACK.get(name, NOTHING) | FRAGMENTS.get(name, NOTHING)
    )
    more = values(message.text) - ({"c6"} if message.label == "T1" else allowed)
    assert more == set(), f"{name} ({line or 'no line'}) tells {more}: field.md 5 does not"


def test_every_line_of_the_field_guide_is_said():
    said = {one.label for one in MESSAGES.values()}
    said |= {node.traits.label for node in FLOWS.nodes.values()}
    assert set(LINES) - said == set()


def test_the_tables_of_this_test_name_texts_that_exist():
    assert ({*LIKE, *SAID_BACK, *FRAGMENTS} | CARDS) - MESSAGES.keys() == set()


def test_only_evacuations_hold_a_telephone_and_name_a_health_matter():
    holding = {name for name, one in MESSAGES.items() if values(one.text) & {"tel", "tel2", "sick"}}
    assert all(name.startswith("evacuation_") for name in holding)


def test_the_notice_and_the_question_behind_it_are_two_segments_at_most():
    notice = MESSAGES["notice_by_sms"].text
    first = ("place_confirm", "place_which", "place_ask", "who")
    longest_first = [f"{notice} {longest(FLOWS.nodes[f'sms.{at}'])}" for at in first]
    assert [segments(text) for text in longest_first] == [2, 2, 2, 2]


def sent():
    """Every text that reached a phone in the golden stories: (phone, text behind the notice)."""
    notice = MESSAGES["notice_by_sms"].text
    for path in sorted(STORIES.glob("*.txt")):
        told = re.compile(r"^ {4}(?:\d\d/\d\d \d\d:\d\d )?(\d{4}) < (.*)$", re.MULTILINE)
        for phone, text in told.findall(path.read_text(encoding="utf-8")):
            yield phone, text.removeprefix(f"{notice} ")


def said_by(texts):
    """Return what matches any of these texts, whatever their values are."""
    parts = (re.sub(r"\\\{.*?\\\}", ".*", re.escape(one)) for one in texts)
    return re.compile("|".join(f"(?:{one})" for one in parts))


def test_what_reached_phones_in_the_stories_is_of_these_texts_and_speakers_get_only_theirs():
    speakers = said_by([text for _, text in spoken()])
    everybody = said_by([text for _, text in spoken()] + [one.text for one in MESSAGES.values()])
    texts = list(sent())
    assert len(texts) > 100
    assert [text for _, text in texts if not everybody.fullmatch(text)] == []
    assert [
        text for phone, text in texts if phone.startswith("00") and not speakers.fullmatch(text)
    ] == []


def test_no_text_is_written_outside_the_definitions():
    """Whatever is queued is said by its name; nothing is made up beside the code."""
    calls = [
        (f"{name}:{node.lineno}", node)
        for name, _, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in SENDING
    ]
    written = [
        where
        for where, node in calls
        for given in (*node.args, *(one.value for one in node.keywords if one.arg == "text"))
        if isinstance(given, ast.Constant) and " " in str(given.value)
    ]
    assert len(calls) > 10
    assert written == []

"""The walk through a conversation, on small flows made for it and on the real ones."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.effects import EFFECTS
from flows.engine import advance, begin, compose, discreet, resumable, resume
from flows.loader import load, load_from
from flows.words import ENTRIES, MISSES, SCREENS, Act, End, Flows, Fork, Screen, State, Turn

FLOWS = load()
KNOWN = {"usd": "*123#", "dialled": "", "registered": False}

SMALL = """
flow: menu
resume: true
states:
  main:
    text: "Bonjour {usd}"
    options:
      - {text: Liste, to: list}
      - {text: Texte, to: text}
      - {text: Cachee, when: registered, to: ask}
      - {text: Publique, unless: registered, to: ask}
      - {key: 8, also: [huit], to: ask}
    next: {Autre page: second}
    zero: {Sortir: bye}
  second:
    text: Seconde
    zero: {Retour: back}
  list:
    do: list_cercles
    then: {listed: cercles}
  cercles:
    text: Lequel?
    each: {of: cercles, text: "{name}", keep: cercle, to: chosen, size: 2}
    options:
      - {text: Aucun, to: second}
    zero: {Retour: back}
  chosen:
    text: "Choisi: {cercle}"
    zero: {Retour: back}
  text:
    do: read_words
    then: {read: pages, none: second, away: second}
  pages:
    pages: pages
    next: {Suite: second}
    zero: {Retour: back}
  ask:
    text: Dites.
    read: {as: words, keep: said, to: said}
    zero: {Retour: back}
  said:
    set: {whole: "{said} {missing}"}
    go:
      - {when: said, is: [rien], to: second}
      - {to: told}
  told:
    text: "Dit: {whole}"
    zero: {Retour: main}
  filing:
    text: Classer
    lost: list
    zero: {Retour: back}
  circle:
    go:
      - {to: circle}
  wrong:
    text: Faux.
    options:
      - {text: Revoir, to: back}
    zero: {Sortir: bye}
  lost:
    end: "Perdu. {usd}"
  bye:
    end: Merci.
"""


HARMLESS = """
flow: information
states:
  advice:
    text: Conseils.
    fresh: true
    zero: {Finir: menu.bye}
"""


@pytest.fixture(scope="module")
def small() -> Flows:
    return load_from({"menu.yaml": SMALL, "information.yaml": HARMLESS})


def text(turn: Turn) -> str:
    assert turn.screen is not None
    return compose(turn.screen)


def say(flows: Flows, turn: Turn, *said: str) -> Turn:
    for one in said:
        turn = advance(flows, turn.state, one)
    return turn


def listed(flows: Flows, turn: Turn, count: int) -> Turn:
    items = [{"value": f"z:{n}", "name": f"Cercle {n}"} for n in range(1, count + 1)]
    return resume(flows, turn.state, "listed", {"cercles": items})


class TestAnswers:
    def test_options_are_numbered_as_they_stand_on_the_screen(self, small):
        turn = begin(small, "menu.main", KNOWN)
        assert text(turn) == ("Bonjour *123#\n1 Liste\n2 Texte\n3 Publique\n9 Autre page\n0 Sortir")
        registered = begin(small, "menu.main", {**KNOWN, "registered": True})
        assert "3 Cachee" in text(registered)

    @pytest.mark.parametrize("said", ["3", " 3 ", "3.", "#3", "3#", "(3)", "3\n"])
    def test_a_digit_may_come_with_what_fingers_add(self, small, said):
        assert say(small, begin(small, "menu.main", KNOWN), said).state.at == "menu.ask"

    @pytest.mark.parametrize("said", ["8", "huit", "HUIT"])
    def test_an_unlisted_option_is_taken_by_its_key_or_its_word(self, small, said):
        turn = begin(small, "menu.main", KNOWN)
        assert "8" not in text(turn)
        assert say(small, turn, said).state.at == "menu.ask"

    def test_what_is_no_option_is_read(self, small):
        turn = say(small, begin(small, "menu.main", KNOWN), "3", "les vivres")
        assert text(turn) == "Dit: les vivres\n0 Retour"

    def test_words_in_braces_stay_what_they_are(self, small):
        turn = say(small, begin(small, "menu.main", KNOWN), "3", "{usd} {cercle}")
        assert text(turn) == "Dit: {usd} {cercle}\n0 Retour"

    def test_a_fork_takes_the_first_branch_that_holds(self, small):
        assert say(small, begin(small, "menu.main", KNOWN), "3", "rien").state.at == "menu.second"

    def test_nine_goes_on_and_zero_goes_back(self, small):
        turn = say(small, begin(small, "menu.main", KNOWN), "9")
        assert turn.state.at == "menu.second"
        assert say(small, turn, "0").state.at == "menu.main"

    def test_back_with_nothing_behind_is_the_main_menu(self, small):
        assert say(small, begin(small, "menu.second", KNOWN), "0").state.at == "menu.main"

    def test_the_trail_is_cut_where_somebody_comes_back(self, small):
        turn = say(small, begin(small, "menu.main", KNOWN), "3", "un", "0", "3", "deux", "0")
        assert turn.state.at == "menu.main"
        assert turn.state.trail == ()

    def test_an_end_is_over_and_stays_over(self, small):
        turn = say(small, begin(small, "menu.main", KNOWN), "0")
        assert turn.over
        assert text(turn) == "Merci."
        assert say(small, turn, "1") == turn


class TestLists:
    def test_a_list_is_shown_page_by_page(self, small):
        turn = listed(small, say(small, begin(small, "menu.main", KNOWN), "1"), 5)
        assert text(turn) == "Lequel?\n1 Cercle 1\n2 Cercle 2\n3 Aucun\n9 Suite\n0 Retour"
        turn = say(small, turn, "9", "9")
        assert text(turn) == "Lequel?\n1 Cercle 5\n2 Aucun\n0 Retour"
        assert text(say(small, turn, "1")) == "Choisi: z:5\n0 Retour"

    def test_zero_turns_a_page_back_before_it_leaves(self, small):
        turn = say(small, listed(small, say(small, begin(small, "menu.main", KNOWN), "1"), 5), "9")
        turn = say(small, turn, "0")
        assert (turn.state.at, turn.state.page) == ("menu.cercles", 0)
        assert say(small, turn, "0").state.at == "menu.main"

    def test_who_comes_back_to_a_list_finds_the_page_left(self, small):
        turn = say(small, listed(small, say(small, begin(small, "menu.main", KNOWN), "1"), 5), "9")
        turn = say(small, turn, "1", "0")
        assert (turn.state.at, turn.state.page) == ("menu.cercles", 1)

    def test_nine_on_the_last_page_is_a_wrong_digit(self, small):
        turn = listed(small, say(small, begin(small, "menu.main", KNOWN), "1"), 2)
        assert say(small, turn, "9").state.at == "menu.wrong"

    def test_a_list_that_is_missing_is_empty(self, small):
        turn = begin(small, "menu.cercles", {**KNOWN, "cercles": "spoilt"})
        assert text(turn) == "Lequel?\n1 Aucun\n0 Retour"

    def test_pages_are_turned_and_lead_on(self, small):
        turn = say(small, begin(small, "menu.main", KNOWN), "2")
        turn = resume(small, turn.state, "read", {"pages": ["un", "deux"]})
        assert text(turn) == "un\n9 Suite\n0 Retour"
        turn = say(small, turn, "9")
        assert text(turn) == "deux\n9 Suite\n0 Retour"
        assert say(small, turn, "9").state.at == "menu.second"
        assert say(small, turn, "5").state.at == "menu.wrong"


class TestMisses:
    def test_the_third_wrong_answer_ends_the_dialogue(self, small):
        turn = say(small, begin(small, "menu.main", KNOWN), "7")
        assert text(turn) == "Faux.\n1 Revoir\n0 Sortir"
        turn = say(small, turn, "1", "7", "1", "7")
        assert turn.over
        assert text(turn) == "Perdu. *123#"

    def test_a_wrong_answer_to_the_warning_counts_too(self, small):
        turn = say(small, begin(small, "menu.main", KNOWN), *["7"] * (MISSES - 1))
        assert turn.state.at == "menu.wrong"
        assert say(small, turn, "7").over

    def test_an_answer_that_is_understood_starts_the_count_again(self, small):
        turn = say(small, begin(small, "menu.main", KNOWN), "7", "1", "9", "7", "1", "7")
        assert not turn.over

    def test_the_warning_leads_back_to_the_page_left(self, small):
        turn = say(small, listed(small, say(small, begin(small, "menu.main", KNOWN), "1"), 5), "9")
        turn = say(small, turn, "7", "1")
        assert (turn.state.at, turn.state.page) == ("menu.cercles", 1)

    def test_too_many_screens_end_with_the_words_of_a_lost_dialogue(self, small):
        turn = begin(small, "menu.main", KNOWN)
        for _ in range(SCREENS // 2):
            turn = say(small, turn, "9", "0")
        turn = say(small, turn, "9")
        assert turn.over
        assert text(turn) == "Perdu. *123#"


class TestEffects:
    def test_an_effect_waits_for_the_service(self, small):
        turn = say(small, begin(small, "menu.main", KNOWN), "1")
        assert turn.screen is None
        assert turn.effect is not None
        assert turn.effect.name == "list_cercles"
        again = advance(small, turn.state, "1")
        assert again.effect == turn.effect

    def test_an_outcome_nobody_foresaw_starts_again_at_the_main_menu(self, small):
        turn = say(small, begin(small, "menu.main", KNOWN), "1")
        assert resume(small, turn.state, "burnt", {}).state.at == "menu.main"

    def test_a_result_that_nobody_waits_for_changes_nothing(self, small):
        turn = begin(small, "menu.main", KNOWN)
        assert resume(small, turn.state, "listed", {}).state.at == "menu.main"

    def test_what_was_used_up_is_forgotten(self):
        turn = begin(FLOWS, "agent.pin", KNOWN)
        turn = advance(FLOWS, turn.state, "1234")
        assert turn.effect is not None
        assert turn.effect.answers["pin"] == "1234"
        turn = resume(FLOWS, turn.state, "ok", {"agent": "P0101", "k": 2})
        assert "pin" not in turn.state.answers

    def test_nothing_filed_is_left_by_going_back(self):
        turn = begin(FLOWS, "answer.wanted", {**KNOWN, "category": "12"})
        turn = advance(FLOWS, turn.state, "1")
        turn = resume(FLOWS, turn.state, "filed", FILED)
        assert turn.state.trail == ()


class TestSpoiltStates:
    def test_a_state_that_is_gone_starts_again_at_the_main_menu(self, small):
        lost = State("menu.forgotten", KNOWN)
        assert advance(small, lost, "1").state.at == "menu.main"
        assert not discreet(small, lost)
        assert not resumable(small, lost)

    def test_a_trail_that_leads_nowhere_starts_again_at_the_main_menu(self, small):
        lost = State("menu.second", KNOWN, ("menu.forgotten",))
        assert advance(small, lost, "0").state.at == "menu.main"

    def test_forks_that_turn_in_a_circle_end_at_the_main_menu(self, small):
        assert begin(small, "menu.circle", KNOWN).state.at == "menu.main"

    def test_a_fork_without_a_way_ends_at_the_main_menu(self):
        bare = load_from({"menu.yaml": SMALL, "information.yaml": HARMLESS})
        nodes = {**bare.nodes, "menu.circle": Fork("menu.circle", ())}
        blind = Flows(nodes, bare.main, bare.texts, bare.readers)
        assert begin(blind, "menu.circle", KNOWN).state.at == "menu.main"


class TestDropped:
    def drop(self, *said: str) -> State:
        turn = say(FLOWS, begin(FLOWS, "menu.main", KNOWN), *said)
        kept = json.loads(json.dumps(turn.state.to_json()))
        again = begin(FLOWS, "menu.resume", {**KNOWN, "usd": "*144#", "dropped": kept})
        return advance(FLOWS, again.state, "1").state

    def test_a_dropped_dialogue_goes_on_where_it_stood(self):
        state = self.drop("1", "1", "1", "9")
        assert state.at == "complaint.aid_more"
        assert state.answers["usd"] == "*144#"
        assert advance(FLOWS, state, "0").state.at == "complaint.aid"

    def test_a_dropped_dialogue_that_waits_for_the_service_asks_it_again(self):
        assert self.drop("1", "1", "1", "2").at == "place.start"

    def test_a_private_dialogue_is_never_offered_again(self):
        assert self.drop("5").at == "menu.main"
        assert self.drop("1", "1", "1", "6").at == "menu.main"

    @pytest.mark.parametrize("dropped", ["spoilt", {}, {"at": "menu.forgotten"}])
    def test_a_spoilt_record_starts_afresh(self, dropped):
        again = begin(FLOWS, "menu.resume", {**KNOWN, "dropped": dropped})
        assert advance(FLOWS, again.state, "1").state.at == "menu.main"

    @pytest.mark.parametrize("at", sorted(FLOWS.nodes))
    def test_only_ordinary_questions_are_resumable(self, at):
        flow = at.partition(".")[0]
        wanted = flow in {"complaint", "place", "who", "answer", "call_back"}
        assert resumable(FLOWS, State(at, KNOWN)) is wanted
        assert not resumable(FLOWS, State(at, {**KNOWN, "private": True}))
        assert not resumable(FLOWS, State(at, {**KNOWN, "discreet": True}))


class TestPlaces:
    def test_a_place_is_not_said_before_it_is_chosen(self):
        turn = say(FLOWS, begin(FLOWS, "menu.main", KNOWN), "1", "1", "1", "2")
        turn = resume(FLOWS, turn.state, "known", {"place": "c:1", "place_name": "Bara"})
        assert not turn.state.answers["place"]
        found = resume(FLOWS, say(FLOWS, turn, "6143").state, "one", {"place": "s:6143"})
        assert not found.state.answers["place"]
        assert say(FLOWS, found, "1").state.answers["place"] == "s:6143"
        assert say(FLOWS, turn, "1").state.answers["place"] == "c:1"
        assert not say(FLOWS, turn, "3").state.answers["place"]


class TestSensitivePath:
    def test_zero_always_leads_to_the_harmless_screen_and_forgets_all(self):
        turn = say(FLOWS, begin(FLOWS, "menu.main", KNOWN), "5", "1", "1")
        turn = resume(FLOWS, turn.state, "unknown", {})
        assert turn.state.at == "place.ask"
        turn = say(FLOWS, turn, "0")
        assert turn.state.at == "information.advice"
        assert turn.state.answers == KNOWN
        assert turn.state.trail == ()

    def test_the_third_wrong_answer_leads_to_the_harmless_screen(self):
        turn = say(FLOWS, begin(FLOWS, "menu.main", KNOWN), "5", "1", "7", "7", "7")
        assert turn.state.at == "information.advice"
        assert not turn.over

    def test_too_many_screens_end_on_the_harmless_screen(self):
        long = State("private.kind", {**KNOWN, "discreet": True}, screens=SCREENS)
        turn = advance(FLOWS, long, "1")
        assert turn.over
        assert text(turn).startswith("Conseils:")

    def test_a_dialogue_cut_short_may_still_wait_for_the_service(self, small):
        turn = advance(small, State("menu.filing", KNOWN, screens=SCREENS), "1")
        assert turn.effect is not None


FILED = {
    "case": 1,
    "c6": "48 21 73",
    "c6b": "06 15 49",
    "date": "30/11",
    "ask_repair": True,
    "n": "15736",
}
ITEMS = [{"value": str(n), "name": f"Nom {n}", "cercle": "Ansongo"} for n in range(11)]
LISTS = {"places", "cercles", "communes", "orgs", "facilities", "items", "zones"}
FLAGS = {"private", "woman_on_duty", "man_on_duty", "ask_repair"}


def value_of(name: str) -> st.SearchStrategy:
    """Return plausible values of what an effect gives under this name."""
    if name in LISTS:
        return st.integers(0, len(ITEMS)).map(lambda count: ITEMS[:count])
    if name == "pages":
        return st.lists(st.text(max_size=140), max_size=3)
    if name in FLAGS:
        return st.booleans()
    return st.text(max_size=23) | st.integers(0, 99999)


typed = st.one_of(
    st.sampled_from([str(digit) for digit in range(10)]),
    st.sampled_from(["6143", "Tessit", "482173", "482173061549", "1*2", "", " ", "#*", "oui"]),
    st.text(max_size=600),
)


@settings(max_examples=300, deadline=None)
@given(st.data(), st.sampled_from(ENTRIES), st.booleans())
def test_whatever_is_typed_the_conversation_stands_somewhere(data, entry, registered):
    answers = {**KNOWN, "registered": registered, "words": "les vivres"}
    turn = begin(FLOWS, entry, answers)
    screens, effects = 0, 0
    while not turn.over:
        state = State.from_json(json.loads(json.dumps(turn.state.to_json())))
        assert state == turn.state
        if turn.effect is not None:
            effects += 1
            assert effects < 12
            rule = EFFECTS[turn.effect.name]
            outcome = data.draw(st.sampled_from(sorted(rule.outcomes)))
            values = {name: data.draw(value_of(name)) for name in rule.outcomes[outcome]}
            turn = resume(FLOWS, state, outcome, values)
            continue
        screens, effects = screens + 1, 0
        assert screens <= SCREENS + 2
        assert_stands(turn)
        said = data.draw(typed) if data.draw(st.booleans()) else turn_key(data, turn)
        turn = advance(FLOWS, state, said)
    assert_stands(turn)


def turn_key(data, turn: Turn) -> str:
    """Return one of the keys on the screen, so that long conversations are walked too."""
    assert turn.screen is not None
    keys = [key for key, _ in turn.screen.lines if key] or ["1"]
    return data.draw(st.sampled_from(keys))


def assert_stands(turn: Turn) -> None:
    assert turn.effect is None
    assert isinstance(turn.screen, Screen)
    assert turn.screen.state == turn.state.at
    node = FLOWS.nodes[turn.state.at]
    assert not isinstance(node, Act | Fork)
    assert turn.over or not isinstance(node, End)
    assert compose(turn.screen) is not None
    assert len(turn.state.trail) == len(set(turn.state.trail))


@pytest.mark.parametrize("said", ["1", "Oui!", "Ɔwɔ", "awo", "Eey", "Ayyo"])
def test_yes_is_understood_in_every_language_that_has_it_attested(said):
    asked = begin(FLOWS, "sms.place_confirm", {"place": "c:1", "place_name": "Tessit"})
    turn = advance(FLOWS, asked.state, said)
    assert turn.effect is not None
    assert turn.effect.answers["place"] == "c:1"


@pytest.mark.parametrize("said", ["2", "NON", "ayi", "Alaa", "Na'o", "kala", "Kalaa"])
def test_no_is_understood_in_every_language_that_has_it_attested(said):
    asked = begin(FLOWS, "sms.place_confirm", {"place": "c:1", "place_name": "Tessit"})
    turn = advance(FLOWS, asked.state, said)
    assert turn.state.at == "sms.place_ask_last"

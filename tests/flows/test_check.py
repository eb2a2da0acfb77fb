"""Each proof can fail: the real flows with one thing broken are found out."""

import re

import pytest

from flows import check_roads
from flows.check import check
from flows.check_texts import measure
from flows.gsm7 import septets
from flows.loader import load, load_from
from flows.walk import UNKNOWN, Walk
from flows.words import MAIN, Flows
from tests.flows.definition_files import changed, real_files

REAL = load()


def found(flows: Flows) -> str:
    return "\n".join(map(str, check(flows)))


def test_the_real_flows_are_proven():
    assert found(REAL) == ""


# What is broken: file, what stands there, what comes instead, what the proof must say.
BROKEN = {
    "a state that nothing leads to": (
        "menu.yaml",
        "  bye:\n",
        "  alone:\n    text: Seul\n    zero: {Sortir: bye}\n\n  bye:\n",
        r"menu\.yaml:\d+: menu\.alone is never reached",
    ),
    "a question without an end": (
        "information.yaml",
        "    zero: {Finir: menu.bye}",
        "    zero: {Finir: advice}",
        r"from information\.advice no answer leads to an end",
    ),
    "a question without a way out": (
        "complaint.yaml",
        "    zero: {Retour: back}\n",
        "",
        r"complaint\.what has no 0: neither back nor out",
    ),
    "a sensitive question that 0 does not leave": (
        "private.yaml",
        "    zero: {Sortir: information.advice}",
        "    zero: {Sortir: menu.bye}",
        r"0 on private\.promise must lead to information\.advice",
    ),
    "an SMS offered on a sensitive path": (
        "answer.yaml",
        "value: sms, unless: private",
        "value: sms",
        r"answer\.wanted offers an SMS on a sensitive path",
    ),
    "a state of the sensitive path that offers an SMS": (
        "private.yaml",
        "      - {text: D'accord, to: agreed}",
        "      - {text: D'accord, to: agreed, set: {answer: sms}}",
        r"private\.voice offers an SMS on a sensitive path",
    ),
    "a dialled conversation that ends as an SMS": (
        "menu.yaml",
        "      - {text: Langue, to: language}",
        "      - {text: Langue, to: sms.called}",
        r"menu\.main leads to sms\.called: SMS and screens do not mix",
    ),
    "an SMS answered with a screen": (
        "sms.yaml",
        "lost: silent",
        "lost: menu.lost",
        r"sms\.\w+ leads to menu\.lost: SMS and screens do not mix",
    ),
    "a topic asked before the notice": (
        "menu.yaml",
        "      - {text: Dire un probleme, to: notice}",
        "      - {text: Dire un probleme, to: complaint.what}",
        r"complaint\.what may be shown before any notice",
    ),
    "a sensitive topic asked before its notice": (
        "menu.yaml",
        "      - {text: Parler en prive, to: private.entry}",
        "      - {text: Parler en prive, to: private.kind}",
        r"private\.kind may be shown before any notice",
    ),
    "a notice that says nothing any more": (
        "private.yaml",
        "    notice: true\n",
        "",
        r"private\.promise may be shown before any notice",
    ),
    "items without a PIN": (
        "menu.yaml",
        "when: registered, to: agent.door",
        "when: registered, to: agent.items",
        r"agent\.open can be reached without sign_in",
    ),
    "a number of the main menu that changes": (
        "menu.yaml",
        "      - {text: Avoir une information, to: information.menu}\n"
        "      - {text: Sante et conseils, to: health.menu}\n",
        "      - {text: Sante et conseils, to: health.menu}\n"
        "      - {text: Avoir une information, to: information.menu}\n",
        r"the numbers of menu\.main stand on the posters",
    ),
    "a word of the first question that changes": (
        "complaint.yaml",
        "{text: Merci ou idee",
        "{text: Merci",
        r"the numbers of complaint\.what stand on the posters",
    ),
    "a first question with one line less": (
        "complaint.yaml",
        "      - {text: Autre, to: where, set: {category: 8}}\n",
        "",
        r"the numbers of complaint\.what stand on the posters",
    ),
    "an effect that does not exist": (
        "place.yaml",
        "do: find_place",
        "do: find_village",
        r"place\.yaml:\d+: there is no effect 'find_village'",
    ),
    "an outcome that leads nowhere": (
        "place.yaml",
        "then: {one: found, many: several, none: nothing}",
        "then: {one: found, many: several}",
        r"find_place may end with 'none', which leads nowhere",
    ),
    "an outcome that never comes": (
        "place.yaml",
        "then: {one: found, many: several, none: nothing}",
        "then: {one: found, many: several, none: nothing, some: nothing}",
        r"find_place never ends with 'some'",
    ),
    "an answer that an effect looks at and nothing gives": (
        "health.yaml",
        "keep: facility,",
        "keep: centre,",
        r"health\.yaml:\d+: facility_facts reads 'facility', which nothing gives",
    ),
    "a reader that does not exist": (
        "place.yaml",
        "read: {as: place,",
        "read: {as: village,",
        r"nobody can read 'village'",
    ),
    "a list that no effect gives": (
        "place.yaml",
        "each: {of: cercles,",
        "each: {of: regions,",
        r"no effect gives the list 'regions'",
    ),
    "pages that no effect gives": (
        "agent.yaml",
        "    pages: pages",
        "    pages: sheets",
        r"no effect gives the list 'sheets'",
    ),
    "effects that turn in a circle": (
        "place.yaml",
        "then: {one: found, many: several, none: nothing}",
        "then: {one: found, many: several, none: find}",
        r"place\.find turns in a circle without asking anybody",
    ),
    "a road to filing with one question more": (
        "who.yaml",
        "      - {text: Un agent du centre, value: staff}",
        "      - {text: Un agent du centre, value: staff, to: person}",
        r"answer\.yaml:\d+: 10 answers to filing, 9 allowed: menu\.main > menu\.notice > ",
    ),
    "a sensitive filing after the fourth answer": (
        "private.yaml",
        "      - {text: Seulement prevenir, to: file,",
        "      - {text: Seulement prevenir, to: late,",
        None,
    ),
    "a third question by SMS": (
        "sms.yaml",
        "then: {one: file, many: not_a_place_last, none: not_a_place_last}",
        "then: {one: who, many: not_a_place_last, none: not_a_place_last}",
        r"3 answers to filing, 2 allowed: sms\.",
    ),
    "a screen that is too long": (
        "complaint.yaml",
        "      - {text: Prix ou refus du commercant, value: 193}",
        "      - {text: Prix ou refus d'un commercant, value: 193}",
        r"complaint\.aid_more: 162 septets at its longest, 160 fit",
    ),
    "a screen that is too long with its longest values": (
        "place.yaml",
        "    text: Lequel?",
        "    text: C'est lequel de ces lieux?",
        r"place\.several: 172 septets at its longest",
    ),
    "a sign that phones do not have": (
        "complaint.yaml",
        "{text: Rien recu,",
        "{text: Rien reçu œ,",
        r"complaint\.aid: a sign that GSM-7 does not have",
    ),
    "a question without a text": (
        "complaint.yaml",
        '    text: "Evacuation:"',
        '    text: ""',
        r"complaint\.evacuation: no text",
    ),
    "a value that nobody gives": (
        "answer.yaml",
        "      {c6}\n",
        "      {code}\n",
        r"answer\.receipt: nobody knows how long \{code\} may be",
    ),
    "a brace that is no value": (
        "answer.yaml",
        "      {c6}\n",
        "      {C6}\n",
        r"answer\.receipt: a brace that is no value",
    ),
    "the word anonymous on a screen": (
        "private.yaml",
        "      En prive.",
        "      Anonyme.",
        r"private\.promise: 'anonym' is not said",
    ),
    "a word that accuses in an option": (
        "menu.yaml",
        "{text: Langue,",
        "{text: Plainte,",
        r"menu\.main: 'plainte' is not said",
    ),
    "the word anonymous in a message": (
        "messages.yaml",
        "Recu, merci. Vous pouvez",
        "Anonyme, merci. Vous pouvez",
        r"message sensitive_received: 'anonym' is not said",
    ),
    "a promise that nobody can keep": (
        "answer.yaml",
        "C'est recu, merci. Sans code",
        "Personne ne le saura. Sans code",
        r"answer\.without_code: nobody can keep 'personne ne le saura'",
    ),
    "a promise in a message": (
        "messages.yaml",
        "C'est annule. Personne n'appelle.",
        "C'est annule. Aucun  risque!",
        r"message call_cancelled: nobody can keep 'aucun risque'",
    ),
    "a code without consent": (
        "health.yaml",
        "{text: Un code pour y aller, to: consent}",
        "{text: Un code pour y aller, to: age}",
        r"health\.refer can be reached without a yes to it",
    ),
    "a code after a no": (
        "health.yaml",
        '{text: "Non, je vais sans code", to: where}',
        '{text: "Non, je vais sans code", to: age}',
        r"health\.refer can be reached without a yes to it",
    ),
    "a call that nobody agreed to": (
        "call_back.yaml",
        "      - {to: agree}",
        "      - {to: language}",
        r"call_back\.open can be reached without a yes to it",
    ),
    "a private call that nobody agreed to": (
        "private.yaml",
        '{text: "Non, j\'appelle moi-meme", to: not_called}',
        '{text: "Non, j\'appelle moi-meme", to: agreed}',
        r"private\.(agree_call|open_call_back) can be reached without a yes to it",
    ),
    "an SMS chosen elsewhere": (
        "answer.yaml",
        "      - {text: Ajouter des mots, to: words}\n      - {text: Avoir un code, to: issue}",
        "      - {text: Un SMS, to: words, set: {answer: sms}}"
        "\n      - {text: Avoir un code, to: issue}",
        r"answer\.without_code takes a yes to an SMS that is not kept",
    ),
    "a word of staff said to a speaker": (
        "messages.yaml",
        "text: \"On s'en occupe. Pour lire",
        "text: \"On s'occupe du dossier. Pour lire",
        r"message code_good: 'dossier' is not said",
    ),
    "a message of two segments": (
        "messages.yaml",
        "      langue: RAPPEL.",
        "      langue: RAPPEL. Nous vous rappelons alors dans votre langue, une femme ou un homme.",
        r"message language: 2 segments at its longest, 1 allowed",
    ),
    "a message that phones do not have": (
        "messages.yaml",
        "text: Une reponse est prete.",
        "text: Une reponse est prête.",
        r"message status_answered: a sign that GSM-7 does not have",
    ),
    "a message without words": (
        "messages.yaml",
        "text: Une reponse est prete.",
        'text: ""',
        r"message status_answered: no text",
    ),
    "a message with a value that nobody gives": (
        "messages.yaml",
        "text: Une reponse est prete.",
        'text: "Une reponse est prete, {name}."',
        r"message status_answered: nobody knows how long \{name\} may be",
    ),
    "nine choices": (
        "call_back.yaml",
        "      - {text: Autre, value: other}",
        "      - {text: Autre, value: other}\n      - {text: Anglais, value: en}",
        r"call_back\.language: 9 choices, 8 at most",
    ),
    "two options with one key": (
        "menu.yaml",
        "{key: 8, when: registered",
        "{key: 7, when: registered",
        r"menu\.main: two options have the same key",
    ),
    "a number written by hand": (
        "menu.yaml",
        "{text: Langue, to",
        "{key: 7, text: Langue, to",
        r"menu\.main: the key 7 is written by hand, so a gap could come",
    ),
    "an option that nobody can choose": (
        "menu.yaml",
        "{key: 8, when: registered",
        "{when: registered",
        r"menu\.main: an option without text needs a key",
    ),
    "an SMS that does not tell its digit": (
        "sms.yaml",
        "Repondez 1 pour oui, 2 pour non.",
        "Repondez 1 pour oui.",
        r"sms\.place_confirm: the text does not tell the key 2",
    ),
}
ELSEWHERE = {
    "a sensitive filing after the fourth answer": (
        "  open:\n",
        "  late:\n    text: Sur?\n    options:\n      - {text: Oui, to: file}\n"
        "    zero: {Sortir: information.advice}\n\n  open:\n",
        r"5 answers to filing, 4 allowed: private\.promise > ",
    )
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_definition_is_found_out(name):
    file, old, new, says = BROKEN[name]
    if name in ELSEWHERE:
        more_old, more_new, says = ELSEWHERE[name]
        files = real_files()
        files[file] = files[file].replace(old, new, 1).replace(more_old, more_new, 1)
        flows = load_from(files)
    else:
        flows = changed(file, old, new)
    assert re.search(says, found(flows)), found(flows)


def test_posters_without_their_menu_are_found_out():
    flows = load_from({"menu.yaml": MENU_ALONE, "information.yaml": ADVICE})
    assert "complaint.what stands on the posters and is gone" in found(flows)
    assert "the numbers of menu.main stand on the posters" in found(flows)


MENU_ALONE = """
flow: menu
states:
  main: {text: Jaabi, zero: {Sortir: bye}}
  wrong: {text: Faux, zero: {Retour: back}}
  lost: {end: Perdu}
  bye: {end: Merci}
"""
ADVICE = "flow: information\nstates: {advice: {text: Conseils, zero: {Finir: menu.bye}}}"


def test_a_published_question_that_became_something_else_is_found_out():
    files = {"menu.yaml": MENU_ALONE, "information.yaml": ADVICE}
    files["complaint.yaml"] = "flow: complaint\nstates: {what: {end: Merci}}"
    says = found(load_from(files))
    assert "complaint.yaml:2: the numbers of complaint.what stand on the posters" in says


class TestRoads:
    """Answers to filing, as product 3.1 counts them."""

    walk = Walk(REAL)

    def roads(self, at, **known):
        start = self.walk.start(at, {"registered": UNKNOWN, "dialled": UNKNOWN, **known})
        return list(check_roads.roads(self.walk, start))

    def test_the_shortest_road_to_filing_has_seven_answers(self):
        roads = [road for road in self.roads(MAIN) if "complaint.aid" in road.screens]
        plain = [road for road in roads if not road.typed and not road.pages]
        with_place = [road.answers for road in plain if "place.last" in road.screens]
        assert min(with_place) == 7
        assert max(with_place) == 8

    def test_no_road_is_longer_than_a_session(self):
        assert max(road.answers for road in self.roads(MAIN)) == check_roads.MOST

    def test_help_is_filed_by_the_fourth_answer(self):
        roads = self.roads("private.entry", private=True, discreet=True)
        own = [road for road in roads if road.spot.at == "private.open"]
        assert {road.answers for road in own} == {4}

    def test_by_sms_nobody_is_asked_more_than_two_questions(self):
        assert {road.answers for road in self.roads("sms.words")} == {0, 1, 2}

    def test_lists_and_corrections_are_not_counted(self):
        aside = {"place.cercle", "place.commune", "place.nothing", "place.several"}
        assert not any(aside & set(road.screens) for road in self.roads(MAIN))


def test_every_text_is_measured_at_its_longest():
    measured = {one.name: one for one in measure(REAL)}
    assert len(measured) == len(measure(REAL))
    assert all(one.septets == septets(one.text) for one in measured.values())
    assert measured["complaint.aid_more"].septets == 160
    assert measured["place.several"].septets == 153
    assert measured["place.cercle"].septets == 131
    assert measured["answer.words"].septets == 99
    assert measured["follow_up.read"].septets == 140 + len("\n9 Suite\n0 Sortir")
    assert measured["receipt"].septets == 122

"""Whatever people type: a clear French text comes back, nothing is lost, nothing breaks."""

from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from flows.gsm7 import segments, septets
from models.case import CaseEvent
from models.inbound import InboundMessage
from models.outbound import OutboundMessage
from tests.factories import NEIGHBOUR, NOTICE, SPEAKER, TESSIT, phone_of
from tests.gateway.service import CHANNEL, FORM, TOKEN, code_on

WRONG = (
    "CON Ce chiffre n'est pas dans la liste. Regardez et tapez un des chiffres.\n"
    "1 Revoir la liste\n2 Etre rappele\n0 Sortir"
)
LOST = "END On n'a pas compris. Recomposez *123#. Pour etre rappele: tapez 6."
HARMLESS = "CON Conseils:\n1 Vaccins\n2 Moustiquaire\n3 Eau propre\n4 Lavage des mains\n0 Finir"
MENU = "CON Jaabi. Tapez un chiffre:"
UNREAD = (
    "Nous avons bien recu vos mots, une personne va lire. Pour choisir avec des chiffres: *123#. "
    "Pour parler: envoyez RAPPEL."
)
STOPPED = "C'est fait: plus aucun SMS. Pour reprendre, envoyez JAABI."
HELP = (
    "Jaabi. Ecrivez ici en peu de mots, ou composez *123#. Lire une reponse: envoyez votre code. "
    "Etre rappele: RAPPEL. Plus de SMS: STOP."
)
FRENCH = (
    "Jaabi repond en francais. Vous pouvez ecrire dans votre langue. Pour parler dans votre "
    "langue: RAPPEL."
)
RESUMED = "C'est fait: les SMS reprennent. Pour arreter: STOP."
NO_CODE = "Ce code ne donne rien. Verifiez les chiffres, ou composez *123# puis 4."
WHERE = (
    f"{NOTICE} C'est ou? Ecrivez le nom de la commune ou le code de 4 chiffres. 0 pour ne pas dire."
)

NONSENSE = {
    "spaces": "   ",
    "a letter": "x",
    "emoji": "😀🙏🏾",
    "hash and star": "#*",
    "a code of the network": "*#06#",
    "600 letters": "a" * 600,
    "a number not offered": "77",
    "half a number": "1.5",
    "a minus": "-1",
    "control signs": "\x00\x1b\x07",
    "right to left": "\u202e\u200f1\u202c",
    "another script": "مرحبا",
    "SQL": "'; DROP TABLE case_; --",
    "HTML": "<script>alert(1)</script>",
    "a template": "{usd} {{7*7}} %s %(x)s",
    "JSON": '{"at": "agent.home"}',
    "a lone surrogate": "\ud800",
    "combining marks": "e" + "\u0301" * 300,
    "a text that jumps": "1*1*2*6143",
}


def dialled(service, *answers):
    phone = service.stranger()
    phone.dial()
    if answers:
        phone.type(*answers)
    return phone


def type_raw(service, phone, answer):
    """Type something that no text can hold."""
    raw = answer.encode("utf-8", "surrogatepass")
    fields = phone.fields()
    typed = f"{phone.typed}*".encode() if phone.typed else b""
    fields["text"] = typed + raw
    phone.screen = service.post("ussd", urlencode(fields).encode()).text
    return phone.screen


def tried(service, place, names=NONSENSE):
    """Type nonsense at one place, each in a session of its own; return what is shown."""
    return {name: type_raw(service, dialled(service, *place), NONSENSE[name]) for name in names}


FEW = ("emoji", "hash and star", "600 letters", "right to left", "a text that jumps")
MENUS = {
    "the main menu": (),
    "the notice": ("1",),
    "the topics": ("1", "1"),
    "the topics of aid": ("1", "1", "1"),
    "what was asked by mistake": ("7",),
    "the answer wanted": ("1", "1", "1", "2", "6143", "1", "1"),
    "the receipt": ("1", "1", "1", "2", "6143", "1", "1", "1"),
    "a private question": ("5", "1"),
}


@pytest.mark.parametrize("place", MENUS)
def test_what_is_no_choice_is_told_so_and_changes_nothing(service, place):
    phone = dialled(service, *MENUS[place])
    shown, filed = phone.screen, len(service.cases)
    assert phone.type("x") == WRONG
    assert phone.type("1") == shown
    names = NONSENSE if len(MENUS[place]) < 3 else FEW
    for name, screen in tried(service, MENUS[place], names).items():
        # Of control signs nothing is left: the first hop of a session takes that for no answer.
        assert screen == WRONG or (name == "control signs" and not MENUS[place]), name
    assert len(service.cases) == filed * (1 + len(names))


def test_three_wrong_digits_end_with_what_to_do(service):
    for answer in ("x", "77", "😀", "#*"):
        phone = dialled(service, "1", "1")
        assert [phone.type(answer) for _ in range(3)] == [WRONG, WRONG, LOST]
        assert phone.type("1") == LOST


def test_going_back_to_the_list_after_a_wrong_digit_does_not_forget_it(service):
    phone = dialled(service, "1", "1")
    phone.type("x", "1", "x", "1")
    assert phone.type("x") == LOST
    phone = dialled(service, "1", "1")
    phone.type("x", "1", "x", "1", "1")
    assert phone.type("x") == WRONG


def test_an_empty_answer_asks_the_same_again_and_is_no_miss(service):
    phone = dialled(service, "1", "1")
    asked = phone.screen
    for _ in range(5):
        assert phone.type("") == asked
    assert phone.type("x") == WRONG


def test_on_the_sensitive_path_three_wrong_digits_lead_to_the_harmless_screen(service):
    phone = dialled(service, "5", "1")
    assert [phone.type("x") for _ in range(3)] == [WRONG, WRONG, HARMLESS]
    assert phone.type("0") == "END Merci."
    assert service.cases == []


PLACES = {
    "spaces": WRONG,
    "emoji": WRONG,
    "hash and star": WRONG,
    "a number not offered": WRONG,
    "a minus": WRONG,
    "half a number": WRONG,
    "a letter": "CON Ce lieu n'est pas trouve.",
    "another script": "CON Ce lieu n'est pas trouve.",
    "SQL": "CON Ce lieu n'est pas trouve.",
    "HTML": "CON Ce lieu n'est pas trouve.",
    "combining marks": "CON Ce lieu n'est pas trouve.",
}


def test_what_is_no_place_is_said_to_be_none(service):
    shown = tried(service, ("1", "1", "1", "2"))
    assert {name: shown[name][: len(start)] for name, start in PLACES.items()} == PLACES


SAID = {
    "600 letters": "a" * 600,
    "right to left": "\u202e\u200f1\u202c",
    "another script": "مرحبا",
    "SQL": "'; DROP TABLE case_; --",
    "HTML": "<script>alert(1)</script>",
    "a template": "{usd} {{7*7}} %s %(x)s",
    "JSON": '{"at": "agent.home"}',
    "a text that jumps": "1*1*2*6143",
    "a letter": "x",
}


def test_words_of_a_case_are_kept_whatever_they_look_like(service):
    place = ("1", "1", "1", "2", "6143", "1", "1", "1", "1")
    for name, words in SAID.items():
        screen = type_raw(service, dialled(service, *place), words)
        assert screen.startswith("CON C'est ajoute."), name
    assert service.stories == list(SAID.values())
    assert len(service.cases) == len(SAID)
    for name in ("spaces", "emoji", "hash and star"):
        assert type_raw(service, dialled(service, *place), NONSENSE[name]) == WRONG, name


CODES = ["1234", "1234567", "x", "😀", "#*", "a" * 600]


def test_what_is_no_code_is_no_choice_and_a_wrong_code_is_told_so(service):
    for said in CODES:
        assert dialled(service, "4").type(said) == WRONG, said
    for said in ("12345", "48 21 73", "482173061549", "48.21.73.06.15.49"):
        screen = dialled(service, "4").type(said)
        assert screen.startswith("CON Ce code ne donne rien. Verifiez les chiffres."), said


def test_a_stranger_is_not_asked_for_a_pin(service):
    assert dialled(service, "8").screen == WRONG
    phone = service.phone(phone_of("P0151"))
    phone.dial()
    assert phone.type("8") == "CON Votre PIN (4 chiffres)?\n0 Menu public"
    for said in ("123", "12345", "x", "😀", "'; --"):
        one = service.phone(phone_of("P0151"))
        one.dial()
        one.type("8")
        assert one.type(said) == WRONG, said


TYPED = st.one_of(
    st.sampled_from([*"0123456789", "6143", "", "Tessit", "48 21 73", *SAID.values()]),
    st.text(max_size=40),
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(answers=st.lists(TYPED, max_size=25))
def test_whatever_is_typed_every_screen_fits_and_the_session_stands_somewhere(service, answers):
    phone = service.phone()
    phone.dial()
    for answer in answers:
        screen = type_raw(service, phone, answer)
        phone.typed = f"{phone.typed}*{answer}" if phone.typed else answer
        assert screen.startswith(("CON ", "END ")), answer
        size = septets(screen[4:])
        assert size is not None, screen
        assert size <= 160, screen
        assert "{" not in screen or "{" in answer


UNREADABLE = {
    "nothing": "",
    "spaces": "   ",
    "emoji": "😀🙏🏾",
    "no word of ours": "blablo truc",
    "a code of the network": "*#06#",
    "punctuation": "...",
    "control signs": "\x00\x1b",
    "right to left": "\u200fمرحبا",
    "SQL": "'; DROP TABLE case_; --",
    "HTML": "<b>gras</b>",
    "a single digit": "1",
    "four digits": "1573",
}


def test_an_sms_nobody_understands_goes_to_a_person_and_its_sender_is_told(service):
    for said in UNREADABLE.values():
        assert service.stranger().asks(said) == [UNREAD], said
    assert service.inbox == [("processed", None)] * len(UNREADABLE)
    filed = [(case.category, case.status, case.source) for case in service.cases]
    assert filed == [("8", "routed", "sms")] * len(UNREADABLE)
    written = ("".join(one for one in said if one >= " ") for said in UNREADABLE.values())
    assert service.stories == [said for said in written if said.strip()]


def test_stop_is_understood_however_it_is_spelt(service):
    for said in ("STOP", "stop.", "ARRET", "Arrêt", "arre\u0302t", " Stop ! "):
        phone = service.stranger()
        assert phone.asks(said) == [STOPPED], said
        assert phone.asks("LANGUE") == [], said
        assert phone.asks("JAABI") == [RESUMED], said
    assert service.outbox.count(("withheld", "stop")) == 6
    assert service.cases == []


KEYWORDS = {
    "AIDE": HELP,
    "aide!": HELP,
    "?": HELP,
    "MENU": HELP,
    "LANGUE": FRENCH,
    "kan": FRENCH,
    "JAABI": RESUMED,
}


def test_a_keyword_alone_has_its_text_and_opens_nothing(service):
    assert {said: service.stranger().asks(said) for said in KEYWORDS} == {
        said: [text] for said, text in KEYWORDS.items()
    }
    assert service.cases == []
    assert service.inbox == [("processed", None)] * len(KEYWORDS)


AMONG_OTHERS = [
    "aide alimentaire pas recue",
    "arret de la distribution",
    "ils ont dit stop et pas de vivres",
    "menu de la cantine: repas manquent",
]


def test_a_keyword_among_others_is_a_word_like_them(service):
    for said in AMONG_OTHERS:
        [reply] = service.stranger().asks(said)
        assert reply in {WHERE, UNREAD}, said
    service.stage.later(minutes=31)
    service.silence.act()
    assert sorted(service.stories) == sorted(AMONG_OTHERS)


def test_a_call_asked_for_by_sms_is_noted_and_can_be_cancelled(service):
    phone = service.phone()
    [noted] = phone.asks("RAPPEL")
    assert noted.startswith("C'est note: une personne vous appelle")
    assert phone.asks("2") == ["C'est annule. Personne n'appelle."]
    [case] = service.cases
    assert (case.kind, case.address) == ("call_back", None)
    assert phone.asks("2") == [UNREAD]


def test_codes_by_sms_are_judged_without_a_case(service):
    phone = service.phone()
    phone.dial()
    code = code_on(phone.type("1", "1", "1", "2", "6143", "1", "1", "1"))
    assert phone.asks(code) == ["On s'en occupe. Pour lire: *123# puis 4."]
    assert phone.asks(f"{code[:2]} {code[2:4]}. {code[4:]}") == [
        "On s'en occupe. Pour lire: *123# puis 4."
    ]
    neighbour = service.phone(NEIGHBOUR)
    for wrong in (code, "000000", "482173061549", "15736", "1 5 7 3 6"):
        assert neighbour.asks(wrong) == [NO_CODE], wrong
    assert len(service.cases) == 1


def test_answers_to_a_question_that_say_nothing_end_it_with_a_receipt(service):
    for number, said in enumerate(["", "😀", "...", "x" * 600, "\u200f", "99"], start=1):
        phone = service.phone(f"+2237000000{number}")
        assert phone.asks("les vivres ne sont pas complets") == [WHERE]
        [reply] = phone.asks(said)
        assert reply.startswith(("Recu. Code:", "Qui est en cause?")), said
    assert {status for status, _ in service.inbox} == {"processed"}


def test_ten_parts_in_answer_to_a_question_are_kept_whole(service):
    phone = service.phone()
    assert phone.asks("les vivres ne sont pas complets") == [WHERE]
    for said in ("la suite " * 170, "et la fin " * 40):
        [asked] = phone.asks(said)
    assert asked.startswith("Recu. Code:")
    first, more = service.stories
    assert first == "les vivres ne sont pas complets"
    assert (more.count("la suite"), more.count("et la fin")) == (170, 40)


def test_every_text_to_anybody_is_one_segment(service):
    speaker, triager = service.phone(), service.phone(phone_of("P0150"))
    for said in UNREADABLE.values():
        service.stranger().writes(said)  # five texts an hour are what one phone is told
    for said in ["RAPPEL", "2", "les vivres de tessit", "1", "8", "😀 STOP"]:
        speaker.writes(said)
    speaker.writes("x" * 1530)
    for said in ["LISTE", "VOIR", "PRIS", "DIRE", "BLA 15736", "مرحبا 15736", "STOP", "?", "😀"]:
        triager.writes(said)
    service.converser.drain()
    sent = service.send()
    assert len(sent) > 20
    for _, text in sent:
        assert septets(text) is not None, text
        assert segments(text) == 1, text


@pytest.fixture
def triager(service):
    """The person on duty, with one case in hand, and its number."""
    phone = service.phone()
    phone.dial()
    phone.type("1", "1", "1", "2", "6143", "1", "1", "1")
    phone.hang_up()
    service.send()
    [case] = service.cases
    assert case.area_pcode == TESSIT
    person = service.phone(phone_of(service.stage.holder(case.id)))
    person.item = case.number
    return person


UNKNOWN = "Pas compris: {word}. Vous pouvez: LISTE, VOIR, PRIS, DIRE, FINI, RENVOI suivi du numero."
NOT_YOURS = "Le numero {word} n'existe pas chez vous. Vos dossiers: {n}. Verifiez les chiffres."
LINES = [
    ("PRI", UNKNOWN, "PRI"),
    ("BLA {n}", UNKNOWN, "BLA"),
    ("مرحبا {n}", UNKNOWN, "ce mot"),
    ("oui", UNKNOWN, "oui"),
    ("rien", UNKNOWN, "rien"),
    ("{n} 2", "{n} est un dossier.", "2"),
    ("x" * 60 + " {n}", UNKNOWN, "x" * 20),
    ("PRIS 15763", NOT_YOURS, "15763"),
    ("PRIS 1573", NOT_YOURS, "1573"),
    ("1573", NOT_YOURS, "1573"),
    ("VOIR 15736", NOT_YOURS, "15736"),
    ("I5736", NOT_YOURS, "15736"),
    ("DIRE 15736 le camion arrive", NOT_YOURS, "15736"),
    ("PRIS 12345678901234567890", NOT_YOURS, "[numero]"),
]


def test_a_wrong_command_says_what_was_not_understood_and_what_can_be_said(service, triager):
    events = len(service.rows(CaseEvent))
    for line, text, word in LINES:
        [reply] = triager.asks(line.format(n=triager.item))
        assert reply.startswith(text.format(word=word, n=triager.item)), line
    assert len(service.rows(CaseEvent)) == events
    assert len(service.cases) == 1


def test_an_answer_with_emoji_is_read_back_around_them(service, triager):
    [reply] = triager.asks(f"DIRE {triager.item} 😀 Le camion arrive 👍 jeudi")
    assert '"* Le camion arrive * jeudi"' in reply
    [reply] = triager.asks(f"DIRE {triager.item} شاحنة jeudi")
    assert "jeudi" in reply


NAMES = st.sampled_from(
    [
        *("from", "to", "id", "text", "date", "linkId", "sessionId", "phoneNumber", "serviceCode"),
        *("networkCode", "status", "failureReason", "retryCount", "senderId", "input", "hopsCount"),
        *("isActive", "callerNumber", "direction", "durationInSeconds"),
    ]
)
VALUES = st.one_of(
    st.sampled_from(
        [SPEAKER, "22370000001", " 22370000001", "Orange", "36000", "", "1", "1*1*1*2*6143", "STOP"]
    ),
    st.sampled_from(["Success", "Failed", "*123#", "ATUid_1", "\x00", "\ud800", "9" * 400]),
    st.text(st.characters(), max_size=60),
)
OF_A_PLACE = {"from": SPEAKER, "to": "36000", "text": "1*1*1*2*6143", "id": "ATXid_1"}
FORMS = st.one_of(
    st.binary(max_size=200),
    st.lists(st.tuples(NAMES, VALUES), max_size=12).map(
        lambda pairs: urlencode(pairs, errors="surrogatepass").encode()
    ),
    st.dictionaries(NAMES, VALUES, min_size=8).map(
        lambda fields: urlencode(fields, errors="surrogatepass").encode()
    ),
)


@pytest.mark.parametrize("event", ["sms", "ussd", "ussd-end", "delivery", "optout", "voice"])
def test_no_body_whatever_it_holds_is_an_error_of_ours(service, event):
    seen = set()

    @settings(max_examples=300, deadline=None)
    @example(body=urlencode(OF_A_PLACE).encode())
    @given(body=FORMS)
    def post(body):
        with service.app.test_client() as client:
            path = f"/hooks/{CHANNEL}/{TOKEN}/{event}"
            reply = client.post(path, data=body, content_type=FORM)
        assert reply.status_code in {200, 400}, body
        seen.add(reply.status_code)

    post()
    assert seen == {200, 400}
    service.converser.drain()
    assert {row.status for row in service.rows(InboundMessage)} <= {"processed", "ignored"}
    # Of what is not sent any more, only the length is known.
    assert {row.segments for row in service.rows(OutboundMessage)} <= {1, 2}
    for _, text in service.send():  # the notice stands once before a phone's first question
        assert segments(text.removeprefix(f"{NOTICE} ")) == 1, text

"""USSD aggregators: what each posts, read; what each wants back, said. A new one is rows here."""

import json
from dataclasses import replace

import pytest

from gateway.channels.base import MalformedWebhook, Outbound, Press, SendFailed, WebhookRequest
from gateway.channels.ussd_http import UssdHttp
from gateway.channels.ussd_shapes import SHAPES, Shape
from tests.gateway import ussd_posts as posts
from tests.gateway.ussd_posts import CALLER, NETWORKS, NUMBER, SESSION, Said

ALL = pytest.mark.parametrize("name", NETWORKS)


def channel(name, **settings):
    return UssdHttp("ussd", SHAPES[name], **{"service_code": "*123#", **settings})


def request(name, raw):
    method = NETWORKS[name].method
    query, body = (raw, b"") if method == "GET" else (b"", raw)
    return WebhookRequest("ussd", method, "https://gw.example.org/hooks", {}, query, body)


def read(name, said=None, *, raw=None, **settings):
    body = NETWORKS[name].post(said) if raw is None else raw
    return channel(name, **settings).read(request(name, body))


def words(press):
    return press.said if press.typed is None else press.typed


def test_every_shape_has_its_rows():
    assert set(NETWORKS) == set(SHAPES)


@ALL
def test_a_dialled_code_begins_a_session(name):
    press = read(name, Said())
    assert isinstance(press, Press)
    assert (press.sender, press.phase, words(press)) == (CALLER, "begin", "")
    assert press.session == (SESSION if NETWORKS[name].named else None)


@ALL
def test_what_was_dialled_beyond_the_code_was_typed_in_advance(name):
    press = read(name, Said(said="*123*6143*1#", typed="6143*1"))
    wanted = "6143*1" if NETWORKS[name].dials_through else words(press)
    assert words(press) == wanted


@ALL
def test_an_answer_arrives_as_it_was_typed(name):
    press = read(
        name, Said("answer", "il a pris 5*6 sacs & <rien>", "1*il a pris 5*6 sacs & <rien>", 2)
    )
    whole = "1*" if NETWORKS[name].whole else ""
    assert (press.phase, words(press)) == ("answer", f"{whole}il a pris 5*6 sacs & <rien>")
    assert (press.typed is None) != NETWORKS[name].whole


@ALL
def test_bambara_letters_arrive(name):
    assert words(read(name, Said("answer", "kɛnɛya", "kɛnɛya", 1))) == "kɛnɛya"


ENDS = [(name, word) for name, one in NETWORKS.items() for word in one.ends]


@pytest.mark.parametrize(("name", "word"), ENDS)
def test_a_session_that_was_cancelled_or_timed_out_is_over_and_not_by_our_fault(name, word):
    press = read(name, Said(word, turn=3))
    assert (press.phase, press.sender, press.session) == ("end", CALLER, SESSION)
    assert not press.failed
    assert channel(name).thanks(press).status == 200


COUNTING = [name for name, one in NETWORKS.items() if one.counts]


@ALL
def test_requests_are_told_apart_where_they_are_counted(name):
    marks = [read(name, Said("answer", "1", "1", turn)).mark for turn in (1, 2)]
    assert (None not in marks and marks[0] != marks[1]) == (name in COUNTING)


@ALL
@pytest.mark.parametrize("number", ["", "Orange", "36123", "2237", "9" * 40])
def test_a_caller_that_is_no_telephone_is_refused(name, number):
    with pytest.raises(MalformedWebhook):
        read(name, Said(number=number))


@ALL
@pytest.mark.parametrize("number", [CALLER, NUMBER, "0022370000001", "70000001"])
def test_a_number_is_read_however_its_country_is_written(name, number):
    assert read(name, Said(number=number)).sender == CALLER


@ALL
@pytest.mark.parametrize("session", [None, "", "\x00", "a" * 81])
def test_a_session_that_should_have_a_name_and_has_none_is_refused(name, session):
    if not NETWORKS[name].named:
        assert read(name, Said(session=session)).session is None
        return
    if session == "\x00" and SHAPES[name].spoken == "xml":
        session = ""  # what no XML can hold is refused as a whole, see below
    with pytest.raises(MalformedWebhook):
        read(name, Said(session=session))


@ALL
def test_what_is_no_request_is_malformed_and_nothing_else(name):
    for raw in posts.GARBAGE[SHAPES[name].spoken]:
        with pytest.raises(MalformedWebhook):
            read(name, raw=raw)


@ALL
@pytest.mark.parametrize("over", [False, True])
def test_a_screen_is_wrapped_as_its_network_wants_it(name, over):
    press = read(name, Said(turn=2))
    answer = channel(name).screen("Tapez 1 & < 2:\n1 Oui é", over=over, press=press)
    assert answer.status == 200
    shown = posts.answer_of(name, answer.body)
    assert shown == NETWORKS[name].wants("Tapez 1 & < 2:\n1 Oui é", over=over, turn=2)
    kinds = {"json": "application/json", "con": "text/plain", "xml": "text/xml"}
    assert answer.content_type.startswith(kinds[SHAPES[name].replies])


@ALL
def test_its_hook_is_asked_the_way_its_network_asks(name):
    assert channel(name).hooks == {"ussd": NETWORKS[name].method}


WITH_CODE = [name for name, one in SHAPES.items() if one.code]


@pytest.mark.parametrize("name", WITH_CODE)
def test_a_code_that_is_not_ours_is_refused_only_where_ours_is_configured(name):
    assert read(name, Said(), service_code="*321#").phase == "begin"
    assert read(name, Said(), service_code="*123#", strict=True).phase == "begin"
    with pytest.raises(MalformedWebhook):
        read(name, Said(), service_code="*321#", strict=True)


def test_an_account_of_nalo_that_gets_a_session_id_keeps_it():
    fields = json.loads(posts.nalo(Said())) | {"SESSIONID": "16590115252429751"}
    assert read("nalo", raw=json.dumps(fields).encode()).session == "16590115252429751"


def test_booleans_and_numbers_are_read_whether_or_not_they_stand_in_quotes():
    fields = json.loads(posts.nalo(Said("answer", "1"))) | {"MSGTYPE": "False", "USERDATA": 1}
    press = read("nalo", raw=json.dumps(fields).encode())
    assert (press.phase, press.said) == ("answer", "1")


def test_half_a_character_and_another_charset_are_read_as_far_as_they_go():
    cut = posts.arkesel(Said("answer", "MOT")).replace(b"MOT", b"\\ud800 caf\\u00e9")
    assert read("arkesel", raw=cut).said == "? café"
    odd = posts.arkesel(Said("answer", "MOT")).replace(b"MOT", b"caf\xe9")
    assert read("arkesel", raw=odd).said == "café"


def test_what_is_given_back_may_not_be_a_labyrinth():
    deep = b'{"lang": ' + b"[" * 40 + b"]" * 40 + b"}"
    raw = posts.southpaw(Said()).replace(b'{"lang": "fr"}', deep)
    with pytest.raises(MalformedWebhook):
        read("southpaw", raw=raw)


def test_nothing_leaves_by_an_aggregator_of_ussd():
    one = channel("hubtel")
    assert one.carries is None
    with pytest.raises(SendFailed):
        one.send(Outbound(CALLER, "Bonjour", "1"))


def test_neither_number_nor_words_show_in_a_repr():
    press = read("hubtel", Said("answer", "on nous vole"))
    assert "70000001" not in repr(press) + repr(channel("hubtel"))
    assert "vole" not in repr(press)


# An aggregator nobody knew: its shape, a post of each kind, and what it wants back.
INVENTED = Shape(
    number="from.phone",
    session="from.dialogue",
    said="words",
    phase="event",
    begins=frozenset({"hello"}),
    ends=frozenset({"bye"}),
    mark="n",
    echo={"to.dialogue": "from.dialogue"},
    goes_on={"more": 1},
    over={"more": 0},
    screen="show",
)
FROM = {"phone": NUMBER, "dialogue": "d-1"}
ROWS = [
    ({"from": FROM, "event": "Hello", "words": "*123*6143#", "n": 1}, ("begin", "6143", "1")),
    ({"from": FROM, "event": "key", "words": "1", "n": 2}, ("answer", "1", "2")),
    ({"from": FROM, "event": "bye", "n": 3}, ("end", "", "3")),
]


@pytest.mark.parametrize(("fields", "wanted"), ROWS)
def test_one_more_aggregator_is_one_more_shape_and_its_rows(fields, wanted):
    one = UssdHttp("new", INVENTED, service_code="*123#")
    asked = replace(request("hubtel", b""), body=json.dumps(fields).encode())
    press = one.read(asked)
    assert (press.phase, press.said, press.mark) == wanted
    assert (press.sender, press.session) == (CALLER, "d-1")
    shown = json.loads(one.screen("Jaabi", over=False, press=press).body)
    assert shown == {"to": {"dialogue": "d-1"}, "more": 1, "show": "Jaabi"}

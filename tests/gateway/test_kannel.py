"""Kannel: what smsbox asks, read and answered; what we send, to a server that answers as smsbox."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.place_names import words_of
from gateway.channels.base import (
    MalformedWebhook,
    Outbound,
    Press,
    Report,
    SendFailed,
    SendUnknown,
    WebhookRequest,
)
from gateway.channels.kannel import Kannel, SendSms
from gateway.channels.kannel_text import words
from gateway.channels.kannel_ussd import ServiceCode
from tests.gateway import kannel_posts as posts
from tests.gateway.service import TOKEN, serving

CALLER = "+22370000001"
HOOK = "http://127.0.0.1:8002/hooks/kannel/token/delivery"


def channel(url="http://127.0.0.1:1/cgi-bin/sendsms", *, strict=False, **changes):
    settings = {"username": "jaabi", "password": "pass-of-a-test", "sender": "36123"}
    sendsms = SendSms(url=url, report_url=HOOK, **settings | changes)
    return Kannel("kannel", sendsms, ServiceCode("*123#", strict))


def read(hook, query, **options):
    return channel(**options).read(
        WebhookRequest(hook, "GET", "/hooks", {}, query.encode("latin-1"), b"")
    )


WORDS = {
    "a plain text": "aide moi svp",
    "accents": "é à ç œ",
    "two bytes a letter": "ɛɔɲŋ",
    "the same made UTF-8 by smsbox": "ɛɔɲŋ",
    "an emoji in four bytes": "😀",
    "the same emoji made UTF-8": "😀",
    "an empty text": "",
    "ten parts joined by bearerbox": posts.TEN_PARTS.replace("+", " "),
    "a number without its plus": "bonjour",
    "a cedilla of GSM-7": "reÇu éÇΣ",
    "Latin-1 that calls itself UTF-8": "café fermé",
    "two bytes a letter, undeclared": "bon",
    "two bytes a letter, cut in the middle": "ɛ\ufffd",
    "two bytes a letter with their mark": "ɛ",
    "half of an emoji": "\ufffda",
}


@pytest.mark.parametrize("name", WORDS)
def test_a_text_is_read_as_it_was_written(name):
    sms = read(*posts.ASKED[name])
    assert (sms.sender, sms.text, sms.unread) == (CALLER, WORDS[name], None)
    assert (sms.id, sms.provider_at) == (
        "aaaddc22-a496-423d-a792-39616fb694fd",
        "2026-11-21 23:42:42",
    )


def test_a_cedilla_made_a_capital_by_gsm_7_is_the_same_word():
    read_so = read(*posts.ASKED["a cedilla of GSM-7"]).text
    assert words_of(read_so)[0] == words_of("reçu")[0]


def test_a_sender_that_is_a_name_is_no_telephone():
    assert read(*posts.ASKED["a sender that is a name"]).sender is None


def test_bytes_for_a_machine_are_no_text():
    assert read(*posts.ASKED["bytes for a machine"]).unread == "no text: 8-bit data"


@given(st.binary(max_size=40), st.sampled_from(["", "UTF-8", "UTF-16BE", "x"]), st.integers(0, 3))
def test_whatever_bytes_arrive_they_become_words_a_database_can_hold(raw, charset, coding):
    words(raw, charset, str(coding)).encode()


def test_what_is_posted_instead_of_asked_has_no_name_of_its_own():
    request = WebhookRequest("sms-post", "POST", "", posts.POSTED, b"", "poster é a".encode())
    sms = channel().read(request)
    assert (sms.id, sms.sender, sms.text) == (None, CALLER, "poster é a")
    assert sms.provider_at == "2026-11-21 23:49:28"


REPORTS = {
    "accepted by the centre": ("42", "handed_over", "smsc submit", None),
    "delivered": ("42", "delivered", "delivery success", None),
    "not delivered, with a receipt": ("43", "failed", "delivery failure", "UNDELIV 027"),
    "not delivered, with an error alone": ("43", "failed", "delivery failure", "27"),
    "refused by the centre": ("42", "failed", "smsc reject", "NACK/0x0000000b"),
    "kept by the centre": ("42", "handed_over", "message buffered", None),
    "something else": ("42", "unknown", "type 32", None),
}


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_names_our_own_text_and_keeps_none_of_its_words(name):
    id, status, word, reason = REPORTS[name]
    assert read(*posts.ASKED[name]) == Report(id, status, word, reason, reference=id)


@pytest.mark.parametrize("name", posts.BROKEN)
def test_what_cannot_be_read_is_refused(name):
    with pytest.raises(MalformedWebhook):
        read(*posts.BROKEN[name])


PRESSES = [
    ("a session begins", posts.ussd("*123%23"), "begin", ""),
    ("it is dialled through", posts.ussd("*123*1*2%23"), "begin", "1*2"),
    ("an answer", posts.ussd("1", op="%12"), "answer", "1"),
    (
        "an answer in two bytes a letter",
        posts.ussd("%02%5B", op="%12", how=posts.WIDE),
        "answer",
        "ɛ",
    ),
    ("its number is written out", posts.ussd("1", op="18"), "answer", "1"),
    ("a centre that names no operation: dialled", posts.ussd("*123%23", op=""), "begin", ""),
    ("a centre that names no operation: answered", posts.ussd("2", op=""), "answer", "2"),
    ("the centre says that it is over", posts.ussd("", op="%12", its="%07%01"), "end", ""),
]


@pytest.mark.parametrize(("query", "phase", "said"), [case[1:] for case in PRESSES])
def test_a_keypress_over_smpp_is_the_last_answer_of_a_number(query, phase, said):
    press = read("ussd", query)
    assert (press.sender, press.session, press.typed) == (CALLER, None, None)
    assert (press.phase, press.said) == (phase, said)
    assert press.mark == "f785e92c-a40e-45b3-a24c-81952d99d48a"


def test_a_code_that_is_not_ours_is_refused_where_only_ours_is_expected():
    assert read("ussd", posts.ussd("*99%23")).said == ""
    with pytest.raises(MalformedWebhook):
        read("ussd", posts.ussd("*99%23"), strict=True)
    assert read("ussd", posts.ussd("*123%23"), strict=True).phase == "begin"


SCREENS = [
    ("it goes on", "1 Oui", False, {}, "?smpp?ussd_service_op=2", None),
    ("it is over", "Merci", True, {}, "?smpp?ussd_service_op=17", None),
    (
        "the centre counts sessions",
        "Merci",
        True,
        {"its": b"\x07\x02"},
        "?smpp?ussd_service_op=17&its_session_info=%07%03",
        None,
    ),
    ("letters outside GSM-7", "ɛ", False, {}, "?smpp?ussd_service_op=2", "2"),
]


@pytest.mark.parametrize(("text", "over", "echo", "meta", "coding"), [one[1:] for one in SCREENS])
def test_a_screen_goes_back_as_a_message_of_the_centre(text, over, echo, meta, coding):
    press = Press(CALLER, None, "answer", said="1", echo=echo)
    answer = channel().screen(text, over=over, press=press)
    assert (answer.status, answer.body) == (200, text)
    assert answer.content_type == "text/plain; charset=utf-8"
    assert answer.headers["X-Kannel-BInfo"] == "USSD"
    assert answer.headers["X-Kannel-Meta-Data"] == meta
    assert answer.headers.get("X-Kannel-Coding") == coding


def test_a_repr_shows_no_password():
    assert "pass-of-a-test" not in repr(channel())


@contextmanager
def smsbox(status, body, headers=()):
    """A server that answers every text like this, and what it was asked."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            text = self.rfile.read(int(self.headers["Content-Length"]))
            asked.append((self.path, dict(self.headers), text))
            if status is None:
                self.close_connection = True
                return
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *about):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/cgi-bin/sendsms", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("body", [b"0: Accepted for delivery", b"3: Queued for later delivery"])
def test_a_text_taken_is_known_by_our_own_reference(body):
    with smsbox(202, body) as (url, asked):
        assert channel(url).send(Outbound(CALLER, "a+b 100% é", "17")) == "17"
    [(path, headers, text)] = asked
    assert path == "/cgi-bin/sendsms"
    assert text == "a+b 100% é".encode()
    assert headers["X-Kannel-To"] == CALLER
    assert (headers["X-Kannel-Username"], headers["X-Kannel-Password"]) == (
        "jaabi",
        "pass-of-a-test",
    )
    assert headers["X-Kannel-From"] == "36123"
    assert headers["X-Kannel-DLR-Mask"] == "31"
    assert headers["X-Kannel-DLR-URL"] == f"{HOOK}?id=17&type=%d&meta=%D"
    assert "X-Kannel-Coding" not in headers
    assert "X-Kannel-SMSC" not in headers


def test_letters_outside_gsm_7_ask_for_two_bytes_a_letter():
    with smsbox(202, b"0: Accepted for delivery") as (url, asked):
        channel(url, smsc="orange").send(Outbound(CALLER, "ɛ ç", "17"))
    [(_, headers, text)] = asked
    assert (headers["X-Kannel-Coding"], headers["X-Kannel-SMSC"]) == ("2", "orange")
    assert text == "ɛ ç".encode()


REFUSALS = [
    (400, b"Number(s) has/have been denied by white- and/or black-lists.", (False, False, True)),
    (400, b"Sender missing and no global set, rejected", (True, True, False)),
    (403, b"Authorization failed for sendsms", (True, True, False)),
    (403, b"Not routable. Do not try again.", (False, False, True)),
    (404, b"", (True, True, False)),
    (429, b"slower", (True, False, False)),
    (503, b"Temporal failure, try again later.", (True, False, False)),
]


@pytest.mark.parametrize(("status", "body", "so"), REFUSALS)
def test_a_refusal_says_what_it_is_good_for(status, body, so):
    with smsbox(status, body) as (url, _), pytest.raises(SendFailed) as refused:
        channel(url).send(Outbound(CALLER, "bonjour", "17"))
    assert (refused.value.again, refused.value.stop, refused.value.elsewhere) == so
    assert "700" not in str(refused.value)


def test_a_busy_smsbox_says_for_how_long_it_wants_to_be_left_alone():
    with (
        smsbox(503, b"", [("Retry-After", "7")]) as (url, _),
        pytest.raises(SendFailed) as refused,
    ):
        channel(url).send(Outbound(CALLER, "bonjour", "17"))
    assert refused.value.wait_s == 7


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (None, b""),
        (500, b""),
        (502, b""),
        (408, b""),
        (200, b"0: Accepted"),
        (202, b"<html>"),
        (302, b""),
    ],
)
def test_whatever_leaves_doubt_is_called_unknown(status, body):
    with smsbox(status, body) as (url, _), pytest.raises(SendUnknown):
        channel(url).send(Outbound(CALLER, "bonjour", "17"))


def test_a_kannel_that_is_not_there_took_nothing():
    with pytest.raises(SendFailed) as refused:
        channel().send(Outbound(CALLER, "bonjour", "17"))
    assert refused.value.again
    assert not refused.value.stop


@pytest.mark.parametrize("text", ["", "a" * 1531, "ɛ" * 671])
def test_what_kannel_would_cut_or_send_empty_never_leaves(text):
    with smsbox(202, b"0: Accepted for delivery") as (url, asked):
        with pytest.raises(SendFailed) as refused:
            channel(url).send(Outbound(CALLER, text, "17"))
        assert asked == []
    assert not refused.value.again


TABLE = {
    "provider": "kannel",
    "token": [TOKEN],
    "sendsms_url": "http://127.0.0.1:1/cgi-bin/sendsms",
    "username": "jaabi",
    "password": "pass-of-a-test",
    "sender": "36123",
}


@pytest.fixture
def service(store, tmp_path):
    """A programme whose only road is a Kannel."""
    with serving(store.url, tmp_path, kannel=TABLE) as one:
        yield one


def ask(service, hook, query):
    """Ask as smsbox does and return the response."""
    with service.app.test_client() as client:
        return client.get(f"/hooks/kannel/{TOKEN}/{hook}?{query}")


def test_whatever_smsbox_asks_is_answered_with_an_empty_200_and_the_second_time_too(service):
    for hook, query in [*posts.ASKED.values(), *reversed(posts.ASKED.values())]:
        reply = ask(service, hook, query)
        assert (reply.status_code, reply.text) == (200, ""), query
        assert reply.content_type == "text/plain; charset=utf-8"
    for hook, query in posts.BROKEN.values():
        assert ask(service, hook, query).status_code == 400


KEPT = {
    "a plain text": ["aide moi svp"],
    "two bytes a letter": ["ɛɔɲŋ"],
    "an emoji in four bytes": ["😀"],
    "ten parts joined by bearerbox": [posts.TEN_PARTS.replace("+", " ")],
}


@pytest.mark.parametrize("name", KEPT)
def test_a_text_is_taken_in_once_and_answered_once_however_often_smsbox_asks(service, name):
    for _ in range(3):
        assert ask(service, *posts.ASKED[name]).status_code == 200
    service.converser.drain()
    assert service.inbox == [("processed", None)]
    assert service.stories == KEPT[name]
    assert [to for to, _ in service.send()].count(CALLER) == 1


def test_an_empty_text_is_asked_again(service):
    ask(service, *posts.ASKED["an empty text"])
    service.converser.drain()
    [text] = [text for to, text in service.send() if to == CALLER]
    assert text.startswith("Nous avons bien recu vos mots")


ASIDE = {
    "bytes for a machine": "no text: 8-bit data",
    "a sender that is a name": "sender is no telephone",
}


@pytest.mark.parametrize("name", ASIDE)
def test_what_is_no_text_of_a_person_is_kept_with_its_reason_and_never_answered(service, name):
    ask(service, *posts.ASKED[name])
    service.converser.drain()
    assert service.inbox == [("ignored", ASIDE[name])]
    assert (service.outbox, service.cases) == ([], [])


@pytest.mark.parametrize("word", ["STOP", "Arr%C3%AAt", "ARRET"])
def test_a_stop_that_came_by_kannel_is_obeyed(service, word):
    ask(service, "sms", posts.sms(word))
    service.converser.drain()
    [(_, text)] = service.send()
    assert text.startswith("C'est fait: plus aucun SMS.")


def test_a_report_moves_its_text_forward_and_never_back(service):
    ask(service, "sms", posts.sms("STOP"))
    service.converser.drain()
    service.send(provider_id="1", channel="kannel")
    for kind, status in [(8, "handed_over"), (1, "delivered"), (8, "delivered"), (2, "delivered")]:
        assert ask(service, "delivery", posts.delivery(kind, id=1)).status_code == 200
        assert [one for one, _ in service.outbox] == [status]


def test_a_session_over_smpp_walks_on_by_its_number_alone(service):
    first = ask(service, "ussd", posts.ussd("*123%23", id="1"))
    assert first.text.startswith("Jaabi. Tapez un chiffre:")
    assert first.headers["X-Kannel-Meta-Data"] == "?smpp?ussd_service_op=2"
    second = ask(service, "ussd", posts.ussd("1", op="%12", id="2"))
    assert second.text != first.text
    again = ask(service, "ussd", posts.ussd("1", op="%12", id="2"))
    assert again.text == second.text
    assert ask(service, "ussd", posts.ussd("", op="%12", its="%07%01", id="3")).text == ""

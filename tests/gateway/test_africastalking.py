"""Africa's Talking: what it posts, read; what we send, by its own SDK to a real HTTP server."""

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

from gateway.channels import africastalking_line
from gateway.channels.africastalking import AfricasTalking
from gateway.channels.africastalking_line import LONGEST, REST_S, Line
from gateway.channels.base import (
    Answer,
    Call,
    Inbound,
    MalformedWebhook,
    OptOut,
    Outbound,
    Report,
    SendFailed,
    SendUnknown,
    WebhookRequest,
)
from tests.gateway import africastalking_posts as posts

CALLER = "+22370000001"
SESSION = posts.SESSION
RESET, CUT, HANG = "hangs up", "hangs up in mid-answer", "hangs"


def channel(**changes):
    settings = {"sender": "36000", "api_url": None} | changes
    return AfricasTalking("at", "sandbox", "key-of-a-test", **settings)


def read(event, body, **changes):
    return channel(**changes).read(WebhookRequest(event, "POST", "/hooks", {}, b"", body))


SMS = [
    ("a plain one", posts.sms("Pas+de+vivres"), CALLER, "Pas de vivres"),
    ("an empty one", posts.sms(""), CALLER, ""),
    ("Bambara with emoji", posts.sms("K%C9%9Bn%C9%9Bya+%F0%9F%98%80"), CALLER, "Kɛnɛya 😀"),
    ("an unencoded plus", posts.sms("bonjour", sender="+22370000001"), CALLER, "bonjour"),
    ("bytes that are not UTF-8", posts.sms("caf%E9+ferm%E9"), CALLER, "café fermé"),
    ("NUL and control characters", posts.sms("aide%00%1B%0D%0Asvp"), CALLER, "aide\0\x1b\r\nsvp"),
    ("a sender that is a name", posts.sms("Votre+solde", sender="Orange"), None, "Votre solde"),
    ("a short code", posts.sms("Promo", sender="36123"), None, "Promo"),
]


@pytest.mark.parametrize(("body", "sender", "text"), [case[1:] for case in SMS])
def test_an_sms_is_read_as_it_was_written(body, sender, text):
    sms = read("sms", body)
    assert isinstance(sms, Inbound)
    assert (sms.sender, sms.text) == (sender, text)
    assert sms.id == "5d3b4c2b-c589-4811-8202-0a7184eed4df"


def test_ten_parts_arrive_as_one_text():
    assert len(read("sms", posts.sms(posts.LONG)).text) > 1500


USSD = [
    ("the first hop", posts.ussd(""), "", "begin"),
    ("one answer", posts.ussd("1"), "1", "answer"),
    (
        "free text with a star",
        posts.ussd("1%2A2%2Ail+a+pris+5%2A6+sacs"),
        "1*2*il a pris 5*6 sacs",
        "answer",
    ),
    ("an empty answer", posts.ussd("1%2A2%2A"), "1*2*", "answer"),
    ("stars and hashes", posts.ussd("%2A%2306%23"), "*#06#", "answer"),
    ("no network code", posts.ussd("", extra=""), "", "begin"),
]


@pytest.mark.parametrize(("body", "text", "phase"), [case[1:] for case in USSD])
def test_a_keypress_brings_all_that_was_typed_in_its_session(body, text, phase):
    press = read("ussd", body)
    assert (press.sender, press.session, press.typed, press.phase) == (CALLER, SESSION, text, phase)


@pytest.mark.parametrize("status", ["Success", "Incomplete", "Failed"])
def test_the_end_of_a_session_leaves_its_words_behind(status):
    end = read("ussd-end", posts.ussd_end(status))
    assert (end.session, end.phase, end.failed) == (SESSION, "end", status == "Failed")
    assert (end.typed, end.said) == (None, None)


REPORTS = [
    (posts.delivery("Success"), "delivered", None, False),
    (posts.delivery("Failed", reason="UserInBlackList"), "failed", "UserInBlackList", True),
    (posts.delivery("Rejected", reason="UserIsInactive"), "failed", "UserIsInactive", False),
    (posts.delivery("AbsentSubscriber"), "unknown", None, False),
    (posts.delivery("Buffered"), "handed_over", None, False),
]


@pytest.mark.parametrize(("body", "status", "reason", "opted_out"), REPORTS)
def test_a_delivery_report_keeps_the_providers_word(body, status, reason, opted_out):
    report = read("delivery", body)
    assert isinstance(report, Report)
    assert (report.provider_id, report.status) == (posts.SENT_ID, status)
    assert (report.reason, report.opted_out) == (reason, opted_out)


def test_an_opt_out_names_who_wants_no_more():
    assert read("optout", posts.OPT_OUT) == OptOut(CALLER)


CALLS = [
    ("a call", CALLER, True, True),
    ("the end of a call that was not", CALLER, False, True),
    ("the end of a call that was taken", CALLER, False, False),
    ("a recording", CALLER, True, False),
]


@pytest.mark.parametrize(("name", "caller", "rings", "beeps"), CALLS)
def test_a_call_says_whether_it_waits_for_us_and_whether_nobody_spoke(name, caller, rings, beeps):
    call = read("voice", posts.CALLS[name])
    assert isinstance(call, Call)
    assert (call.caller, call.rings, call.beeps) == (caller, rings, beeps)


@pytest.mark.parametrize("caller", ["", "anonymous", "36123", "Orange", "sip%3Aadmin"])
def test_a_caller_that_is_no_telephone_is_nobody(caller):
    assert read("voice", posts.call(caller=caller)).caller is None


def test_a_call_we_make_ourselves_is_no_beep():
    ours = posts.call().replace(b"direction=Inbound", b"direction=Outbound")
    assert not read("voice", ours).beeps


def test_a_ringing_call_is_rejected_in_the_words_of_the_provider():
    ringing = Call(id="1", caller=CALLER, rings=True, beeps=True)
    assert channel().thanks(ringing) == Answer(
        200,
        "application/xml",
        '<?xml version="1.0" encoding="UTF-8"?><Response><Reject/></Response>',
    )


BROKEN = [
    ("sms", b"text=bonjour&id=1"),
    ("sms", b"from=%2B22370000001&text=bonjour"),
    ("sms", posts.sms("x", id="a" * 81)),
    ("ussd", b"phoneNumber=%2B22370000001&text=1"),
    ("ussd", f"sessionId={SESSION}&text=1&phoneNumber=Orange".encode()),
    ("ussd-end", b"status=Success"),
    ("delivery", b"status=Success"),
    ("delivery", b"id=ATXid_1"),
    ("optout", b"senderId=X"),
    ("voice", b"sessionId=x&callerNumber=%2B22370000001"),
    ("voice", b"isActive=1&callerNumber=%2B22370000001"),
    ("sms", b""),
    ("sms", b"&".join(b"a=1" for _ in range(70))),
]


@pytest.mark.parametrize(("event", "body"), BROKEN)
def test_what_cannot_be_read_is_malformed_and_nothing_else(event, body):
    with pytest.raises(MalformedWebhook):
        read(event, body)


def test_a_code_that_is_not_ours_is_refused_only_where_ours_is_configured():
    assert read("ussd", posts.ussd("1"), service_code="*123#").typed == "1"
    with pytest.raises(MalformedWebhook):
        read("ussd", posts.ussd("1"), service_code="*321#")


def test_a_screen_is_wrapped_with_con_or_end():
    press = read("ussd", posts.ussd("1"))
    assert channel().screen("Jaabi", over=False, press=press).body == "CON Jaabi"
    assert channel().screen("Merci", over=True, press=press).body == "END Merci"


@dataclass
class Misbehaving:
    """How a provider answers: ``way`` is what it does instead of answering well."""

    status: int = 201
    kind: str = "application/json"
    body: bytes = b""
    headers: dict = field(default_factory=dict)
    way: str | None = None


@contextmanager
def provider(how):
    """A provider on loopback that records what it was sent and answers as told."""
    seen, over = [], threading.Event()

    class Provider(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            length = int(self.headers["Content-Length"])
            form = parse_qs(self.rfile.read(length).decode())
            seen.append((self.path, dict(self.headers), form, self.client_address))
            if how.way == HANG:
                over.wait(30)
            if how.way in (HANG, RESET):
                self.close_connection = True
                return
            self.send_response(how.status)
            for name, value in {"Content-Type": how.kind, **how.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(how.body) + (how.way == CUT)))
            self.end_headers()
            self.wfile.write(how.body)
            self.close_connection = how.way == CUT

        def log_message(self, *about):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/version1", seen
    finally:
        over.set()
        server.shutdown()
        thread.join()
        server.server_close()


def reply(code, message="Sent to 1/1"):
    recipients = (
        []
        if code is None
        else [{"statusCode": code, "status": "x", "number": CALLER, "messageId": "ATXid_1"}]
    )
    return json.dumps({"SMSMessageData": {"Message": message, "Recipients": recipients}}).encode()


def send(*about, **more):
    with provider(Misbehaving(*about, **more)) as (url, seen):
        try:
            return channel(api_url=url).send(Outbound(CALLER, "Bonjour è", "1")), seen
        except (SendFailed, SendUnknown) as error:
            return error, seen


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8"])
@pytest.mark.parametrize("code", [100, 101, 102])
def test_the_sdk_hands_over_one_text_to_one_number(code, content_type):
    provider_id, seen = send(201, content_type, reply(code))
    assert provider_id == "ATXid_1"
    [(path, headers, form, _)] = seen
    assert path == "/version1/messaging"
    assert headers["apiKey"] == "key-of-a-test"
    assert form["to"] == [CALLER]
    assert form["message"] == ["Bonjour è"]
    assert form["from"] == ["36000"]


@pytest.mark.parametrize("named", ["ATXid_1\\u0000", "ATXid_1\\ud800", "\\nATXid_1"])
def test_an_id_that_no_column_takes_is_cleaned(named):
    provider_id, _ = send(201, "application/json", reply(101).replace(b"ATXid_1", named.encode()))
    assert provider_id == "ATXid_1"


REFUSALS = [
    # what came back, tried again?, staff must act?, opted out?
    ((201, "application/json", reply(None, "InvalidSenderId")), True, True, False),
    ((201, "application/json", reply(None, "Whatever")), False, False, False),
    ((201, "application/json", reply(402)), True, True, False),
    ((201, "application/json", reply(405)), True, True, False),
    ((201, "application/json", reply(403)), False, False, False),
    ((201, "application/json", reply(406)), False, False, True),
    ((201, "application/json", reply(500)), True, False, False),
    ((401, "text/plain", b"The supplied authentication is invalid"), True, True, False),
    ((201, "application/json", reply(401)), False, True, False),
    ((403, "text/plain", b""), True, True, False),
    ((400, "text/plain", b"bad request"), True, False, False),
    ((302, "text/plain", b"", {"Location": "http://127.0.0.1:1/"}), True, False, False),
    ((429, "text/plain", b"slow down"), True, False, False),
    ((503, "text/plain", b"busy", {"Retry-After": "7"}), True, False, False),
]


@pytest.mark.parametrize(("answer", "again", "stop", "opted_out"), REFUSALS)
def test_a_refusal_says_what_to_do_next(answer, again, stop, opted_out):
    error, _ = send(*answer)
    assert isinstance(error, SendFailed)
    assert (error.again, error.stop, error.opted_out) == (again, stop, opted_out)


UNKNOWN = [
    Misbehaving(way=RESET),
    Misbehaving(body=reply(101), way=CUT),
    Misbehaving(body=b"<html>"),
    Misbehaving(200, "text/html", b"[]"),
    Misbehaving(200, "application/json", b'{"error": "internal"}'),
    Misbehaving(body=b"[" * 100_000),
    Misbehaving(body=b"\xff\xfe\x00"),
    Misbehaving(body=reply(101).replace(b"101", b"1e999")),
    Misbehaving(body=b" " * (LONGEST + 1)),
    Misbehaving(500, "text/plain", b"we broke down"),
    Misbehaving(503, "text/plain", b"somewhere behind us something broke down"),
    Misbehaving(408, "text/plain", b"too slow"),
]


@pytest.mark.parametrize("how", UNKNOWN, ids=lambda how: f"{how.way or how.status}-{how.body[:9]}")
def test_what_nobody_can_judge_is_unknown_and_never_failed(how):
    with provider(how) as (url, seen):
        with pytest.raises(SendUnknown):
            channel(api_url=url).send(Outbound(CALLER, "Bonjour", "1"))
        assert len(seen) == 1  # and never said twice


def test_a_provider_that_thinks_too_long_is_not_waited_for_and_its_fate_is_unknown():
    with provider(Misbehaving(way=HANG)) as (url, _):
        line = Line("sandbox", "key-of-a-test", url)
        with pytest.raises(SendUnknown):
            line.send("Bonjour", [CALLER], timeout=(1.0, 0.2))


@pytest.mark.parametrize(
    ("status", "headers", "wait_s"),
    [(429, {}, REST_S), (429, {"Retry-After": "30"}, 30.0), (503, {"Retry-After": "7"}, 7.0)],
)
def test_who_asks_to_be_left_alone_says_for_how_long(status, headers, wait_s):
    error, _ = send(status, "text/plain", b"", headers)
    assert isinstance(error, SendFailed)
    assert error.wait_s == wait_s


def test_where_there_is_no_route_another_channel_may_have_one():
    error, _ = send(201, "application/json", reply(407))
    assert (error.again, error.elsewhere) == (False, True)


def test_texts_that_follow_one_another_share_a_line():
    with provider(Misbehaving(body=reply(101))) as (url, seen):
        at = channel(api_url=url)
        for _ in range(3):
            at.send(Outbound(CALLER, "Bonjour", "1"))
    assert len({address for *_, address in seen}) == 1


def test_a_line_that_rested_is_not_written_to(monkeypatch):
    monkeypatch.setattr(africastalking_line, "RESTED_S", -1.0)
    with provider(Misbehaving(body=reply(101))) as (url, seen):
        at = channel(api_url=url)
        assert [at.send(Outbound(CALLER, "Bonjour", "1")) for _ in range(3)] == ["ATXid_1"] * 3
    assert len({address for *_, address in seen}) == 3


def test_a_proxy_that_reads_along_is_told_where_it_goes(monkeypatch):
    with provider(Misbehaving(body=reply(101))) as (url, seen):
        monkeypatch.setenv("http_proxy", url)
        monkeypatch.setenv("no_proxy", "")
        at = channel(api_url="http://sms.example.test/version1")
        assert at.send(Outbound(CALLER, "Bonjour", "1")) == "ATXid_1"
    assert [path for path, *_ in seen] == ["http://sms.example.test/version1/messaging"]


def test_a_provider_that_was_never_reached_is_tried_again():
    with provider(Misbehaving()) as (url, _):
        closed = url
    with pytest.raises(SendFailed) as refused:
        channel(api_url=closed).send(Outbound(CALLER, "Bonjour", "1"))
    assert refused.value.again


def test_neither_number_nor_key_shows_in_an_error_or_a_repr():
    error, _ = send(401, "text/plain", b"The supplied authentication is invalid " + CALLER.encode())
    shown = repr(error) + str(error) + repr(channel()) + repr(Outbound(CALLER, "mots", "1"))
    assert "70000001" not in shown
    assert "key-of-a-test" not in shown
    assert "mots" not in shown

"""Sending by the official client to a server of ours that does all a provider should not."""

import json
import logging
import socket
import threading

import pytest

from gateway.channels.base import Outbound, SendFailed, SendUnknown
from gateway.channels.twilio import Twilio
from gateway.channels.twilio_codes import CODES
from gateway.channels.twilio_line import Account
from tests.gateway import twilio_posts as posts
from tests.gateway.fake_twilio import CUT, HANG, RESET, SLOW, FakeTwilio, Reply

ONE = posts.ONE
WORDS = "Recu, merci. Votre code: 12 34 56"
REPORTS = "https://ours.example/hooks/tw/token/delivery"
PATIENCE_S = 0.4
SID = "SM" + "0" * 31 + "1"


def channel(url, *, sender=posts.SMS_SENDER, template=None, timeout_s=PATIENCE_S):
    account = Account(posts.ACCOUNT, (posts.TOKEN, "the-old-one"), None, url, timeout_s)
    return Twilio("tw", account, sender=sender, template=template, reports_url=REPORTS)


def text(**changes):
    return Outbound(**{"to": ONE, "text": WORDS, "reference": "17", **changes})


@pytest.fixture
def api():
    with FakeTwilio() as one:
        yield one


def test_a_text_leaves_with_its_sender_and_where_its_reports_shall_go(api):
    assert channel(api.url).send(text()) == SID
    [asked] = api.asked
    assert asked.path == f"/2010-04-01/Accounts/{posts.ACCOUNT}/Messages.json"
    assert asked.user == f"{posts.ACCOUNT}:{posts.TOKEN}"
    assert asked.fields == {
        "To": ONE,
        "From": posts.SMS_SENDER,
        "Body": WORDS,
        "StatusCallback": f"{REPORTS}?m=17",
    }


def test_a_messaging_service_chooses_its_sender_itself(api):
    service = "MG" + "0" * 32
    channel(api.url, sender=service).send(text())
    [fields] = api.texts
    assert fields["MessagingServiceSid"] == service
    assert "From" not in fields


def test_an_open_chat_is_answered_in_our_words(api):
    channel(api.url, sender=posts.CHAT_SENDER, template="HX1").send(text())
    [fields] = api.texts
    assert (fields["To"], fields["From"]) == (f"whatsapp:{ONE}", posts.CHAT_SENDER)
    assert fields["Body"] == WORDS
    assert "ContentSid" not in fields


def test_a_closed_chat_is_reopened_by_the_words_that_were_approved(api):
    out = text(text="Bonjour\n\nà tous", window_open=False)
    channel(api.url, sender=posts.CHAT_SENDER, template="HX1").send(out)
    [fields] = api.texts
    assert "Body" not in fields
    assert fields["ContentSid"] == "HX1"
    assert json.loads(fields["ContentVariables"]) == {"1": "Bonjour à tous"}


def test_a_closed_chat_without_such_words_is_for_another_road_and_nobody_is_asked(api):
    with pytest.raises(SendFailed) as refused:
        channel(api.url, sender=posts.CHAT_SENDER).send(text(window_open=False))
    assert (refused.value.elsewhere, refused.value.again) == (True, False)
    assert api.asked == []


def error(code, status=400):
    said = {"code": code, "message": f"'{ONE}' is not valid", "more_info": "x", "status": status}
    return Reply(status, said)


NEW_STYLE = {"type": "about:blank", "title": f"no {ONE}", "status": 401, "code": 20003}
LIMIT = Reply(429, {"code": 20429, "status": 429}, {"Retry-After": "7"})
LIMIT_UNTIL = Reply(
    429,
    b"busy",
    {"Retry-After": "Sun, 22 Nov 2126 08:00:30 GMT", "Date": "Sun, 22 Nov 2126 08:00:00 GMT"},
)

# What it does: (again, stop, opted_out, elsewhere, wait_s).
REFUSED = {
    "a limit": (LIMIT, (True, False, False, False, 7.0)),
    "a limit until some time": (LIMIT_UNTIL, (True, False, False, False, 30.0)),
    "a limit for an odd time": (
        Reply(429, b"", {"Retry-After": "soon"}),
        (True, False, False, False, None),
    ),
    "a limit for ever": (
        Reply(429, b"", {"Retry-After": "99999999"}),
        (True, False, False, False, 3600.0),
    ),
    "no such account": (Reply(404, b"nothing here"), (True, True, False, False, None)),
    "a token that is not ours": (error(20003, 401), (True, True, False, False, None)),
    "the same in another style": (Reply(401, NEW_STYLE), (True, True, False, False, None)),
    "an error nobody knows": (error(29999), (False, False, False, False, None)),
    "an error without a code": (Reply(400, b"<html>"), (False, False, False, False, None)),
    "somewhere else": (
        Reply(302, b"", {"Location": "http://127.0.0.1:9/"}),
        (True, False, False, False, None),
    ),
    "yes, but with an error": (
        Reply(201, {"sid": SID, "error_code": 21610}),
        (False, False, True, False, None),
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_says_what_may_be_tried(api, name):
    reply, told = REFUSED[name]
    api.replies = [reply]
    with pytest.raises(SendFailed) as refused:
        channel(api.url).send(text())
    fate = refused.value
    assert len(api.asked) == 1
    assert (fate.again, fate.stop, fate.opted_out, fate.elsewhere, fate.wait_s) == told
    assert "7000" not in str(fate)


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_we_know_has_its_fate(api, code):
    api.replies = [error(code)]
    with pytest.raises(SendFailed) as refused:
        channel(api.url).send(text())
    fate, known = refused.value, CODES[code]
    assert (fate.again, fate.stop) == (known.again, known.stop)
    assert (fate.opted_out, fate.elsewhere) == (known.opted_out, known.elsewhere)
    assert fate.reason == f"error {code}"


UNKNOWN = {
    "an error of theirs": Reply(500, {"code": 20500, "status": 500}),
    "an error of a machine before it": Reply(502, b"<html>bad gateway</html>"),
    "too much to do": Reply(503, b""),
    "too slow for them": Reply(408, b""),
    "a limit that is an error of theirs": error(20429, 500),
    "a hang-up": Reply(way=RESET),
    "half an answer": Reply(201, {"sid": SID}, way=CUT),
    "no answer": Reply(way=HANG),
    "garbage": Reply(201, b"\xff\xfe{"),
    "words": Reply(201, b"OK"),
    "a list": Reply(201, [SID]),
    "nothing": Reply(201, b""),
    "null": Reply(201, None),
    "no id": Reply(201, {"status": "queued"}),
    "an id that is none": Reply(201, {"sid": {"a": 1}}),
    "yes with an error in it": Reply(200, {"code": 20003, "message": "x", "status": 401}),
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_nobody_can_say_is_unknown_and_never_tried_again_by_itself(api, name):
    api.replies = [UNKNOWN[name]]
    with pytest.raises(SendUnknown) as unknown:
        channel(api.url).send(text())
    assert len(api.asked) == 1
    assert "7000" not in str(unknown.value)


def test_an_answer_that_takes_its_time_is_an_answer(api):
    api.replies = [Reply(201, {"sid": SID}, way=SLOW)]
    assert channel(api.url).send(text()) == SID


def test_no_answer_is_waited_for_longer_than_a_lane_can_wait():
    assert 0 < Account(posts.ACCOUNT, (posts.TOKEN,)).timeout_s <= 12


def test_a_server_that_is_not_there_has_taken_nothing():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(SendFailed) as refused:
        channel(f"http://127.0.0.1:{port}").send(text())
    assert refused.value.again
    assert not refused.value.stop


def test_a_name_nobody_knows_has_taken_nothing():
    with pytest.raises(SendFailed):
        channel("http://nowhere.invalid").send(text())


def test_texts_that_leave_at_once_each_have_their_own_id(api):
    ours, lock, got = channel(api.url, timeout_s=5), threading.Lock(), {}
    # The fake names each message by what it says.
    api.usual = lambda asked: Reply(201, {"sid": f"SM{int(asked.fields['Body']):032x}"})

    def send(first):
        for number in range(first, first + 25):
            sid = ours.send(text(text=str(number)))
            with lock:
                got[number] = sid

    threads = [threading.Thread(target=send, args=(first,)) for first in range(0, 200, 25)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert got == {number: f"SM{number:032x}" for number in range(200)}


def test_after_a_failure_the_next_text_leaves(api):
    ours = channel(api.url)
    api.replies = [Reply(way=RESET), Reply(201, b"{")]
    for _ in range(2):
        with pytest.raises(SendUnknown):
            ours.send(text())
    assert ours.send(text()) == SID


def test_the_environment_names_no_other_account_and_no_other_host(api, monkeypatch):
    for name in ("ACCOUNT_SID", "AUTH_TOKEN", "REGION", "EDGE"):
        monkeypatch.setenv(f"TWILIO_{name}", "elsewhere")
    channel(api.url).send(text())
    [asked] = api.asked
    assert asked.user == f"{posts.ACCOUNT}:{posts.TOKEN}"


def test_no_log_says_to_whom_or_what(api, caplog):
    api.replies = [error(21211), error(20500, 500)]
    with caplog.at_level(logging.DEBUG):
        for kind in (SendFailed, SendUnknown, None):
            if kind is None:
                channel(api.url).send(text())
                continue
            with pytest.raises(kind):
                channel(api.url).send(text())
    assert "70000001" not in caplog.text
    assert "merci" not in caplog.text
    assert posts.TOKEN not in caplog.text

"""The doors themselves: who is let in, and what is not even looked at."""

import io
import shutil

import pytest
from flask.testing import EnvironBuilder
from sqlalchemy import inspect

from models.conversation import Conversation
from models.inbound import InboundMessage
from tests.gateway import africastalking_posts as posts
from tests.gateway.service import CHANNEL, FORM, NEXT_TOKEN, TOKEN, serving

LARGEST = 64 * 1024
BODY = posts.sms("bonjour")
STRANGERS = {
    "an unknown channel": {"channel": "nobody"},
    "a channel outside ASCII": {"channel": "canal-é"},
    "an unknown event": {"hook": "calls"},
    "no event of ours": {"hook": "subscription"},
    "a wrong token": {"token": "c" * 40},
    "a token one letter short": {"token": TOKEN[:-1]},
    "a token one letter long": {"token": TOKEN + "a"},
    "a token in capitals": {"token": TOKEN.upper()},
    "a token outside ASCII": {"token": "é" * 40},
    "a token that is no text": {"token": "%FF%FE" * 20},
    "a token with a NUL": {"token": TOKEN[:-1] + "%00"},
    "the name of the channel for a token": {"token": CHANNEL},
    "a wrong token and an unknown event": {"token": "c" * 40, "hook": "calls"},
}


@pytest.fixture(scope="module")
def shut(sqlite_template, tmp_path_factory):
    """A programme for all who are not let in: nothing of theirs is ever kept."""
    folder = tmp_path_factory.mktemp("shut")
    shutil.copyfile(sqlite_template, folder / "jaabi.db")
    with serving(f"sqlite:///{folder / 'jaabi.db'}", folder) as one:
        yield one
        assert one.inbox == []
        assert one.reports == []
        assert one.rows(Conversation) == []


def knock(service, hook="sms", body=BODY, **whose):
    reply = service.post(hook, body, **whose)
    return reply.status_code, reply.get_data(), sorted(reply.headers)


@pytest.mark.parametrize("name", STRANGERS)
def test_whatever_is_wrong_about_an_address_it_is_the_same_nowhere(shut, name):
    nowhere = knock(shut, "z", channel="x")
    assert nowhere[0] == 404
    assert knock(shut, **STRANGERS[name]) == nowhere


@pytest.mark.parametrize("name", posts.ELSEWHERE)
def test_what_we_have_no_hook_for_is_nowhere(shut, name):
    hook, body = posts.ELSEWHERE[name]
    assert knock(shut, hook, body) == knock(shut, hook, body, channel="nobody")
    assert knock(shut, hook, body)[0] == 404


@pytest.mark.parametrize("token", [TOKEN, NEXT_TOKEN])
def test_two_tokens_are_good_while_one_takes_over_from_the_other(shut, token):
    assert knock(shut, "ussd-end", posts.ussd_end("Success"), token=token)[0] == 200


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH"])
def test_only_a_post_is_listened_to_and_others_learn_nothing(shut, method):
    with shut.app.test_client() as client:
        replies = [
            client.open(f"/hooks/{channel}/{token}/sms?from=%2B22370000001&id=1", method=method)
            for channel, token in ((CHANNEL, TOKEN), (CHANNEL, "c" * 40), ("nobody", TOKEN))
        ]
    assert {reply.status_code for reply in replies} <= {404, 405}
    assert len({(reply.get_data(), str(reply.headers)) for reply in replies}) == 1


def padded(size):
    body = posts.ussd_end("Success") + b"&more="
    return body + b"a" * (size - len(body))


def test_a_body_of_more_than_64_kib_is_refused_and_one_of_64_is_read(shut):
    assert shut.post("ussd-end", padded(LARGEST + 1)).status_code == 413
    assert shut.post("ussd-end", padded(LARGEST)).status_code == 200


def test_a_body_that_does_not_say_its_length_is_refused_as_soon_as_it_is_too_long(shut):
    def chunked(body):
        stream = io.BytesIO(body)
        built = EnvironBuilder(
            shut.app,
            f"/hooks/{CHANNEL}/{TOKEN}/ussd-end",
            method="POST",
            input_stream=stream,
            content_type=FORM,
            headers={"Transfer-Encoding": "chunked"},
            environ_overrides={"wsgi.input_terminated": True},
        )
        with shut.app.test_client() as client:
            return client.open(built).status_code, stream.tell()

    status, read = chunked(padded(10 * LARGEST))
    assert status == 413
    assert read <= 2 * LARGEST
    assert chunked(padded(LARGEST + 1))[0] == 413
    # Of a form nobody can tell whether it was cut off; half a JSON is none.
    assert chunked(padded(1000))[0] == 411
    assert chunked(b'{"sessionId": "1"}'.ljust(LARGEST))[0] == 400
    assert chunked(b"")[0] == 400


def test_half_a_body_is_no_post_even_if_the_server_gives_it_as_if_it_were_all(shut, caplog):
    body = posts.ussd_end("Success")

    def cut_to(length):
        built = EnvironBuilder(
            shut.app,
            f"/hooks/{CHANNEL}/{TOKEN}/ussd-end",
            method="POST",
            input_stream=io.BytesIO(body[:length]),
            content_type=FORM,
            environ_overrides={"CONTENT_LENGTH": str(len(body)), "wsgi.input_terminated": True},
        )
        with shut.app.test_client() as client:
            return client.open(built).status_code

    assert {cut_to(length) for length in range(len(body))} == {400}
    assert {one.reason for one in caplog.records} == {"cut off"}
    assert cut_to(len(body)) == 200


def test_ten_megabytes_are_refused_before_they_are_read(shut):
    class Unread(io.RawIOBase):
        def readinto(self, _):
            raise AssertionError("nobody may read this")

    with shut.app.test_client() as client:
        long = {"CONTENT_LENGTH": str(10_000_000), "wsgi.input": Unread()}
        path = f"/hooks/{CHANNEL}/{TOKEN}/sms"
        reply = client.post(path, content_type=FORM, environ_overrides=long)
    assert reply.status_code == 413


def test_too_many_fields_are_not_even_sorted(shut):
    body = BODY + b"".join(b"&f%d=1" % one for one in range(70))
    assert shut.post("sms", body).status_code == 400


CONTENTS = {
    "a form called JSON": ("application/json", posts.ussd_end("Success"), 200),
    "a form called nothing": (None, posts.ussd_end("Success"), 200),
    "a form in a charset": (f"{FORM}; charset=iso-8859-1", posts.ussd_end("%E9"), 200),
    "JSON": ("application/json", b'{"phoneNumber": "+22370000001", "sessionId": "1"}', 400),
    "JSON called a form": (FORM, b'{"phoneNumber": "+22370000001", "sessionId": "1"}', 400),
    "several parts": (
        "multipart/form-data; boundary=b",
        b'--b\r\nContent-Disposition: form-data; name="id"\r\n\r\n1\r\n--b--\r\n',
        400,
    ),
    "nothing": (FORM, b"", 400),
    "bytes": ("application/octet-stream", bytes(range(256)), 400),
    "only signs of a form": (FORM, b"&&==&=&%&%zz", 400),
}


@pytest.mark.parametrize("name", CONTENTS)
def test_what_a_body_is_called_matters_less_than_what_it_is(shut, name):
    content_type, body, status = CONTENTS[name]
    with shut.app.test_client() as client:
        path = f"/hooks/{CHANNEL}/{TOKEN}/ussd-end"
        reply = client.post(path, data=body, content_type=content_type)
    assert reply.status_code == status


def test_fields_in_the_address_are_not_taken_for_the_body(shut):
    with shut.app.test_client() as client:
        path = f"/hooks/{CHANNEL}/{TOKEN}/sms?{BODY.decode()}"
        assert client.post(path, data=b"", content_type=FORM).status_code == 400


def width(table, column):
    return inspect(table).columns[column].type.length


ODD = {
    "an id with a NUL": {"id": "a%00b"},
    "an id with spaces around": {"id": "+abc+"},
    "an id as long as its column": {"id": "é" * width(InboundMessage, "provider_id")},
    "a time longer than its column": {"extra": "&date=" + "2" * 200},
    "a time with a NUL": {"extra": "&date=%00%01"},
}


@pytest.mark.parametrize("name", ODD)
def test_what_does_not_fit_its_column_costs_no_message(service, name):
    for _ in range(2):
        assert service.post("sms", posts.sms("bonjour", **ODD[name])).status_code == 200
    assert service.inbox == [("waiting", None)]


@pytest.mark.parametrize(("word", "reason"), [("Succ%00ess", "%00"), ("S" * 500, "U" * 500)])
def test_a_report_in_odd_words_is_kept(service, word, reason):
    assert service.post("delivery", posts.delivery(word, reason=reason)).status_code == 200
    assert len(service.reports) == 1


LONG_SESSIONS = {"as long as ours may be": 80, "one longer": 81, "very long": 5000}


@pytest.mark.parametrize("name", LONG_SESSIONS)
def test_a_session_without_an_end_in_its_name_is_refused(service, name):
    length = LONG_SESSIONS[name]
    body = posts.ussd("", session="%C3%A9" * length)
    assert service.post("ussd", body).status_code == (200 if length == 80 else 400)
    assert len(service.rows(Conversation)) == (length == 80)


def test_an_answer_can_be_kept_by_nobody_on_the_way(service):
    reply = service.post("ussd", posts.ussd(""))
    assert reply.headers.get("Set-Cookie") is None
    assert reply.content_type == "text/plain; charset=utf-8"

"""Numbers and words by every road, in errors and on the disk: afterwards they stand nowhere."""

import itertools
import logging
import traceback
from contextlib import closing
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

import pytest

from gateway import assembly
from gateway.app import HANDING_OVER
from gateway.channels.base import Outbound, SendFailed, SendUnknown
from gateway.spool import Post, Spool
from models.inbound import InboundMessage
from models.keeper import Keeper
from models.outbound import DeliveryReport
from tests.gateway import africastalking_posts, kannel_posts
from tests.gateway import twilio_posts as posts
from tests.gateway.dialling import Dialler
from tests.gateway.our_logs import our_logs
from tests.gateway.service import TOKEN, serving
from tests.gateway.ussd_posts import NETWORKS
from tests.journeys.traces import Traces

NOWHERE = "sqlite:////nowhere/at/all/jaabi.db"
CLOSED = "http://127.0.0.1:1"
WAY = ("1", "1", "1", "2", "6143", "1", "1", "1", "1")  # to where words are asked for
ROADS = ("at", "tw", "wa", "kannel", "kannel-posted", *NETWORKS)
CANARIES = {road: (f"+2237000{600 + at:04}", f"xwcanary{road}") for at, road in enumerate(ROADS)}
TABLES = {
    "tw": {"provider": "twilio", "sender": posts.SMS_SENDER},
    "wa": {"provider": "twilio", "sender": posts.CHAT_SENDER, "template": "HX" + "0" * 32},
    "kannel": {
        "provider": "kannel",
        "sendsms_url": CLOSED,
        "username": "jaabi",
        "password": "pass-of-a-test",
        "sender": "36123",
    },
    **{name: {"provider": "ussd_http", "shape": name} for name in NETWORKS},
}
TWILIO = {"account_sid": posts.ACCOUNT, "auth_token": posts.TOKEN, "api_url": CLOSED}


def table(name):
    own = TWILIO if TABLES[name]["provider"] == "twilio" else {}
    return {"token": [TOKEN], **own, **TABLES[name]}


@pytest.fixture
def logged():
    """Log through our rules and lend what was written."""
    with our_logs() as stream:
        yield stream


@pytest.fixture
def service(sqlite_store, tmp_path, logged):
    with serving(sqlite_store.url, tmp_path, **{name: table(name) for name in TABLES}) as one:
        yield one


@pytest.fixture
def traces():
    numbers, words = zip(*CANARIES.values(), strict=True)
    return Traces(numbers, words)


def get(service, channel, hook, query):
    with service.app.test_client() as client:
        return client.get(f"/hooks/{channel}/{TOKEN}/{hook}?{query}")


def twilio(service, channel, hook, fields):
    url = f"{service.settings.public_url}/hooks/{channel}/{TOKEN}/{hook}"
    body = urlencode(fields).encode()
    return service.post(hook, body, channel=channel, headers=posts.signed(url, fields))


def texts(service, marks):
    """Let a text come by every road that brings some, and return the answers' statuses."""
    mark = next(marks)
    number, word = CANARIES["at"]
    yield service.post("sms", africastalking_posts.sms(word, id=mark) + b"&x=" + word.encode())
    number, word = CANARIES["tw"]
    named = {"ProfileName": word, "FromCity": word}
    yield twilio(service, "tw", "sms", posts.message(mark, word, **{"From": number}, **named))
    number, word = CANARIES["wa"]
    chat = {"From": f"whatsapp:{number}", "WaId": number[1:], **named}
    yield twilio(service, "wa", "sms", posts.chat(mark, word, **chat))
    number, word = CANARIES["kannel"]
    yield get(service, "kannel", "sms", kannel_posts.sms(word, id=mark, sender=quote(number)))
    number, word = CANARIES["kannel-posted"]
    headers = {**kannel_posts.POSTED, "X-Kannel-From": number}
    yield service.post("sms-post", word.encode(), channel="kannel", headers=headers)


def reports(service):
    """Let providers say what became of texts, in words that name whom and what."""
    number, word = CANARIES["at"]
    failed = {"id": "ATXid_1", "status": number, "failureReason": f"{word[:0]}not {number}"}
    yield service.post("delivery", failed | {"phoneNumber": number})
    number, word = CANARIES["kannel"]
    receipt = kannel_posts.RECEIPT.replace("aide+moi", f"{word}+{quote(number)}")
    query = kannel_posts.delivery(2, more=receipt).replace(kannel_posts.ONE, quote(number))
    yield get(service, "kannel", "delivery", query)
    number, _ = CANARIES["tw"]
    yield twilio(service, "tw", "delivery", posts.status(number, to=number, ErrorCode=number))


def sessions(service):
    """Let a phone walk by every aggregator, in sessions that bear its number."""
    for name in NETWORKS:
        number, word = CANARIES[name]
        phone = Dialler(service, name, number[1:], session=f"{number[1:]}.{number[4:]}")
        phone.dial()
        phone.type(*WAY, word)
        phone.dial()
        phone.type("5", "1", "1", word, number)
        for ended in NETWORKS[name].ends:
            phone.end(ended)


def unreadable(service):
    """Let all be posted that no adapter can read, with a number in it, to every hook."""
    for (number, word), name in itertools.product(CANARIES.values(), ("at", *TABLES)):
        fields = {"from": word, "phoneNumber": word, "text": number, "msisdn": word, "id": ""}
        for hook in ("sms", "ussd", "delivery", "ussd-end", "sms-post", number):
            service.post(hook, fields, channel=name)
            get(service, name, hook, urlencode(fields))


def left_behind(service, folder, logged):
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "keys" not in path.parts:
            yield str(path.relative_to(folder)), path.read_bytes()
            yield "a file's name", str(path).encode()
    yield "log", logged.getvalue().encode()


def found(service, traces, folder, logged):
    places = left_behind(service, folder, logged)
    return {name: seen for name, content in places if (seen := traces.found_in(content))}


def test_by_no_road_does_a_number_or_a_word_come_to_stand_anywhere(
    service, traces, tmp_path, logged
):
    marks = (f"{at:02x}" for at in itertools.count(1))
    away = service.restarted(NOWHERE)
    with closing(away.store):
        spooled = [reply.status_code for reply in texts(away, marks)]
        told = [reply.status_code for reply in reports(away)]
        sessions(away)
    assert {*spooled, *told} <= {200, 204}
    assert any(tmp_path.rglob("*.post"))
    assert found(service, traces, tmp_path, logged) == {}
    assert service.app.extensions[HANDING_OVER].go() == len(spooled) + len(told)
    assert [reply.status_code for reply in texts(service, marks)] == [200] * len(spooled)
    assert {reply.status_code for reply in reports(service)} <= {200, 204}
    sessions(service)
    unreadable(service)
    assert len(service.rows(InboundMessage)) >= 2 * len(spooled)
    assert len(service.rows(DeliveryReport)) >= len(told)
    assert found(service, traces, tmp_path, logged) == {}
    service.converser.drain()
    service.send()
    assert found(service, traces, tmp_path, logged) == {}


def test_errors_that_name_somebody_are_logged_without_the_name(service, traces, tmp_path, logged):
    def breaks(*said):
        raise RuntimeError(f"{said} of {list(CANARIES.values())}")

    marks = (f"{at:02x}" for at in itertools.count(1))
    for broken in ({"hear": breaks}, {"keeper": Keeper(tmp_path / "nobody")}, {"places": breaks}):
        one = service.restarted(**broken)
        list(texts(one, marks))
        sessions(service)
        one.converser.drain()
        one.store.close()
    spool = Spool(service.settings.spool_dir / "public", service.stage.house.transit)
    for number, word in CANARIES.values():
        body = urlencode({"from": number, "text": word, "id": number * 20}).encode()
        for hook in ("sms", "delivery", "ussd"):
            path = f"/hooks/at/{TOKEN}/{hook}"
            spool.put(Post(datetime.now(UTC), "POST", path, number.encode(), (), body))
    service.app.extensions[HANDING_OVER].go()
    assert len(spool.aside()) == 3 * len(CANARIES)
    assert "RuntimeError" in logged.getvalue()
    assert found(service, traces, tmp_path, logged) == {}


@pytest.mark.parametrize("road", ["tw", "wa", "kannel", "at"])
@pytest.mark.parametrize("window_open", [True, False])
def test_what_a_provider_that_is_away_raises_names_nobody(
    service, traces, logged, road, window_open
):
    number, word = CANARIES[road]
    settings = service.settings
    if road == "at":
        own = settings.channel["at"].model_copy(update={"api_url": CLOSED})
        settings = settings.model_copy(update={"channel": {**settings.channel, "at": own}})
    channel = assembly.build_channels(settings)[road]
    with pytest.raises((SendFailed, SendUnknown)) as raised:
        channel.send(Outbound(number, word, "17", window_open=window_open))
    logging.getLogger("workers").exception("refused", exc_info=raised.value)
    told = "".join(traceback.format_exception(raised.value))
    assert traces.found_in(f"{told} {raised.value!r} {logged.getvalue()}".encode()) == set()

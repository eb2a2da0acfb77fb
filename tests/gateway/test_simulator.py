"""The phone network posts and takes what Africa's Talking posts and takes."""

import os
import signal
import subprocess
import sys
import threading
import uuid
from dataclasses import replace

import pytest
import requests
from africastalking.Service import AfricasTalkingException
from africastalking.SMS import SMSService

from gateway.demo import PEOPLE
from gateway.simulator.network import Network, NetworkSettings, NotLoopback
from gateway.simulator.phones import PHONES
from tests.gateway.fake_service import FakeService

ONE, TWO = "+22370000001", "+22370000002"
TOKEN = "t" * 40

# Field sets of the recorded callbacks at-01, at-20, at-31, at-40, at-41, at-46 and at-50.
RECORDED = {
    "sms": {"linkId", "text", "to", "id", "date", "from", "networkCode"},
    "ussd": {"sessionId", "serviceCode", "phoneNumber", "networkCode", "text"},
    "ussd-end": {
        "date", "sessionId", "serviceCode", "networkCode", "phoneNumber", "status", "cost",
        "durationInMillis", "hopsCount", "input", "lastAppResponse", "errorMessage",
    },
    "delivery": {"id", "status", "phoneNumber", "networkCode", "retryCount"},
    "optout": {"senderId", "phoneNumber"},
    "voice": {
        "isActive", "sessionId", "direction", "callerNumber", "destinationNumber",
        "callSessionState", "callerCountryCode", "callStartTime",
    },
}  # fmt: skip


@pytest.fixture
def service():
    running = FakeService()
    yield running
    running.close()


@pytest.fixture
def settings(service):
    return NetworkSettings(
        host="127.0.0.1",
        port=0,
        public_url=service.url,
        token=TOKEN,
        username="sandbox",
        api_key="key-of-the-demo",
        sender="36000",
        service_code="*123#",
        report_seconds=0.01,
    )


class Phones:
    """The JSON API of a running network, as a page or a terminal uses it."""

    def __init__(self, network):
        self.network = network
        self.url = network.url

    def post(self, path, number=ONE, status=200, **form):
        answer = requests.post(
            f"{self.url}/phones/{path}", data={"number": number, **form}, timeout=30
        )
        assert answer.status_code == status, answer.text
        return answer.json()

    def dial(self, code="*123#", number=ONE):
        return self.post("dial", number, code=code)["screen"]

    def answer(self, text, number=ONE):
        return self.post("answer", number, text=text)["screen"]

    def inbox(self, number=ONE, wait=15, since=0):
        query = {"number": number, "wait": wait, "since": since}
        return requests.get(f"{self.url}/phones/inbox", params=query, timeout=30).json()

    def sms(self, key="key-of-the-demo", username="sandbox"):
        sdk = SMSService(username, key)
        sdk._baseUrl = f"{self.url}/version1"
        return sdk


@pytest.fixture
def phones(settings):
    network = Network(settings)
    network.start()
    yield Phones(network)
    network.close()


def restarted(settings, **changes):
    network = Network(replace(settings, **changes))
    network.start()
    return Phones(network)


def only(reply):
    [recipient] = reply["SMSMessageData"]["Recipients"]
    return recipient


# The provider's side


def test_the_official_sdk_sends_a_text_to_a_phone_and_hears_that_it_arrived(phones, service):
    reply = phones.sms().send("Recu. Code: 48 21 73.", [ONE], sender_id="36000", enqueue=True)
    sent = only(reply)
    assert set(sent) == {"statusCode", "number", "status", "cost", "messageId"}
    assert (sent["statusCode"], sent["status"], sent["number"]) == (102, "Success", ONE)
    assert sent["messageId"].startswith("ATXid_")
    [letter] = phones.inbox()["letters"]
    assert (letter["text"], letter["sender"]) == ("Recu. Code: 48 21 73.", "36000")
    [report] = service.wait_for("delivery")
    assert set(report) == RECORDED["delivery"]
    assert (report["id"], report["status"]) == (sent["messageId"], "Success")


def test_a_text_that_is_not_queued_is_said_to_be_sent(phones):
    assert only(phones.sms().send("Merci", [ONE], sender_id="36000"))["statusCode"] == 101


def test_a_long_text_is_counted_and_priced_by_its_segments(phones):
    reply = phones.sms().send("a" * 161, [ONE], sender_id="36000")
    assert only(reply)["cost"] == "XOF 24.0000"
    assert reply["SMSMessageData"]["Message"].endswith("Message parts: 2")


@pytest.mark.parametrize(("key", "username"), [("another", "sandbox"), ("key-of-the-demo", "you")])
def test_a_wrong_key_or_user_is_refused_as_text_with_401(phones, key, username):
    with pytest.raises(AfricasTalkingException, match="authentication is invalid"):
        phones.sms(key, username).send("Merci", [ONE], sender_id="36000")
    answer = requests.post(
        f"{phones.url}/version1/messaging",
        data={"username": username, "to": ONE, "message": "Merci"},
        headers={"apiKey": key},
        timeout=10,
    )
    assert answer.status_code == 401
    assert answer.headers["Content-Type"].startswith("text/plain")


def test_a_wrong_sender_is_201_with_nobody_in_it(phones):
    reply = phones.sms().send("Merci", [ONE], sender_id="GREENLINE")
    assert reply == {"SMSMessageData": {"Message": "InvalidSenderId", "Recipients": []}}
    assert phones.inbox(wait=0)["letters"] == []


@pytest.mark.parametrize(
    ("number", "code", "status"),
    [("+22312345678", 407, "CouldNotRoute"), ("+2237abc", 403, "InvalidPhoneNumber")],
)
def test_a_number_outside_the_test_range_reaches_nobody(phones, number, code, status):
    answer = requests.post(
        f"{phones.url}/version1/messaging",
        data={"username": "sandbox", "to": number, "message": "Merci", "from": "36000"},
        headers={"apiKey": "key-of-the-demo"},
        timeout=10,
    )
    refused = only(answer.json())
    assert answer.status_code == 201
    assert (refused["statusCode"], refused["status"]) == (code, status)
    assert (refused["messageId"], refused["cost"]) == ("None", "0")


def test_a_form_without_a_text_is_400(phones):
    answer = requests.post(
        f"{phones.url}/version1/messaging",
        data={"username": "sandbox", "to": ONE},
        headers={"apiKey": "key-of-the-demo"},
        timeout=10,
    )
    assert answer.status_code == 400


def test_a_phone_that_refuses_texts_tells_the_service_and_gets_none_until_it_takes_them_again(
    phones, service
):
    phones.post("optout")
    [told] = service.wait_for("optout")
    assert told == {"senderId": "36000", "phoneNumber": ONE}
    assert set(told) == RECORDED["optout"]
    refused = only(phones.sms().send("Merci", [ONE], sender_id="36000"))
    assert (refused["statusCode"], refused["status"]) == (406, "UserInBlacklist")
    phones.post("optout", on="0")
    assert only(phones.sms().send("Merci", [ONE], sender_id="36000"))["status"] == "Success"


# The subscriber's side: USSD


def test_a_dialogue_is_posted_with_all_answers_joined_by_unescaped_stars(phones, service):
    assert phones.dial() == {
        "text": "Jaabi\n1 Dire un probleme",
        "over": False,
        "idle": 60.0,
        "total": pytest.approx(180, abs=5),
        "error": False,
    }
    for said in ("1", "2", "il a pris 5*6 sacs", ""):
        phones.answer(said)
    hops = service.of("ussd")
    assert [hop["text"] for hop in hops] == [
        "", "1", "1*2", "1*2*il a pris 5*6 sacs", "1*2*il a pris 5*6 sacs*",
    ]  # fmt: skip
    assert len({hop["sessionId"] for hop in hops}) == 1
    assert hops[0]["sessionId"].startswith("ATUid_")
    assert {hop["serviceCode"] for hop in hops} == {"*123#"}
    assert {hop["phoneNumber"] for hop in hops} == {ONE}
    assert all(set(hop) == RECORDED["ussd"] for hop in hops)
    assert all(path == f"/hooks/phone/{TOKEN}/ussd" for path, _ in service.posts)


@pytest.mark.parametrize(
    ("code", "text", "after"),
    [
        ("*123#", "", "1"),
        ("*123*6143#", "6143", "6143*1"),
        ("*123*3*1#", "3*1", "3*1*1"),
        ("*123*#", "", "*1"),
    ],
)
def test_what_is_dialled_beyond_the_service_code_is_the_first_text(
    phones, service, code, text, after
):
    phones.dial(code)
    phones.answer("1")
    assert [hop["text"] for hop in service.of("ussd")] == [text, after]


@pytest.mark.parametrize("code", ["*124#", "123", "", "*1234#", "*123*6143"])
def test_a_code_of_somebody_else_never_reaches_the_service(phones, service, code):
    shown = phones.dial(code)
    assert (shown["over"], shown["error"]) == (True, True)
    assert service.posts == []


@pytest.mark.parametrize("code", ["+22370000399", "70 00 03 99"])
def test_a_number_that_is_called_rings_at_the_service_and_is_busy(phones, service, code):
    shown = phones.dial(code)
    assert (shown["text"], shown["over"], shown["error"]) == (
        "Occupé. L'appel n'a rien coûté.",
        True,
        False,
    )
    ringing, over = service.wait_for("voice", 2)
    assert set(ringing) == RECORDED["voice"]
    assert (ringing["callerNumber"], ringing["destinationNumber"]) == (ONE, "+22370000399")
    assert (ringing["isActive"], over["isActive"]) == ("1", "0")
    assert ringing["sessionId"] == over["sessionId"]


def test_a_call_that_nobody_rejects_is_a_lost_line(phones, service):
    service.calls = ""
    assert phones.dial("+22370000399")["error"] is True


def test_an_ended_dialogue_is_told_with_everything_in_it(phones, service):
    service.screens = lambda fields: "END Merci." if fields["text"] else "CON 1 ou 2?"
    phones.dial()
    shown = phones.answer("1")
    assert (shown["text"], shown["over"], shown["error"]) == ("Merci.", True, False)
    [told] = service.wait_for("ussd-end")
    assert set(told) == RECORDED["ussd-end"]
    assert (told["status"], told["input"], told["hopsCount"]) == ("Success", "1", "2")
    assert (told["lastAppResponse"], told["errorMessage"]) == ("END Merci.", "")
    assert told["sessionId"] == service.of("ussd")[0]["sessionId"]


def test_hanging_up_is_told_as_incomplete_and_dialling_again_opens_another_session(phones, service):
    phones.dial()
    phones.post("hangup")
    [told] = service.wait_for("ussd-end")
    assert told["status"] == "Incomplete"
    phones.post("answer", text="1", status=409)
    phones.dial()
    first, second = service.of("ussd")
    assert first["sessionId"] != second["sessionId"]


def test_dialling_while_a_session_is_open_hangs_up_the_first(phones, service):
    phones.dial()
    phones.dial()
    [told] = service.wait_for("ussd-end")
    assert told["sessionId"] == service.of("ussd")[0]["sessionId"]
    assert told["status"] == "Incomplete"


@pytest.mark.parametrize(
    "answer", [(500, "CON hello"), (404, ""), (302, ""), (200, "Bonjour"), (200, ""), (200, "con")]
)
def test_an_unusable_answer_ends_the_session_with_the_operators_own_error(phones, service, answer):
    service.screens = lambda fields: answer
    shown = phones.dial()
    assert (shown["over"], shown["error"]) == (True, True)
    assert "code MMI" in shown["text"]
    [told] = service.wait_for("ussd-end")
    assert (told["status"], told["lastAppResponse"]) == ("Failed", "")
    assert told["errorMessage"]


def test_a_service_that_is_not_there_is_an_operator_error_too(settings):
    nobody = FakeService()
    nobody.close()
    phones = restarted(settings, public_url=nobody.url)
    assert phones.dial()["error"] is True
    phones.network.close()


@pytest.mark.parametrize(
    ("screen", "shown"),
    [
        ("a" * 182, "a" * 182),
        ("a" * 183, "a" * 182),
        ("€" * 100, "€" * 91),
        ("ɛ" * 100, "ɛ" * 80),
        ("é" * 182, "é" * 182),
        ("ɛ" * 79 + "😀", "ɛ" * 79),
    ],
)
def test_a_screen_is_cut_where_operators_cut_it(phones, service, screen, shown):
    service.screens = lambda fields: f"CON {screen}"
    assert phones.dial()["text"] == shown


def test_a_silent_phone_loses_its_session_after_the_idle_time(settings, service):
    phones = restarted(settings, idle_seconds=0.05)
    assert phones.dial()["idle"] == 0.05
    [ended] = phones.inbox()["letters"]
    assert (ended["kind"], "Temps" in ended["text"]) == ("ended", True)
    [told] = service.wait_for("ussd-end")
    assert (told["status"], told["errorMessage"]) == ("Incomplete", "")
    phones.post("answer", text="1", status=409)
    phones.network.close()


def test_a_session_ends_after_its_whole_time_however_busy_it_is(settings, service):
    phones = restarted(settings, session_seconds=0.0)
    assert phones.dial()["idle"] == 0.0
    [told] = service.wait_for("ussd-end")
    assert told["status"] == "Incomplete"
    phones.network.close()


def test_a_page_that_is_loaded_again_finds_the_open_screen(phones):
    query = {"number": ONE}
    asked = requests.get(f"{phones.url}/phones/screen", params=query, timeout=10).json()
    assert asked["screen"] is None
    phones.dial()
    asked = requests.get(f"{phones.url}/phones/screen", params=query, timeout=10).json()
    assert asked["screen"]["text"] == "Jaabi\n1 Dire un probleme"
    assert asked["refuses"] is False


# The subscriber's side: SMS


def test_an_sms_is_posted_with_the_recorded_fields(phones, service):
    phones.post("sms", text="Pas de vivres à Tessit, reçu 2+2 & rien")
    [posted] = service.wait_for("sms")
    assert set(posted) == RECORDED["sms"]
    assert posted["text"] == "Pas de vivres à Tessit, reçu 2+2 & rien"
    assert (posted["from"], posted["to"]) == (ONE, "36000")
    assert uuid.UUID(posted["id"]).version == 4


def test_sms_of_one_phone_arrive_in_the_order_they_were_written(phones, service):
    for words in ("un", "deux", "trois"):
        phones.post("sms", text=words)
    assert [posted["text"] for posted in service.wait_for("sms", 3)] == ["un", "deux", "trois"]


def test_an_sms_that_nobody_took_is_posted_again_under_the_same_id(phones, service):
    service.statuses["sms"] = [503]
    phones.post("sms", text="Pas de vivres")
    first, second = service.wait_for("sms", 2)
    assert first == second


# Misbehaviour


def test_a_dropped_session_reaches_the_service_and_never_the_phone(phones, service):
    phones.dial()
    phones.post("misbehave", how="drop")
    shown = phones.answer("1")
    assert (shown["over"], shown["error"]) == (True, True)
    assert [hop["text"] for hop in service.of("ussd")] == ["", "1"]
    [told] = service.wait_for("ussd-end")
    assert told["status"] == "Incomplete"
    assert phones.dial()["over"] is False


def test_twice_repeats_every_post_word_for_word(phones, service):
    phones.post("misbehave", how="twice")
    phones.dial()
    phones.post("sms", text="Pas de vivres")
    phones.sms().send("Merci", [ONE], sender_id="36000")
    phones.post("hangup")
    for event in ("ussd", "sms", "delivery", "ussd-end"):
        first, second = service.wait_for(event, 2)
        assert first == second


def test_reorder_lets_the_next_sms_pass_the_first_once(phones, service):
    phones.post("misbehave", how="reorder")
    for words in ("un", "deux", "trois", "quatre"):
        phones.post("sms", text=words)
    assert [posted["text"] for posted in service.wait_for("sms", 4)] == [
        "deux", "un", "trois", "quatre",
    ]  # fmt: skip


def test_cut_loses_the_second_half_of_an_sms_in_both_directions(phones, service):
    phones.post("misbehave", how="cut")
    phones.post("sms", text="Pas de vivres")
    assert service.wait_for("sms")[0]["text"] == "Pas de "
    phones.sms().send("Merci!", [ONE], sender_id="36000")
    assert phones.inbox()["letters"][0]["text"] == "Mer"


def test_delay_slows_one_phone_and_none_ends_it(phones, service):
    state = phones.post("misbehave", how="delay", seconds="0.05")["misbehaves"]
    assert state["delay"] == 0.05
    phones.post("sms", text="lent")
    phones.post("sms", number=TWO, text="vite")
    assert [posted["text"] for posted in service.wait_for("sms", 2)] == ["vite", "lent"]
    assert phones.post("misbehave", how="none")["misbehaves"]["delay"] == 0.0


def test_nobody_can_ask_for_a_mischief_that_does_not_exist(phones):
    assert "error" in phones.post("misbehave", how="explode", status=400)


# Whoever holds a phone


def test_everybody_of_the_demo_programme_has_a_phone():
    assert {row[1] for row in PEOPLE} <= {phone.short for phone in PHONES}


def test_the_phones_of_the_demo_are_listed_with_who_holds_them(phones):
    listed = requests.get(f"{phones.url}/phones", timeout=10).json()
    assert listed["service_code"] == "*123#"
    by_short = {phone["short"]: phone for phone in listed["phones"]}
    assert by_short["0111"]["number"] == "+22370000111"
    assert "MCD" in by_short["0111"]["role"]
    assert len(by_short) == len(listed["phones"])


@pytest.mark.parametrize("typed", ["1", "+22310000001", "", "abcd", "٠٠٠١", "+2237000000100"])
def test_a_phone_outside_the_test_numbers_does_not_exist(phones, typed):
    phones.post("dial", number=typed, code="*123#", status=404)


@pytest.mark.parametrize("typed", ["0001", "70000001", "22370000001", "+223 7000 0001", ONE])
def test_a_phone_is_found_by_any_spelling_of_its_number(phones, service, typed):
    phones.post("dial", number=typed, code="*123#")
    assert service.of("ussd")[0]["phoneNumber"] == ONE


def test_the_box_of_several_phones_is_watched_with_one_question(phones):
    found = []
    watcher = threading.Thread(
        target=lambda: found.extend(phones.inbox(number=[ONE, TWO])["letters"])
    )
    watcher.start()
    phones.sms().send("Merci", [TWO], sender_id="36000")
    watcher.join(15)
    assert [letter["number"] for letter in found] == [TWO]
    assert phones.inbox(number=[ONE, TWO], since=found[0]["seq"], wait=0)["letters"] == []


def test_only_pages_of_this_machine_may_use_the_network(phones):
    def ask(**headers):
        return requests.get(f"{phones.url}/phones", headers=headers, timeout=10)

    ours = ask(Origin="http://127.0.0.1:8000")
    assert ours.headers["Access-Control-Allow-Origin"] == "http://127.0.0.1:8000"
    for foreign in ({"Origin": "https://example.org"}, {"Origin": "null"}, {"Host": "example.org"}):
        refused = ask(**foreign)
        assert refused.status_code == 403
        assert "Access-Control-Allow-Origin" not in refused.headers


def test_the_network_starts_on_loopback_only(settings):
    with pytest.raises(NotLoopback):
        Network(replace(settings, host="0.0.0.0"))  # noqa: S104


PROCESS = """
import sys
from gateway.demo import PEOPLE
from gateway.simulator.network import NetworkSettings, serve
host, port, url = sys.argv[1:]
serve(NetworkSettings(host, int(port), url, "t" * 40, "sandbox", "key", "36000", "*123#"))
"""


def test_the_process_stops_cleanly_on_sigterm_and_writes_no_number(settings, service):
    probe = Network(settings)
    port = probe.port
    probe.close()
    process = subprocess.Popen(
        [sys.executable, "-c", PROCESS, "127.0.0.1", str(port), service.url],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=dict(os.environ),
    )
    session = requests.Session()
    retry = requests.adapters.HTTPAdapter(
        max_retries=requests.packages.urllib3.util.Retry(connect=20, backoff_factor=0.02)
    )
    session.mount("http://", retry)
    query = {"number": ONE}
    answer = session.get(f"http://127.0.0.1:{port}/phones/inbox", params=query, timeout=10)
    session.close()
    assert answer.json()["letters"] == []
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=10)
    assert (process.returncode, out) == (0, b"")

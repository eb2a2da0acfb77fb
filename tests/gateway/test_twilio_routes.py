"""What Twilio posts, signed anew for our own addresses, to what is kept and answered."""

import logging
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from models.conversation import Contact
from models.db import Job
from models.outbound import OutboundMessage
from models.person import Person
from models.services import messages, outbox
from models.voice_note import VoiceNote
from tests.factories import NOTICE, SPEAKER, phone_of
from tests.gateway import twilio_posts as posts
from tests.gateway.service import TOKEN, serving
from tests.gateway.twilio_posts import POSTS
from tests.outbox import claim_due

UNREAD = "Nous avons bien recu vos mots"
SHARED = "a-shared-key"


def table(sender, **more):
    return {
        "provider": "twilio",
        "token": [TOKEN],
        "account_sid": posts.ACCOUNT,
        "auth_token": ["the-next-token", posts.TOKEN],
        "sender": sender,
        **more,
    }


def twilio(url, folder):
    sms, chat = table(posts.SMS_SENDER, shared_key=SHARED), table(posts.CHAT_SENDER)
    return serving(url, folder, tw=sms, wa=chat)


@pytest.fixture
def service(sqlite_store, tmp_path):
    with twilio(sqlite_store.url, tmp_path) as one:
        yield one


@pytest.fixture
def on_each(store, tmp_path):
    """The same, once on each engine, for what the database has a say in."""
    with twilio(store.url, tmp_path) as one:
        yield one


def post(service, event, fields, *, channel="tw", query="", **sign):
    """Post fields as Twilio would and return the response."""
    url = f"{service.settings.public_url}/hooks/{channel}/{TOKEN}/{event}{query}"
    headers = posts.signed(url, fields, **sign)
    hook = event + query
    return service.post(hook, urlencode(fields).encode(), channel=channel, headers=headers)


def told(service, fields, channel="tw"):
    """Post a message, let the worker answer and return what its sender is told."""
    reply = post(service, "sms", fields, channel=channel)
    assert (reply.status_code, reply.text) == (200, "<Response/>")
    service.converser.drain()
    return [said for number, said in service.send() if number == SPEAKER]


ANSWERED = {
    "an SMS": f"{NOTICE} C'est ou?",
    "ten parts": "Recu, merci. Vous pouvez effacer ces SMS.",
    "an empty SMS": UNREAD,
    "fields nobody knows": UNREAD,
    "behind a proxy": UNREAD,
    "a chat": UNREAD,
    "a voice note": UNREAD,
    "a button": UNREAD,
}


@pytest.mark.parametrize("name", ANSWERED)
def test_a_message_is_taken_in_once_and_answered_once(on_each, name):
    fields = POSTS[name].content
    channel = "wa" if "whatsapp" in fields["To"] else "tw"
    [said] = told(on_each, fields, channel)
    assert said.startswith(ANSWERED[name])
    assert told(on_each, fields, channel) == []
    assert [status for status, _ in on_each.inbox] == ["processed"]


def test_words_arrive_as_they_were_written_and_their_sender_leaves_no_name(service):
    told(service, POSTS["a chat"].content, "wa")
    assert service.stories == ["I ni ce. Fura tɛ yen 😀"]
    told(service, POSTS["ten parts"].content)
    assert service.stories[-1] == posts.TEN_PARTS


def test_a_shared_key_signs_as_well(service):
    fields = POSTS["a shared key"].content
    url = f"{service.settings.public_url}/hooks/tw/{TOKEN}/sms"
    sign = posts.signed(url, fields, token=SHARED, algorithm="HMAC_SHA256") | posts.WITH_KEY
    assert service.post("sms", fields, channel="tw", headers=sign).status_code == 200
    # The other sender has no such key.
    sign = posts.signed(url.replace("/tw/", "/wa/"), fields, token=SHARED, algorithm="HMAC_SHA256")
    reply = service.post("sms", fields, channel="wa", headers=sign | posts.WITH_KEY)
    assert reply.status_code == 403


REFUSED = {
    "no signature": lambda url, fields: {},
    "another token": lambda url, fields: posts.signed(url, fields, token=SHARED),
    "another address": lambda url, fields: posts.signed(url + "2", fields),
    "other fields": lambda url, fields: posts.signed(url, fields | {"Body": "Bonjour!"}),
    "SHA-256 with a token": lambda url, fields: (
        posts.signed(url, fields, algorithm="HMAC_SHA256") | posts.WITH_KEY
    ),
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("event", ["sms", "delivery"])
def test_a_forgery_is_answered_403_and_leaves_no_trace(service, caplog, name, event):
    fields = posts.message("a2", "Bonjour") | posts.status("delivered")
    url = f"{service.settings.public_url}/hooks/tw/{TOKEN}/{event}"
    with caplog.at_level(logging.DEBUG):
        reply = service.post(event, fields, channel="tw", headers=REFUSED[name](url, fields))
    assert (reply.status_code, reply.text) == (403, "")
    assert service.inbox == []
    assert service.reports == []
    assert "Bonjour" not in caplog.text
    assert "70000001" not in caplog.text


@pytest.mark.parametrize("content", ['{"a": 1}', "", "\xff"])
def test_what_is_no_form_is_refused_too(service, content):
    reply = service.post("sms", content.encode("latin-1"), channel="tw")
    assert reply.status_code == 403


def test_events_of_others_are_thanked_and_nothing_is_kept(service):
    url = f"{service.settings.public_url}/hooks/tw/{TOKEN}/delivery?bodySHA256={posts.EVENT_HASH}"
    with service.app.test_client() as client:
        reply = client.post(
            url.removeprefix(service.settings.public_url),
            data=posts.EVENT.encode(),
            content_type=posts.JSON,
            headers=posts.signed(url, {}),
        )
    assert reply.status_code == 204
    assert (service.inbox, service.reports) == ([], [])


def sent(service, provider_id=posts.SENT):
    """Let one text leave whose fate Twilio will report, and return its row."""
    post(service, "sms", posts.message("a1", "AIDE"))
    service.converser.drain()
    assert len(service.send(provider_id, channel="tw")) == 1
    [row] = service.rows(OutboundMessage)
    return row


FATES = {
    "delivered": ("delivered", None),
    "a handset that is off": ("failed", "30003"),
    "a number that said stop": ("failed", "21610"),
    "sent, said late": ("handed_over", None),
    "read": ("delivered", None),
}


@pytest.mark.parametrize("name", FATES)
def test_a_report_moves_its_message(service, name):
    sent(service)
    for _ in range(2):
        assert post(service, "delivery", POSTS[name].content, query="?m=9").status_code == 204
    assert service.outbox == [FATES[name]]
    assert len(service.reports) == 1


def into_the_chat(service):
    """Answer somebody into a chat, as Twilio took it, and return the row."""
    post(service, "sms", posts.chat("a1", "AIDE"), channel="wa")
    service.converser.drain()
    assert len(service.send(posts.SENT, channel="wa")) == 1
    [row] = service.rows(OutboundMessage)
    return row


def closed(service, name="a chat that is closed"):
    return post(service, "delivery", POSTS[name].content, channel="wa")


def test_what_a_closed_chat_did_not_show_leaves_by_sms(service):
    assert into_the_chat(service).status == "handed_over"
    for _ in range(2):
        assert closed(service).status_code == 204
    [row] = service.rows(OutboundMessage)
    assert (row.status, row.via, row.reason) == ("waiting", None, "63016")
    [(number, _)] = service.send("SM" + "d" * 32, channel="tw")
    assert number == SPEAKER
    [row] = service.rows(OutboundMessage)
    assert (row.status, row.channel) == ("handed_over", "tw")
    assert (row.address, row.text_sealed) == (None, None)
    # What the chat still has to say is of no text any more.
    post(service, "delivery", POSTS["read"].content, channel="wa")
    assert service.outbox == [("handed_over", None)]


HARM = posts.TEN_PARTS


def answered(service):
    """Return the row of what was written back to the speaker."""
    [row] = [row for row in service.rows(OutboundMessage) if row.purpose == "reply"]
    return row


@pytest.mark.parametrize("why", ["a chat that is closed", "a handset that is off"])
def test_harm_told_to_a_chat_is_answered_there_once_and_never_by_sms(service, why):
    post(service, "sms", posts.chat("e5", HARM), channel="wa")
    service.converser.drain()
    assert (answered(service).sensitive, answered(service).via) == (True, "wa")
    said = dict(service.send(posts.SENT, channel="wa"))[SPEAKER]
    assert "effacer" in said
    assert (answered(service).address, answered(service).text_sealed) == (None, None)
    closed(service, why)
    assert answered(service).status == "failed"
    service.stage.later(minutes=11)
    assert SPEAKER not in dict(service.send(channel="tw"))


@pytest.mark.parametrize("channel", ["tw", "wa"])
def test_nobody_repeats_an_answer_to_harm_whose_fate_is_unknown(service, channel):
    fields = posts.message("e6", HARM) if channel == "tw" else posts.chat("e6", HARM)
    post(service, "sms", fields, channel=channel)
    service.converser.drain()
    now, row = service.clock(), answered(service).id
    with service.store.work(Job("test")) as work:
        [ours] = [one for one in claim_due(work, now, channel=channel) if one.id == row]
        outbox.unknown(work, ours, "reset", now)
    service.stage.later(minutes=11)
    assert SPEAKER not in dict(service.send(channel="tw"))
    told = answered(service)
    assert (told.status, told.address, told.text_sealed) == ("unknown", None, None)


def test_a_handset_that_was_off_is_tried_again_later_and_not_for_ever(service):
    into_the_chat(service)
    closed(service, "a handset that is off")
    [row] = service.rows(OutboundMessage)
    assert (row.status, row.via) == ("waiting", "wa")
    assert service.send(channel="wa") == []
    for tries in range(2):
        service.stage.later(minutes=11)
        name = f"SM{tries:032x}"
        assert len(service.send(name, channel="wa")) == 1
        failed = posts.status("undelivered", ErrorCode="30003", MessageSid=name)
        post(service, "delivery", failed, channel="wa")
    assert service.outbox == [("failed", "30003")]
    [row] = service.rows(OutboundMessage)
    assert (row.address, row.text_sealed) == (None, None)


def test_once_a_chat_showed_it_its_words_are_forgotten(service):
    assert into_the_chat(service).text_sealed is not None
    post(service, "delivery", POSTS["read"].content, channel="wa")
    [row] = service.rows(OutboundMessage)
    assert (row.status, row.address, row.text_sealed) == ("delivered", None, None)


def test_of_a_chat_that_never_says_anything_the_words_are_forgotten_after_a_day(service):
    into_the_chat(service)
    with service.store.work(Job("test")) as work:
        messages.forget_old(work, service.clock() + timedelta(hours=25))
    [row] = service.rows(OutboundMessage)
    assert (row.status, row.address, row.text_sealed) == ("handed_over", None, None)


def test_a_report_that_comes_late_moves_nothing_back(service):
    sent(service)
    for name in ("delivered", "sent, said late", "a handset that is off"):
        post(service, "delivery", POSTS[name].content)
    assert service.outbox == [("delivered", None)]


def contact(service, number=SPEAKER):
    with service.store.work(Job("test")) as work:
        return work.session.get(Contact, service.stage.vault.pseudonym(number))


def test_a_stop_told_over_there_is_obeyed_in_silence_and_taken_back_by_start(service):
    assert told(service, POSTS["a stop"].content) == []
    assert told(service, POSTS["a stop"].content) == []
    assert [cause for _, cause in service.inbox] == ["opt-out at the provider"]
    assert contact(service).stopped_at is not None
    [resumed] = told(service, posts.message("c1", "START", OptOutType="START"))
    assert resumed.startswith("C'est fait: les SMS reprennent.")
    assert contact(service).stopped_at is None


def test_of_somebody_registered_it_is_known_too_so_that_no_case_waits_for_nobody(service):
    def stopped():
        [person] = [one for one in service.rows(Person) if one.number == "P0151"]
        return person.stopped_at, contact(service, phone_of("P0151")).stopped_at

    own = {"From": phone_of("P0151")}
    told(service, posts.message("c2", "STOP", OptOutType="STOP", **own))
    assert None not in stopped()
    told(service, posts.message("c3", "START", OptOutType="START", **own))
    assert stopped() == (None, None)


def test_a_number_that_refuses_us_over_there_is_written_to_no_more(service):
    sent(service)
    post(service, "delivery", POSTS["a number that said stop"].content)
    assert contact(service).stopped_at is not None


def test_a_chat_is_answered_into_the_chat_and_an_sms_is_not(service):
    told(service, posts.chat("b1", "AIDE"), "wa")
    assert [row.via for row in service.rows(OutboundMessage)] == ["wa"]
    told(service, posts.message("d1", "AIDE"))
    assert [row.via for row in service.rows(OutboundMessage)] == ["wa", None]


def test_when_somebody_last_wrote_into_a_chat_is_remembered(on_each):
    told(on_each, posts.message("d1", "AIDE"))
    assert getattr(contact(on_each), "chat_at", None) is None
    before = on_each.clock()
    told(on_each, POSTS["a chat"].content, "wa")
    assert contact(on_each).chat_channel == "wa"
    assert timedelta(0) <= contact(on_each).chat_at - before < timedelta(minutes=1)


def test_what_comes_by_chat_says_so(service):
    told(service, POSTS["a chat"].content, "wa")
    told(service, posts.message("d2", "I ni ce"), "tw")
    assert [case.source for case in service.cases] == ["chat", "sms"]


def test_a_voice_becomes_a_case_for_a_person_to_hear(on_each):
    [said] = told(on_each, POSTS["a voice note"].content, "wa")
    assert said.startswith(UNREAD)
    [case] = on_each.cases
    assert (case.category, case.source, case.language) == ("8", "chat", "und")
    assert (case.contact, case.receipt_short, case.address) == (None, None, None)
    assert on_each.stories == ["Message vocal. A ecouter: console."]
    [note] = on_each.rows(VoiceNote)
    assert (note.status, note.case_id, note.kind) == ("waiting", case.id, "audio/ogg")
    assert posts.MEDIA.encode() not in note.url_sealed


def test_a_question_that_is_open_stays_open_when_somebody_speaks_instead(service):
    [asked] = told(service, posts.chat("e1", "Le CSCOM demande 2000F pour la fiche"), "wa")
    assert asked.startswith("Ceux qui lisent ne voient ni nom ni numero. L'application voit")
    assert "C'est ou?" in asked
    told(service, POSTS["a voice note"].content, "wa")
    [receipt] = told(service, posts.chat("e2", "6143"), "wa")
    assert receipt.startswith("Recu. Code: ")


def test_words_beside_a_sound_go_their_own_way(service):
    fields = POSTS["a voice note"].content | {"Body": "AIDE"}
    [said] = told(service, fields, "wa")
    assert not said.startswith(UNREAD)
    assert len(service.cases) == 1


def test_a_picture_is_a_case_too_but_is_not_kept(service):
    fields = POSTS["a voice note"].content | {"MediaContentType0": "image/jpeg"}
    [said] = told(service, fields, "wa")
    assert said.startswith(UNREAD)
    assert service.stories == ["Image ou fichier recu par messagerie, non garde."]
    [note] = service.rows(VoiceNote)
    assert (note.status, note.reason) == ("kept", "no sound")


def test_a_picture_with_words_is_its_words(service):
    fields = POSTS["a voice note"].content
    fields = fields | {"MediaContentType0": "image/jpeg", "Body": "AIDE"}
    [said] = told(service, fields, "wa")
    assert not said.startswith(UNREAD)
    assert service.cases == []
    assert len(service.rows(VoiceNote)) == 1


def test_a_registered_person_is_heard_by_chat_like_by_sms(service):
    fields = posts.chat("f1", "AIDE", **{"From": "whatsapp:+22370000151"})
    post(service, "sms", fields, channel="wa")
    service.converser.drain()
    [row] = service.rows(OutboundMessage)
    assert row.person_id is not None
    assert row.via == "wa"


def test_the_addresses_of_a_channel_are_the_two_it_brings(service):
    for event in ("ussd", "optout", "voice"):
        assert post(service, event, {}).status_code == 404

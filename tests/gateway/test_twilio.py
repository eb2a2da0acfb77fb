"""Twilio: what it posts, read; what is no post of Twilio's, refused without a stumble."""

import logging
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from twilio.request_validator import HMAC_SHA256

from gateway.channels.base import (
    ForgedWebhook,
    Inbound,
    MalformedWebhook,
    Notice,
    OptOut,
    Report,
    WebhookRequest,
)
from gateway.channels.twilio import Twilio
from gateway.channels.twilio_line import Account
from tests.gateway import twilio_posts as posts
from tests.gateway.twilio_posts import ONE, POSTS, TOKEN

SHARED = "the-shared-key"
SID = "SM" + "a1" * 16


def channel(*tokens, sender=posts.SMS_SENDER, shared_key=None):
    account = Account(posts.ACCOUNT, tokens or (TOKEN,), shared_key)
    return Twilio("tw", account, sender=sender, template=None, reports_url="https://ours.example")


def read(name, **changes):
    return channel(**changes).read(POSTS[name].request())


def resigned(content, *, event="sms", path="/hooks/tw/token/sms", **changes):
    """Read fields as if Twilio had signed them just now."""
    post = posts.Post(event, path, content, None, posts.signed(posts.BASE + path, content))
    return channel().read(replace(post.request(), **changes))


TEXTS = {
    "an SMS": "Le CSCOM demande 2000F pour la fiche",
    "ten parts": posts.TEN_PARTS,
    "an empty SMS": "",
    "fields nobody knows": "Bonjour",
    "a chat": "I ni ce. Fura tɛ yen 😀",
    "a voice note": "",
    "a button": "consent_yes",
    "behind a proxy": "Bonjour via proxy",
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_message_is_read_as_it_was_written_and_by_whom(name):
    read_one = read(name)
    assert isinstance(read_one, Inbound)
    assert (read_one.sender, read_one.text) == (ONE, TEXTS[name])
    assert read_one.id == POSTS[name].content["MessageSid"]


def test_nothing_is_kept_of_who_somebody_is_but_the_number():
    kept = read("a chat")
    assert "Awa" not in str([getattr(kept, name) for name in kept.__slots__])


def test_a_voice_note_brings_where_it_lies():
    [media] = read("a voice note").media
    assert (media.url, media.kind) == (posts.MEDIA, "audio/ogg")


def test_what_was_told_stop_over_there_is_obeyed_and_named_by_its_message():
    assert read("a stop") == OptOut(ONE, POSTS["a stop"].content["MessageSid"])


def test_who_tells_them_to_start_again_has_said_our_word_for_it():
    started = resigned(posts.message("a8", "START", OptOutType="START"))
    assert started.text == "JAABI"


def test_who_asks_them_for_help_asks_us():
    assert resigned(posts.message("a8", "AIDE", OptOutType="HELP")).text == "AIDE"


@pytest.mark.parametrize("sender", ["Orange", "36123", "messenger:123"])
def test_a_sender_that_is_no_telephone_has_none(sender):
    assert resigned(posts.message("a1", "Promo", From=sender)).sender is None


# word, what it means, code, refuses our texts, again, elsewhere
REPORTS = {
    "delivered": ("delivered", None, False, False, False),
    "a handset that is off": ("failed", "30003", False, True, False),
    "a number that said stop": ("failed", "21610", True, False, False),
    "sent, said late": ("handed_over", None, False, False, False),
    "read": ("read", None, False, False, False),
    "a chat that is closed": ("failed", "63016", False, False, True),
}


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_says_what_became_of_a_text_and_what_may_be_done(name):
    report = read(name)
    assert isinstance(report, Report)
    assert report.provider_id == posts.SENT
    said = (report.status, report.reason, report.opted_out, report.again, report.elsewhere)
    assert said == REPORTS[name]


@pytest.mark.parametrize(
    ("word", "means"),
    [
        ("queued", "handed_over"),
        ("accepted", "handed_over"),
        ("canceled", "failed"),
        ("never heard of", "unknown"),
    ],
)
def test_a_word_nobody_knows_is_kept_as_unknown(word, means):
    path = "/hooks/tw/token/delivery?m=17"
    report = resigned(posts.status(word), event="delivery", path=path, query=b"m=17")
    assert (report.status, report.word, report.reference) == (means, word, "17")


@pytest.mark.parametrize("asked", ["m=", "m=x", "m=1%3B", f"m={'9' * 21}", "n=1"])
def test_a_report_without_our_own_number_names_none(asked):
    path = f"/hooks/tw/token/delivery?{asked}"
    query = asked.encode()
    assert (
        resigned(posts.status("sent"), event="delivery", path=path, query=query).reference is None
    )


def test_a_shared_key_is_believed_only_where_one_was_agreed_on():
    assert isinstance(read("a shared key", shared_key=TOKEN), Inbound)
    with pytest.raises(ForgedWebhook):
        read("a shared key")


def test_the_header_does_not_choose_the_secret():
    post = POSTS["an SMS"]
    url = posts.BASE + post.path
    strong = posts.signed(url, post.content, algorithm=HMAC_SHA256)["X-Twilio-Signature"]
    weak = posts.signed(url, post.content, token=SHARED)["X-Twilio-Signature"]
    asked = [
        # SHA-256 with a token, with and without its header; SHA-1 with the shared key.
        replace(post, signature=strong, headers=posts.WITH_KEY),
        replace(post, signature=strong),
        replace(post, signature=weak),
        replace(post, signature=weak, headers=posts.WITH_KEY),
    ]
    for one in asked:
        with pytest.raises(ForgedWebhook):
            channel(shared_key=SHARED).read(one.request())


def test_an_algorithm_nobody_knows_is_refused_without_a_word_of_it_in_the_log(caplog):
    settings_header = {"X-Twilio-Webhooks-Signature-Settings": "key=k,algorithm=NONE"}
    with caplog.at_level(logging.DEBUG), pytest.raises(ForgedWebhook):
        channel().read(replace(POSTS["an SMS"], headers=settings_header).request())
    assert caplog.records == []


@pytest.mark.parametrize("name", ["a wrong signature", "no signature", "a changed body"])
def test_a_forgery_is_refused(name):
    with pytest.raises(ForgedWebhook):
        read(name)


def test_while_one_token_takes_over_from_another_both_are_believed():
    post = POSTS["an SMS"].request()
    assert channel("the-next-token", TOKEN).read(post).id == SID
    with pytest.raises(ForgedWebhook):
        channel("the-next-token", "the-one-after").read(post)


def test_signed_json_is_thanked_and_let_go():
    told = read("JSON")
    assert isinstance(told, Notice)
    assert channel().thanks(told).status == 204


def request(**changes):
    return replace(POSTS["an SMS"].request(), **changes)


def headers(**changes):
    given_ = {"Content-Type": posts.FORM, "X-Twilio-Signature": "E8e9YfAAMVhE7X7yF03qqncmLQo="}
    return {name: value for name, value in {**given_, **changes}.items() if value is not None}


BODY = POSTS["an SMS"].body
JSON_HEADERS = headers(**{"Content-Type": "application/json"})
FORGED = {
    "another address": request(url="https://gw.example.org/channels/twilio/sms2"),
    "another host": request(url="https://gw.example.com/channels/twilio/sms"),
    "without TLS": request(url="http://gw.example.org/channels/twilio/sms"),
    "a query behind it": request(url="https://gw.example.org/channels/twilio/sms?x=1"),
    "an address that is none": request(url="https://[/x"),
    "no content type": request(headers=headers(**{"Content-Type": None})),
    "plain text": request(headers=headers(**{"Content-Type": "text/plain"})),
    "an empty signature": request(headers=headers(**{"X-Twilio-Signature": ""})),
    "a signature of letters": request(headers=headers(**{"X-Twilio-Signature": "é" * 28})),
    "a field less": request(body=BODY.replace(b"&FromCountry=ML", b"")),
    "a field more": request(body=BODY + b"&x=1"),
    "a field twice": request(body=BODY + b"&ToCountry=US"),
    "a field twice, otherwise": request(body=BODY + b"&ToCountry=ML"),
    "bytes that are no UTF-8": request(body=b"Body=%E9&MessageSid=1"),
    "raw bytes that are no UTF-8": request(body=b"Body=\xe9"),
    "two hundred fields": request(body=b"&".join(b"f%d=1" % n for n in range(201))),
    "nothing": request(body=b""),
    "JSON that calls itself a form": request(body=posts.EVENT.encode()),
    "a form that calls itself JSON": request(headers=JSON_HEADERS),
    "JSON without a hash": POSTS["JSON without a hash"].request(),
    "JSON with an empty hash": replace(
        POSTS["JSON"].request(), url=posts.BASE + "/channels/twilio/json?bodySHA256="
    ),
    "JSON with the hash of another": replace(POSTS["JSON"].request(), body=b"{}"),
    "JSON of bytes": replace(POSTS["JSON"].request(), body=b"\xff\xfe"),
    "JSON with an old hash, signed as a form": request(
        url=posts.BASE + f"/channels/twilio/sms?bodySHA256={posts.EVENT_HASH}"
    ),
}


@pytest.mark.parametrize("name", FORGED)
def test_whatever_is_wrong_with_a_post_is_a_forgery_and_never_an_accident(name):
    with pytest.raises(ForgedWebhook) as refused:
        channel().read(FORGED[name])
    assert "7000" not in str(refused.value)


@pytest.mark.parametrize("place", range(0, len(BODY), 7))
def test_a_letter_changed_anywhere_is_refused(place):
    changed = BODY[:place] + bytes([BODY[place] ^ 1]) + BODY[place + 1 :]
    with pytest.raises((ForgedWebhook, MalformedWebhook)):
        channel().read(request(body=changed))


def test_another_account_is_refused_whoever_signed():
    other = posts.message("a1", "Bonjour", AccountSid="AC" + "9" * 32)
    with pytest.raises(ForgedWebhook):
        resigned(other)


def test_a_letter_that_moves_between_name_and_value_makes_no_second_message():
    # Names and values are signed as one string, so these have the signature of "an SMS".
    fields = POSTS["an SMS"].content
    sid = fields["MessageSid"]
    merged = {name: value for name, value in fields.items() if name != "NumMedia"}
    moved = [
        {**merged, "MessageSid": f"{sid}NumMedia0"},
        {("MessageSi" if name == "MessageSid" else name): v for name, v in fields.items()}
        | {"MessageSi": f"d{sid}"},
        {name: v for name, v in fields.items() if name != "MessageSid"} | {"MessageSidS": sid[1:]},
    ]
    for content in moved:
        post = replace(POSTS["an SMS"], content=content)
        assert posts.signed(posts.BASE + post.path, content) == posts.signed(
            posts.BASE + post.path, fields
        )
        with pytest.raises(MalformedWebhook):
            channel().read(post.request())


@pytest.mark.parametrize("field", ["MessageSid", "From"])
def test_a_message_without_what_makes_it_one_is_malformed(field):
    with pytest.raises(MalformedWebhook):
        resigned(posts.message("a1", "Bonjour", **{field: None}))


def test_a_report_without_a_word_is_malformed():
    with pytest.raises(MalformedWebhook):
        resigned(posts.status(" "), event="delivery")


@pytest.mark.parametrize("said", ["x", "-1", "9999", "²", ""])
def test_a_count_of_media_that_is_none_brings_none(said):
    assert resigned(posts.chat("b1", "Bonjour", NumMedia=said)).media == ()


def test_more_media_than_there_can_be_are_not_read():
    many = {f"MediaUrl{n}": posts.MEDIA for n in range(30)}
    assert len(resigned(posts.chat("b1", "", NumMedia="30", **many)).media) == 10


LONG = "Le comite demande de l'argent pour inscrire les familles deplacees, personne ne repond."
PACKED = (
    "TGUgY29taXRlIGRlbWFuZGUgZGUgbCdhcmdlbnQgcG91ciBpbnNjcmlyZSBsZXMgZmFtaWxsZXMgZGVwbGFjZWVz"
    "LCBwZXJzb25uZSBuZSByZXBvbmQu"
)
BODIES = [
    (PACKED, LONG),
    (PACKED[:72] + "\r\n" + PACKED[72:], LONG),
    (LONG, LONG),
    ("a" * 60, "a" * 60),
    ("TGUgY29taXRl", "TGUgY29taXRl"),
    (PACKED[:-1], PACKED[:-1]),
]


@pytest.mark.parametrize(("body", "text"), BODIES)
def test_a_long_text_that_came_as_base64_is_put_into_clear(body, text):
    assert resigned(posts.message("a1", body)).text == text


@given(st.text(max_size=200))
def test_no_words_a_person_may_write_are_lost(said):
    words = resigned(posts.message("a1", said)).text
    assert words == said or len(said) >= 60


ODD = st.text(st.characters(codec="utf-8"), max_size=60)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(
    body=st.binary(max_size=200),
    query=st.binary(max_size=60),
    kind=st.sampled_from([posts.FORM, posts.JSON, "text/xml", ""]),
    signature=ODD,
    about=ODD,
)
def test_nothing_anybody_posts_is_more_than_a_forgery(body, query, kind, signature, about):
    headers_ = {
        "Content-Type": kind,
        "X-Twilio-Signature": signature,
        "X-Twilio-Webhooks-Signature-Settings": about,
    }
    url = f"{posts.BASE}/hooks/tw/token/sms?{query.decode('latin-1')}"
    with pytest.raises(ForgedWebhook):
        channel(shared_key="key").read(WebhookRequest("sms", "POST", url, headers_, query, body))


def test_every_answer_is_what_twilio_takes_for_thanks():
    said = channel().thanks(read("an SMS"))
    assert (said.status, said.content_type, said.body) == (
        200,
        "text/xml; charset=utf-8",
        "<Response/>",
    )
    assert channel().thanks(read("a stop")) == said
    assert channel().thanks(read("delivered")).status == 204


@pytest.mark.parametrize(
    ("sender", "carries"),
    [(posts.SMS_SENDER, "sms"), (posts.CHAT_SENDER, "chat"), ("MG" + "0" * 32, "sms")],
)
def test_a_sender_of_whatsapp_is_a_chat(sender, carries):
    assert channel(sender=sender).carries == carries


def test_what_it_is_shown_as_tells_no_secret():
    assert repr(channel()) == "Twilio('tw')"
    assert TOKEN not in repr(Account(posts.ACCOUNT, (TOKEN,)))

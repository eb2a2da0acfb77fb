"""Somebody who cannot write speaks into a chat: real processes, Twilio on loopback."""

import re
import uuid

import pytest
import requests

from models.case import Story
from tests.gateway import twilio_posts as posts
from tests.gateway.fake_twilio import FakeTwilio
from tests.journeys.world import World

TOKEN = "w" * 40
SPEAKER = "+22370001901"
SOUND = b"OggS" + bytes(range(256)) * 100


@pytest.fixture
def twilio():
    with FakeTwilio() as api:
        yield api


@pytest.fixture
def world(tmp_path, twilio):
    one = World(tmp_path / "home").prepare()
    channels = one.home / "channels.toml"
    table = {
        "provider": "twilio",
        "token": TOKEN,
        "account_sid": posts.ACCOUNT,
        "auth_token": posts.TOKEN,
        "sender": posts.CHAT_SENDER,
        "api_url": twilio.url,
    }
    lines = [f'{name} = "{value}"' for name, value in table.items() if name != "token"]
    wa = "\n".join(["", "[channel.wa]", f'token = ["{TOKEN}"]', *lines, ""])
    channels.write_text(channels.read_text() + wa)
    try:
        yield one.start()
    finally:
        one.close()


def says(world, body, **more):
    """Post what somebody wrote or spoke into the chat, as Twilio signs it."""
    sid = f"SM{uuid.uuid4().hex}"
    ids = dict.fromkeys(("MessageSid", "SmsSid", "SmsMessageSid"), sid)
    fields = posts.chat("00", body, **{**ids, "From": f"whatsapp:{SPEAKER}", **more})
    url = world.url(f"/hooks/wa/{TOKEN}/sms")
    reply = requests.post(url, data=fields, headers=posts.signed(url, fields), timeout=15)
    assert (reply.status_code, reply.text) == (200, "<Response/>")


def told(twilio, pattern):
    """Wait for an answer in the chat and return it."""

    def found():
        return next((one for one in twilio.texts if re.search(pattern, one["Body"])), None)

    with twilio.changed:
        assert twilio.changed.wait_for(found, timeout=30), twilio.texts
        return found()


def test_what_is_spoken_is_kept_sealed_answered_in_the_chat_and_deleted_over_there(world, twilio):
    twilio.media[posts.MEDIA_PATH] = SOUND
    says(world, "", **posts.VOICE)
    answer = told(twilio, "Nous avons bien recu vos mots")
    assert (answer["To"], answer["From"]) == (f"whatsapp:{SPEAKER}", posts.CHAT_SENDER)
    with twilio.changed:
        assert twilio.changed.wait_for(lambda: not twilio.media, timeout=30)
    world.until(lambda: world.rows("SELECT id FROM voice_note WHERE status = 'done'"))
    [kept] = world.kept(Story.what == "voice")
    assert world.vault.sound(*kept) == SOUND
    # Twilio says what became of the answer, at the address that the answer named.
    [row] = world.rows("SELECT id, provider_id FROM outbound_message WHERE via = 'wa'")
    report = posts.status("read", MessageSid=row["provider_id"])
    url = answer["StatusCallback"]
    assert url == f"{world.url(f'/hooks/wa/{TOKEN}/delivery')}?m={row['id']}"
    reply = requests.post(url, data=report, headers=posts.signed(url, report), timeout=15)
    assert reply.status_code == 204
    [row] = world.rows("SELECT status, text_sealed FROM outbound_message WHERE via = 'wa'")
    assert row == {"status": "delivered", "text_sealed": None}
    log = (world.home / "run.log").read_text()
    assert "70001901" not in log
    assert TOKEN not in log
    assert posts.TOKEN not in log

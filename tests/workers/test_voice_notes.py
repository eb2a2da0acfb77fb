"""Sounds of chats: fetched from a provider on loopback, sealed, deleted there, or given up."""

import logging
import threading
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest

from gateway import assembly
from gateway.channels.twilio_line import Account
from gateway.channels.twilio_media import TwilioMedia
from models.case import Case, CaseKey, Story
from models.db import Job
from models.inbound import InboundMessage
from models.services import cases, chats, intake, privacy, voice_notes
from models.voice_note import VoiceNote
from tests.factories import SPEAKER, staged
from tests.gateway import twilio_posts as posts
from tests.gateway.fake_twilio import CUT, RESET, FakeTwilio, Reply
from tests.gateway.service import settings_of
from workers.voice_notes import Fetcher

SOUND = b"OggS" + bytes(range(256)) * 400
MANY = voice_notes.MOST
ELSEWHERE = "https://media.example.org/sound"
REDIRECT = Reply(307, b"", {"Location": ELSEWHERE})


class Booth:
    """A programme, a provider that keeps what is spoken, and a worker that fetches it."""

    def __init__(self, stage, api):
        self.stage = replace_house(stage)
        self.api = api
        self.shelf = TwilioMedia(Account(posts.ACCOUNT, (posts.TOKEN,), None, api.url, 0.5))
        self.fetcher = self.another_fetcher()
        self._ids = count(1)

    def another_fetcher(self, **shelves):
        shelves = shelves or {"wa": self.shelf}
        return Fetcher(self.stage.store, self.stage.house, shelves, lambda: self.stage.now)

    def spoken(self, sound=SOUND, *, url=posts.MEDIA, kind="audio/ogg", filed=True):
        """Let a sound come by chat, and be filed by the worker that answers; return its note."""
        if sound is not None:
            self.api.media[posts.MEDIA_PATH] = sound
        received = intake.ReceivedSms(
            "wa", f"MM{next(self._ids):032x}", SPEAKER, "", media=((url, kind),)
        )
        with self.stage.store.work(Job("test")) as work:
            intake.receive_sms(work, self.stage.house, received, self.stage.now)
        if filed:
            self.file()
        return self.note

    def file(self):
        scene = replace(self.stage.scene(SPEAKER, "chat"), channel="wa")
        with self.stage.store.work(Job("test")) as work:
            row = work.session.query(InboundMessage).order_by(InboundMessage.id.desc()).first()
            chats.file_media(work, scene, row)

    @property
    def note(self):
        [*_, last] = self.rows(VoiceNote)
        return last

    def rows(self, table):
        with self.stage.store.work(Job("test")) as work:
            return work.session.query(table).order_by(table.id).all()

    def heard(self):
        """Return all sounds that are kept, opened with the keeper's keys."""
        with self.stage.store.work(Job("test")) as work:
            found = (
                work.session.query(Story.sealed, CaseKey.key_id, CaseKey.wrapped)
                .join(CaseKey, CaseKey.story_id == Story.id)
                .where(Story.what == "voice")
            )
            return [self.stage.vault.sound(*row) for row in found]

    @property
    def state(self):
        return (self.note.status, self.note.reason)


def replace_house(stage):
    stage.house = replace(stage.house, chats=frozenset({"wa"}))
    return stage


@pytest.fixture
def booth(sqlite_store, tmp_path, now):
    with staged(sqlite_store, tmp_path, now) as stage, FakeTwilio() as api:
        yield Booth(stage, api)


@pytest.fixture
def booth_on_each(store, tmp_path, now):
    with staged(store, tmp_path, now) as stage, FakeTwilio() as api:
        yield Booth(stage, api)


def test_a_sound_is_sealed_in_its_case_and_then_deleted_at_the_provider(booth_on_each):
    booth = booth_on_each
    booth.spoken()
    booth.fetcher.drain()
    assert booth.heard() == [SOUND]
    assert booth.api.media == {}
    note = booth.note
    assert (note.status, note.size, note.url_sealed) == ("done", len(SOUND), None)
    [story] = [one for one in booth.rows(Story) if one.what == "voice"]
    assert (story.case_id, story.id) == (note.case_id, note.story_id)
    assert SOUND[:40] not in story.sealed
    assert [(one.method, one.user) for one in booth.api.asked] == [
        ("GET", f"{posts.ACCOUNT}:{posts.TOKEN}"),
        ("DELETE", f"{posts.ACCOUNT}:{posts.TOKEN}"),
    ]
    assert booth.fetcher.drain() == 0


def test_a_sound_waits_for_its_case(booth_on_each):
    booth_on_each.spoken(filed=False)
    assert booth_on_each.fetcher.drain() == 0
    booth_on_each.file()
    booth_on_each.fetcher.drain()
    assert booth_on_each.heard() == [SOUND]


def test_a_sound_as_large_as_may_be_is_kept(booth):
    booth.spoken(bytes(MANY))
    booth.fetcher.drain()
    assert booth.state == ("done", None)


REFUSED = {
    "larger than 2 MB": {"sound": bytes(MANY + 1)},
    "empty": {"sound": b""},
    "no sound": {"kind": "image/jpeg"},
}


@pytest.mark.parametrize("reason", REFUSED)
def test_what_is_not_kept_is_deleted_at_the_provider_all_the_same(booth, reason):
    booth.spoken(**REFUSED[reason])
    booth.fetcher.drain()
    assert booth.state == ("refused", reason)
    assert booth.heard() == []
    assert booth.api.media == {}


def test_a_page_that_says_it_is_no_sound_is_none(booth):
    booth.spoken()
    booth.api.replies = [Reply(200, b"<html>", {"Content-Type": "text/html"})]
    booth.fetcher.drain()
    assert booth.state == ("refused", "no sound")


STRANGE = [
    "https://api.twilio.com.example.org" + posts.MEDIA_PATH,
    "https://example.org" + posts.MEDIA_PATH,
    "http://api.twilio.com" + posts.MEDIA_PATH,
    "https://api.twilio.com:8443" + posts.MEDIA_PATH,
    "https://api.twilio.com:x" + posts.MEDIA_PATH,
    "https://api.twilio.com" + posts.MEDIA_PATH.replace(posts.ACCOUNT, "AC" + "9" * 32),
    "https://api.twilio.com/2010-04-01/Accounts/x",
    "http://127.0.0.1:5432/",
    "file:///etc/passwd",
    "https://[",
    "",
]


@pytest.mark.parametrize("url", STRANGE)
def test_no_address_leads_to_anybody_but_the_provider(booth, url):
    booth.spoken(url=url)
    booth.fetcher.drain()
    assert booth.note.status == "refused"
    assert booth.api.asked == []


@pytest.mark.parametrize(
    "place", [ELSEWHERE, "http://169.254.169.254/", "https://twiliocdn.com.example.org/", "//x"]
)
def test_a_redirect_is_followed_to_nobody_else(booth, place):
    booth.spoken()
    booth.api.replies = [Reply(307, b"", {"Location": place})]
    booth.fetcher.drain()
    assert booth.state == ("refused", "leads elsewhere")


def test_a_redirect_within_the_provider_is_followed(booth):
    booth.spoken()
    booth.api.replies = [Reply(307, b"", {"Location": posts.MEDIA_PATH})]
    booth.fetcher.drain()
    assert booth.heard() == [SOUND]


def test_a_redirect_without_an_end_is_given_up(booth):
    booth.spoken()
    booth.api.replies = [Reply(302, b"", {"Location": posts.MEDIA_PATH}) for _ in range(9)]
    booth.fetcher.drain()
    assert booth.state == ("waiting", "leads on and on")


TROUBLE = {
    "their error": Reply(500, b""),
    "a limit": Reply(429, b""),
    "no token of theirs": Reply(401, b""),
    "not there yet": Reply(404, b""),
    "a hang-up": Reply(way=RESET),
    "half of it": Reply(200, SOUND, {"Content-Type": "audio/ogg"}, CUT),
}


@pytest.mark.parametrize("name", TROUBLE)
def test_what_cannot_be_had_now_is_fetched_later(booth, caplog, name):
    booth.spoken()
    booth.api.replies = [TROUBLE[name]]
    with caplog.at_level(logging.INFO):
        booth.fetcher.drain()
    assert booth.note.status == "waiting"
    assert booth.heard() == []
    assert "sound waits" in caplog.text
    assert "MM" not in caplog.text
    assert booth.fetcher.drain() == 0  # not before its time
    booth.stage.later(seconds=11)
    booth.fetcher.drain()
    assert booth.heard() == [SOUND]
    assert booth.state == ("done", None)


def give_up(booth):
    for _ in range(20):
        booth.fetcher.drain()
        booth.stage.later(hours=7)


def test_what_is_never_to_be_had_is_a_dead_letter_that_says_why(booth_on_each, caplog):
    booth = booth_on_each
    booth.spoken(sound=None)
    give_up(booth)
    assert booth.state == ("dead", "status 404")
    assert booth.note.tries == len(voice_notes.BACK_OFF) + 1
    assert "dead letter" in caplog.text
    assert booth.note.settled_at is not None


def test_a_provider_that_does_not_delete_keeps_nobody_from_hearing(booth):
    booth.spoken()
    booth.api.replies = [
        Reply(200, SOUND, {"Content-Type": "audio/ogg"}),
        *(Reply(500, b"") for _ in range(30)),
    ]
    give_up(booth)
    assert booth.heard() == [SOUND]
    assert booth.note.status == "dead"


def test_what_the_provider_has_no_more_is_deleted(booth):
    booth.spoken()
    booth.api.replies = [Reply(200, SOUND, {"Content-Type": "audio/ogg"})]
    booth.api.media.clear()
    booth.fetcher.drain()
    assert booth.state == ("done", None)


def test_a_channel_that_is_configured_no_more_waits_for_its_return(booth):
    booth.spoken()
    booth.another_fetcher(other=booth.shelf).drain()
    assert booth.state == ("waiting", "no such channel")


def test_a_sound_of_a_case_that_was_withdrawn_is_not_kept(booth):
    note = booth.spoken()
    with booth.stage.store.work(Job("test")) as work:
        cases.withdraw(work, work.session.get_one(Case, note.case_id), booth.stage.now)
    booth.fetcher.drain()
    assert booth.state == ("refused", "case withdrawn")
    assert booth.api.media == {}


def test_withdrawing_a_case_makes_its_sounds_unreadable(booth):
    note = booth.spoken()
    booth.fetcher.drain()
    with booth.stage.store.work(Job("test")) as work:
        cases.withdraw(work, work.session.get_one(Case, note.case_id), booth.stage.now)
    assert booth.heard() == []


def claim(booth):
    with booth.stage.store.work(Job("test")) as work:
        return voice_notes.claim(work, booth.stage.now)


def test_a_killed_workers_sound_is_anothers_within_ten_seconds(booth_on_each):
    booth = booth_on_each
    booth.spoken()
    lost = claim(booth)
    assert booth.fetcher.drain() == 0
    booth.stage.later(seconds=9)
    booth.fetcher.drain()
    assert booth.heard() == [SOUND]
    # The first one was slow, not dead: what it brings now is one sound too many.
    with booth.stage.store.work(Job("test")) as work:
        assert not voice_notes.go_on(work, lost, booth.stage.now)
        voice_notes.seal(work, booth.stage.house.sealer, lost, b"again", booth.stage.now)
        voice_notes.later(work, lost, "late", booth.stage.now)
        voice_notes.refuse(work, lost, "late", booth.stage.now)
        voice_notes.deleted(work, lost, booth.stage.now)
    assert booth.heard() == [SOUND]
    assert booth.state == ("done", None)


def test_who_still_fetches_stays_the_one_who_does(booth):
    booth.spoken()
    ours = claim(booth)
    booth.stage.later(seconds=7)
    with booth.stage.store.work(Job("test")) as work:
        assert voice_notes.go_on(work, ours, booth.stage.now)
    booth.stage.later(seconds=7)
    assert claim(booth) is None


def test_what_kills_whoever_takes_it_is_given_up(booth, caplog):
    booth.spoken()
    for _ in range(len(voice_notes.BACK_OFF) + 1):
        assert claim(booth) is not None
        booth.stage.later(seconds=10)
    booth.fetcher.drain()
    assert booth.state == ("dead", "tried seven times")


def test_where_a_sound_was_is_forgotten_after_seven_days(booth):
    booth.spoken(sound=None)
    booth.fetcher.drain()
    with booth.stage.store.work(Job("test")) as work:
        privacy.purge(work, booth.stage.later(days=7, seconds=1))
    assert booth.note.status == "dead"
    assert booth.note.url_sealed is None
    assert timedelta(0) <= booth.note.settled_at - booth.note.received_at


def test_the_worker_sees_to_sounds_until_it_is_told_to_stop(booth):
    booth.spoken()
    stop = threading.Event()
    thread = threading.Thread(target=booth.fetcher.run, args=(stop,))
    thread.start()
    with booth.api.changed:
        assert booth.api.changed.wait_for(lambda: not booth.api.media, timeout=15)
    stop.set()
    thread.join()
    assert booth.state == ("done", None)


def test_each_sender_of_twilio_has_a_place_where_its_sounds_lie(sqlite_store, tmp_path):
    table = {
        "provider": "twilio",
        "token": ["t" * 40],
        "account_sid": posts.ACCOUNT,
        "auth_token": posts.TOKEN,
        "sender": posts.CHAT_SENDER,
    }
    settings = settings_of(sqlite_store, tmp_path, {"wa": table})
    assert set(assembly.build_shelves(settings)) == {"wa"}
    channels = assembly.build_channels(settings)
    assert (channels["wa"].carries, channels["at"].carries) == ("chat", "sms")
    assert settings.channel["wa"].wide


def test_no_log_says_where_a_sound_is_or_whose(booth, caplog):
    with caplog.at_level(logging.INFO):
        for kind in ("audio/ogg", "image/jpeg"):
            booth.spoken(kind=kind)
            booth.fetcher.drain()
    assert "70000001" not in caplog.text
    assert posts.TOKEN not in caplog.text

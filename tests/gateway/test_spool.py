"""What is accepted while the database is away: sealed on the disk, in order, handed over later."""

import itertools
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from gateway.app import HANDING_OVER, TOGETHER
from gateway.handing_over import Away
from gateway.spool import KEPT_S, Post, Spool
from models.inbound import InboundMessage
from models.seal import Transit
from models.vault import renew_transit
from tests.gateway import africastalking_posts as posts
from tests.gateway.service import CHANNEL, TOKEN

NOWHERE = "sqlite:////nowhere/at/all/jaabi.db"
SAID = "pas de vivres"


@pytest.fixture
def away(service):
    """The same programme in a process whose database does not answer."""
    one = service.restarted(NOWHERE)
    yield one
    one.store.close()


def spool_of(service):
    return Spool(service.settings.spool_dir / "public", service.stage.house.transit)


def hand_over(service):
    return service.app.extensions[HANDING_OVER].go()


def writes(service, *ids):
    """Post one SMS for each id and return the answers' statuses."""
    return [service.post("sms", posts.sms(f"{SAID}+{id}", id=id)).status_code for id in ids]


def ids(service):
    return [row.provider_id for row in service.rows(InboundMessage)]


def test_a_text_is_acknowledged_while_the_database_is_away_and_is_there_afterwards(service, away):
    before = datetime.now(UTC)
    assert writes(away, "one") == [200]
    after = datetime.now(UTC)
    assert ids(service) == []
    assert hand_over(service) == 1
    [row] = service.rows(InboundMessage)
    assert (row.provider_id, row.status) == ("one", "waiting")
    assert before <= row.received_at <= after
    assert not spool_of(service).holds()


def test_what_comes_while_something_waits_goes_behind_it(service, away):
    assert writes(away, "one", "two") == [200, 200]
    assert writes(service, "three") == [200]
    assert ids(service) == []
    hand_over(service)
    assert ids(service) == ["one", "two", "three"]
    assert writes(service, "four") == [200]
    assert ids(service)[-1] == "four"


def test_the_order_holds_when_the_clock_is_put_back_and_after_a_restart(service):
    def post(body, at):
        return Post(at, "POST", f"/hooks/{CHANNEL}/{TOKEN}/sms", b"", (), body)

    now = datetime.now(UTC)
    for step, at in enumerate([now, now - timedelta(hours=1), now, now - timedelta(days=1)]):
        spool_of(service).put(post(posts.sms("x", id=str(step)), at))
    hand_over(service)
    assert ids(service) == ["0", "1", "2", "3"]


def test_two_processes_put_in_one_order_whatever_the_clock_does(service):
    def put_at(spool, step, at):
        path = f"/hooks/{CHANNEL}/{TOKEN}/sms"
        spool.put(Post(at, "POST", path, b"", (), posts.sms("x", id=str(step))))

    one, other = spool_of(service), spool_of(service)
    now, hour = datetime.now(UTC), timedelta(hours=1)
    turns = [(one, now), (other, now + hour), (one, now), (other, now), (one, now - hour)]
    for step, (spool, at) in enumerate(turns):
        put_at(spool, step, at)
    hand_over(service)
    assert ids(service) == ["0", "1", "2", "3", "4"]


def test_what_somebody_else_laid_there_is_no_post_and_stops_none(service):
    writes_to = spool_of(service)
    writes_to.put(Post(datetime.now(UTC), "POST", "/hooks/gone/x/sms", b"", (), b""))
    hand_over(service)
    folder = service.settings.spool_dir / "public"
    (folder / "posts" / "lost+found").mkdir()
    (folder / "last").write_bytes(b"")
    assert not spool_of(service).holds()
    path = f"/hooks/{CHANNEL}/{TOKEN}/sms"
    spool_of(service).put(Post(datetime.now(UTC), "POST", path, b"", (), posts.sms("x", id="a")))
    hand_over(service)
    assert ids(service) == ["a"]


def test_what_the_database_had_taken_before_it_went_is_kept_once(service, away):
    assert writes(service, "one") == [200]
    assert writes(away, "one", "two", "two") == [200] * 3
    assert hand_over(service) == 3
    assert ids(service) == ["one", "two"]


def test_reports_opt_outs_and_beeps_wait_like_texts(service, away):
    assert away.post("delivery", posts.delivery("Success")).status_code == 200
    assert away.post("optout", posts.OPT_OUT).status_code == 200
    beep = f"{posts.CALL}&isActive=0&durationInSeconds=0".encode()
    assert away.post("voice", beep).status_code == 200
    assert hand_over(service) == 3
    assert service.reports == [("Success", False)]
    assert [cause for _, cause in service.inbox] == ["opt-out at the provider", "a call let ring"]


def test_a_keypress_never_waits_it_is_told_to_try_later(away):
    screen = away.post("ussd", posts.ussd(""))
    assert screen.status_code == 200
    assert screen.text.startswith("END ")
    assert not spool_of(away).holds()


def test_a_call_that_rings_is_rejected_whatever_the_database_does(away):
    reply = away.post("voice", f"{posts.CALL}&isActive=1".encode())
    assert (reply.status_code, "<Reject/>" in reply.text) == (200, True)


def test_nothing_can_be_read_on_the_disk(away):
    writes(away, "one")
    folder = away.settings.spool_dir
    kept = list(folder.rglob("*.post"))
    assert len(kept) == 1
    for path in kept:
        assert path.stat().st_mode & 0o077 == 0
        for secret in (b"70000001", SAID.split()[-1].encode(), TOKEN.encode()):
            assert secret not in path.read_bytes()
            assert secret.decode() not in str(path)


def test_when_neither_database_nor_disk_takes_it_the_provider_is_told_to_come_again(away):
    away.settings.home.mkdir(exist_ok=True)
    away.settings.spool_dir.write_text("a disk that takes nothing")
    assert writes(away, "one") == [503]


def test_without_any_transit_key_nothing_is_taken_and_what_waits_goes_on_waiting(
    service, away, tmp_path
):
    keyless = Transit(tmp_path / "no keys here")
    assert writes(away, "one") == [200]
    lost = service.restarted(transit=keyless)
    with closing(lost.store):
        assert writes(lost, "two") == [503]
        assert lost.post("ussd", posts.ussd("")).text.startswith("END ")
        with pytest.raises(Away):
            hand_over(lost)
    hand_over(service)
    assert ids(service) == ["one"]


def test_while_the_database_stays_away_what_waits_goes_on_waiting(service, away):
    writes(away, "one", "two")
    with pytest.raises(Away):
        hand_over(away)
    assert len(spool_of(service).names()) == 2


def test_only_one_process_hands_over_at_a_time(service, away):
    writes(away, "one")
    with spool_of(service).alone() as ours:
        assert ours
        assert hand_over(service) == 0
    assert hand_over(service) == 1


REFUSED = {
    "a channel that was taken out": ("/hooks/gone/x/sms", posts.sms("x"), "no such hook any more"),
    "an event without a hook": (f"/hooks/{CHANNEL}/x/calls", posts.sms("x"), "no such hook"),
    "what nobody can read": (f"/hooks/{CHANNEL}/x/sms", b"", "malformed: "),
    "a keypress": (f"/hooks/{CHANNEL}/x/ussd", posts.ussd("1"), "a keypress"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_handed_over_is_set_aside_and_holds_nobody_up(service, name):
    path, body, reason = REFUSED[name]
    spool = spool_of(service)
    spool.put(Post(datetime.now(UTC), "POST", path, b"", (), body))
    good = Post(datetime.now(UTC), "POST", f"/hooks/{CHANNEL}/x/sms", b"", (), posts.sms("x"))
    spool.put(good)
    assert hand_over(service) == 2
    [one] = spool.aside()
    assert one.reason.startswith(reason)
    assert len(ids(service)) == 1


def put(service, *bodies):
    """Lay SMS of these bodies into the spool; return what was posted."""
    path = f"/hooks/{CHANNEL}/{TOKEN}/sms"
    for body in bodies:
        spool_of(service).put(Post(datetime.now(UTC), "POST", path, b"", (), body))


@contextmanager
def commits_counted(service):
    """Count how often the service makes something durable."""
    counted = []

    def count(link):
        counted.append(link)

    event.listen(service.store.durable, "commit", count)
    yield counted
    event.remove(service.store.durable, "commit", count)


def test_what_waits_is_handed_over_many_at_a_time_in_its_order(service):
    names = [str(serial) for serial in range(TOGETHER + 2)]
    put(service, *(posts.sms("x", id=name) for name in names))
    with commits_counted(service) as commits:
        assert hand_over(service) == len(names)
    assert ids(service) == names
    assert len(commits) == 2


def test_one_that_nobody_can_read_is_set_aside_and_the_others_keep_their_order(service):
    names = [str(serial) for serial in range(6)]
    bodies = [posts.sms("x", id=name) for name in names]
    put(service, *bodies[:3], b"", *bodies[3:])
    assert hand_over(service) == 7
    assert ids(service) == names
    assert len(spool_of(service).aside()) == 1


def test_one_that_nobody_can_open_keeps_no_other(service):
    put(service, *(posts.sms("x", id=name) for name in "abc"))
    spool = spool_of(service)
    (service.settings.spool_dir / "public" / "posts" / spool.names()[1]).write_bytes(b"torn")
    assert hand_over(service) == 3
    assert ids(service) == ["a", "c"]
    assert len(spool.aside()) == 1


def test_one_that_came_before_is_no_trouble_to_those_it_waits_with(service):
    put(service, *(posts.sms("x", id=name) for name in "abacb"))
    assert hand_over(service) == 5
    assert ids(service) == ["a", "b", "c"]
    assert spool_of(service).aside() == []


def test_what_was_set_aside_can_be_tried_again(service):
    spool = spool_of(service)
    spool.put(Post(datetime.now(UTC), "POST", "/hooks/gone/x/sms", b"", (), posts.sms("x")))
    hand_over(service)
    [one] = spool.aside()
    spool.retry(one.name)
    assert (spool.aside(), len(spool.names())) == ([], 1)
    hand_over(service)
    assert [again.name for again in spool.aside()] == [one.name]


def test_what_was_set_aside_is_destroyed_after_a_week(service):
    spool = spool_of(service)
    spool.put(Post(datetime.now(UTC), "POST", "/hooks/gone/x/sms", b"", (), posts.sms("x")))
    hand_over(service)
    [one] = spool.aside()
    spool.forget(one.at + KEPT_S - 1)
    assert len(spool.aside()) == 1
    spool.forget(one.at + KEPT_S)
    assert spool.aside() == []


def test_what_lies_there_longer_than_its_key_is_set_aside_not_dropped(service, away, tmp_path):
    writes(away, "one")
    keys = tmp_path / "keys"
    for path in (keys / "transit").glob("*.key"):
        path.unlink()
    renew_transit(keys, datetime.now(UTC))
    later = service.restarted(transit=Transit.load(keys))
    with closing(later.store):
        hand_over(later)
    [one] = spool_of(service).aside()
    assert one.reason == "nobody can open it any more"


headers = st.lists(st.tuples(st.text(max_size=20), st.text(max_size=20)), max_size=3).map(tuple)


@given(st.binary(max_size=200), st.binary(max_size=200), headers, st.datetimes())
def test_a_post_is_the_same_after_it_was_kept(query, body, headers, at):
    post = Post(at.replace(tzinfo=UTC), "GET", "/hooks/a/b/sms", query, headers, body)
    assert Post.from_json(post.to_json()) == post


@settings(max_examples=20, deadline=None)  # each post is synced to the disk
@given(st.lists(st.integers(0, 2**31), max_size=6))
def test_names_sort_as_posts_came_in(tmp_path_factory, times):
    class Plain:
        def wrap(self, text):
            return text.encode()

        def unwrap(self, kept):
            return kept.decode()

    folder = tmp_path_factory.mktemp("spool")
    for serial, at in zip(itertools.count(), times, strict=False):
        body = str(serial).encode()
        post = Post(datetime.fromtimestamp(at, UTC), "GET", "/hooks/a/b/sms", b"", (), body)
        Spool(folder, Plain()).put(post)
    spool = Spool(folder, Plain())
    assert [spool.read(name).body for name in spool.names()] == [
        str(serial).encode() for serial in range(len(times))
    ]

"""The faults, by name: each does its harm for a while and then leaves nothing of it behind."""

import contextlib
import resource
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass

import psutil
import psycopg
from redis.exceptions import RedisError

from gateway import valkey
from tests.chaos.aggregator import MOODS, WELL
from tests.chaos.stage import FAKETIME
from tests.gateway.running import free_port

POINT_S = 8.0  # so long a wished death may keep us waiting
MAXMEMORY = valkey.OPTIONS["maxmemory"]


@dataclass(frozen=True)
class Fault:
    """One kind of harm. ``do`` returns False where it could not be done just then."""

    name: str
    kind: str
    do: Callable
    needs: Callable = lambda stage: True
    weight: int = 1


def _found(storm, name):
    """Return a process of the service, waiting for it while it is being started again."""
    end = time.monotonic() + POINT_S
    while time.monotonic() < end:
        with contextlib.suppress(psutil.Error):
            if victim := storm.stage.processes().get(name):
                return victim
        storm.pause(0.2)
    return None


def _killed(*names):
    def do(storm, draw):
        del draw
        victims = [_found(storm, name) for name in names]
        if None in victims:
            return False
        for victim in victims:
            victim.kill()
        return True

    return do


def _all_killed(storm, draw):
    del draw
    with storm.alone("machine"):
        storm.stage.end_all()
        storm.stage.revive()


def _acceptor_killed(storm, draw):
    del draw
    with storm.alone("acceptor"):
        storm.stage.end_acceptor()


def _stopped(name, seconds):
    def do(storm, draw):
        victim = _found(storm, name)
        if victim is None:
            return False
        victim.suspend()
        storm.pause(seconds * draw.uniform(0.5, 1))
        victim.resume()
        return True

    return do


def _dies_at(point):
    def do(storm, draw):
        del draw
        wish = storm.stage.points / point
        wish.touch()
        end = time.monotonic() + POINT_S
        while wish.exists() and time.monotonic() < end:
            storm.pause(0.05)
        reached = not wish.exists()
        wish.unlink(missing_ok=True)
        return reached

    return do


def _carrier(do):
    """Return a fault done to Valkey over its own socket."""

    def done(storm, draw):
        link = valkey.connect(valkey.url_of(storm.stage.settings), reply_s=2)
        try:
            do(storm, draw, link)
        except (RedisError, OSError):
            return False
        finally:
            link.close()
        return True

    return done


def _out_of_memory(storm, draw, link):
    link.config_set("maxmemory", "1")
    storm.pause(draw.uniform(1, 3))
    link.config_set("maxmemory", MAXMEMORY)


def _database(do):
    """Return a fault of PostgreSQL, one at a time."""

    def done(storm, draw):
        with storm.alone("database"):
            try:
                do(storm, draw)
            except psycopg.Error:
                return False
        return True

    return done


def _power_cut(storm, draw):
    postgres = storm.stage.postgres
    postgres.stop()
    storm.pause(draw.uniform(0.5, 3))
    postgres.start()


def _links_cut(storm, draw):
    del draw
    storm.stage.postgres.do(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )


def _table_locked(storm, draw):
    table = draw.choice(["inbound_message", "outbound_message"])
    with psycopg.connect(storm.stage.postgres.url) as link:
        link.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        storm.pause(next(storm.locks_s))
        link.rollback()


def _crowded_out(storm, draw):
    """Take every link there is, also those that the service had."""
    url = f"{storm.stage.postgres.url}&application_name=crowd"
    with contextlib.ExitStack() as held:
        first = _take_all(held, url)
        if first is None:
            return
        first.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name <> 'crowd'"
        )
        _take_all(held, url)
        storm.pause(draw.uniform(1, 3))


def _take_all(held, url):
    taken = []
    with contextlib.suppress(psycopg.OperationalError):
        while True:
            taken.append(held.enter_context(psycopg.connect(url, autocommit=True)))
    return taken[0] if taken else None


def _provider(mood):
    def do(storm, draw):
        provider = draw.choice(storm.stage.providers)
        provider.be(mood, 0.1 if mood == "late" else 0.7)
        storm.pause(draw.uniform(1, 4))
        provider.be(WELL)

    return do


def _mischief(name):
    def do(storm, draw):
        usual = storm.crowd.mischief[name]
        storm.crowd.mischief[name] = 0.6
        storm.pause(draw.uniform(1, 3))
        storm.crowd.mischief[name] = usual

    return do


def _clock_jumps(seconds):
    def do(storm, draw):
        with storm.alone("clock"):
            storm.stage.set_clock(seconds)
            storm.pause(draw.uniform(2, 4))
            storm.stage.set_clock(0)

    return do


def _disk_full(storm, draw):
    filler = storm.stage.fill_disk()
    storm.pause(draw.uniform(1, 3))
    filler.unlink(missing_ok=True)


def _without_files(name):
    """Return a fault that leaves a process as many open files as it has, and no more."""

    def do(storm, draw):
        victim = _found(storm, name)
        if victim is None:
            return False
        soft, hard = victim.rlimit(resource.RLIMIT_NOFILE)
        victim.rlimit(resource.RLIMIT_NOFILE, (victim.num_fds(), hard))
        storm.pause(draw.uniform(1, 3))
        victim.rlimit(resource.RLIMIT_NOFILE, (soft, hard))
        return True

    return do


def _second_version(storm, draw):
    """Serve with another version of the code beside ours for a while, over the same rows."""
    name, port = f"second {uuid.uuid4().hex[:6]}", free_port()
    with storm.alone("version"):
        storm.stage.add(f"{name} worker", "worker", root=storm.other_code)
        storm.stage.add(name, "public", root=storm.other_code, JAABI_PORT=str(port))
        storm.until_answering(port)
        storm.stage.serve_beside(name, port)
        storm.pause(draw.uniform(3, 6))
        storm.stage.drop(name)
        storm.stage.drop(f"{name} worker")


def _on_postgres(stage):
    return stage.postgres is not None


FAULTS = (
    Fault("public killed", "kill public", _killed("public"), weight=2),
    Fault("web worker killed", "kill public", _killed("public below"), weight=2),
    Fault("worker killed", "kill worker", _killed("worker"), weight=3),
    Fault("keeper killed", "kill keeper", _killed("keeper"), weight=2),
    Fault("web and worker killed", "kill both", _killed("public", "worker")),
    Fault("acceptor killed", "kill acceptor", _acceptor_killed, weight=2),
    Fault("supervisor killed", "kill supervisor", _all_killed),
    *(
        Fault(f"death at {point}", "kill at a point", _dies_at(point))
        for point in (
            "keeper.claimed",
            "keeper.before_call",
            "keeper.called",
            "keeper.before_settle",
            "keeper.settled",
            "worker.claimed",
            "worker.before_commit",
            "worker.committed",
            "public.before_commit",
            "public.committed",
            "timetable.before_line",
            "timetable.after_line",
            "spool.written",
            "spool.delivered",
        )
    ),
    Fault("worker stopped for seconds", "process stopped", _stopped("worker", 8)),
    Fault("keeper stopped for seconds", "process stopped", _stopped("keeper", 4)),
    Fault("valkey killed", "valkey killed", _killed("valkey")),
    Fault("valkey flushed", "valkey flushed", _carrier(lambda _, __, link: link.flushall())),
    Fault("valkey stopped for seconds", "valkey paused", _stopped("valkey", 4)),
    Fault("valkey out of memory", "valkey out of memory", _carrier(_out_of_memory)),
    Fault("postgres power cut", "postgres stopped", _database(_power_cut), _on_postgres, 2),
    Fault("postgres links cut", "postgres links cut", _database(_links_cut), _on_postgres, 2),
    Fault("postgres table locked", "postgres locked", _database(_table_locked), _on_postgres),
    Fault("postgres crowded", "postgres crowded", _database(_crowded_out), _on_postgres),
    *(Fault(f"provider {mood}", f"provider {mood}", _provider(mood)) for mood in MOODS),
    *(
        Fault(f"webhooks {name}", f"webhooks {name}", _mischief(name))
        for name in ("duplicated", "reordered", "truncated")
    ),
    Fault("clock ahead", "clock jump", _clock_jumps(90), lambda _: FAKETIME is not None),
    Fault("clock behind", "clock jump", _clock_jumps(-90), lambda _: FAKETIME is not None),
    Fault("disk full", "disk full", _disk_full, lambda stage: stage.mounted),
    Fault("web without files", "files exhausted", _without_files("public below")),
    Fault("keeper without files", "files exhausted", _without_files("keeper")),
    Fault("second version", "second version", _second_version),
)


def possible(stage, kinds=None):
    """Return the faults that this stage can suffer, of these kinds only if any are named."""
    fitting = [one for one in FAULTS if one.needs(stage)]
    return [one for one in fitting if kinds is None or one.kind in kinds]

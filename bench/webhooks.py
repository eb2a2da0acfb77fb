"""Webhooks acknowledged on PostgreSQL, beside a bare Flask view and a bare insert of the same run.

python -m bench.webhooks [seconds] [rate]

Promised: 400 SMS webhooks a second for 60 s, acknowledged with p95 <= 100 ms; 100 keypresses a
second with p95 <= 200 ms while 100 SMS a second come in. The load client runs on this machine and
sends at its pace whatever the answers do; latency counts from when a request was due. Public
application, keeper and Valkey are the real ones. Nobody handles what came in meanwhile, but for the
last line of a run: there a worker answers the texts while keys are pressed.
"""

import random
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import count
from urllib.parse import urlencode

import psycopg

from bench import _load as load
from bench import _paced as paced
from bench import _service as service
from bench._whole import whole
from bench.keypress import MENUS

RUNS = 3
SECONDS = 60.0
SMS_A_SECOND = 400.0
BOTH_A_SECOND = 100.0
CONNECTIONS = 32
PHONES = 200
WARM = 300
INSERTS = 1000
PROMISED_SMS_MS, PROMISED_USSD_MS = 100.0, 200.0
BARE_TABLE = (
    "CREATE TABLE IF NOT EXISTS bare (id serial PRIMARY KEY, channel text, provider_id text,"
    " sealed bytea, at timestamptz, UNIQUE (channel, provider_id))"
)
BARE_INSERT = "INSERT INTO bare (channel, provider_id, sealed, at) VALUES (%s, %s, %s, %s)"


def main() -> None:
    """Print three runs and their ratios."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    rate = float(sys.argv[2]) if len(sys.argv) > 2 else SMS_A_SECOND
    for number in range(RUNS):
        with ExitStack() as stack:
            url = stack.enter_context(service.postgres())
            bare = stack.enter_context(service.bare())
            ours = stack.enter_context(service.service(url, beside=("valkey",)))
            print(f"\nrun {number + 1}: {seconds:.0f} s each, {CONNECTIONS} connections")
            one_run(url, bare, ours, seconds=seconds, rate=rate)
        with service.postgres() as url, whole(url) as (ours, _):
            load.run(ours.port, sms_path(ours), texts, connections=4, requests=WARM)
            print("  and with a worker that answers the texts")
            at_pace(ours, both(ours), seconds, PROMISED_USSD_MS)


def one_run(
    url: str, bare: service.Server, ours: service.Server, *, seconds: float, rate: float
) -> None:
    """Measure one pair of servers and print it."""
    for server in (bare, ours):
        load.run(server.port, sms_path(server), texts, connections=4, requests=WARM)
    inserted = bare_inserts(url)
    full = {
        "bare view": full_speed(bare),
        "SMS webhook": full_speed(ours),
    }
    print(f"  bare insert, one link         {inserted:7.0f}/s")
    for name, (speed, cpu) in full.items():
        of_view, of_insert = speed / full["bare view"][0], speed / inserted
        print(
            f"  {name:12} as fast as it goes {speed:7.0f}/s  {cpu:6.0f} us of cpu each"
            f"  {of_view:.2f} of the bare view  {of_insert:.2f} of the bare insert"
        )
    at_pace(bare, [track("bare view", bare, rate)], seconds)
    at_pace(ours, [track("SMS", ours, rate)], seconds, PROMISED_SMS_MS)
    at_pace(ours, both(ours), seconds, PROMISED_USSD_MS)


def full_speed(server: service.Server) -> tuple[float, float]:
    """Return requests a second of a closed loop, and processor microseconds each."""
    before = server.cpu_seconds()
    outcome = load.run(server.port, sms_path(server), texts, connections=16, requests=3000)
    return outcome.rate, 1e6 * (server.cpu_seconds() - before) / outcome.requests


def at_pace(
    server: service.Server, tracks: list[paced.Track], seconds: float, promised: float | None = None
) -> None:
    """Send at the pace of each track and print what came of it."""
    took = paced.run(server.port, tracks, seconds=seconds, connections=CONNECTIONS)
    for one in tracks:
        p50, p95, p99 = (one.quantile(share) for share in (0.5, 0.95, 0.99))
        held = "" if promised is None else "  held" if p95 <= promised else "  NOT HELD"
        print(
            f"  {one.name:12} at {one.rate:4.0f}/s: {len(one.latencies) / took:6.1f}/s acknowledged"
            f"  p50 {p50:6.1f}  p95 {p95:6.1f}  p99 {p99:6.1f} ms  wrong {len(one.wrong)}{held}"
        )


def track(name: str, server: service.Server, rate: float) -> paced.Track:
    """Return texts by many phones, each with an id of its own."""
    return paced.Track(name, sms_path(server), rate, [texts(one) for one in range(PHONES)])


def both(server: service.Server) -> list[paced.Track]:
    """Return texts, and keys pressed meanwhile."""
    return [track("SMS beside", server, BOTH_A_SECOND), keypresses(server, BOTH_A_SECOND)]


def keypresses(server: service.Server, rate: float) -> paced.Track:
    """Return dialogues by many phones at once."""
    run = uuid.uuid4().hex[:8]
    walkers = [load.keypresses(MENUS, f"{run}c{one}") for one in range(PHONES)]
    return paced.Track("keypresses", server.path, rate, walkers)


def sms_path(server: service.Server) -> str:
    """Return where texts are posted to."""
    return server.path.removesuffix("ussd") + "sms"


def texts(phone: int) -> Iterator[tuple[bytes, str]]:
    """Yield bodies as Africa's Talking posts them, without end."""
    run = uuid.uuid4().hex
    for number in count():
        fields = {
            "id": f"{run}-{number}",
            "from": f"+2237000{random.randrange(10_000):04d}",  # noqa: S311 a load, no secret
            "to": "36000",
            "text": f"Pas de vivres au site depuis {phone} jours",
            "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S"),
        }
        yield urlencode(fields).encode(), ""


def bare_inserts(url: str) -> float:
    """Return how many durable inserts a second one link to the database makes, each by itself."""
    address = url.replace("postgresql+psycopg://", "postgresql://", 1)
    with psycopg.connect(address, autocommit=True) as link:
        link.execute(BARE_TABLE)
        begun, now = time.perf_counter(), datetime.now(UTC)
        for _ in range(INSERTS):
            link.execute(BARE_INSERT, ("at", uuid.uuid4().hex, bytes(120), now))
        return INSERTS / (time.perf_counter() - begun)


if __name__ == "__main__":
    main()

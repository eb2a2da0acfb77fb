"""From webhook to hand-over: messages a second through the whole service, on PostgreSQL.

Keeper, worker, Valkey and the public application as in production, a provider that answers at once
and the load client, all on this machine. Beside it, in the same run, a bare Flask view and a bare
insert. Three runs apart from one another. Run: python -m bench.endtoend
"""

import time
from collections.abc import Iterator
from functools import partial
from itertools import count
from urllib.parse import urlencode

import psutil

from bench import _load as load
from bench import _paced as paced
from bench import _service as service
from bench._whole import whole
from bench.sending import when
from bench.webhooks import bare_inserts, sms_path

RUNS = 3
CONNECTIONS = 16
BARE = 4000
# What is written, how many, how many a second, and how many texts each brings about.
KINDS = {
    "simple": ("AIDE", 4000, 400.0, 1),
    "filed": ("un homme de l'ong a viole la fille de mon voisin {}", 600, 60.0, 2),
}
PHONES = 2 * CONNECTIONS
NUMBERS = count()


def main() -> None:
    """Print messages a second, and what a bare view and a bare insert do meanwhile."""
    print(
        f"{'run':>3} {'kind':8} {'messages':>8} {'end to end/s':>12} {'webhook p95 ms':>14}  ms CPU"
    )
    for run in range(1, RUNS + 1):
        for kind in KINDS:
            rate, p95, spent = measure(kind)
            each = ", ".join(f"{name} {1000 * cpu:.2f}" for name, cpu in spent.items())
            print(f"{run:3} {kind:8} {KINDS[kind][1]:8} {rate:12.0f} {p95:7.1f}  {each}")
        with service.bare() as bare, service.postgres() as url:
            turns = partial(_bodies, "AIDE")
            view = load.run(bare.port, bare.path, turns, connections=CONNECTIONS, requests=BARE)
            print(f"{run:3} bare view {view.rate:.0f}/s, bare insert {bare_inserts(url):.0f}/s")


def measure(kind: str) -> tuple[float, float, dict[str, float]]:
    """Return messages a second, first post to last hand-over, and the webhook's p95 in ms.

    Third, the processor seconds that a message took of each of our processes.
    """
    words, messages, rate, texts = KINDS[kind]
    with service.postgres() as url, whole(url) as (server, port):
        phones = [_bodies(words, one) for one in range(PHONES)]
        track = paced.Track(kind, sms_path(server), rate, phones)
        before, begun = _spent(server), time.monotonic()
        paced.run(server.port, [track], seconds=messages / rate, connections=CONNECTIONS)
        sent = len(track.latencies)
        done = when(port, texts * sent)
        spent = {name: (cpu - before[name]) / sent for name, cpu in _spent(server).items()}
    return sent / (done - begun), track.quantile(0.95), spent


def _spent(server: service.Server) -> dict[str, float]:
    spent = {"public": server.cpu_seconds()}
    for one in psutil.Process().children():
        name = one.cmdline()[-1]
        if name in {"worker", "keeper"}:
            spent[name] = sum(one.cpu_times()[:2])
    return spent


def _bodies(words: str, _index: int) -> Iterator[tuple[bytes, str]]:
    """Yield SMS as Africa's Talking posts them, each of another phone."""
    for number in NUMBERS:
        fields = {"id": f"bench-{number}", "from": f"+2237000{number % 9000 + 1000:04d}"}
        fields |= {"to": "36000", "text": words.format(number), "date": "2026-11-22 10:00:00"}
        yield urlencode(fields).encode(), ""


if __name__ == "__main__":
    main()

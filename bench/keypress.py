"""A keypress, from webhook to screen with its conversation row committed, beside a bare Flask view.

Rounds rotate between the three servers, so that a busy moment of the machine hits all; figures are
medians of rounds. Run: python -m bench.keypress
"""

import statistics
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial

from bench import _load as load
from bench import _service as service

ROUNDS = 5
REQUESTS = 4000
CONNECTIONS = 16
MANY = 400

# A dialogue of menus: eleven keypresses, first and last of a session among them.
MENUS: load.Dialogue = [
    ("", "Dire un probleme"),
    ("1", "Continuer"),
    ("1*1", "Quel probleme?"),
    ("1*1*1", "Rien recu"),
    ("1*1*1*9", "Point trop loin"),
    ("1*1*1*9*0", "Rien recu"),
    ("1*1*1*9*0*0", "Quel probleme?"),
    ("1*1*1*9*0*0*2", "Centre de sante"),
    ("1*1*1*9*0*0*2*0", "Quel probleme?"),
    ("1*1*1*9*0*0*2*0*0", "Continuer"),
    ("1*1*1*9*0*0*2*0*0*0", ""),
]
# The whole way to a filed case: nine keypresses, look-ups, routing, receipt and announcement.
FILED: load.Dialogue = [
    ("", "Dire un probleme"),
    ("1", "Continuer"),
    ("1*1", "Quel probleme?"),
    ("1*1*1", "Rien recu"),
    ("1*1*1*2", "C'est ou?"),
    ("1*1*1*2*6143", "C'est bien ici?"),
    ("1*1*1*2*6143*1", "Qui est en cause?"),
    ("1*1*1*2*6143*1*1", "Voulez-vous une reponse?"),
    ("1*1*1*2*6143*1*1*1", "Votre code"),
]
BARE: load.Dialogue = [(typed, "Jaabi") for typed, _ in MENUS]


def main() -> None:
    """Print the ratios."""
    with ExitStack() as stack:
        bare = stack.enter_context(service.bare())
        sqlite = stack.enter_context(service.service())
        postgres = stack.enter_context(service.service(stack.enter_context(service.postgres())))
        servers = {"bare": (bare, BARE), "sqlite": (sqlite, MENUS), "postgresql": (postgres, MENUS)}
        for title, connections in (("16 connections", CONNECTIONS), ("400 connections", MANY)):
            compare(title, servers, connections)
        filing = {"bare": (bare, BARE), "sqlite": (sqlite, FILED), "postgresql": (postgres, FILED)}
        compare("16 connections, every ninth keypress files a case", filing, CONNECTIONS)


def compare(
    title: str, servers: dict[str, tuple[service.Server, load.Dialogue]], connections: int
) -> None:
    """Measure all servers in rotating rounds and print one table."""
    rounds: dict[str, list[load.Outcome]] = {name: [] for name in servers}
    for number in range(ROUNDS + 1):
        for name, (server, dialogue) in servers.items():
            outcome = one_round(
                server, partial(walk, dialogue, f"{title}{number}".replace(" ", "")), connections
            )
            if number:  # the first round only warms up
                rounds[name].append(outcome)
    print(f"\n{title}: median of {ROUNDS} rounds of {REQUESTS} requests")
    print(
        f"{'server':12} {'req/s':>7} {'of bare':>8} {'cpu us':>7} {'of bare':>8}"
        f" {'p50 ms':>7} {'p99 ms':>7} {'wrong':>6}"
    )
    bare = middle(rounds["bare"])
    for name, outcomes in rounds.items():
        rate, cpu, p50, p99 = middle(outcomes)
        wrong = sum(len(one.wrong) for one in outcomes)
        print(
            f"{name:12} {rate:7.0f} {rate / bare[0]:8.2f} {cpu:7.0f} {bare[1] / cpu:8.2f}"
            f" {p50:7.1f} {p99:7.1f} {wrong:6}"
        )


def one_round(
    server: service.Server, turns: load.Turns, connections: int, requests: int = REQUESTS
) -> load.Outcome:
    """Run one round and note the processor time it took the server."""
    before = server.cpu_seconds()
    outcome = load.run(server.port, server.path, turns, connections=connections, requests=requests)
    outcome.cpu_seconds = server.cpu_seconds() - before
    return outcome


def middle(outcomes: list[load.Outcome]) -> tuple[float, float, float, float]:
    """Return medians: requests a second, processor microseconds each, p50 and p99 in ms."""
    return (
        statistics.median(one.rate for one in outcomes),
        statistics.median(1e6 * one.cpu_seconds / one.requests for one in outcomes),
        statistics.median(one.quantile(0.5) for one in outcomes),
        statistics.median(one.quantile(0.99) for one in outcomes),
    )


def walk(dialogue: load.Dialogue, seed: str, index: int) -> Iterator[tuple[bytes, str]]:
    """Return the endless keypresses of one connection."""
    return load.keypresses(dialogue, f"{seed}c{index}")


if __name__ == "__main__":
    main()

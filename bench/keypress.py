"""A keypress, from webhook to screen with its conversation row committed, beside a bare Flask view.

Rounds rotate between the three servers, so that a busy moment of the machine hits all; figures are
medians of rounds. Run: python -m bench.keypress
"""

import statistics
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
# The whole way to a filed case: twelve keypresses, look-ups, routing, receipt and announcement.
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
    ("1*1*1*2*6143*1*1*1*0", "Peut-on demander"),
    ("1*1*1*2*6143*1*1*1*0*2", "Retapez votre code"),
    ("1*1*1*2*6143*1*1*1*0*2*0", "Pour lire la reponse"),
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
        compare("16 connections, every twelfth keypress files a case", filing, CONNECTIONS)


def compare(
    title: str, servers: dict[str, tuple[tuple[int, str], load.Dialogue]], connections: int
) -> None:
    """Measure all servers in rotating rounds and print one table."""
    rounds: dict[str, list[load.Outcome]] = {name: [] for name in servers}
    for number in range(ROUNDS + 1):
        for name, ((port, path), dialogue) in servers.items():
            turns = partial(walk, dialogue, f"{title[:3]}{number}")
            outcome = load.run(port, path, turns, connections=connections, requests=REQUESTS)
            if number:  # the first round only warms up
                rounds[name].append(outcome)
    print(f"\n{title}: median of {ROUNDS} rounds of {REQUESTS} requests")
    print(f"{'server':12} {'req/s':>8} {'of bare':>8} {'p50 ms':>8} {'p99 ms':>8} {'wrong':>6}")
    base = statistics.median(one.rate for one in rounds["bare"])
    for name, outcomes in rounds.items():
        rate = statistics.median(one.rate for one in outcomes)
        p50 = statistics.median(one.quantile(0.5) for one in outcomes)
        p99 = statistics.median(one.quantile(0.99) for one in outcomes)
        wrong = sum(len(one.wrong) for one in outcomes)
        print(f"{name:12} {rate:8.0f} {rate / base:8.2f} {p50:8.1f} {p99:8.1f} {wrong:6}")


def walk(dialogue: load.Dialogue, seed: str, index: int) -> object:
    """Return the endless keypresses of one connection."""
    return load.keypresses(dialogue, f"{seed}c{index}")


if __name__ == "__main__":
    main()

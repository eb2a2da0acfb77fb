"""What all protection costs a keypress: the service beside itself with protection switched to null.

Both run at once and take turns, so that a busy moment of the machine hits both; figures are medians
of rounds. Protected, the service works as the role that owns nothing and PostgreSQL hides rows from
it; at null it works as the owner, from whom nothing is hidden. Promised: at most 20 % of the
throughput. Run: python -m bench.protection
"""

import statistics
from contextlib import ExitStack
from functools import partial

from bench import _load as load
from bench import _service as service
from bench.keypress import FILED, MENUS, middle, one_round, walk

ROUNDS = 5
REQUESTS = 2000
CONNECTIONS = 16
ALLOWED = 0.20
NULL = "bench._unprotected:app"


def main() -> None:
    """Print both, and what protection costs."""
    with ExitStack() as stack:
        pairs = {
            "sqlite": {
                "protected": stack.enter_context(service.service()),
                "null": stack.enter_context(service.service(target=NULL)),
            }
        }
        owner, bare = (
            stack.enter_context(service.postgres()),
            stack.enter_context(service.postgres()),
        )
        application = service.application_role(owner)
        pairs["postgresql"] = {
            "protected": stack.enter_context(service.service(application, owner_url=owner)),
            "null": stack.enter_context(service.service(bare, target=NULL)),
        }
        for engine, pair in pairs.items():
            compare(f"{engine}, menus", pair, MENUS)
            compare(f"{engine}, every ninth keypress files a case", pair, FILED)


def compare(title: str, pair: dict[str, service.Server], dialogue: load.Dialogue) -> None:
    """Measure both in turn and print one table."""
    rounds: dict[str, list[load.Outcome]] = {name: [] for name in pair}
    for number in range(ROUNDS + 1):
        # Who goes second finds the machine as the first one left it: so each is first in turn.
        for name in sorted(pair, reverse=number % 2 == 1):
            seed = f"{title}{number}".replace(" ", "").replace(",", "")
            outcome = one_round(pair[name], partial(walk, dialogue, seed), CONNECTIONS, REQUESTS)
            if number:  # the first round only warms up
                rounds[name].append(outcome)
    print(f"\n{title}: median of {ROUNDS} rounds of {REQUESTS} requests")
    print(f"{'server':10} {'req/s':>7} {'cpu us':>7} {'p50 ms':>7} {'p99 ms':>7} {'wrong':>6}")
    for name, outcomes in rounds.items():
        rate, cpu, p50, p99 = middle(outcomes)
        wrong = sum(len(one.wrong) for one in outcomes)
        print(f"{name:10} {rate:7.0f} {cpu:7.0f} {p50:7.1f} {p99:7.1f} {wrong:6}")
    # Round by round: neighbours in time had the same machine.
    costs = [
        1 - with_it.rate / without.rate
        for with_it, without in zip(rounds["protected"], rounds["null"], strict=True)
    ]
    cost = statistics.median(costs)
    print(f"protection costs {cost:.0%} of throughput ({'kept' if cost <= ALLOWED else 'BROKEN'})")


if __name__ == "__main__":
    main()

"""From the commit of an outgoing SMS to the provider's door, with Valkey and without it.

One SMS at a time, so the n-th row written is the n-th to arrive. Run: python -m bench.latency
"""

import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import create_engine, text

from tests.journeys.world import World

IDLE = 100
WITHOUT_VALKEY = 15
PHONE = "+22370000007"


def main() -> None:
    """Print the two distributions."""
    print(f"{'':24} {'messages':>8} {'p50 ms':>8} {'p99 ms':>8} {'max ms':>8}")
    measure("idle", IDLE)
    with tempfile.TemporaryDirectory() as nowhere:
        away = {"JAABI_REDIS_URL": f"unix://{nowhere}/valkey.sock"}
        measure("Valkey stopped", WITHOUT_VALKEY, away)


def measure(title: str, messages: int, environment: dict[str, str] | None = None) -> None:
    """Send AIDE so many times, each after the answer to the one before."""
    with tempfile.TemporaryDirectory(prefix="jaabi-bench-") as folder:
        world = World(Path(folder) / "home")
        world.environment |= environment or {}
        world.prepare().start()
        try:
            arrivals = [ask(world) for _ in range(messages)]
            engine = create_engine(world.database_url)
            with engine.connect() as link:
                found = link.execute(text("SELECT created_at FROM outbound_message ORDER BY id"))
                written = [_seconds(row[0]) for row in found]
            engine.dispose()
        finally:
            world.close()
    waits = sorted(1000 * (there - since) for there, since in zip(arrivals, written, strict=True))
    p99 = waits[min(len(waits) - 1, int(0.99 * len(waits)))]
    print(f"{title:24} {messages:8} {waits[len(waits) // 2]:8.1f} {p99:8.1f} {waits[-1]:8.1f}")


def ask(world: World) -> float:
    """Send AIDE and return when the answer reached the provider, in seconds since 1970."""
    before = len(world.provider.inbox[PHONE])
    world.phone(PHONE).sms("AIDE")
    with world.provider.changed:
        came = world.provider.changed.wait_for(
            lambda: len(world.provider.inbox[PHONE]) > before, timeout=30
        )
        assert came
        return time.time()


def _seconds(stored: str) -> float:
    return datetime.fromisoformat(stored).replace(tzinfo=UTC).timestamp()


if __name__ == "__main__":
    main()

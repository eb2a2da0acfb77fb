"""A closed-loop HTTP client: so many connections, each walking through dialogues in turn.

Sends to loopback only, stops after the number of requests it was given.
"""

import selectors
import socket
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from urllib.parse import urlencode

HOST = "127.0.0.1"
CALLERS = deque(f"+2237000{number:04d}" for number in range(10_000))
Dialogue = list[tuple[str, str]]  # what was typed so far, what the screen must hold
Turns = Callable[[int], Iterator[tuple[bytes, str]]]


@dataclass
class Outcome:
    """What a run measured: requests, seconds, latencies in seconds, wrong answers."""

    requests: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Return requests a second."""
        return self.requests / self.seconds

    def quantile(self, share: float) -> float:
        """Return a latency quantile in milliseconds."""
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class Caller:
    """One connection: its socket, the dialogue it is in, and when it asked."""

    def __init__(self, port: int, path: str, turns: Iterator[tuple[bytes, str]]) -> None:
        self.path = path
        self.turns = turns
        self.link = socket.create_connection((HOST, port))
        self.link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""

    def ask(self) -> None:
        """Send the next keypress."""
        body, self.expected = next(self.turns)
        head = (
            f"POST {self.path} HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: {len(body)}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
        )
        self.asked = time.perf_counter()
        self.link.sendall(head.encode() + body)

    def heard(self) -> str | None:
        """Return the answer's body once it is whole."""
        self.buffer += self.link.recv(65536)
        head, found, rest = self.buffer.partition(b"\r\n\r\n")
        if not found:
            return None
        length = next(
            int(line.split(b":")[1])
            for line in head.lower().split(b"\r\n")
            if line.startswith(b"content-length")
        )
        if len(rest) < length:
            return None
        self.buffer = rest[length:]
        return rest[:length].decode()


def keypresses(dialogue: Dialogue, seed: str) -> Iterator[tuple[bytes, str]]:
    """Yield bodies as Africa's Talking posts them, session after session, for ever.

    Whoever is cut off in the midst of a session, as all are at the end of a round, is offered it at
    the next one, a screen that no dialogue here expects: so a number calls again only once its
    session was walked to the end.
    """
    for number in count():
        session = f"ATUid_{seed}_{number}"
        caller = CALLERS.popleft()
        for typed, expected in dialogue:
            fields = {"sessionId": session, "serviceCode": "*123#", "phoneNumber": caller}
            fields |= {"networkCode": "61002", "text": typed}
            yield urlencode(fields).encode(), expected
        CALLERS.append(caller)


def run(
    port: int,
    path: str,
    turns: Turns,
    *,
    connections: int,
    requests: int,
) -> Outcome:
    """Make ``requests`` requests over so many connections and return what was measured."""
    outcome = Outcome()
    selector = selectors.DefaultSelector()
    callers = [Caller(port, path, turns(index)) for index in range(connections)]
    start = time.perf_counter()
    for caller in callers:
        selector.register(caller.link, selectors.EVENT_READ, caller)
        caller.ask()
    asked = connections
    while outcome.requests < requests:
        for key, _ in selector.select(10):
            caller = key.data
            said = caller.heard()
            if said is None:
                continue
            outcome.requests += 1
            outcome.latencies.append(time.perf_counter() - caller.asked)
            if caller.expected not in said:
                outcome.wrong.append(said)
            if asked < requests:
                asked += 1
                caller.ask()
    outcome.seconds = time.perf_counter() - start
    for caller in callers:
        caller.link.close()
    selector.close()
    return outcome

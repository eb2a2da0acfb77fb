"""An open-loop HTTP client: requests leave when they are due, whether or not others were answered.

Latency counts from the moment a request was due, so a server that falls behind cannot hide it.
Sends to loopback only, stops after the seconds it was given.
"""

import selectors
import socket
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import heapify, heapreplace

from bench._load import HOST

PATIENCE_S = 30.0


@dataclass
class Track:
    """One kind of request: where to, how many a second, what is sent, and what came of it.

    Each of ``turns`` is one phone: it says the next thing only once the last was answered. There
    must be more of them than connections.
    """

    name: str
    path: str
    rate: float
    turns: list[Iterator[tuple[bytes, str]]]
    latencies: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def quantile(self, share: float) -> float:
        """Return a latency quantile in milliseconds."""
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class Line:
    """One open connection, busy with one request or idle."""

    def __init__(self, port: int) -> None:
        self.link = socket.create_connection((HOST, port), timeout=PATIENCE_S)
        self.link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""

    def ask(self, track: Track, due: float) -> None:
        """Send the next request of this track."""
        self.track, self.due, self.turn = track, due, track.turns.pop(0)
        body, self.expected = next(self.turn)
        head = (
            f"POST {track.path} HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: {len(body)}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
        )
        self.link.sendall(head.encode() + body)

    def heard(self) -> bool:
        """Read, and tell whether the answer is whole; if so, it is noted."""
        part = self.link.recv(65536)
        if not part:
            raise ConnectionError(f"hung up on {self.track.name}")
        self.buffer += part
        head, found, rest = self.buffer.partition(b"\r\n\r\n")
        if not found:
            return False
        lower = head.lower()
        at = lower.find(b"content-length:")
        length = int(lower[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(rest) < length:
            return False
        self.buffer = rest[length:]
        said = rest[:length].decode()
        self.track.turns.append(self.turn)
        self.track.latencies.append(time.perf_counter() - self.due)
        if not head.startswith(b"HTTP/1.1 200") or self.expected not in said:
            self.track.wrong.append(head[:12].decode() + said[:40])
        return True


def run(port: int, tracks: list[Track], *, seconds: float, connections: int) -> float:
    """Send what each track has due for so many seconds; return the seconds until all is heard."""
    # First in, first out: a line nobody uses for half a minute is hung up by the server.
    selector, idle = selectors.DefaultSelector(), deque(Line(port) for _ in range(connections))
    for line in idle:
        selector.register(line.link, selectors.EVENT_READ, line)
    start = time.perf_counter()
    due = [(start, index) for index in range(len(tracks))]
    heapify(due)
    busy = 0
    while True:
        now = time.perf_counter()
        while idle and due[0][0] <= now and due[0][0] < start + seconds:
            at, index = due[0]
            idle.popleft().ask(tracks[index], at)
            busy += 1
            heapreplace(due, (at + 1 / tracks[index].rate, index))
        if not busy and due[0][0] >= start + seconds:
            break
        wait = max(0.0, due[0][0] - time.perf_counter()) if idle else PATIENCE_S
        for key, _ in selector.select(wait):
            if key.data.heard():
                idle.append(key.data)
                busy -= 1
    took = time.perf_counter() - start
    for line in idle:
        line.link.close()
    selector.close()
    return took

"""A provider that misbehaves as told and remembers, as a real one would, what it truly accepted."""

import asyncio
import json
import queue
import random
import threading
import time
from dataclasses import dataclass
from urllib.parse import parse_qs

WELL = "well"
LATE_S, SLOW_S = 14.0, 1.5  # we wait twelve seconds for a provider
# What it does, and how often it took the text all the same: nobody but itself can tell.
MOODS = {
    "500": 0.5,
    "408": 0.5,
    "429": 0.0,
    "reset": 0.5,
    "slow": 1.0,
    "late": 1.0,
    "garbage": 0.5,
    "200 with an error": 0.0,
}
WRONG = {
    "500": (500, "trouble"),
    "408": (408, "too slow"),
    "429": (429, "too many"),
    "garbage": (201, "<html>It works!"),
}


@dataclass(frozen=True, slots=True)
class Accepted:
    """A text that the provider will bring to the phone, whatever it answered."""

    to: str
    said: str
    provider_id: str
    at: float  # monotonic


class Aggregator:
    """Africa's Talking's sending side on loopback: quick, and single-threaded so that it is."""

    def __init__(self, seed):
        self.accepted = []
        self.heard = 0
        self.reports = queue.SimpleQueue()  # ids whose delivery is to be reported
        self.draw = random.Random(seed)
        self._mood, self._share = WELL, 0.0
        self._links = set()
        self._loop = asyncio.new_event_loop()
        started = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(started,), daemon=True)
        self._thread.start()
        started.wait()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/version1"

    def be(self, mood, share=1.0):
        """Behave so to this share of what is handed over."""
        self._mood, self._share = mood, share

    def close(self):
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self, started):
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        started.set()
        self._loop.run_forever()
        server.close()
        self._loop.run_until_complete(self._hang_up())
        self._loop.close()

    async def _hang_up(self):
        """Let go of whoever still asks, so that no socket outlives us."""
        ours = asyncio.all_tasks() - {asyncio.current_task()}
        for task in ours:
            task.cancel()
        for link in list(self._links):
            link.transport.abort()
        await asyncio.gather(*ours, return_exceptions=True)
        await asyncio.sleep(0)

    async def _serve(self, reader, writer):
        self._links.add(writer)
        try:
            while form := await _form(reader):
                reply = await self._answer(form["to"][0], form["message"][0])
                if reply is None:
                    writer.transport.abort()
                    return
                writer.write(reply)
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # whoever asked is gone
        finally:
            self._links.discard(writer)
            writer.close()

    async def _answer(self, to, said):
        self.heard += 1
        mood = self._mood if self.draw.random() < self._share else WELL
        takes = mood == WELL or self.draw.random() < MOODS[mood]
        provider_id = f"ATXid_{self.draw.getrandbits(120):032x}"
        if takes:
            self.accepted.append(Accepted(to, said, provider_id, time.monotonic()))
            self.reports.put(provider_id)
        if mood == "reset":
            return None
        if mood in WRONG:
            return _http(*WRONG[mood])
        if mood in ("slow", "late"):
            await asyncio.sleep(SLOW_S if mood == "slow" else LATE_S)
        return _http(201, _told(to, provider_id, 101 if takes else 500))


def _told(to, provider_id, code):
    recipient = {"statusCode": code, "number": to, "cost": "XOF 12.0000", "messageId": provider_id}
    recipient["status"] = "Success" if code == 101 else "InternalServerError"
    return json.dumps({"SMSMessageData": {"Message": "Sent", "Recipients": [recipient]}})


def _http(status, body):
    head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\n"
    again = "Retry-After: 2\r\n" if status == 429 else ""
    return f"{head}{again}Content-Length: {len(body)}\r\n\r\n{body}".encode()


async def _form(reader):
    """Read one request and return its fields; nothing when the other side hung up."""
    head = await reader.readuntil(b"\r\n\r\n")
    [length] = [
        int(line.split(b":")[1])
        for line in head.lower().split(b"\r\n")
        if line.startswith(b"content-length")
    ]
    return parse_qs((await reader.readexactly(length)).decode())

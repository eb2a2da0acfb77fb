"""The official client to Africa's Talking, made to say what an answer was, on lines kept open.

Found in africastalking 2.0.3: of an answer outside 2xx it hands over the words and not the number,
so that "too many requests" and "we broke down in the middle" look alike; each call dials anew.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Empty, LifoQueue
from typing import Any

import requests
from africastalking.SMS import SMSService

from gateway.channels.base import SendFailed, SendUnknown
from gateway.channels.unanswered import silence, wait_of

TIMEOUT_S = (3.05, 12.0)  # to connect, and between two bytes of the answer
# A line that rested may be hung up just as we write, and then nobody knows what became of a text.
RESTED_S = 1.0
TOO_MANY, TIMED_OUT, BROKEN, BUSY = 429, 408, 500, 503
LONGEST, PART = 1_048_576, 65_536  # bytes of an answer; an inbox comes in one
REST_S = 10.0  # where it says "too many" and not for how long
NOT_OURS = frozenset({401, 403})


class Line(SMSService):  # type: ignore[misc]  # the library says no types
    """The client's own requests, over connections that are kept while texts follow one another."""

    def __init__(self, username: str, api_key: str, api_url: str | None) -> None:
        super().__init__(username, api_key)
        self._idle: LifoQueue[tuple[requests.Session, float]] = LifoQueue()
        if api_url:
            self._baseUrl = api_url.rstrip("/")  # the client offers no other way

    def _make_request(self, url: str, method: str, **asked: Any) -> bytes:
        """Return the body of an answer in 2xx, whatever its type.

        Raises SendFailed or SendUnknown.
        """
        del asked["callback"]  # a thread of the client's own, in which a time-out is lost
        try:
            with self._session(url) as session:
                reply = session.request(method, url, **asked, allow_redirects=False, stream=True)
                said = _body(reply)
        except requests.RequestException as error:
            raise silence(error) from None
        if reply.status_code // 100 != 2:
            raise judged(reply)
        return said

    @contextmanager
    def _session(self, url: str) -> Iterator[requests.Session]:
        session = self._rested() or _new(url)
        yield session  # after an error it is not used again
        self._idle.put((session, time.monotonic()))

    def _rested(self) -> requests.Session | None:
        try:
            session, since = self._idle.get_nowait()
        except Empty:
            return None
        if time.monotonic() - since > RESTED_S:
            session.close()
        return session


def _new(url: str) -> requests.Session:
    """Return a session that asked this machine once, not for every text, how it reaches others."""
    session = requests.Session()
    asked = session.merge_environment_settings(url, {}, None, None, None)
    session.proxies, session.verify = asked["proxies"], asked["verify"]
    session.trust_env = False
    return session


def _body(reply: requests.Response) -> bytes:
    parts, size = [], 0
    for part in reply.iter_content(PART):
        parts.append(part)
        size += len(part)
        if size > LONGEST:
            raise SendUnknown("endless answer")
    return b"".join(parts)


def judged(reply: requests.Response) -> SendFailed | SendUnknown:
    """Judge an answer outside 2xx by its number.

    What broke down on their side (5xx) or was cut short (408) may have been taken before; not so a
    503 that says when to come back.
    """
    status, wait_s = reply.status_code, wait_of(reply.headers)
    if status == TOO_MANY or (status == BUSY and wait_s is not None):
        return SendFailed(f"status {status}", again=True, wait_s=wait_s or REST_S)
    if status in NOT_OURS:
        return SendFailed("wrong api key", again=True, stop=True)
    if status == TIMED_OUT or status >= BROKEN:
        return SendUnknown(f"status {status}")
    return SendFailed(f"status {status}", again=True)

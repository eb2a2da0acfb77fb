"""The official client to Africa's Talking, made to say what an answer was, on lines kept open.

Found in africastalking 2.0.3: of an answer outside 2xx it hands over the words and not the number,
so that "too many requests" and "we broke down in the middle" look alike; each call dials anew.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from queue import Empty, LifoQueue
from typing import Any
from urllib.parse import urlencode

import requests
from africastalking.SMS import SMSService
from requests.adapters import HTTPAdapter
from urllib3 import BaseHTTPResponse, HTTPConnectionPool, Timeout
from urllib3.exceptions import HTTPError
from urllib3.util import parse_url

from gateway.channels.base import SendFailed, SendUnknown
from gateway.channels.unanswered import silence, wait_of

TIMEOUT_S = (3.05, 12.0)  # to connect, and between two bytes of the answer
# A line that rested may be hung up just as we write, and then nobody knows what became of a text.
RESTED_S = 1.0
TOO_MANY, TIMED_OUT, BROKEN, BUSY = 429, 408, 500, 503
LONGEST, PART = 1_048_576, 65_536  # bytes of an answer; an inbox comes in one
REST_S = 10.0  # where it says "too many" and not for how long
NOT_OURS = frozenset({401, 403})
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Line(SMSService):  # type: ignore[misc]  # the library says no types
    """The client's own requests, over connections that are kept while texts follow one another."""

    def __init__(self, username: str, api_key: str, api_url: str | None) -> None:
        super().__init__(username, api_key)
        self._idle: LifoQueue[tuple[HTTPConnectionPool, float]] = LifoQueue()
        if api_url:
            self._baseUrl = api_url.rstrip("/")  # the client offers no other way

    def _make_request(self, url: str, method: str, **asked: Any) -> bytes:
        """Return the body of an answer in 2xx, whatever its type.

        Raises SendFailed or SendUnknown.
        """
        # Not by the client's own way: it loses time-outs in a thread, and by its library's every
        # text cost three times as much.
        try:
            with self._pool(url) as pool:
                reply = _ask(pool, url, method, asked)
                said = _body(reply)
        except HTTPError as error:
            raise silence(error) from None
        if reply.status // 100 != 2:
            raise judged(reply)
        return said

    @contextmanager
    def _pool(self, url: str) -> Iterator[HTTPConnectionPool]:
        pool = self._rested() or _new(url)
        yield pool  # after an error it is not used again
        self._idle.put((pool, time.monotonic()))

    def _rested(self) -> HTTPConnectionPool | None:
        try:
            pool, since = self._idle.get_nowait()
        except Empty:
            return None
        if time.monotonic() - since <= RESTED_S:
            return pool
        pool.close()
        return None


def _new(url: str) -> HTTPConnectionPool:
    """Return a line that asked this machine once, not for every text, how it reaches others."""
    with requests.Session() as session:
        asked = session.merge_environment_settings(url, {}, None, None, None)
    request = requests.Request("POST", url).prepare()
    adapter = HTTPAdapter()
    pool = adapter.get_connection_with_tls_context(request, asked["verify"], asked["proxies"])
    assert isinstance(pool, HTTPConnectionPool)  # noqa: S101 narrows the type
    return pool


def _ask(
    pool: HTTPConnectionPool, url: str, method: str, asked: Mapping[str, Any]
) -> BaseHTTPResponse:
    whole = f"{url}?{urlencode(asked['params'])}" if asked["params"] else url
    read_by_proxy = pool.proxy is not None and pool.scheme == "http"
    return pool.urlopen(
        method,
        whole if read_by_proxy else parse_url(whole).request_uri,
        body=urlencode(asked["data"]) if asked["data"] else None,
        headers={**asked["headers"], **FORM},
        timeout=Timeout(*asked["timeout"]),
        retries=False,
        redirect=False,
        assert_same_host=False,  # the line is the proxy's, if there is one
        preload_content=False,
    )


def _body(reply: BaseHTTPResponse) -> bytes:
    parts, size = [], 0
    for part in reply.stream(PART):
        parts.append(part)
        size += len(part)
        if size > LONGEST:
            raise SendUnknown("endless answer")
    return b"".join(parts)


def judged(reply: BaseHTTPResponse) -> SendFailed | SendUnknown:
    """Judge an answer outside 2xx by its number.

    What broke down on their side (5xx) or was cut short (408) may have been taken before; not so a
    503 that says when to come back.
    """
    status, wait_s = reply.status, wait_of(reply.headers)
    if status == TOO_MANY or (status == BUSY and wait_s is not None):
        return SendFailed(f"status {status}", again=True, wait_s=wait_s or REST_S)
    if status in NOT_OURS:
        return SendFailed("wrong api key", again=True, stop=True)
    if status == TIMED_OUT or status >= BROKEN:
        return SendUnknown(f"status {status}")
    return SendFailed(f"status {status}", again=True)

"""The official client to Twilio's API, made fit for confidential texts and for several threads.

Found in twilio 9.13.0: no time-out unless given; the last request, with number and text, is kept in
memory; the last answer lies in an attribute of the client, so that two threads on one client may
read one another's; an exception says nothing of Retry-After.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from queue import Empty, LifoQueue
from typing import Any

from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from gateway.channels.base import SendFailed
from gateway.channels.unanswered import wait_of

TIMEOUT_S = 10.0
TOO_MANY = 429
API = "https://api.twilio.com"

# It writes addresses and parameters at INFO (threat model T12).
QUIET = logging.getLogger("twilio.http_client")
QUIET.setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True, repr=False)
class Account:
    """An account with Twilio: its id, one or two tokens (the first one sends), where it is.

    ``timeout_s`` is how long an answer is waited for, and how long a connection.
    """

    sid: str
    tokens: tuple[str, ...]
    shared_key: str | None = None
    api_url: str | None = None
    timeout_s: float = TIMEOUT_S

    @property
    def base(self) -> str:
        """The beginning of every address of its API."""
        return (self.api_url or API).rstrip("/")


class Lines:
    """Clients of one account, each lent to one thread at a time and kept open for the next."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._idle: LifoQueue[Client] = LifoQueue()

    @contextmanager
    def one(self) -> Iterator[Client]:
        """Lend a client for one call."""
        try:
            client = self._idle.get_nowait()
        except Empty:
            client = self._dial()
        try:
            yield client
        finally:
            self._idle.put(client)

    def _dial(self) -> Client:
        account = self._account
        line = _Line(timeout=account.timeout_s)
        client = Client(account.sid, account.tokens[0], http_client=line)
        client.edge = client.region = ""  # else the environment may name another host
        client.api.base_url = account.base
        return client


class _Line(TwilioHttpClient):  # type: ignore[misc]  # the library says no types
    """One connection. Nothing is repeated here: creating a message twice sends it twice."""

    def request(self, *args: Any, **options: Any) -> Response:
        """Call the API. Raises SendFailed when it has too much to do, with how long to wait."""
        response = super().request(*args, **options)
        self._test_only_last_request = self._test_only_last_response = None
        if response.status_code == TOO_MANY:
            wait_s = wait_of(response.headers or {})
            raise SendFailed("too many requests", again=True, wait_s=wait_s)
        return response

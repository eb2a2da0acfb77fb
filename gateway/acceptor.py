"""Takes posts beside a gateway such as Kannel: onto the disk at once, to the public web later.

Kannel's smsbox forgets a message when it is killed while it waits for us, so what stands next to it
must never wait: no database, no adapter, one synced file. Screens cannot wait: USSD goes straight
to the public application.
"""

import http.client
import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort

from gateway import doors
from gateway.handing_over import Away, Refused
from gateway.spool import Post, Spool
from models.errors import TransitLost

log = logging.getLogger(__name__)

TAKEN = frozenset({"sms", "sms-post", "delivery", "optout"})
TIMEOUT_S = 20.0
NOT_NOW = frozenset({408, 425, 429})
REFUSED = range(400, 500)


class Acceptor:
    """The doors of the acceptor: the same addresses as those of the public application."""

    def __init__(self, spool: Spool, tokens: Mapping[str, Sequence[str]]) -> None:
        self._spool = spool
        self._tokens = tokens

    def blueprint(self) -> Blueprint:
        """Return its routes: the hooks, and whether it can take anything."""
        hooks = Blueprint("hooks", __name__)
        hooks.add_url_rule(
            "/hooks/<channel>/<token>/<event>", view_func=self.receive, methods=["GET", "POST"]
        )
        hooks.add_url_rule("/health/ready", view_func=self.ready)
        return hooks

    def receive(self, channel: str, token: str, event: str) -> Response:
        """Answer 200 once the post is on the disk, 503 if it cannot be, 404 to a stranger."""
        doors.let_in(self._tokens, channel, token)
        if event not in TAKEN:
            abort(404)
        try:
            self._spool.put(doors.posted(datetime.now(UTC)))
        except (OSError, TransitLost) as error:
            log.critical("nowhere to keep a post", extra={"reason": type(error).__name__})
            abort(503)
        return Response("", content_type="text/plain; charset=utf-8")

    def ready(self) -> Response:
        """Say whether there is a key to seal with."""
        return Response(status=200 if self._spool.has_key() else 503)


class Carrier:
    """Brings posts to the public application, as they came, over one open connection."""

    def __init__(self, public_url: str) -> None:
        address = urlsplit(public_url)
        tls = address.scheme == "https"
        kind = http.client.HTTPSConnection if tls else http.client.HTTPConnection
        self._base = address.path.rstrip("/")
        self._link = kind(address.hostname or "", address.port, timeout=TIMEOUT_S)

    def __call__(self, posts: Sequence[Post]) -> None:
        """Return once each was answered 2xx. Raises Away, or Refused when one never will be."""
        for post in posts:
            self._bring(post)

    def _bring(self, post: Post) -> None:
        headers = {**dict(post.headers), doors.RECEIVED_AT: post.received_at.isoformat()}
        try:
            # As raw as it came: libraries that tidy addresses up would break what is signed.
            target = f"{self._base}{_ascii(post.target)}"
            self._link.request(post.method, target, post.body, headers)
            reply = self._link.getresponse()
            reply.read()
        except (http.client.InvalidURL, ValueError):
            self._link.close()
            raise Refused("cannot be said in a request") from None
        except (OSError, http.client.HTTPException) as error:
            self._link.close()
            raise Away(type(error).__name__) from None
        if reply.status in REFUSED and reply.status not in NOT_NOW:
            raise Refused(f"answered {reply.status}")
        if not 200 <= reply.status < 300:
            raise Away(f"answered {reply.status}")


def _ascii(target: str) -> str:
    """Return an address whose bare bytes beyond ASCII are escaped: the library sends no others."""
    return "".join(one if one.isascii() else f"%{ord(one):02X}" for one in target)

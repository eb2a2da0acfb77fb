"""What every door that providers post to does first: the secret, the size, the raw request."""

import hmac
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NoReturn

from flask import abort, request

from gateway.spool import Post

log = logging.getLogger(__name__)

LARGEST = 64 * 1024  # bytes of one webhook body
RECEIVED_AT = "X-Jaabi-Received-At"  # said by our acceptor, which had the post before us
RECEIVED_AT_HERE = "HTTP_X_JAABI_RECEIVED_AT"  # the same, as WSGI spells it
LONGEST_WAY = timedelta(days=7)  # older than that nobody could open it
SELF_ENDED = (b"{", b"[", b"<")  # JSON and XML: half of it is none, so its reader tells
# Headers in which providers say something, and those written on the way, as WSGI spells them.
SAYING = ("HTTP_X_", "HTTP_I_TWILIO_", "CONTENT_TYPE")
NOT_SAYING = ("HTTP_X_FORWARDED_", "HTTP_X_REAL_", RECEIVED_AT_HERE)


def let_in(tokens: Mapping[str, Sequence[str]], channel: str, token: str) -> None:
    """Answer the same 404 to a wrong token as to an unknown channel."""
    # compare_digest refuses non-ASCII text: bytes are compared, so a stranger causes no error.
    given = token.encode()
    known = [hmac.compare_digest(given, one.encode()) for one in tokens.get(channel, ())]
    if not any(known):
        abort(404)


def posted(now: datetime) -> Post:
    """Return the request at hand, its body read.

    Answers 413 to one of more than LARGEST bytes, 400 to one that was cut off, and 411 to one of
    which nobody can tell whether it was.
    """
    if (request.content_length or 0) > LARGEST:
        abort(413)
    # A body that does not say its length is cut there, not refused: one byte more tells.
    request.max_content_length = LARGEST + 1
    body = request.get_data(cache=False)
    if len(body) > LARGEST:
        abort(413)
    _must_be_whole(body)
    # From the environment itself: on the path of each keypress, where every detour is paid for.
    told: Mapping[str, Any] = request.environ
    return Post(
        received_at=_received_at(told.get(RECEIVED_AT_HERE), now),
        method=told["REQUEST_METHOD"],
        # The router let only plain letters through, so the path is as raw as it came.
        path=told["PATH_INFO"],
        query=told.get("QUERY_STRING", "").encode("latin-1"),
        headers=tuple(_saying(told)),
        body=body,
    )


def _must_be_whole(body: bytes) -> None:
    """Refuse half a body: its id would be taken, and the whole one that follows be nobody's.

    Granian 2.8 gives what came before the line broke as if it were all, whatever the length said.
    """
    length = request.content_length
    if length is None and not body.lstrip().startswith(SELF_ENDED) and body:
        _refuse(411, "a form without its length")
    if length is not None and len(body) != length:
        _refuse(400, "cut off")


def _refuse(status: int, reason: str) -> NoReturn:
    asked = request.view_args or {}
    facts = {"channel": asked.get("channel"), "hook": asked.get("event"), "reason": reason}
    log.warning("malformed", extra=facts)
    abort(status)


def _saying(told: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        (key.removeprefix("HTTP_").replace("_", "-").title(), value)
        for key, value in told.items()
        if key.startswith(SAYING) and not key.startswith(NOT_SAYING)
    ]


def _received_at(told: str | None, now: datetime) -> datetime:
    """Return when the post was received: by the acceptor, or now."""
    if told is None:
        return now
    try:
        said = datetime.fromisoformat(told)
    except ValueError:
        return now
    if said.tzinfo is None or not now - LONGEST_WAY < said <= now:
        return now
    return said

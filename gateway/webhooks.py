"""Where providers post: the router checks the secret path, the adapter reads, the inbox keeps."""

import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from flask import Blueprint, Response, abort, request
from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError

from gateway import doors
from gateway.channels.base import (
    Answer,
    Channel,
    ForgedWebhook,
    MalformedWebhook,
    Posted,
    Press,
)
from gateway.handing_over import Away, Refused
from gateway.keeping import Arrival, Keeping, Kept
from gateway.spool import Post, Spool
from gateway.ussd import Ussd
from models.errors import TransitLost
from models.services.conversing import Conversing

log = logging.getLogger(__name__)

OF_THIS_POST = (DataError, IntegrityError)  # whatever else the database says, it says to all posts


class Webhooks:
    """The hooks of every configured channel. ``tokens`` may hold two a channel, while rotating."""

    def __init__(
        self,
        conversing: Conversing,
        channels: Mapping[str, Channel],
        tokens: Mapping[str, Sequence[str]],
        public_url: str,
        spool: Spool,
    ) -> None:
        self._public_url = public_url.rstrip("/")
        self._channels = channels
        self._tokens = tokens
        self._spool = spool
        self._keeping = Keeping(conversing)
        self._ussd = Ussd(conversing)

    def blueprint(self) -> Blueprint:
        """Return the one route of all of them."""
        hooks = Blueprint("hooks", __name__)
        hooks.add_url_rule(
            "/hooks/<channel>/<token>/<event>", view_func=self.receive, methods=["GET", "POST"]
        )
        return hooks

    def receive(self, channel: str, token: str, event: str) -> Response:
        """Answer one webhook: 404 to a stranger, 403 forged, 400 unreadable, else as it wants.

        503 only when neither the database nor the disk takes it.
        """
        doors.let_in(self._tokens, channel, token)
        adapter = self._channels[channel]
        if adapter.hooks.get(event) != request.method:
            abort(404)
        post = doors.posted(datetime.now(UTC))
        try:
            answer = self._handle(adapter, post)
        except ForgedWebhook:
            log.warning("forged webhook", extra={"channel": channel, "hook": event})
            answer = Answer(403, "text/plain; charset=utf-8", "")
        except MalformedWebhook as error:
            reason = str(error)
            log.warning("malformed", extra={"channel": channel, "hook": event, "reason": reason})
            answer = Answer(400, "text/plain; charset=utf-8", "")
        return Response(
            answer.body, answer.status, dict(answer.headers), content_type=answer.content_type
        )

    def take(self, posts: Sequence[Post]) -> None:
        """Keep posts that the spool held, all or none.

        Raises Away while nothing can be kept, Refused when one of them never can be.
        """
        arrivals = [self._arrival(post) for post in posts]
        try:
            self._keeping.keep_together(arrivals)
        except OF_THIS_POST as error:
            raise Refused(type(error).__name__) from None
        except (SQLAlchemyError, TransitLost) as error:
            raise Away(type(error).__name__) from None

    def _arrival(self, post: Post) -> Arrival:
        adapter = self._channels.get(post.channel)
        if adapter is None or adapter.hooks.get(post.event) != post.method:
            raise Refused("no such hook any more")
        try:
            event = adapter.read(post.asked(self._public_url))
        except ForgedWebhook:
            raise Refused("forged") from None
        except MalformedWebhook as error:
            raise Refused(f"malformed: {error}") from None
        if isinstance(event, Press):
            raise Refused("a keypress, nobody waits for its screen")
        return Arrival(post.channel, event, post.received_at)

    def _handle(self, channel: Channel, post: Post) -> Answer:
        event: Posted = channel.read(post.asked(self._public_url))
        if not isinstance(event, Press):
            self._accept(post, event)
            return channel.thanks(event)
        if event.phase == "end":
            self._ussd.ended(channel, event)
            return channel.thanks(event)
        return self._ussd.keypress(channel, event)

    def _accept(self, post: Post, event: Kept) -> None:
        """Keep it in the database, or else on the disk, behind what is there already."""
        if not self._spool.holds():
            try:
                self._keeping.keep(post.channel, event, post.received_at)
            except (SQLAlchemyError, TransitLost) as error:
                said = {"channel": post.channel, "reason": type(error).__name__}
                log.warning("spooled", extra=said)
            else:
                return
        try:
            self._spool.put(post)
        except (OSError, TransitLost) as error:
            log.critical("nowhere to keep a post", extra={"reason": type(error).__name__})
            abort(503)

"""Where providers post: the router checks the secret path, the adapter reads, the inbox keeps."""

import hmac
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import cast

from flask import Blueprint, Response, abort, request

from gateway.channels.base import (
    Answer,
    Call,
    Channel,
    ForgedWebhook,
    Inbound,
    MalformedWebhook,
    OptOut,
    Posted,
    Report,
    WebhookRequest,
)
from gateway.ussd import Ussd
from models.db import Gateway
from models.errors import AlreadyReceived
from models.points import reached
from models.services import intake, reports
from models.services.conversing import Conversing

log = logging.getLogger(__name__)

LARGEST = 64 * 1024  # bytes of one webhook body


class Webhooks:
    """The hooks of every configured channel. ``tokens`` may hold two a channel, while rotating."""

    def __init__(
        self,
        conversing: Conversing,
        channels: Mapping[str, Channel],
        tokens: Mapping[str, Sequence[str]],
        public_url: str,
    ) -> None:
        self._conversing = conversing
        self._public_url = public_url.rstrip("/")
        self._channels = channels
        self._tokens = tokens
        self._ussd = Ussd(conversing)

    def blueprint(self) -> Blueprint:
        """Return the one route of all of them."""
        hooks = Blueprint("hooks", __name__)
        hooks.add_url_rule(
            "/hooks/<channel>/<token>/<event>", view_func=self.receive, methods=["GET", "POST"]
        )
        return hooks

    def receive(self, channel: str, token: str, event: str) -> Response:
        """Answer one webhook: 404 to a stranger, 403 forged, 400 unreadable, else as it wants."""
        adapter = self._admitted(channel, token, event)
        # A body that does not say its length is cut there, not refused: one byte more tells.
        request.max_content_length = LARGEST + 1
        body = request.get_data(cache=False)
        if len(body) > LARGEST:
            abort(413)
        try:
            answer = self._handle(adapter, adapter.read(self._asked(event, body)))
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

    def _admitted(self, channel: str, token: str, event: str) -> Channel:
        """Return the adapter, or the same 404 for a wrong token as for an unknown channel."""
        # compare_digest refuses non-ASCII text: bytes are compared, so a stranger causes no error.
        given = token.encode()
        known = [hmac.compare_digest(given, one.encode()) for one in self._tokens.get(channel, ())]
        if not any(known):
            abort(404)
        adapter = self._channels[channel]
        if adapter.hooks.get(event) != request.method:
            abort(404)
        return adapter

    def _handle(self, channel: Channel, event: Posted) -> Answer:
        if isinstance(event, Report):
            return self._report(channel, event)
        if isinstance(event, OptOut):
            return self._opt_out(channel, event)
        if isinstance(event, Call):
            return self._call(channel, event)
        if isinstance(event, Inbound):
            return self._sms(channel, event)
        if event.phase == "end":
            self._ussd.ended(channel, event)
            return channel.thanks(event)
        return self._ussd.keypress(channel, event)

    def _sms(self, channel: Channel, sms: Inbound) -> Answer:
        with (
            suppress(AlreadyReceived),
            self._conversing.store.work(Gateway()) as work,
        ):
            received = intake.ReceivedSms(
                channel.name, sms.id, sms.sender, sms.text, sms.provider_at, sms.unread
            )
            intake.receive_sms(work, self._conversing.house, received, datetime.now(UTC))
            reached("public.before_commit")
        reached("public.committed")
        return channel.thanks(sms)

    def _call(self, channel: Channel, call: Call) -> Answer:
        if call.beeps:
            with (
                suppress(AlreadyReceived),
                self._conversing.store.work(Gateway()) as work,
            ):
                received = intake.ReceivedCall(channel.name, call.id, call.caller)
                intake.receive_call(work, self._conversing.house, received, datetime.now(UTC))
        return channel.thanks(call)

    def _report(self, channel: Channel, report: Report) -> Answer:
        with self._conversing.store.work(Gateway()) as work:
            reports.apply_report(work, channel.name, report, datetime.now(UTC))
        return channel.thanks(report)

    def _opt_out(self, channel: Channel, refused: OptOut) -> Answer:
        house, now = self._conversing.house, datetime.now(UTC)
        with self._conversing.store.work(Gateway()) as work:
            intake.receive_opt_out(work, house, channel.name, refused.sender, now)
        return channel.thanks(refused)

    def _asked(self, event: str, body: bytes) -> WebhookRequest:
        query = request.query_string
        # The router let only plain letters through, so the path is as raw as it came.
        asked = f"?{query.decode('latin-1')}" if query else ""
        return WebhookRequest(
            event=event,
            method=request.method,
            url=f"{self._public_url}{request.path}{asked}",
            headers=cast(Mapping[str, str], request.headers),
            query=query,
            body=body,
        )

"""Twilio: SMS and WhatsApp both ways, status callbacks, what is told STOP over there.

Fields as in Twilio's pages on incoming messages and on status callbacks; codes in twilio_codes.py.
A sender that begins with ``whatsapp:`` is a chat: words of ours may answer it for a day, and after
that only a template that WhatsApp approved.
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from urllib.parse import parse_qs

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException

from flows.msisdn import normalise
from gateway.channels.base import (
    Answer,
    Carries,
    DeliveryStatus,
    ForgedWebhook,
    Inbound,
    MalformedWebhook,
    Media,
    Method,
    Notice,
    OptOut,
    Outbound,
    Posted,
    Press,
    Report,
    SendUnknown,
    WebhookRequest,
)
from gateway.channels.forms import short
from gateway.channels.twilio_codes import CODES, OTHER_ROAD, failed, fate_of, judged
from gateway.channels.twilio_line import Account, Lines
from gateway.channels.twilio_signature import Signatures
from gateway.channels.unanswered import silence

CHAT = "whatsapp:"
SERVICE = re.compile(r"MG[0-9a-f]{32}")  # a messaging service, which chooses among its senders
# Strict: names and values are signed as one string, so a letter may move from one to the next.
MESSAGE_ID = re.compile(r"[A-Z]{2}[0-9a-f]{32}")
REFERENCE = re.compile(r"\d{1,20}")
LONGEST_WORD = 40
MOST_MEDIA = 10  # Twilio's own limit
SEPTETS = 160

STATUSES: Mapping[str, DeliveryStatus] = {
    **dict.fromkeys(("accepted", "scheduled", "queued", "sending", "sent"), "handed_over"),
    "delivered": "delivered",
    "read": "read",
    **dict.fromkeys(("undelivered", "failed", "canceled"), "failed"),
}
STOPPED, STARTED = "STOP", "START"  # OptOutType: Twilio has already answered the first itself
RESUME = "JAABI"  # the word of ours that undoes a STOP

TAKEN = Answer(200, "text/xml; charset=utf-8", "<Response/>")
NOTED = Answer(204, "text/plain; charset=utf-8", "")

SHORTEST_BASE64 = 60


class Twilio:
    """One sender of one account with Twilio."""

    septets = SEPTETS  # brings no USSD
    hooks: Mapping[str, Method] = {"sms": "POST", "delivery": "POST"}

    def __init__(
        self, name: str, account: Account, *, sender: str, template: str | None, reports_url: str
    ) -> None:
        self.name = name
        self._account = account
        self._sender = sender
        self._template = template
        self._reports_url = reports_url
        self._signatures = Signatures(account.tokens, account.shared_key)
        self._lines = Lines(account)

    def __repr__(self) -> str:
        return f"Twilio({self.name!r})"

    @property
    def carries(self) -> Carries:
        """See Channel.carries."""
        return "chat" if self._sender.startswith(CHAT) else "sms"

    def read(self, request: WebhookRequest) -> Posted:
        """See Channel.read."""
        form = self._signatures.fields(request)
        if form is None:
            return Notice()
        if form.get("AccountSid") != self._account.sid:
            raise ForgedWebhook("another account")
        return _report(request, form) if request.event == "delivery" else _message(form)

    def screen(self, text: str, *, over: bool, press: Press) -> Answer:
        """See Channel.screen."""
        del over, press  # no hook of it brings a press
        return Answer(200, "text/plain; charset=utf-8", text)

    def thanks(self, posted: Posted) -> Answer:
        """See Channel.thanks."""
        return TAKEN if isinstance(posted, Inbound | OptOut) else NOTED

    def send(self, out: Outbound) -> str:
        """See Channel.send. Nothing is repeated here, and no answer is waited for beyond 10 s."""
        fields = {**self._from(), **self._words(out)}
        to = CHAT + out.to if self.carries == "chat" else out.to
        callback = f"{self._reports_url}?m={out.reference}"
        try:
            with self._lines.one() as line:
                message = line.messages.create(to=to, status_callback=callback, **fields)
        except (TwilioRestException, TwilioServiceException) as error:
            raise judged(int(error.status), _code(error.code)) from None
        except requests.RequestException as error:
            raise silence(error) from None
        except (TwilioException, ValueError, TypeError, AttributeError) as error:
            raise SendUnknown(f"unreadable answer ({type(error).__name__})") from None
        return _taken(message.sid, _code(message.error_code))

    def _from(self) -> dict[str, str]:
        name = "messaging_service_sid" if SERVICE.fullmatch(self._sender) else "from_"
        return {name: self._sender}

    def _words(self, out: Outbound) -> dict[str, str]:
        if self.carries == "sms" or out.window_open:
            return {"body": out.text}
        if self._template is None:
            raise failed("chat is closed", OTHER_ROAD)
        # WhatsApp refuses line breaks and runs of spaces in what is put into a template.
        told = json.dumps({"1": " ".join(out.text.split())}, ensure_ascii=False)
        return {"content_sid": self._template, "content_variables": told}


def _message(form: Mapping[str, str]) -> Inbound | OptOut:
    """Read what somebody wrote. Names, places and profiles that come with it are left behind."""
    message = _message_id(form)
    wrote = form.get("From", "")
    if not wrote.strip():
        raise MalformedWebhook("field From is missing")
    sender = normalise(wrote.removeprefix(CHAT))
    kind = form.get("OptOutType", "")
    if kind == STOPPED and sender is not None:
        return OptOut(sender, message)
    text = form.get("ButtonPayload") or _plain(form.get("Body", ""))
    return Inbound(
        id=message,
        sender=sender,
        text=RESUME if kind == STARTED else text,
        media=tuple(_media(form)),
    )


def _report(request: WebhookRequest, form: Mapping[str, str]) -> Report:
    word = short(form.get("MessageStatus", ""), LONGEST_WORD)
    if not word:
        raise MalformedWebhook("field MessageStatus is missing")
    code = short(form.get("ErrorCode", ""), LONGEST_WORD)
    fate = fate_of(code)
    asked = parse_qs(request.query.decode("latin-1")).get("m", [""])[0]
    return Report(
        provider_id=_message_id(form),
        status=STATUSES.get(word, "unknown"),
        word=word,
        reason=code or None,
        opted_out=fate.opted_out,
        reference=asked if REFERENCE.fullmatch(asked) else None,
        again=fate.again,
        elsewhere=fate.elsewhere,
    )


def _message_id(form: Mapping[str, str]) -> str:
    value = form.get("MessageSid", "")
    if not MESSAGE_ID.fullmatch(value):
        raise MalformedWebhook("field MessageSid is no identifier")
    return value


def _media(form: Mapping[str, str]) -> list[Media]:
    said = form.get("NumMedia", "0")
    count = min(int(said), MOST_MEDIA) if re.fullmatch(r"\d{1,3}", said, re.ASCII) else 0
    return [
        Media(form[f"MediaUrl{one}"], _mime(form.get(f"MediaContentType{one}", "")))
        for one in range(count)
        if form.get(f"MediaUrl{one}")
    ]


def _mime(said: str) -> str:
    return short(said.partition(";")[0].casefold(), LONGEST_WORD)


def _plain(body: str) -> str:
    """Return words that came as base64, as long SMS sometimes do, in clear; others as they are.

    Seen by nyaruka/courier (handlers/twiml). Sixty letters without a space that are base64 of
    readable text were not typed by anybody.
    """
    packed = "".join(body.split())
    if len(packed) < SHORTEST_BASE64 or " " in body.strip():
        return body
    try:
        words = base64.b64decode(packed, validate=True).decode()
    except (binascii.Error, ValueError):
        return body
    return words if words.replace("\r", "").replace("\n", "").isprintable() else body


def _code(value: object) -> int | None:
    return int(value) if isinstance(value, int | str) and str(value).isdecimal() else None


def _taken(provider_id: object, code: int | None) -> str:
    """Return the id of a message that was taken; a code in a friendly answer is still a refusal."""
    if code is not None and code in CODES:
        raise failed(f"error {code}", CODES[code])
    if not isinstance(provider_id, str) or not MESSAGE_ID.fullmatch(provider_id):
        raise SendUnknown("no id in the answer")
    return provider_id

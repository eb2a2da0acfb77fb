"""Kannel beside us, in front of an SMSC or a modem: SMS both ways, reports, USSD over SMPP.

Facts: Kannel 1.4.5 user guide and gw/smsbox.c, and the real bearerbox and smsbox of tests/kannel.
The query parts are of our own choice: deploy/kannel/ asks for them, and ``send`` for those of a
report. Kannel signs nothing, so the secret path part is checked by the router.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

import requests

from flows.gsm7 import segments, septets
from flows.msisdn import normalise
from gateway.channels.base import (
    Answer,
    Carries,
    DeliveryStatus,
    Inbound,
    MalformedWebhook,
    Method,
    Outbound,
    Posted,
    Press,
    Report,
    SendFailed,
    SendUnknown,
    WebhookRequest,
)
from gateway.channels.forms import read_bytes, short
from gateway.channels.kannel_text import NO_TEXT, no_text, words
from gateway.channels.kannel_ussd import ServiceCode, read_press, reply_headers
from gateway.channels.unanswered import silence, wait_of

TIMEOUT_S = (3.05, 12.0)
USSD_SEPTETS = 160  # operators cut somewhere between 160 and 182
MOST_PARTS = 10  # max-messages of deploy/kannel: what is longer is cut there without a word
LONGEST_ID = 80
LONGEST_WORD = 40
UCS2 = "2"
EVERYTHING = "31"  # dlr-mask: delivered, failed, buffered, accepted and refused by the centre

# The names of the user guide, by the bit of a report (%d).
DELIVERY: Mapping[str, tuple[str, DeliveryStatus]] = {
    "1": ("delivery success", "delivered"),
    "2": ("delivery failure", "failed"),
    "4": ("message buffered", "handed_over"),
    "8": ("smsc submit", "handed_over"),
    "16": ("smsc reject", "failed"),
}
TAKEN = ("0:", "3:")  # accepted, or queued while the link to the centre is down
REFUSED = frozenset({400, 401, 403, 404, 405, 411, 413, 415})
NOT_THIS_WAY = ("denied by white-", "Not routable")  # a list or the links leave the number out
BUSY = frozenset({429, 503})  # 503 "Temporal failure": bearerbox did not take it
# What may be kept of a receipt: its state and error, never the words that many repeat behind them.
NACK = re.compile(rb"NACK/0x[0-9a-f]{1,8}")
STATE = re.compile(rb"\bstat:([A-Z]{1,7})\b")
ERROR = re.compile(rb"\berr:([0-9A-Fa-f]{1,6})\b")
DLR_ERROR = re.compile(rb"dlr_err=((?:%[0-9A-Fa-f]{2}|[^%&]){3})(?:&|$)")  # network, two bytes code
DONE = Answer(200, "text/plain; charset=utf-8", "")

Reader = Callable[[WebhookRequest], Posted]


@dataclass(frozen=True, slots=True, repr=False)
class SendSms:
    """How a text is given to smsbox. ``smsc``: by that link only; ``report_url``: our hook."""

    url: str
    username: str
    password: str
    sender: str
    report_url: str
    smsc: str | None = None


class Kannel:
    """One smsbox. Keeps no state between calls."""

    septets = USSD_SEPTETS
    carries: Carries = "sms"

    def __init__(self, name: str, sendsms: SendSms, service_code: ServiceCode) -> None:
        self.name = name
        self._sendsms = sendsms
        self._service_code = service_code
        self._readers: dict[str, Reader] = {
            "sms": _read_sms,
            "sms-post": _read_posted_sms,
            "delivery": _read_delivery,
            "ussd": self._read_ussd,
        }
        self.hooks: Mapping[str, Method] = {
            **dict.fromkeys(self._readers, "GET"),
            "sms-post": "POST",
        }

    def __repr__(self) -> str:
        return f"Kannel({self.name!r})"

    def read(self, request: WebhookRequest) -> Posted:
        """See Channel.read."""
        return self._readers[request.event](request)

    def screen(self, text: str, *, over: bool, press: Press) -> Answer:
        """See Channel.screen. smsbox makes a message of the centre out of body and headers."""
        headers = {**reply_headers(press, over=over), **_coding(text)}
        return Answer(200, "text/plain; charset=utf-8", text, headers)

    def thanks(self, posted: Posted) -> Answer:
        """See Channel.thanks. Kannel takes 200 and 202 alone for an answer."""
        del posted
        return DONE

    def send(self, out: Outbound) -> str:
        """See Channel.send. Kannel gives no id: it brings ours back in each report."""
        if not out.text or segments(out.text) > MOST_PARTS:
            raise SendFailed("empty, or more parts than leave whole", again=False)
        try:
            reply = requests.post(
                self._sendsms.url,
                data=out.text.encode(),
                headers=self._headers(out),
                timeout=TIMEOUT_S,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise silence(error) from None
        _judge(reply)
        return out.reference

    def _headers(self, out: Outbound) -> Mapping[str, str | bytes]:
        """Return what else smsbox is told: in headers, because it logs the query of a GET."""
        to = self._sendsms
        return {
            "Content-Type": "text/plain; charset=UTF-8",
            "X-Kannel-Username": to.username.encode(),
            "X-Kannel-Password": to.password.encode(),
            "X-Kannel-From": to.sender.encode(),
            "X-Kannel-To": out.to,
            "X-Kannel-DLR-Mask": EVERYTHING,
            # Not %A: in many receipts it repeats the beginning of the words.
            "X-Kannel-DLR-URL": f"{to.report_url}?id={out.reference}&type=%d&meta=%D",
            **_coding(out.text),
            **({"X-Kannel-SMSC": to.smsc} if to.smsc else {}),
        }

    def _read_ussd(self, request: WebhookRequest) -> Press:
        return read_press(read_bytes(request.query), self._service_code)


def _coding(text: str) -> Mapping[str, str]:
    """Ask for UCS-2 where GSM-7 cannot carry a letter: Kannel itself would write a "?"."""
    return {"X-Kannel-Coding": UCS2} if septets(text) is None else {}


def _read_sms(request: WebhookRequest) -> Inbound:
    fields = read_bytes(request.query)
    charset, coding = _word(fields, "charset"), _word(fields, "coding")
    if "msg" not in fields:  # a get-url that names it otherwise would lose all that is said
        raise MalformedWebhook("part msg is missing")
    return Inbound(
        id=_word(fields, "id", LONGEST_ID) or None,
        sender=normalise(_required(fields, "from")),
        text=words(fields["msg"], charset, coding),
        provider_at=_word(fields, "t") or None,
        unread=NO_TEXT if no_text(charset, coding) else None,
    )


def _read_posted_sms(request: WebhookRequest) -> Inbound:
    """Read what a ``post-url`` brings: it has no id, so a repeat looks like a second message."""
    coding = request.headers.get("X-Kannel-Coding", "")
    sender = request.headers.get("X-Kannel-From", "").strip()
    if not sender:
        raise MalformedWebhook("header X-Kannel-From is missing")
    _, _, charset = request.headers.get("Content-Type", "").partition("charset=")
    charset = charset.strip('" ')
    return Inbound(
        id=None,
        sender=normalise(sender),
        text=words(request.body, charset, coding),
        provider_at=short(request.headers.get("X-Kannel-Time", ""), LONGEST_WORD) or None,
        unread=NO_TEXT if no_text(charset, coding) else None,
    )


def _read_delivery(request: WebhookRequest) -> Report:
    fields = read_bytes(request.query)
    kind = _required(fields, "type")
    word, status = DELIVERY.get(kind, (f"type {kind}"[:LONGEST_WORD], "unknown"))
    ours = _required(fields, "id")
    return Report(
        provider_id=ours[:LONGEST_ID],
        status=status,
        word=word,
        reason=_reason(fields) if status == "failed" else None,
        reference=ours if ours.isascii() and ours.isdigit() else None,
    )


def _reason(fields: Mapping[str, bytes]) -> str | None:
    """Return why a text did not arrive, without any of its words."""
    answer, meta = fields.get("ans", b""), fields.get("meta", b"")
    nack = NACK.match(answer)
    if nack is not None:
        return nack.group().decode()
    told = [one.group(1).decode() for one in (STATE.search(answer), ERROR.search(answer)) if one]
    if not told and (error := DLR_ERROR.search(meta)) is not None:
        told = [str(int.from_bytes(unquote_to_bytes(error.group(1))[1:], "big"))]
    return " ".join(told) or None


def _judge(reply: requests.Response) -> None:
    """Return if smsbox took the text. Raises SendFailed or SendUnknown.

    Each 400 that names no receiver is a mistake of the settings, which the next text meets too.
    """
    status, said = reply.status_code, reply.text[:200]
    if status == requests.codes.accepted and said.startswith(TAKEN):
        return
    if status not in REFUSED | BUSY:
        raise SendUnknown(f"status {status}")
    if status in REFUSED and any(words in said for words in NOT_THIS_WAY):
        raise SendFailed("no link of kannel takes it", again=False, elsewhere=True)
    stop = status in REFUSED
    raise SendFailed(f"status {status}", again=True, stop=stop, wait_s=wait_of(reply.headers))


def _required(fields: Mapping[str, bytes], field: str) -> str:
    value = _word(fields, field, LONGEST_ID)
    if not value:
        raise MalformedWebhook(f"part {field} is missing")
    return value


def _word(fields: Mapping[str, bytes], field: str, longest: int = LONGEST_WORD) -> str:
    return short(fields.get(field, b"").decode("latin-1"), longest)

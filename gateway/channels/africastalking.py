"""Africa's Talking: USSD, end of a USSD session, SMS both ways, delivery reports, opt-outs, calls.

Field names and status words as on docs.africastalking.com (SMS notifications, delivery reports,
USSD, voice call handling and actions); it does not sign its callbacks, so the secret path part is
checked by the router.
"""

import json
from collections.abc import Callable, Mapping

from flows.msisdn import normalise
from gateway.channels.africastalking_line import TIMEOUT_S, Line
from gateway.channels.base import (
    Answer,
    Call,
    Carries,
    DeliveryStatus,
    Inbound,
    MalformedWebhook,
    Method,
    OptOut,
    Outbound,
    Posted,
    Press,
    Report,
    SendFailed,
    SendUnknown,
    WebhookRequest,
)
from gateway.channels.forms import read_form, short

USSD_SEPTETS = 160  # operators cut somewhere between 160 and 182
LONGEST_ID = 80
LONGEST_WORD = 40

DELIVERY: Mapping[str, DeliveryStatus] = {
    "Sent": "handed_over",
    "Submitted": "handed_over",
    "Buffered": "handed_over",
    "Success": "delivered",
    "Failed": "failed",
    "Rejected": "failed",
    "Expired": "failed",
}
ACCEPTED = frozenset({100, 101, 102})
HELD = 401  # by their watch over fraud: staff must act, and it may yet be sent
CONFIGURATION = frozenset({402, 405})  # wrong sender, no money: staff must act
NO_ROUTE = 407
OPTED_OUT = frozenset({406, 409})
PROVIDER_TROUBLE = frozenset({500, 501, 502})
BLACKLISTED = frozenset({"userinblacklist"})  # spelt UserInBlackList or UserInBlacklist


# "Reject" ends a call before it is charged; a call back from us makes a beep free for the caller.
REJECTED = '<?xml version="1.0" encoding="UTF-8"?><Response><Reject/></Response>'
NOT_SPOKEN = frozenset({"", "0"})  # seconds a call lasted that nobody took
DONE = Answer(200, "text/plain; charset=utf-8", "")

Reader = Callable[[Mapping[str, str]], Posted]


class AfricasTalking:
    """One account with Africa's Talking. Keeps no state between calls."""

    septets = USSD_SEPTETS
    carries: Carries = "sms"

    def __init__(
        self,
        name: str,
        username: str,
        api_key: str,
        *,
        sender: str | None,
        api_url: str | None,
        service_code: str | None = None,
    ) -> None:
        self.name = name
        self._sender = sender
        self._service_code = service_code
        self._readers: dict[str, Reader] = {
            "sms": self._read_sms,
            "ussd": self._read_ussd,
            "ussd-end": self._read_end,
            "delivery": self._read_delivery,
            "optout": self._read_opt_out,
            "voice": self._read_call,
        }
        self.hooks: Mapping[str, Method] = dict.fromkeys(self._readers, "POST")
        self._sms = Line(username, api_key, api_url)

    def __repr__(self) -> str:
        return f"AfricasTalking({self.name!r})"

    def read(self, request: WebhookRequest) -> Posted:
        """See Channel.read."""
        return self._readers[request.event](read_form(request.body))

    def screen(self, text: str, *, over: bool, press: Press) -> Answer:
        """See Channel.screen."""
        del press  # the connection says which session this answers
        return Answer(200, "text/plain; charset=utf-8", ("END " if over else "CON ") + text)

    def thanks(self, posted: Posted) -> Answer:
        """See Channel.thanks."""
        if isinstance(posted, Call) and posted.rings:
            return Answer(200, "application/xml", REJECTED)
        return DONE

    def send(self, out: Outbound) -> str:
        """See Channel.send. One recipient a request: with several, a part may fail."""
        said = self._sms.send(out.text, [out.to], self._sender, enqueue=True, timeout=TIMEOUT_S)
        return _message_id(said)

    def _read_sms(self, form: Mapping[str, str]) -> Inbound:
        return Inbound(
            id=_identifier(form, "id"),
            sender=normalise(_required(form, "from")),
            text=form.get("text", ""),
            provider_at=short(form.get("date", ""), LONGEST_WORD) or None,
        )

    def _read_ussd(self, form: Mapping[str, str]) -> Press:
        session = _identifier(form, "sessionId")
        if self._service_code and not _ours(form.get("serviceCode", ""), self._service_code):
            raise MalformedWebhook("not our service code")
        text = form.get("text", "")
        return Press(
            sender=_number(form),
            session=session,
            phase="answer" if text else "begin",
            typed=text,
        )

    def _read_end(self, form: Mapping[str, str]) -> Press:
        session = _identifier(form, "sessionId")
        # input and lastAppResponse repeat the whole dialogue: they are left behind here.
        return Press(
            sender=_number(form),
            session=session,
            phase="end",
            failed=form.get("status") == "Failed",
        )

    def _read_delivery(self, form: Mapping[str, str]) -> Report:
        word = short(_required(form, "status"), LONGEST_WORD)
        reason = short(form.get("failureReason", ""), LONGEST_ID) or None
        return Report(
            provider_id=_identifier(form, "id"),
            status=DELIVERY.get(word, "unknown"),
            word=word,
            reason=reason,
            opted_out=(reason or "").casefold() in BLACKLISTED,
        )

    def _read_opt_out(self, form: Mapping[str, str]) -> OptOut:
        return OptOut(_number(form))

    def _read_call(self, form: Mapping[str, str]) -> Call:
        active = _required(form, "isActive") == "1"
        inbound = form.get("direction", "Inbound").casefold() == "inbound"
        spoken = form.get("durationInSeconds", "") not in NOT_SPOKEN
        return Call(
            id=_identifier(form, "sessionId"),
            caller=normalise(form.get("callerNumber", "")),
            rings=active,
            beeps=inbound and not spoken,
        )


def _required(form: Mapping[str, str], field: str) -> str:
    value = form.get(field, "")
    if not value.strip():
        raise MalformedWebhook(f"field {field} is missing")
    return value


def _identifier(form: Mapping[str, str], field: str) -> str:
    value = short(_required(form, field), LONGEST_ID + 1)
    if not 0 < len(value) <= LONGEST_ID:
        raise MalformedWebhook(f"field {field} is no identifier")
    return value


def _number(form: Mapping[str, str]) -> str:
    number = normalise(_required(form, "phoneNumber"))
    if number is None:
        raise MalformedWebhook("phoneNumber is no telephone number")
    return number


def _ours(dialled: str, service_code: str) -> bool:
    """Tell whether a dialled code is ours or goes through ours, as *123*6143# does *123#."""
    base = service_code.rstrip("#")
    return dialled == service_code or dialled.startswith(base + "*")


def _message_id(reply: bytes) -> str:
    try:
        message = json.loads(reply)["SMSMessageData"]
        recipients = message["Recipients"]
        if not recipients:
            raise _rejected_whole(str(message.get("Message", "")))
        code, named = int(recipients[0]["statusCode"]), str(recipients[0]["messageId"])
    except (ValueError, LookupError, TypeError, OverflowError, RecursionError):
        raise SendUnknown("unreadable reply") from None
    if code in ACCEPTED:
        return short(named, LONGEST_ID)  # a NUL would fail to settle all that landed with it
    raise _rejected(code)


def _rejected_whole(message: str) -> SendFailed:
    # HTTP 201 with nobody in it: the wrong sender id says so only here.
    if message == "InvalidSenderId":
        return SendFailed("wrong sender id", again=True, stop=True)
    return SendFailed("nobody accepted", again=False)


def _rejected(code: int) -> SendFailed:
    return SendFailed(
        f"status {code}",
        again=code in PROVIDER_TROUBLE or code in CONFIGURATION,
        stop=code in CONFIGURATION or code == HELD,
        opted_out=code in OPTED_OUT,
        elsewhere=code == NO_ROUTE,
    )

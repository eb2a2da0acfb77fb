"""Posts to the service what Africa's Talking would post: the fields, the addresses, the ids."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import requests

# Africa's Talking waits 10 to 15 s for a USSD screen, then shows an operator error.
ANSWER_SECONDS = 10.0
NETWORK_CODE = "61002"  # Mali 610, Orange 02: our guess, no public list of theirs names Mali


def session_id() -> str:
    """Draw an id as Africa's Talking gives to a USSD session."""
    return f"ATUid_{uuid.uuid4().hex}"


def message_id() -> str:
    """Draw an id as Africa's Talking gives to a text it took."""
    return f"ATXid_{uuid.uuid4().hex}"


def call_id() -> str:
    """Draw an id as Africa's Talking gives to a call."""
    return f"ATVId_{uuid.uuid4().hex}"


def stamp(now: datetime) -> str:
    """Write a time as most callbacks do, UTC."""
    return now.strftime("%Y-%m-%d %H:%M:%S")


def sms(sender: str, to: str, text: str, now: datetime) -> dict[str, str]:
    """Fill in the callback of an incoming SMS (docs.africastalking.com, sms/notifications)."""
    return {
        "linkId": str(uuid.uuid4()),
        "text": text,
        "to": to,
        "id": str(uuid.uuid4()),
        "date": stamp(now),
        "from": sender,
        "networkCode": NETWORK_CODE,
    }


def delivery(message: str, number: str, status: str, reason: str = "") -> dict[str, str]:
    """Fill in a delivery report (docs.africastalking.com, sms/deliveryreports)."""
    form = {
        "id": message,
        "status": status,
        "phoneNumber": number,
        "networkCode": NETWORK_CODE,
        "retryCount": "0",
    }
    return {**form, "failureReason": reason} if reason else form


def call(caller: str, to: str, session: str, now: datetime) -> dict[str, str]:
    """Fill in the callback of a call that rings (docs.africastalking.com, voice/callhandler)."""
    return {
        "isActive": "1",
        "sessionId": session,
        "direction": "Inbound",
        "callerNumber": caller,
        "destinationNumber": to,
        "callSessionState": "Ringing",
        "callerCountryCode": "223",
        "callStartTime": stamp(now).replace(" ", "+"),
    }


def call_over(ringing: Mapping[str, str]) -> dict[str, str]:
    """Fill in the callback of the end of a call that nobody took."""
    return {
        **ringing,
        "isActive": "0",
        "callSessionState": "Completed",
        "durationInSeconds": "0",
        "currencyCode": "XOF",
        "amount": "0",
        "hangupCause": "CALL_REJECTED",
    }


def opt_out(number: str, sender: str) -> dict[str, str]:
    """Fill in the callback of a number that refuses our texts."""
    return {"senderId": sender, "phoneNumber": number}


@dataclass(frozen=True, slots=True, repr=False)
class Hooks:
    """The addresses of one channel. ``base`` holds its secret: never shown."""

    base: str

    def post(self, event: str, form: Mapping[str, str], times: int = 1) -> requests.Response | None:
        """Post a form, as often as asked, and give the last answer; None when nobody answered."""
        answer = None
        for _ in range(times):
            answer = self._post_once(event, form)
        return answer

    def _post_once(self, event: str, form: Mapping[str, str]) -> requests.Response | None:
        with requests.Session() as line:
            line.trust_env = False  # a proxy of the machine has nothing to do on loopback
            try:
                return line.post(
                    f"{self.base}/{event}",
                    data=form,
                    timeout=ANSWER_SECONDS,
                    allow_redirects=False,
                )
            except requests.RequestException:
                return None

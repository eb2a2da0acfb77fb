"""One USSD session as the network counts it: what was typed, how long, what ended it."""

from dataclasses import dataclass, field
from datetime import datetime

import requests

from flows.gsm7 import septets
from gateway.simulator.hooks import NETWORK_CODE, session_id, stamp

# Seconds, from the help pages of Africa's Talking; real networks vary.
IDLE_SECONDS = 60.0
SESSION_SECONDS = 180.0
# One USSD string is 160 octets: 182 GSM-7 septets or 80 UCS-2 units (TS 23.038, 6.1.2.3).
SEPTETS = 182
UNITS = 80

MMI_ERROR = "Problème de connexion ou code MMI non valide."
TIME_OVER = "Temps dépassé. La session est fermée."
LINE_LOST = "Connexion perdue."
BUSY = "Occupé. L'appel n'a rien coûté."


@dataclass(frozen=True, slots=True, repr=False)
class Shown:
    """What the phone shows after one hop. ``idle`` and ``total`` are the seconds left."""

    text: str
    over: bool
    idle: float = 0.0
    total: float = 0.0
    error: bool = False


@dataclass(slots=True, repr=False)
class Session:
    """One open session. ``started`` is a reading of the monotonic clock, seconds."""

    number: str
    service_code: str
    started: float
    said: list[str]
    id: str = field(default_factory=session_id)
    hops: int = 0
    last: str = ""
    shown: str = ""

    @property
    def text(self) -> str:
        """Join all answers as Africa's Talking does: a typed ``*`` is not escaped."""
        return "*".join(self.said)

    def hop(self) -> dict[str, str]:
        """Fill in the callback of one hop."""
        return {
            "sessionId": self.id,
            "serviceCode": self.service_code,
            "phoneNumber": self.number,
            "networkCode": NETWORK_CODE,
            "text": self.text,
        }

    def ended(self, status: str, seconds: float, now: datetime, error: str) -> dict[str, str]:
        """Fill in the callback of the end of a session."""
        return {
            "date": stamp(now),
            "sessionId": self.id,
            "serviceCode": self.service_code,
            "networkCode": NETWORK_CODE,
            "phoneNumber": self.number,
            "status": status,
            "cost": "XOF 5.00",
            "durationInMillis": str(round(seconds * 1000)),
            "hopsCount": str(self.hops),
            "input": self.text,
            "lastAppResponse": self.last,
            "errorMessage": error,
        }


def dialled(code: str, service_code: str) -> list[str] | None:
    """Read what was dialled beyond the service code; None when the code is not ours.

    ``*123#`` gives nothing, ``*123*6143#`` gives 6143.
    """
    base = service_code.removesuffix("#")
    typed = code.strip()
    if typed == service_code:
        return []
    if typed.startswith(f"{base}*") and typed.endswith("#"):
        return [typed[len(base) + 1 : -1]]
    return None


def screen(answer: requests.Response | None) -> tuple[str, bool] | str:
    """Read an answer of the service: (text, over), or a sentence on what is wrong with it."""
    if answer is None:
        return "Request to application timed out"
    if not 200 <= answer.status_code < 300:
        return f"Application answered {answer.status_code}"
    body = answer.content.decode("utf-8", "replace")
    if body[:3] not in ("CON", "END"):
        return "Answer begins with neither CON nor END"
    return cut(body[3:].removeprefix(" ")), body.startswith("END")


def cut(text: str) -> str:
    """Cut a screen where operators cut it."""
    if septets(text) is None:
        return text.encode("utf-16-le")[: UNITS * 2].decode("utf-16-le", "ignore")
    text = text[:SEPTETS]
    while (septets(text) or 0) > SEPTETS:
        text = text[:-1]
    return text

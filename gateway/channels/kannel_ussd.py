"""USSD over SMPP: what stands in a message of the centre and what goes back with its answer.

SMPP 3.4, 5.3.2.44 (ussd_service_op) and 5.0, 4.8.4.37 (its_session_info), as Kannel carries them:
in ``%#smpp#...#`` as raw bytes, and back in ``X-Kannel-Meta-Data``. Kannel knows no session: a
number is in one at a time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote_from_bytes

from flows.msisdn import normalise
from gateway.channels.base import MalformedWebhook, Phase, Press
from gateway.channels.forms import short
from gateway.channels.kannel_text import words

ASKS, TELLS = 2, 17  # USSR request: the phone may answer; PSSR response: it is over
PHASES: Mapping[int, Phase] = {
    0: "begin",  # PSSD indication
    1: "begin",  # PSSR indication
    18: "answer",  # USSR confirm
    19: "end",  # USSN confirm: a notice was read
}
SESSION_INFO = 2  # bytes: the session's number; a counter and, in the lowest bit, its end
LONGEST_ID = 80


@dataclass(frozen=True, slots=True)
class ServiceCode:
    """The code people dial. ``strict``: whoever dials another one is refused."""

    code: str
    strict: bool = False

    def beyond(self, dialled: str) -> str:
        """Return what was dialled through our code, as 1 in *123*1#. Raises MalformedWebhook."""
        base = self.code.rstrip("#")
        if dialled.startswith(f"{base}*"):
            return dialled[len(base) + 1 :].rstrip("#")
        if self.strict and dialled not in {self.code, base, ""}:
            raise MalformedWebhook("not our service code")
        return ""


def read_press(fields: Mapping[str, bytes], ours: ServiceCode) -> Press:
    """Return what was keyed. Raises MalformedWebhook."""
    number = normalise(fields.get("from", b"").decode("latin-1"))
    if number is None:
        raise MalformedWebhook("from is no telephone number")
    said = words(fields.get("msg", b""), _plain(fields, "charset"), _plain(fields, "coding"))
    session = fields.get("its", b"")
    phase = _phase(fields.get("op", b""), session, said)
    if phase == "begin":
        said = ours.beyond(said)
    return Press(
        sender=number,
        session=None,
        phase=phase,
        said=said,
        mark=short(_plain(fields, "id"), LONGEST_ID) or None,
        echo={"its": session} if len(session) == SESSION_INFO else {},
    )


def reply_headers(press: Press, *, over: bool) -> Mapping[str, str]:
    """Return what makes a USSD message out of the answer to ``press``."""
    values = [f"ussd_service_op={TELLS if over else ASKS}"]
    session: bytes | None = press.echo.get("its")
    if session is not None:
        last = session[1] | 1 if over else session[1] & ~1
        values.append(f"its_session_info={quote_from_bytes(bytes((session[0], last)))}")
    return {"X-Kannel-BInfo": "USSD", "X-Kannel-Meta-Data": f"?smpp?{'&'.join(values)}"}


def _phase(op: bytes, session: bytes, said: str) -> Phase:
    if len(session) == SESSION_INFO and session[1] & 1:
        return "end"
    number = int(op) if op.isdigit() else int.from_bytes(op, "big")
    if op and number in PHASES:
        return PHASES[number]
    return "begin" if said.startswith("*") and said.endswith("#") else "answer"


def _plain(fields: Mapping[str, bytes], field: str) -> str:
    return fields.get(field, b"").decode("latin-1").strip()

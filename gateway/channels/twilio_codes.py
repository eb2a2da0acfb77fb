"""What Twilio's error codes mean for us, one line each.

Codes and meanings: Twilio's error dictionary; what to do about each is ours (docs/channels.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.channels.base import SendFailed, SendUnknown

AGAIN_STATUSES = frozenset({301, 302, 303, 307, 308, 429})  # certainly not taken
ACCOUNT_STATUSES = frozenset({401, 403, 404})  # no such account, or not ours: nothing would pass
UNKNOWN_STATUSES = frozenset({408})  # it heard some of it; whether all, it does not know


@dataclass(frozen=True, slots=True)
class Fate:
    """What to do with a text that met a code: see gateway.channels.base.SendFailed."""

    again: bool = False
    stop: bool = False
    opted_out: bool = False
    elsewhere: bool = False


PERMANENT = Fate()
LATER = Fate(again=True)
STOP = Fate(again=True, stop=True)
REFUSES = Fate(opted_out=True)
OTHER_ROAD = Fate(elsewhere=True)

CODES: Mapping[int, Fate] = {
    20003: STOP,  # wrong account or token
    20005: STOP,  # account not active
    20404: STOP,  # no such account
    20429: LATER,  # too many requests
    21211: PERMANENT,  # no number
    21408: OTHER_ROAD,  # this country is not enabled
    21606: STOP,  # the sender is none of ours
    21610: REFUSES,  # said STOP to Twilio
    21612: OTHER_ROAD,  # the sender does not reach this number
    21614: PERMANENT,  # no mobile number
    21617: PERMANENT,  # longer than 1,600 characters
    30001: LATER,  # their queue is full
    30002: STOP,  # account suspended
    30003: LATER,  # handset off or out of reach
    30004: PERMANENT,  # blocked
    30005: PERMANENT,  # unknown number
    30006: PERMANENT,  # landline
    30007: PERMANENT,  # filtered by the network
    30008: LATER,  # nobody knows why
    63003: OTHER_ROAD,  # not on WhatsApp
    63016: OTHER_ROAD,  # written more than a day ago: no free words any more
    63018: LATER,  # too many for WhatsApp
    63024: OTHER_ROAD,  # not on WhatsApp
}


def judged(status: int, code: int | None) -> SendFailed | SendUnknown:
    """Judge a refusal by its code, else by its HTTP status.

    A server error after a text was posted is no refusal: Twilio itself says of its error 20500 that
    repeating is not safe.
    """
    reason = f"error {code or status}"
    if status >= 500 or status in UNKNOWN_STATUSES:
        return SendUnknown(reason)
    return failed(reason, CODES.get(code or 0) or _by_status(status))


def failed(reason: str, fate: Fate, wait_s: float | None = None) -> SendFailed:
    """Return a fate as what ``send`` raises."""
    return SendFailed(
        reason,
        again=fate.again,
        stop=fate.stop,
        opted_out=fate.opted_out,
        elsewhere=fate.elsewhere,
        wait_s=wait_s,
    )


def fate_of(code: str) -> Fate:
    """Return the fate that a status callback tells of by its code; nothing to do for a new one."""
    return CODES.get(int(code), PERMANENT) if code.isascii() and code.isdigit() else PERMANENT


def _by_status(status: int) -> Fate:
    if status in AGAIN_STATUSES:
        return LATER
    return STOP if status in ACCOUNT_STATUSES else PERMANENT

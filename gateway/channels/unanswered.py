"""What a provider's client met instead of an answer: whether the text left us, and when to try."""

import ssl
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

import requests
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    MaxRetryError,
    NewConnectionError,
)

from gateway.channels.base import SendFailed, SendUnknown

LONGEST_WAIT_S = 3600.0  # whoever asks for more is tried again all the same


def silence(error: requests.RequestException | HTTPError) -> SendFailed | SendUnknown:
    """Judge an error of the connection: only what certainly never left may leave by another road.

    A time-out or a reset after the request was written says nothing of what became of the text.
    """
    if isinstance(error, requests.ConnectTimeout) or _never_connected(_met(error)):
        return SendFailed("provider out of reach", again=True)
    return SendUnknown(type(error).__name__)


def wait_of(headers: Mapping[str, str]) -> float | None:
    """Return for how many seconds an answer asks to be left alone (Retry-After), if it does.

    A date is measured by the answer's own clock: ours is not the provider's (RFC 9110, 10.2.3).
    """
    asked = headers.get("Retry-After", "").strip()
    if asked.isascii() and asked.isdigit():
        return min(float(asked), LONGEST_WAIT_S)
    try:
        until, said = parsedate_to_datetime(asked), parsedate_to_datetime(headers.get("Date", ""))
        return min(max(0.0, (until - said).total_seconds()), LONGEST_WAIT_S)
    except (TypeError, ValueError):
        return None


def _met(error: requests.RequestException | HTTPError) -> Exception | None:
    """Return what the connection itself met."""
    if isinstance(error, HTTPError):
        return error
    told = error.args[0] if error.args and isinstance(error, requests.ConnectionError) else None
    return told.reason if isinstance(told, MaxRetryError) else None


def _never_connected(met: Exception | None) -> bool:
    if met is None or isinstance(met, NewConnectionError | ConnectTimeoutError):
        return met is not None
    # A stranger's certificate ends the talk before a word of ours.
    return bool(met.args) and isinstance(met.args[0], ssl.SSLCertVerificationError)

"""What it means that a provider did not answer: a request that never left may be sent again."""

import requests
from urllib3.exceptions import MaxRetryError, NewConnectionError


def never_left(error: requests.RequestException) -> bool:
    """Tell whether nobody can have received the request: there was no connection at all."""
    if isinstance(error, requests.ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    return (
        isinstance(error, requests.ConnectionError)
        and isinstance(cause, MaxRetryError)
        and isinstance(cause.reason, NewConnectionError)
    )


def asked_to_wait(response: requests.Response) -> float | None:
    """Return the seconds of a Retry-After, or None; a date there is not worth a calendar."""
    seconds = response.headers.get("Retry-After", "").strip()
    return float(seconds) if seconds.isascii() and seconds.isdigit() else None

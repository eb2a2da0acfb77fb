"""Whether a webhook is Twilio's: its own validator, guarded from all that it does not expect.

Measured with twilio 9.13.0: a missing header, a body of bytes and JSON without a hash in its
address end in exceptions there; here each is a forgery. There is no timestamp in a signature, so a
replay is stopped by the unique id of its message.
"""

from collections.abc import Mapping
from urllib.parse import parse_qs, parse_qsl, urlsplit

from twilio.request_validator import (
    HMAC_SHA1,
    HMAC_SHA256,
    SIGNATURE_HEADER,
    SIGNATURE_SETTINGS_HEADER,
    RequestValidator,
    get_signature_algorithm,
)

from gateway.channels.base import ForgedWebhook, WebhookRequest

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
FIELDS = 200  # Twilio adds fields without notice, and ten media are twenty more
BODY_HASH = "bodySHA256"


class Signatures:
    """The secrets of one account: one or two tokens, and a shared key if one was agreed on."""

    def __init__(self, tokens: tuple[str, ...], shared_key: str | None = None) -> None:
        # The algorithm decides which secrets count. A header that names one never chooses a
        # secret: SHA-256 is believed only where a shared key is configured.
        shared = () if shared_key is None else (shared_key,)
        self._validators = {
            HMAC_SHA1: [RequestValidator(one) for one in tokens],
            HMAC_SHA256: [RequestValidator(one) for one in shared],
        }

    def fields(self, request: WebhookRequest) -> Mapping[str, str] | None:
        """Return the signed fields of a form; None of signed JSON. Raises ForgedWebhook."""
        kind = request.headers.get("Content-Type", "").partition(";")[0].strip().casefold()
        if kind == FORM:
            form = _form(request.body)
            self._check(request, form)
            return form
        if kind == JSON:
            self._check(request, _json(request))
            return None
        raise ForgedWebhook("no form and no JSON")

    def _check(self, request: WebhookRequest, signed: dict[str, str] | str) -> None:
        signature = request.headers.get(SIGNATURE_HEADER)
        if not signature:
            raise ForgedWebhook("no signature")
        named = get_signature_algorithm(request.headers.get(SIGNATURE_SETTINGS_HEADER)).upper()
        known = self._validators.get(named, [])
        try:
            # All are asked, so that the time it takes does not tell which token was right.
            right = [one.validate(request.url, signed, signature, named) for one in known]
        except ValueError:
            raise ForgedWebhook("no address") from None
        if not any(right):
            raise ForgedWebhook("wrong signature")


def _form(body: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(
            body.decode(), keep_blank_values=True, errors="strict", max_num_fields=FIELDS
        )
    except ValueError:
        raise ForgedWebhook("no form") from None
    form = dict(pairs)
    if len(form) != len(pairs):
        # The validator takes equal values for one and signs all of others: Twilio sends neither.
        raise ForgedWebhook("a field twice")
    return form


def _json(request: WebhookRequest) -> str:
    # Read as the validator reads it: it takes an empty hash for none, and breaks without one.
    if BODY_HASH not in parse_qs(urlsplit(request.url).query):
        raise ForgedWebhook("no hash of the body")
    try:
        return request.body.decode()
    except UnicodeDecodeError:
        raise ForgedWebhook("no text") from None

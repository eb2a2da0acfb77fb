"""What Twilio posts, field by field, by an invented caller, each with its signature.

The addresses and the token are those the signatures were made for: whoever changes a letter of a
row makes it a forgery. The numbers that are not ours are Twilio's own, for tests and its sandbox.
"""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from twilio.request_validator import RequestValidator

from gateway.channels.base import WebhookRequest

BASE = "https://gw.example.org"
TOKEN = "test-token-not-secret"  # noqa: S105 its name says it
ACCOUNT = "AC00000000000000000000000000000001"
ONE = "+22370000001"
SMS_SENDER, CHAT_SENDER = "+15005550006", "whatsapp:+14155238886"
FORM, JSON = "application/x-www-form-urlencoded; charset=utf-8", "application/json"
SENT = "SM" + "c1" * 16
MEDIA_PATH = f"/2010-04-01/Accounts/{ACCOUNT}/Messages/MM{'b2' * 16}/Media/ME{'0' * 32}"
MEDIA = f"https://api.twilio.com{MEDIA_PATH}"
WITH_KEY = {
    "X-Twilio-Webhooks-Signature-Settings": "key=webhooks_sharedkey_0001,algorithm=HMAC_SHA256"
}
TEN_PARTS = " ".join(
    f"Partie {n:02}: le comite demande de l argent pour inscrire les familles deplacees sur la"
    " liste de distribution. Les femmes seules sont refusees et personne ne repond."
    for n in range(1, 12)
)[:1530]


def message(mark, body, *, kind="SM", to=SMS_SENDER, **more):
    """Return the fields of a message whose id is made of ``mark``; None takes a field out."""
    sid = kind + mark * 16
    fields = {
        "ToCountry": "US",
        "ToState": "",
        "SmsMessageSid": sid,
        "NumMedia": "0",
        "ToCity": "",
        "FromZip": "",
        "SmsSid": sid,
        "FromState": "",
        "SmsStatus": "received",
        "FromCity": "",
        "Body": body,
        "FromCountry": "ML",
        "To": to,
        "ToZip": "",
        "NumSegments": "1",
        "MessageSid": sid,
        "AccountSid": ACCOUNT,
        "From": ONE,
        "ApiVersion": "2010-04-01",
    }
    return {name: value for name, value in {**fields, **more}.items() if value is not None}


def chat(mark, body, **more):
    return message(mark, body, to=CHAT_SENDER, **{"From": f"whatsapp:{ONE}", **more})


def status(word, *, to=ONE, sender=SMS_SENDER, **more):
    return {
        "SmsSid": SENT,
        "SmsStatus": word,
        "MessageStatus": word,
        "To": to,
        "MessageSid": SENT,
        "AccountSid": ACCOUNT,
        "From": sender,
        "ApiVersion": "2010-04-01",
        **more,
    }


VOICE = {
    "MediaContentType0": "audio/ogg",
    "MediaUrl0": MEDIA,
    "NumMedia": "1",
    "WaId": "22370000001",
    "MessageType": "audio",
}
BUTTON = {
    "ButtonText": "Oui",
    "ButtonPayload": "consent_yes",
    "MessageType": "button",
    "OriginalRepliedMessageSid": SENT,
}
PROFILE = {"ProfileName": "Awa 😀", "WaId": "22370000001", "MessageType": "text"}
STOP = {"OptOutType": "STOP", "MessagingServiceSid": "MG" + "0" * 32}
READ = {"EventType": "READ", "ChannelToAddress": "+22370000XXX", "ChannelPrefix": "whatsapp"}
EVENT = '{"event": "example", "text": "ɛ"}'
EVENT_HASH = "d7ea3752f5f7c1f65a3ade1ff5fcee392896cd5488328a67abbffb60fd350317"


@dataclass
class Post:
    """One post: to which hook, at which address it was signed, what it holds."""

    event: str
    path: str
    content: Any  # fields of a form, or JSON as text
    signature: str | None
    headers: dict = field(default_factory=dict)

    @property
    def body(self):
        return self.content.encode() if self.is_json else urlencode(self.content).encode()

    @property
    def is_json(self):
        return isinstance(self.content, str)

    def request(self):
        """Return what the adapter reads."""
        headers = {"Content-Type": JSON if self.is_json else FORM, **self.headers}
        if self.signature is not None:
            headers["X-Twilio-Signature"] = self.signature
        query = urlsplit(self.path).query.encode()
        return WebhookRequest(self.event, "POST", BASE + self.path, headers, query, self.body)


def sms(content, signature, **headers):
    return Post("sms", "/channels/twilio/sms", content, signature, headers)


def whatsapp(content, signature):
    return Post("sms", "/channels/twilio/whatsapp", content, signature)


def told(content, signature, mark):
    return Post("delivery", f"/channels/twilio/status?m=01JX{mark:022}", content, signature)


POSTS = {
    "an SMS": sms(
        message("a1", "Le CSCOM demande 2000F pour la fiche"), "E8e9YfAAMVhE7X7yF03qqncmLQo="
    ),
    "a wrong signature": sms(message("a2", "Bonjour"), "VltjerPhdV2ZXizkQdBdQmdvgWA="),
    "no signature": sms(message("a3", "Bonjour"), None),
    "a changed body": sms(message("a4", "Bonjour!"), "zpUEcHnxE5+BGRCqRwtprrHkDLE="),
    "ten parts": sms(message("a5", TEN_PARTS, NumSegments="10"), "y0S2YkJ1FNMt+hnD3JlU8LhV+2o="),
    "an empty SMS": sms(message("a6", ""), "Q57tktYY35tyQH6PIpwRfErmOM8="),
    "fields nobody knows": sms(
        message("a7", "Bonjour", NewTwilioThing="x", AddOns='{"status":"successful"}'),
        "JFEBWrqcZAjbXZFZyRblVW94pOo=",
    ),
    "a stop": sms(message("a8", "STOP", **STOP), "CQg0R0/EHsvz7Wp3DPHyYajJpDk="),
    "a chat": whatsapp(
        chat("b1", "I ni ce. Fura tɛ yen 😀", **PROFILE), "0TWrpRFm7H7yf18yYFRY/Azflfk="
    ),
    "a voice note": whatsapp(chat("b2", "", kind="MM", **VOICE), "HAu/AvHFqqGhqRdlYfloKaA9FSY="),
    "a button": whatsapp(chat("b3", "Oui", **BUTTON), "J+5CfTkjGaI5S/wFbGz0biAQEaI="),
    "delivered": told(
        status("delivered", RawDlrDoneDate="2611212344"), "DKf1tTYalPPbHj8L8/MgWa8Jxsw=", 1
    ),
    "a handset that is off": told(
        status("undelivered", ErrorCode="30003"), "r3X+9MfqgVEHM1T+Xa2T2kvbv3k=", 2
    ),
    "a number that said stop": told(
        status("failed", ErrorCode="21610"), "A4ECX5h+nog3du5ML8iWez7pL4E=", 3
    ),
    "sent, said late": told(status("sent"), "bzHD1ubC8YMjpIYsR2dBg4PQvCA=", 1),
    "read": told(
        status("read", to=f"whatsapp:{ONE}", sender=CHAT_SENDER, **READ),
        "iaEjSpb7BAOj4ZULtYwj9WoqJlk=",
        4,
    ),
    "a chat that is closed": told(
        status("failed", to=f"whatsapp:{ONE}", ErrorCode="63016"), "/fqXQWYrVtxRCp+7v8PEBkuy8kA=", 5
    ),
    "behind a proxy": sms(
        message("a9", "Bonjour via proxy"),
        "qS4j8FT0sdJhHPGYomYqp+CkQSw=",
        **{"Host": "127.0.0.1:8000", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "elsewhere"},
    ),
    "a shared key": sms(
        message("aa", "Bonjour"), "SlfMtXOFesiF2hqKVkxOJHRLYvVAKIhz8D/gCt/jTI0=", **WITH_KEY
    ),
    "JSON": Post(
        "delivery",
        f"/channels/twilio/json?bodySHA256={EVENT_HASH}",
        EVENT,
        "XtDlhHtqjn+pRWQeiYSnZbyE9j0=",
    ),
    "JSON without a hash": Post(
        "delivery", "/channels/twilio/json", EVENT, "nhHyg/T3BOs220MDlFslSb8ibY0="
    ),
}


def signed(url, fields, *, token=TOKEN, algorithm=None):
    """Return the header Twilio would send with these fields to this address."""
    signature = RequestValidator(token).compute_signature(url, fields, algorithm)
    return {"X-Twilio-Signature": signature}

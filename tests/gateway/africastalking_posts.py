"""What Africa's Talking posts, field by field, by an invented caller, as it documents them.

Bodies are raw bytes, because broken encodings are part of what arrives.
"""

ONE = "%2B22370000001"
SESSION = "ATUid_5d3b4c2bc589f4811820a7184eed4df5"
SENT_ID = "ATXid_dda018a640edfcc5d2ce455de3e4a6e7"


def sms(text, *, id="5d3b4c2b-c589-4811-8202-0a7184eed4df", sender=ONE, extra=""):
    return (
        f"text={text}&to=36123&id={id}&date=2026-11-21+23%3A40%3A24&from={sender}{extra}".encode()
    )


def ussd(text, *, session=SESSION, extra="&networkCode=61002"):
    return (
        f"sessionId={session}&serviceCode=%2A123%2A1%23&phoneNumber={ONE}&text={text}{extra}"
    ).encode()


def ussd_end(status, *, error=""):
    return (
        f"date=2026-11-21+23%3A44%3A10&sessionId={SESSION}&serviceCode=%2A123%2A1%23"
        f"&networkCode=61002&phoneNumber={ONE}&status={status}&cost=XOF+5.00"
        f"&durationInMillis=41250&hopsCount=4&input=1%2A2%2A3"
        f"&lastAppResponse=CON+Expliquez&errorMessage={error}"
    ).encode()


def delivery(status, *, id=SENT_ID, reason=""):
    body = f"id={id}&status={status}&phoneNumber={ONE}&networkCode=61002&retryCount=0"
    return (body + (f"&failureReason={reason}" if reason else "")).encode()


OPT_OUT = f"senderId=GREENLINE&phoneNumber={ONE}".encode()
LONG = "+".join(f"Partie+{n:02}%3A+le+comite+demande+de+l+argent" for n in range(1, 41))


PREMIUM = "&linkId=9f1c0c6e-3f0e-4b1d-9a10-4d0a3c6f7a01&networkCode=61002"
CALL = (
    "sessionId=ATVId_b2beff43fbe0d2749cc1693b4df4f585&direction=Inbound"
    f"&callerNumber={ONE}&destinationNumber=%2B22370000399&callerCountryCode=223"
    "&callStartTime=2026-11-21%2B23%3A40%3A24"
)
# What is posted, to which hook, with which body.
POSTS = {
    "an SMS": ("sms", sms("Pas+de+vivres+au+site+depuis+3+jours", extra=PREMIUM)),
    "an SMS with an ISO date and without options": (
        "sms",
        f"text=Pas+de+vivres&to=36123&id=5d3b4c2b&date=2026-11-21T23%3A40%3A24Z&from={ONE}".encode(),
    ),
    "an SMS without words": ("sms", sms("", extra=PREMIUM)),
    "an SMS without a sender": ("sms", b"text=Pas+de+vivres&to=36123&id=5d3b4c2b"),
    "an SMS in Bambara with emoji": (
        "sms",
        sms(
            "K%C9%9Bn%C9%9Bya+so+la+fura+t%C9%9B+yen%2C+%C9%B2inin+k%C9%9B"
            "+%F0%9F%98%80%F0%9F%99%8F%F0%9F%8F%BE+%C5%8B"
        ),
    ),
    "an SMS of ten parts": ("sms", sms(LONG)),
    "an SMS from a name": ("sms", sms("Votre+solde+est+de+0F", sender="Orange")),
    "an SMS whose plus was not encoded": ("sms", sms("bonjour", sender="+22370000001")),
    "an SMS in another charset": ("sms", sms("caf%E9+ferm%E9")),
    "an SMS with control signs": ("sms", sms("aide%00%1B%0D%0Asvp")),
    "an SMS of a relay": ("sms", sms("REF+F+24+CSCOM+KALABAN+INJ", sender="%2B22370000005")),
    "an SMS that says stop": ("sms", sms("Arr%C3%AAt")),
    "a dialled code": ("ussd", ussd("")),
    "a first answer": ("ussd", ussd("1")),
    "a second answer": ("ussd", ussd("1%2A2")),
    "free text with a star": ("ussd", ussd("1%2A2%2Ail+a+pris+5%2A6+sacs")),
    "an empty answer": ("ussd", ussd("1%2A2%2A")),
    "a longer code": ("ussd", ussd("3%2A1", session="ATUid_0000000000000000000000000000abcd")),
    "an answer without a session": ("ussd", f"phoneNumber={ONE}&text=1".encode()),
    "a dialled code without a network": ("ussd", ussd("", extra="")),
    "stars and hashes": ("ussd", ussd("%2A%2306%23")),
    "a session that ended well": ("ussd-end", ussd_end("Success")),
    "a session that was left": ("ussd-end", ussd_end("Incomplete")),
    "a session that failed": ("ussd-end", ussd_end("Failed", error="Request+timed+out")),
    "delivered": ("delivery", delivery("Success")),
    "refused by the number": ("delivery", delivery("Failed", reason="UserInBlackList")),
    "refused by the network": ("delivery", delivery("Rejected", reason="UserIsInactive")),
    "a word nobody knows": ("delivery", delivery("AbsentSubscriber")),
    "a report for nobody": ("delivery", delivery("Success", id="ATXid_" + "f" * 32)),
    "still on its way": ("delivery", delivery("Buffered")),
    "an opt-out": ("optout", OPT_OUT),
}
# What we have no hook for: subscriptions to paid content.
ELSEWHERE = {
    "a subscription": ("subscription", f"phoneNumber={ONE}&updateType=Deletion".encode()),
}
# A call that rings, what comes of one that somebody else takes, and its end.
CALLS = {
    "a call": f"isActive=1&callSessionState=Ringing&{CALL}".encode(),
    "a key pressed in a call": f"isActive=1&callSessionState=Ringing&{CALL}&dtmfDigits=2".encode(),
    "no key pressed in a call": f"isActive=1&callSessionState=Ringing&{CALL}&dtmfDigits=".encode(),
    "a recording": (
        f"isActive=1&callSessionState=Ringing&{CALL}&durationInSeconds=37"
        "&recordingUrl=https%3A%2F%2Fvoice.example.net%2Frec%2Fabc.mp3"
    ).encode(),
    "the end of a call that was taken": (
        f"isActive=0&callSessionState=Completed&{CALL}&durationInSeconds=73"
        "&currencyCode=XOF&amount=150.00&hangupCause=NORMAL_CLEARING"
    ).encode(),
    "the end of a call that was not": (
        f"isActive=0&callSessionState=Completed&{CALL}&durationInSeconds=0"
        "&currencyCode=XOF&amount=0&hangupCause=CALL_REJECTED"
    ).encode(),
}


def call(*, session="ATVId_0000000000000000000000000000abcd", caller=ONE, more=""):
    return (
        f"isActive=1&sessionId={session}&direction=Inbound&callerNumber={caller}"
        f"&destinationNumber=%2B22370000399&callSessionState=Ringing{more}"
    ).encode()

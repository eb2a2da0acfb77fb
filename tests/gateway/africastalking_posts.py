"""What Africa's Talking posts, field by field, with an invented caller: shapes of its documentation.

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

"""What smsbox asks and reports, part by part, as it was seen leaving a real one.

Queries are raw: bytes that are no UTF-8 are part of what arrives.
"""

ONE = "%2B22370000001"
AT = "ts=1795304562&t=2026-11-21+23:42:42"
PLAIN, WIDE, BINARY = (
    "charset=UTF-8&coding=0",
    "charset=UTF-16BE&coding=2",
    "charset=8-BIT&coding=1",
)


def sms(msg, *, id="aaaddc22-a496-423d-a792-39616fb694fd", sender=ONE, how=PLAIN):
    return f"from={sender}&to=36123&msg={msg}&{AT}&id={id}&{how}&smsc=fake1"


def delivery(kind, *, id=42, more=""):
    return f"id={id}&type={kind}{more}&to=36123&from={ONE}&ts=2026-11-21+23:44:34"


TEN_PARTS = "+".join(f"partie+{number}+sur+dix" for number in range(1, 11))
RECEIPT = (
    "&smscid=1001&ans=id%3A1001+sub%3A001+dlvrd%3A000+submit+date%3A2611212355"
    "+done+date%3A2611212356+stat%3AUNDELIV+err%3A027+text%3Aaide+moi"
)
META = "&meta=%3Forig_msg%3Fdlr_mask%3D31%26%3Fsmpp%3Fdlr_err%3D%2503%2500%251B%26"


def ussd(msg, *, op="%01", id="f785e92c-a40e-45b3-a24c-81952d99d48a", its="", how=PLAIN):
    return f"from={ONE}&to=*123%23&msg={msg}&{how}&op={op}&its={its}&id={id}"


# One row a case: the hook, the query.
ASKED = {
    "a plain text": ("sms", sms("aide+moi+svp")),
    "accents": ("sms", sms("%C3%A9+%C3%A0+%C3%A7+%C5%93")),
    "two bytes a letter": ("sms", sms("%02%5B%02T%02r%01K", how=WIDE)),
    "the same made UTF-8 by smsbox": ("sms", sms("%C9%9B%C9%94%C9%B2%C5%8B")),
    "an emoji in four bytes": ("sms", sms("%D8%3D%DE%00", how=WIDE)),
    "the same emoji made UTF-8": ("sms", sms("%F0%9F%98%80")),
    "an empty text": ("sms", sms("")),
    "ten parts joined by bearerbox": ("sms", sms(TEN_PARTS)),
    "bytes for a machine": ("sms", sms("%E9+caf%E9%00x", how=BINARY)),
    "a sender that is a name": ("sms", sms("alpha+sender", sender="Orange")),
    "a number without its plus": ("sms", sms("bonjour", sender="22370000001")),
    "a cedilla of GSM-7": ("sms", sms("re%C3%87u+%C3%A9%C3%87%CE%A3")),
    "Latin-1 that calls itself UTF-8": ("sms", sms("caf%E9+ferm%E9")),
    "two bytes a letter, undeclared": ("sms", sms("%00b%00o%00n")),
    "two bytes a letter, cut in the middle": ("sms", sms("%02%5B%02", how=WIDE)),
    "two bytes a letter with their mark": ("sms", sms("%FF%FE%5B%02", how=WIDE)),
    "half of an emoji": ("sms", sms("%D8%3D%00a", how=WIDE)),
    "accepted by the centre": ("delivery", delivery(8, more="&smscid=&ans=ACK%2F")),
    "delivered": ("delivery", delivery(1, more="&smscid=ef092807-79bf-4b3a&ans=")),
    "not delivered, with a receipt": ("delivery", delivery(2, id=43, more=RECEIPT + META)),
    "not delivered, with an error alone": ("delivery", delivery(2, id=43, more=META)),
    "refused by the centre": ("delivery", delivery(16, more="&ans=NACK%2F0x0000000b%2Fbad")),
    "kept by the centre": ("delivery", delivery(4)),
    "something else": ("delivery", delivery(32)),
}
BROKEN = {
    "a text in another part": ("sms", sms("aide").replace("&msg=", "&text=")),
    "nobody's text": ("sms", sms("aide").replace(f"from={ONE}&", "")),
    "too many parts of a query": ("sms", "&".join(["a=1"] * 80)),
    "a report of nothing": ("delivery", "type=1"),
    "a report that says nothing": ("delivery", "id=42"),
    "a session of nobody": ("ussd", "msg=*123%23&op=%01&id=1"),
    "a session of a name": ("ussd", ussd("*123%23").replace(ONE, "Orange")),
}
POSTED = {
    "X-Kannel-From": "+22370000001",
    "X-Kannel-To": "36123",
    "X-Kannel-Time": "2026-11-21 23:49:28",
    "X-Kannel-SMSC": "fake1",
    "X-Kannel-Coding": "0",
    "Content-Type": 'text/plain; charset="UTF-8"',
}
